"""The panels of the insights page as plain tables, for files. Amounts are dollars, months ISO, shares 0 to 1."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from tracker.domain.money import plain_amount
from tracker.domain.sheet import Cell, Column, Kind, Sheet
from tracker.reports.figures import Rate
from tracker.reports.hfma import HfmaMonth
from tracker.reports.insights import Insights
from tracker.reports.months import Month
from tracker.reports.overturn_curve import AGES
from tracker.reports.speed import LABELS


class Table(NamedTuple):
    """Column heads and rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else ""


def _rate(rate: Rate) -> str:
    return "" if rate.share is None else f"{rate.share:.4f}"


def trend_table(found: Insights) -> Table:
    """Panel 1: one row per month; the rate of one basis alone."""
    if found.hfma is not None:
        return _hfma_table(found, found.hfma)
    columns = ("month", "in progress", "denials", "denied", "denied lines", "lines first answered", "denial rate")
    return Table(
        columns,
        tuple(
            (
                row.month.code, "yes" if row.in_progress else "no", str(row.denials), plain_amount(row.cents),
                str(row.denied_lines), str(row.lines), _rate(row.rate),
            )
            for row in found.trend.months
        ),
    )  # fmt: skip


def _hfma_table(found: Insights, hfma: Mapping[Month, HfmaMonth]) -> Table:
    columns = (
        "month",
        "in progress",
        "denials",
        "denied",
        "denied claims",
        "average submitted",
        "denial rate HFMA basis",
    )
    return Table(
        columns,
        tuple(
            (
                row.month.code, "yes" if row.in_progress else "no", str(row.denials), plain_amount(row.cents),
                str(hfma[row.month].denied_claims), hfma[row.month].average, _rate(hfma[row.month].rate),
            )
            for row in found.trend.months
        ),
    )  # fmt: skip


def causes_table(found: Insights) -> Table:
    """Panel 2: one row per root cause of the last complete month."""
    columns = ("month", "root cause", "group", "starts at", "denials", "denied", "share", "running share")
    whole = found.pareto.cents
    return Table(
        columns,
        tuple(
            (
                found.month.code, row.title, row.group, row.starts_at, str(row.denials), plain_amount(row.cents),
                _share(row.cents, whole), _share(row.running_cents, whole),
            )
            for row in found.pareto.causes
        ),
    )  # fmt: skip


def heatmap_table(found: Insights) -> Table:
    """Panel 3: one row per payer and reason code, with all that the cell can say."""
    columns = (
        "month", "payer", "reason code", "denials", "denied", "denied lines", "lines first answered", "denial rate",
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (
                found.month.code, payer.name, reason.name, str(cell.sums.denials), plain_amount(cell.sums.cents),
                str(cell.sums.denied_lines), str(cell.lines), _rate(cell.rate),
            )
            for payer, reason, cell in found.heatmap.cells
        ),
    )  # fmt: skip


def payers_table(found: Insights) -> Table:
    """Panel 6: one row per payer."""
    columns = (
        "month", "payer", "denials", "denied", "denied lines", "lines first answered", "denial rate",
        "denials appealed", "appeals overturned", "appeals decided", "overturn rate", "median days to decide",
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (
                found.month.code, row.name, str(row.denials), plain_amount(row.cents), str(row.rate.part),
                str(row.rate.whole), _rate(row.rate), str(row.appealed.part), str(row.overturned.part), str(row.overturned.whole),
                _rate(row.overturned), "" if row.median_days is None else str(row.median_days),
            )
            for row in found.payers
        ),
    )  # fmt: skip


def time_left_table(found: Insights) -> Table:
    """Panel 5: one row per bucket of days left, or of days since the denial where that is asked for."""
    if found.ages:
        return Table(
            ("days since denial", "open denials", "denied"),
            tuple((row.age.label, str(row.denials), plain_amount(row.cents)) for row in found.ages),
        )
    return Table(
        ("days left", "open denials", "denied"),
        tuple((row.bucket.label, str(row.denials), plain_amount(row.cents)) for row in found.time_left),
    )


def funnel_table(found: Insights) -> Table:
    """Panel 4: one row per stage; what is pending is beside what passed."""
    columns = ("months", "stage", "denials", "denied", "not passing", "of these still pending", "recovered")
    months = f"{found.cohort_months.first.code} to {found.cohort_months.last.code}"
    return Table(
        columns,
        tuple(
            (
                months, row.label, str(row.denials), plain_amount(row.cents), str(row.missing_denials),
                str(row.pending_denials), "" if row.recovered_cents is None else plain_amount(row.recovered_cents),
            )
            for row in found.funnel.stages
        ),
    )  # fmt: skip


