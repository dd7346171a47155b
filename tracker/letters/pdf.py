"""HTML to PDF: PDF/UA-1, the same bytes for the same HTML, made in a child process with limits.

The only module that knows WeasyPrint. It is imported in the child alone: it costs a second, needs Pango, and is a
browser without a policy of its own.
"""

from collections.abc import Sequence
from typing import Any

from tracker.letters.assets import SCHEME, assets
from tracker.letters.leftovers import leftovers_in_html
from tracker.letters.limited import Answer, Refusal, run_limited
from tracker.letters.problems import LetterProblem, PdfFailed, PdfUnavailable, UnfinishedLetter

MAX_HTML_CHARACTERS = 300_000
MAX_PAGES = 60
_HOW_TO_INSTALL = (
    "PDF files cannot be made on this machine: the Pango library is missing. On Debian or Ubuntu run "
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


def make_pdf(html: str) -> bytes:
    """Return the PDF of a finished letter or exhibit page.

    Raises UnfinishedLetter when a placeholder, braces or an empty value stand in its text, PdfUnavailable without
    Pango, PdfFailed when the document is too long, loads something, or takes more than 10 s or the memory allowed.
    """
    if leftovers := leftovers_in_html(html):
        raise UnfinishedLetter(leftovers)
    if len(html) > MAX_HTML_CHARACTERS:
        raise PdfFailed(f"The document is too long: more than {MAX_HTML_CHARACTERS:,} characters")
    answer = run_limited("render", {"html": html}, on_refusal=_problem)
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
    if refusal.kind == "unavailable":
        return PdfUnavailable(_HOW_TO_INSTALL)
    return PdfFailed(refusal.why)


def warm(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """In the child: load WeasyPrint. Raises Refusal when Pango is missing."""
    _weasyprint()
    return Answer({}, ())


def render(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """In the child: make the PDF of ``arguments["html"]``. Raises Refusal naming what was wrong with it."""
    weasyprint = _weasyprint()
    refused: list[str] = []
    html = weasyprint.HTML(string=arguments["html"], url_fetcher=_asset_fetcher(refused))
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
        raise Refusal("unavailable", str(error)) from error
    return weasyprint


def _asset_fetcher(refused: list[str]) -> Any:
    """Return a fetcher that serves the letters' own assets by name, refuses all else and notes what it refused."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:  # noqa: ARG002  # its signature
            scheme, _, name = url.partition(":")
            if f"{scheme}:" != SCHEME or name not in assets():
                refused.append(url)
                raise FatalURLFetchingError
            content, content_type = assets()[name]
            return URLFetcherResponse(url, content, {"Content-Type": content_type})

    return AssetFetcher(allowed_protocols=(), allow_redirects=False)
