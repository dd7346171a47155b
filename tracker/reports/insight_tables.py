"""The panels of the insights page as plain tables, for files. Amounts are dollars, months ISO, shares 0 to 1."""

from collections.abc import Callable
from typing import NamedTuple

from tracker.domain.money import plain_amount
from tracker.reports.figures import Rate
from tracker.reports.insights import Insights


class Table(NamedTuple):
    """Column heads and rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else ""


def _rate(rate: Rate) -> str:
    return "" if rate.share is None else f"{rate.share:.4f}"


def trend_table(found: Insights) -> Table:
    """Panel 1: one row per month."""
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


def payers_table(found: Insights) -> Table:
    """Panel 6: one row per payer."""
    columns = (
        "month", "payer", "denials", "denied", "denied lines", "lines first answered", "denial rate",
        "appeals overturned", "appeals decided", "overturn rate", "median days to decide",
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (
                found.month.code, row.name, str(row.denials), plain_amount(row.cents), str(row.rate.part),
                str(row.rate.whole), _rate(row.rate), str(row.overturned.part), str(row.overturned.whole),
                _rate(row.overturned), "" if row.median_days is None else str(row.median_days),
            )
            for row in found.payers
        ),
    )  # fmt: skip


def time_left_table(found: Insights) -> Table:
    """Panel 5: one row per bucket of days left."""
    return Table(
        ("days left", "open denials", "denied"),
        tuple((row.bucket.label, str(row.denials), plain_amount(row.cents)) for row in found.time_left),
    )


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
    "payers": Panel(
        "Payers",
        "Denials and rate of the last complete month; appeals decided in the period; no rate under 20 lines or 10 decisions",
        payers_table,
    ),
    "time-left": Panel("Open denials by days left", "Counted on the day the file was made", time_left_table),
}
