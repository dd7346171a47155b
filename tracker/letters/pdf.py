"""HTML to PDF: PDF/UA-1, the same bytes for the same HTML, made in a child process with limits.

The only module that knows WeasyPrint. It is imported in the child alone: it costs a second, needs Pango, and is a
browser without a policy of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.letters.assets import SCHEME, assets
from tracker.letters.leftovers import leftovers_in_html
from tracker.letters.limited import Answer, Refusal, run_limited
from tracker.letters.pictures import NO_PICTURES, Pictures
from tracker.letters.problems import LetterProblem, PdfFailed, PdfUnavailable, UnfinishedLetter

MAX_HTML_CHARACTERS = 300_000
MAX_PAGES = 60
UNAVAILABLE = "unavailable"  # the kind of refusal where Pango is missing
_HOW_TO_INSTALL = (
    "PDF files cannot be made on this machine: the Pango library is missing. On Debian or Ubuntu run "
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


def make_pdf(html: str, *, pictures: Pictures = NO_PICTURES, own: bool = False) -> bytes:
    """Return the PDF of a finished letter or exhibit page, which may show ``pictures`` by their names.

    ``own`` says that a practice wrote its text.

    Raises UnfinishedLetter when a placeholder, braces or an empty value stand in its text, PdfUnavailable without
    Pango, PdfFailed when the document is too long, loads something, or takes more than 10 s or the memory allowed.
    """
    if leftovers := leftovers_in_html(html):
        raise UnfinishedLetter(leftovers)
    if len(html) > MAX_HTML_CHARACTERS:
        raise PdfFailed(f"The document is too long: more than {MAX_HTML_CHARACTERS:,} characters")
    answer = run_limited(
        "render", {"html": html, "pictures": list(pictures)}, tuple(pictures.values()), on_refusal=_problem, own=own
    )
    return answer.blobs[0]


def why_unavailable() -> str:
    """Return why this machine makes no PDF files, in plain words, or an empty text when it does.

    The first call starts and warms a child, which takes a second or two.
    """
    try:
        run_limited("warm", {}, on_refusal=_problem)
    except PdfUnavailable as problem:
        return str(problem)
    return ""


def _problem(refusal: Refusal) -> LetterProblem:
    if refusal.kind == UNAVAILABLE:
        return PdfUnavailable(_HOW_TO_INSTALL)
    return PdfFailed(refusal.why)


def warm(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """In the child: load WeasyPrint. Raises Refusal when Pango is missing."""
    _weasyprint()
    return Answer({}, ())


def render(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:
    """In the child: make the PDF of ``arguments["html"]``. Raises Refusal naming what was wrong with it."""
    weasyprint = _weasyprint()
    served = {
        **assets(),
        **{name: (blob, "image/png") for name, blob in zip(arguments["pictures"], blobs, strict=True)},
    }
    refused: list[str] = []
    html = weasyprint.HTML(string=arguments["html"], url_fetcher=_asset_fetcher(served, refused))
    try:
        document = html.render()
        if len(document.pages) > MAX_PAGES:
            raise Refusal("refused", f"The document is too long: {len(document.pages)} pages, at most {MAX_PAGES}")
        made = document.write_pdf(pdf_variant="pdf/ua-1")  # attachments are fetched only here
    except weasyprint.urls.FatalURLFetchingError:
        raise _loads(refused) from None
    if refused:  # drawing an SVG swallows even fatal errors
        raise _loads(refused)
    return Answer({}, (made,))


def _loads(refused: Sequence[str]) -> Refusal:
    return Refusal("refused", f"The document may load nothing from outside, but names {refused[0][:80]}")


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise Refusal(UNAVAILABLE, str(error)) from error
    return weasyprint


def _asset_fetcher(served: Mapping[str, tuple[bytes, str]], refused: list[str]) -> Any:
    """Return a fetcher that serves these files by name, refuses all else and notes what it refused."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:  # noqa: ARG002  # its signature
            scheme, _, name = url.partition(":")
            if f"{scheme}:" != SCHEME or name not in served:
                refused.append(url)
                raise FatalURLFetchingError
            content, content_type = served[name]
            return URLFetcherResponse(url, content, {"Content-Type": content_type})

    return AssetFetcher(allowed_protocols=(), allow_redirects=False)
