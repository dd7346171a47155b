"""Reports on paper: headings, sentences, tables and drawings, as a tagged PDF that names no patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tracker.domain.sheet import Cell, Column, Sheet, cell_words
from tracker.letters.document import document
from tracker.letters.pdf import make_pdf

REPORT_STYLE = "report.css"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report. ``drawing`` names the picture that stands above its table; ``total`` is the table's last row.

    ``terms`` are words with what they mean, ``notes`` the sentences below the table.
    """

    title: str
    sentences: tuple[str, ...] = ()
    drawing: str = ""
    items: tuple[str, ...] = ()
    table: Sheet | None = None
    total: tuple[Cell, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report: ``above`` and ``below`` are the lines around its title, ``practice`` its author."""

    title: str
    practice: str
    above: str
    below: tuple[str, ...]
    sections: tuple[Section, ...]


_BODY = Markup("""<body class="report">
<main>
<p class="above">{above}</p>
<h1>{title}</h1>
{below}{sections}</main>
</body>
""")
_SECTION = Markup("<section>\n<h2>{}</h2>\n{}</section>\n")
# No <figure>: the drawing is one itself, with its own title.
_DRAWING = Markup('<div class="drawing">{}</div>\n')
_TABLE = Markup('<table class="grid"><thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table>\n')


def report_html(report: Report, drawings: Mapping[str, Markup]) -> Markup:
    """Return a report as a document to print; ``drawings`` are SVG pictures by the names that sections use."""
    return document(
        report.title,
        report.practice,
        _BODY.format(
            above=report.above, title=report.title, below=_paragraphs(report.below, "below"),
            sections=Markup("").join(_section(each, drawings) for each in report.sections),
        ),
        style=REPORT_STYLE,
    )  # fmt: skip


def make_report_pdf(report: Report, drawings: Mapping[str, Markup]) -> bytes:
    """Return a report as a PDF. Raises what ``make_pdf`` raises."""
    return make_pdf(report_html(report, drawings))


def _section(section: Section, drawings: Mapping[str, Markup]) -> Markup:
    parts = [_paragraphs(section.sentences)]
    if section.drawing in drawings:
        parts.append(_DRAWING.format(drawings[section.drawing]))
    if section.items:
        parts.append(Markup("<ul>{}</ul>\n").format(_each(Markup("<li>{}</li>"), section.items)))
    if section.table:
        parts.append(_table(section.table, section.total))
    if section.terms:
        rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>\n").format(*term) for term in section.terms)
        parts.append(Markup("<dl>{}</dl>\n").format(rows))
    parts.append(_paragraphs(section.notes, "note"))
    return _SECTION.format(section.title, Markup("").join(parts))


def _each(frame: Markup, words: tuple[str, ...]) -> Markup:
    return Markup("").join(frame.format(one) for one in words)


def _paragraphs(words: tuple[str, ...], kind: str = "") -> Markup:
    return Markup("").join(Markup('<p class="{}">{}</p>\n').format(kind, one) for one in words)


def _table(table: Sheet, total: tuple[Cell, ...]) -> Markup:
    heads = Markup("").join(
        Markup('<th scope="col" class="{}">{}</th>').format(_class(column), column.name) for column in table.columns
    )
    rows = [_row(table, row, "") for row in table.rows]
    if total:
        rows.append(_row(table, total, "total"))
    return _TABLE.format(heads, Markup("").join(rows))


def _row(table: Sheet, row: Sequence[Cell], kind: str) -> Markup:
    parts = []
    for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        words = "" if kind and cell is None else cell_words(column, cell)
        frame = Markup('<th scope="row" class="{}">{}</th>') if place == 0 else Markup('<td class="{}">{}</td>')
        parts.append(frame.format(_class(column), words))
    return Markup('<tr class="{}">{}</tr>\n').format(kind, Markup("").join(parts))


def _class(column: Column) -> str:
    return "number" if column.is_number else "words"
