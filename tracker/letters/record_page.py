"""The exhibit page of what a practice has on record without a paper of its own: an approval, a receipt of a claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from tracker.letters.document import document, fact_rows
from tracker.letters.kept import made_pdf
from tracker.letters.words import long_date

_BODY = Markup("""<body>
<header><p class="practice">{practice}</p></header>
<main>
<h1>{title}</h1>
<table class="subject">
<tbody>
{rows}</tbody>
</table>
{table}<p>{source}</p>
</main>
</body>
""")
_TABLE = Markup("""<table class="grid">
<caption>{caption}</caption>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}</tbody>
</table>
""")


@dataclass(frozen=True, slots=True)
class RecordTable:
    """Rows of a record below its facts."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A record to print. Facts that are not known are left out; ``source`` says where all of it comes from."""

    title: str
    practice: str
    patient: str
    birth_date: date | None
    facts: Sequence[tuple[str, str]]
    source: str
    table: RecordTable | None = None


def record_html(page: RecordPage) -> str:
    """Return the page's HTML."""
    born = f", born {long_date(page.birth_date)}" if page.birth_date else ""
    rows = [("Patient", f"{page.patient}{born}"), *page.facts]
    body = _BODY.format(
        title=page.title,
        practice=page.practice,
        rows=fact_rows(rows),
        table=_table(page.table) if page.table else "",
        source=page.source,
    )
    return document(page.title, page.practice, body)


def _table(table: RecordTable) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(head) for head in table.heads)
    rows = [
        Markup("<tr>{}</tr>\n").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in table.rows
    ]
    return _TABLE.format(caption=table.caption, heads=heads, rows=Markup("").join(rows))


def make_record_page(page: RecordPage) -> bytes:
    """Return the page as a PDF. Raises what ``make_pdf`` raises."""
    return made_pdf(record_html(page))
