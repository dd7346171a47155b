"""A monthly report as its row keeps it, and as the page and the PDF show it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from markupsafe import Markup

from tracker.domain.sheet import Cell, Column, Kind, Sheet
from tracker.letters.report_page import Report, Section
from tracker.models import MonthlyReport
from tracker.reports.basis import BASIS_WORDS, Basis
from tracker.reports.charts import ON_PAPER, Frame, Point, TrendChart, draw_trend
from tracker.reports.monthly import TREND, Counts, MonthlyFigures
from tracker.reports.months import Month


def as_kept(figures: MonthlyFigures) -> dict[str, Any]:
    """Return figures as JSON: days as ISO dates."""
    return {
        "below": list(figures.below),
        "sections": [_section_kept(each) for each in figures.sections],
        "points": [asdict(point) for point in figures.points],
        "counts": figures.counts._asdict(),
        "basis": figures.basis.value,
    }


def _section_kept(section: Section) -> dict[str, Any]:
    kept = {
        name: getattr(section, name) for name in ("title", "sentences", "drawing", "items", "total", "terms", "notes")
    }
    table = section.table
    if table is None:
        return kept
    rows = [[cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in table.rows]
    return kept | {"table": {"title": table.title, "columns": [list(one) for one in table.columns], "rows": rows}}


def kept_figures(kept: Mapping[str, Any]) -> MonthlyFigures:
    """Return figures from what ``as_kept`` made of them."""
    return MonthlyFigures(
        below=tuple(kept["below"]),
        sections=tuple(_section(each) for each in kept["sections"]),
        points=tuple(Point(**point) for point in kept["points"]),
        counts=Counts(**kept["counts"]),
        basis=basis_of(kept),
    )


def basis_of(kept: Mapping[str, Any]) -> Basis:
    """Return the basis of a report's amounts; those made before there was a choice are at billed charges."""
    return Basis(kept.get("basis", Basis.BILLED))


def _section(kept: Mapping[str, Any]) -> Section:
    return Section(
        title=kept["title"],
        sentences=tuple(kept["sentences"]),
        drawing=kept["drawing"],
        items=tuple(kept["items"]),
        table=_table(kept["table"]) if "table" in kept else None,
        total=tuple(kept["total"]),
        terms=tuple((word, meaning) for word, meaning in kept["terms"]),
        notes=tuple(kept["notes"]),
    )


def _table(kept: Mapping[str, Any]) -> Sheet:
    columns = tuple(Column(name, Kind(kind)) for name, kind in kept["columns"])
    rows = tuple(tuple(_cell(column, cell) for column, cell in zip(columns, row, strict=True)) for row in kept["rows"])
    return Sheet(kept["title"], columns, rows)


def _cell(column: Column, cell: Cell) -> Cell:
    return date.fromisoformat(cell) if column.kind is Kind.DATE and isinstance(cell, str) and cell else cell


def shown_report(row: MonthlyReport, practice: str, prepared_by: str, *, as_final: bool = False) -> Report:
    """Return a report with what its manager typed, which stands before the definitions; ``as_final``: it is to be."""
    month = Month.parse(row.month)
    figures = kept_figures(row.figures)
    place = next(n for n, each in enumerate(figures.sections) if each.terms)
    typed = [("What changed", row.changed_words), ("What we ask you to do", row.ask_words)]
    said = tuple(Section(title, sentences=tuple(words.splitlines())) for title, words in typed if words)
    name = f"{month.name} {month.year}" if month else row.month
    edition = f", version {row.edition}" if row.edition > 1 else ""
    return Report(
        title=f"Denial report, {name}{edition}",
        practice=practice,
        above=f"{practice}, prepared by {prepared_by}" if prepared_by else practice,
        below=figures.below if as_final or row.is_final else (*figures.below, "Draft: the numbers may still change."),
        sections=(*figures.sections[:place], *said, *figures.sections[place:]),
    )


def drawings(row: MonthlyReport, frame: Frame = ON_PAPER) -> dict[str, Markup]:
    """Return a report's drawings by name, with literal colors, for a page and for a PDF alike."""
    kept = kept_figures(row.figures)
    chart = TrendChart(
        name=TREND, title=f"Denied dollars and initial denial rate by remittance month, {row.month}",
        bars_title=f"Denied amount ({BASIS_WORDS[kept.basis]})", line_title="Initial denial rate (of lines first answered)",
        points=kept.points,
    )  # fmt: skip
    return {TREND: draw_trend(chart, frame)}