def curve_table(found: Insights) -> Table:
    """The overturn curve: one row per month of first denial; an age that is still to come is empty."""
    columns = ("month", "open", "denials", *(f"overturned within {age} days" for age in AGES))
    return Table(
        columns,
        tuple(
            (
                row.month.code, "yes" if row.is_open else "no", str(row.denials),
                *("" if won is None else str(won) for won in row.won),
            )
            for row in found.curve.months
        ),
    )  # fmt: skip


def shares_table(found: Insights) -> Table:
    """Unique denials beside times denied, and shares of them."""
    whole = found.shares
    rows = [("Denials", str(whole.denials), plain_amount(whole.cents), "", str(whole.times_denied))]
    rows += [
        (row.label, str(row.denials), plain_amount(row.cents), _share(row.denials, whole.denials), "")
        for row in whole.shares
    ]
    return Table(("what", "denials", "denied", "share of denials", "times denied"), tuple(rows))


def expiring_table(found: Insights) -> Table:
    """What runs out within a week: one row per owner."""
    rows = ((row.name, str(row.denials), plain_amount(row.cents)) for row in found.expiring)
    return Table(("owner", "denials", "denied"), tuple(rows))


def speed_table(found: Insights) -> Table:
    """Panel 7: one row per month and event; a median that is not reached yet is empty."""
    columns = ("month", "to", "done", "still open", "median days", "9 in 10 days", "slower than 9 in 10")

    def text(days: int | None) -> str:
        return "" if days is None else str(days)

    return Table(
        columns,
        tuple(
            (
                row.month.code, LABELS[span.name], str(span.done), str(span.still_open), text(span.median),
                text(span.ninetieth), str(span.slow),
            )
            for row in found.speed or ()
            for span in row.spans
        ),
    )  # fmt: skip


class Panel(NamedTuple):
    """A panel as a file: what it is, how it is counted, and its table."""

    title: str
    definition: str
    table: Callable[[Insights], Table]


PANELS: dict[str, Panel] = {
    "trend": Panel(
        "Denials by remittance month",
        "Denial rate: lines denied by their first answer, of all lines first answered in the month; none under 20",
        trend_table,
    ),
    "causes": Panel(
        "Root causes of the last complete month",
        "One main cause per denial: the one a person chose, else the first suggestion",
        causes_table,
    ),
    "heatmap": Panel(
        "Payers by reason codes of the last complete month",
        "Ten payers and eight reason codes, the rest as Other. Denial rate: lines denied for the reason by their first "
        "answer, of all lines the payer first answered in the month; none under 20",
        heatmap_table,
    ),
    "payers": Panel(
        "Payers",
        "Denials and rate of the last complete month; appeals decided in the period; no rate under 20 lines or 10 decisions",
        payers_table,
    ),
    "time-left": Panel(
        "Open denials by days left, or by days since the denial",
        "Counted on the day the file was made",
        time_left_table,
    ),
    "funnel": Panel(
        "What became of the denials of the complete months",
        "The same denials in every stage, as of the day the file was made; pending is not lost",
        funnel_table,
    ),
    "curve": Panel(
        "Overturned by age",
        "Denials overturned in full or part within so many days of the first denial, by month of first denial",
        curve_table,
    ),
    "shares": Panel(
        "Shares of the denials of the complete months",
        "A line denied again adds to times denied and to nothing else; causes by the one main cause of each denial",
        shares_table,
    ),
    "expiring": Panel(
        "Open denials that run out within 7 days, by owner", "Counted on the day the file was made", expiring_table
    ),
    "speed": Panel(
        "Days from the first denial",
        "What is still open counts with the days it has waited (Kaplan-Meier); none under 10 denials",
        speed_table,
    ),
}


_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def panel_sheet(panel: Panel, table: Table) -> Sheet:
    """Return a panel's table with cells that are numbers where a whole column is."""
    numeric = [_is_numeric([row[place] for row in table.rows]) for place in range(len(table.columns))]
    columns = tuple(
        Column(name, Kind.NUMBER if number else Kind.TEXT) for name, number in zip(table.columns, numeric, strict=True)
    )
    rows = tuple(
        tuple(_number(cell) if number else cell for cell, number in zip(row, numeric, strict=True))
        for row in table.rows
    )
    return Sheet(panel.title, columns, rows)


def _is_numeric(cells: list[str]) -> bool:
    return any(cells) and all(not cell or _NUMBER.fullmatch(cell) for cell in cells)


def _number(cell: str) -> Cell:
    if not cell:
        return None
    return Decimal(cell) if "." in cell else int(cell)
