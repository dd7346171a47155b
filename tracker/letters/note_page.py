"""The exhibit pages of a note that was pasted or read from a file: its text exactly, with line numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from tracker.letters.document import document, fact_rows
from tracker.letters.kept import made_pdf
from tracker.letters.words import long_date

# Characters HTML cannot carry; each becomes a space so that no column moves.
_NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_BODY = Markup("""<body class="record">
<main>
{cover}<h1 data-header="{header}">{title}</h1>
<table class="subject">
<tbody>
<tr><th scope="row">Practice</th><td>{practice}</td></tr>
<tr><th scope="row">Patient</th><td>{patient}</td></tr>
{rows}</tbody>
</table>
{lines}</main>
</body>
""")
_COVER = Markup("""<section class="cover">
<h1>{title}</h1>
<p class="notice"><strong>{notice}</strong></p>
<h2>Authorization of the patient</h2>
<p>{consent}</p>
</section>
""")
_LINES = Markup("<pre data-verbatim>{}</pre>\n")
# A line of the note in 8.4 pt DejaVu Sans Mono: 95 signs fit between the margins, 6 of them for the number.
_WIDTH, _INDENT = 88, 6
_LINES_A_BOX = 50


@dataclass(frozen=True, slots=True)
class NotePage:
    """A note to enclose. ``title`` says its kind: ``Daily note``. ``text`` is what the record holds.

    A protected note has a cover page with its ``notice`` and what the patient's ``consent`` covers.
    """

    practice: str
    patient: str
    title: str
    text: str
    service_date: date | None = None
    birth_date: date | None = None
    author: str = ""
    notice: str = ""
    consent: str = ""


def note_html(note: NotePage) -> str:
    """Return the pages' HTML. Lines count from 1 at every line end of the text, as quotations count them."""
    day = long_date(note.service_date) if note.service_date else ""
    patient = f"{note.patient}, born {long_date(note.birth_date)}" if note.birth_date else note.patient
    rows = [("Date of service", day), ("Author", note.author)]
    text = _NOT_IN_HTML.sub(" ", note.text.replace("\r\n", "\n").replace("\r", "\n"))
    title = f"{note.title} of {day}" if day else note.title
    body = _BODY.format(
        cover=_COVER.format(title=title, notice=note.notice, consent=note.consent) if note.notice else "",
        title=title,
        practice=note.practice,
        patient=patient,
        header=" · ".join(part for part in (note.practice, note.patient, day) if part),
        rows=fact_rows(rows),
        lines=_boxes(text.rstrip("\n").split("\n")),
    )
    return document(title, note.practice, body)


def _boxes(lines: Sequence[str]) -> Markup:
    numbered = [_numbered(number, line) for number, line in enumerate(lines, start=1)]
    boxes = ["\n".join(numbered[first : first + _LINES_A_BOX]) for first in range(0, len(numbered), _LINES_A_BOX)]
    return Markup("").join(_LINES.format(box) for box in boxes)


def _numbered(number: int, line: str) -> str:
    """Return a line after its number, wrapped at spaces; no sign of it is lost, tabs become spaces."""
    rest, pieces = line.expandtabs(8), []
    while len(rest) > _WIDTH:
        cut = rest.rfind(" ", 1, _WIDTH) + 1 or _WIDTH
        pieces.append(rest[:cut])
        rest = rest[cut:]
    pieces.append(rest)
    return f"{number:>4}  " + f"\n{' ' * _INDENT}".join(pieces)


def make_note_page(note: NotePage) -> bytes:
    """Return the note's pages as a PDF. Raises what ``make_pdf`` raises."""
    return made_pdf(note_html(note))
