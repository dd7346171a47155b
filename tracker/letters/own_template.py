"""Letters whose text a practice wrote: the shipped letter with other words, checked and drawn in a child process only.

Sandbox and limits as security.md C-21 to C-24: a text that is not allowed is named by line, one that is not ready in
time is given up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any, NamedTuple

from tracker.letters.catalog import LetterTemplate, templates
from tracker.letters.draft import Draft, DraftParagraph, draft
from tracker.letters.environment import line_of
from tracker.letters.facts import LetterFacts
from tracker.letters.facts_json import as_json, from_json
from tracker.letters.gaps import Gap
from tracker.letters.limited import Answer, Refusal, run_limited
from tracker.letters.own_text import OwnText
from tracker.letters.pdf import MAX_HTML_CHARACTERS, UNAVAILABLE, render, warm
from tracker.letters.pictures import NO_PICTURES, Pictures
from tracker.letters.problems import LetterProblem, PdfFailed, TemplateProblem
from tracker.letters.template_check import faults_of_body, faults_of_text, placed_paragraphs
from tracker.letters.template_html import cleaned, faults_of_html
from tracker.letters.template_names import known_names
from tracker.letters.template_values import Fault

BODY = "body"
_UNFIT = "unfit"  # how a refusal of a text is told from one of its PDF


def shipped_text(template_id: str) -> OwnText:
    """Return what a shipped letter says. Raises KeyError when there is none with this id."""
    shipped = templates()[template_id]
    return OwnText(template_id, shipped.html.strip(), {one.key: one.text.strip() for one in shipped.paragraphs})


def shipped_of(template: LetterTemplate) -> LetterTemplate:
    """Return the shipped letter that a letter is, or was made from."""
    return templates()[template.own.based_on] if template.own else template


def own_template(text: OwnText) -> LetterTemplate:
    """Return the shipped letter with a practice's text; paragraphs that it places nowhere are not asked for."""
    return _own_template(text.as_line())


@lru_cache(maxsize=256)
def _own_template(line: str) -> LetterTemplate:
    text = OwnText.from_line(line)
    shipped = templates()[text.based_on]
    placed = placed_paragraphs(shipped.base) | placed_paragraphs(text.body)
    paragraphs = tuple(
        replace(one, text=text.paragraphs.get(one.key, one.text)) for one in shipped.paragraphs if one.key in placed
    )
    return replace(shipped, html=text.body, paragraphs=paragraphs, hash=text.hash, own=text)


def faults_of(text: OwnText) -> dict[str, list[Fault]]:
    """Return what is wrong with a text by the field it stands in: ``body`` or the key of a paragraph."""
    shipped = templates()[text.based_on]
    exhibits = frozenset(one.key for one in shipped.exhibits)
    body = faults_of_body(text.body, shipped.base, frozenset(one.key for one in shipped.paragraphs), exhibits)
    if not body:
        body = faults_of_html(text.body, shipped.base)
    found = {BODY: body} | {key: faults_of_text(words, exhibits) for key, words in text.paragraphs.items()}
    return {field: faults for field, faults in found.items() if faults}


class Trial(NamedTuple):
    """What a text made of some facts: its faults, or the letter, and its PDF when that was asked for."""

    faults: Mapping[str, Sequence[Fault]]
    draft: Draft | None = None
    pdf: bytes = b""


def written(template: LetterTemplate, facts: LetterFacts, fields: Mapping[str, str]) -> Draft:
    """Return a letter: a shipped one is drawn here, one of a practice's own text in a child.

    Raises TemplateProblem when the own text does not fit these facts, PdfFailed when it takes too long or too much.
    """
    if template.own is None:
        return draft(template, facts, fields)
    arguments = {"text": template.own.as_line(), "facts": as_json(facts), "fields": dict(fields)}
    return _draft_of(run_limited("write", arguments, on_refusal=_problem, own=True).values["draft"])


def tried(
    text: OwnText,
    facts: LetterFacts,
    fields: Mapping[str, str],
    *,
    as_pdf: bool,
    pictures: Pictures = NO_PICTURES,
) -> Trial:
    """Return what a text that is not kept yet makes of some facts. Raises what ``written`` and ``make_pdf`` raise."""
    arguments = {"text": text.as_line(), "facts": as_json(facts), "fields": dict(fields), "pdf": as_pdf}
    arguments["pictures"] = list(pictures)
    answer = run_limited("try", arguments, tuple(pictures.values()), on_refusal=_problem, own=True, patience=0)
    faults = {field: [Fault(*each) for each in found] for field, found in answer.values["faults"].items()}
    if faults:
        return Trial(faults)
    return Trial({}, _draft_of(answer.values["draft"]), b"".join(answer.blobs))


def _problem(refusal: Refusal) -> LetterProblem:
    return TemplateProblem(refusal.why) if refusal.kind == _UNFIT else PdfFailed(refusal.why)


def _draft_of(values: Mapping[str, Any]) -> Draft:
    gaps = tuple(Gap(**each) for each in values["gaps"])
    return Draft(values["html"], gaps, tuple(DraftParagraph(**each) for each in values["paragraphs"]), own=True)


# ---- in the child ----


def warm_own(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:
    """In the child: load what checking and drawing an own text needs. Raises Refusal when Pango is missing."""
    known_names()
    return warm(arguments, blobs)


def write_own(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """In the child: write a letter of an own text. Raises Refusal saying where the text does not fit the facts."""
    return Answer({"draft": asdict(_write(OwnText.from_line(arguments["text"]), arguments))}, ())


def try_own(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:
    """In the child: check an own text, write it, and make its PDF when that is asked for. Raises Refusal as above."""
    text = OwnText.from_line(arguments["text"])
    if faults := faults_of(text):
        return Answer({"faults": faults}, ())
    made = _write(text, arguments)
    return Answer(
        {"faults": {}, "draft": asdict(made)}, _pdf_of(made, arguments["pictures"], blobs) if arguments["pdf"] else ()
    )


def _pdf_of(made: Draft, pictures: Sequence[str], blobs: Sequence[bytes]) -> Sequence[bytes]:
    """Return the PDF, or nothing where this machine makes none."""
    try:
        return render({"html": made.html, "pictures": pictures}, blobs).blobs
    except Refusal as refusal:
        if refusal.kind == UNAVAILABLE:
            return ()
        raise


def _write(text: OwnText, arguments: Mapping[str, Any]) -> Draft:
    try:
        made = draft(own_template(text), from_json(arguments["facts"]), arguments["fields"])
        html = cleaned(made.html)
    except (TemplateProblem, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Refusal(_UNFIT, _words(error)) from None
    except RecursionError:
        raise Refusal(_UNFIT, "Too many things stand inside each other") from None
    if len(html) > MAX_HTML_CHARACTERS:
        raise Refusal(_UNFIT, f"The letter is too long: more than {MAX_HTML_CHARACTERS:,} characters")
    return replace(made, html=html)


def _words(error: Exception) -> str:
    """Return what did not fit, with its line in the letter's HTML where one is known; never a value of the facts."""
    line = line_of(error)
    where = f"Line {line} of the letter" if line else "A text of the letter"
    if isinstance(error, TemplateProblem):
        return f"{where} does not fit these facts: {error}"
    return f"{where} does not fit these facts: it uses a fact that is missing here or is of another kind"
