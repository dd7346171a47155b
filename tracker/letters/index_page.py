"""The index of a packet: which exhibit stands on which pages, and for a packet sent in parts, in which part."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from tracker.letters.document import document
from tracker.letters.pdf import make_pdf

_BODY = Markup("""<body>
<header><p class="practice">{practice}</p></header>
<main>
<h1>{title}</h1>
{part}{table}</main>
</body>
""")
_TABLE = Markup("""<table class="grid index">
<thead><tr><th scope="col" class="w10">Exhibit</th><th scope="col">What it is</th><th scope="col" class="w14">Packet pages</th>{extra}</tr></thead>
<tbody>
{rows}</tbody>
</table>
""")
_PART_COLUMN = Markup('<th scope="col" class="w10">In part</th>')
_ROW = Markup('<tr><th scope="row">{label}</th><td>{title}</td><td>{pages}</td>{extra}</tr>\n')


class IndexRow(NamedTuple):
    """One exhibit of the index; pages count from 1. ``parts`` says where it is: ``2`` or ``2 and 3``."""

    label: str
    title: str
    first_page: int
    pages: int
    parts: str = ""


def index_html(practice: str, packet_title: str, rows: Sequence[IndexRow], part: str = "") -> str:
    """Return the index's HTML. ``part`` says which part it stands in: ``Part 1 of 3, packet pages 1 to 40``."""
    extra = _PART_COLUMN if part else ""
    title = f"{packet_title}: index of exhibits"
    body = _BODY.format(
        title=title,
        practice=practice,
        part=Markup("<p><b>{}.</b></p>\n").format(part) if part else "",
        table=_TABLE.format(extra=extra, rows=Markup("").join(_row(row) for row in rows)),
    )
    return document(title, practice, body)


def _row(row: IndexRow) -> Markup:
    last = row.first_page + row.pages - 1
    pages = str(last) if row.pages == 1 else f"{row.first_page} to {last}"
    extra = Markup("<td>{}</td>").format(row.parts) if row.parts else ""
    return _ROW.format(label=row.label, title=row.title, pages=pages, extra=extra)


def make_index(practice: str, packet_title: str, rows: Sequence[IndexRow], part: str = "") -> bytes:
    """Return the index as a PDF. Raises what ``make_pdf`` raises."""
    return make_pdf(index_html(practice, packet_title, rows, part))
