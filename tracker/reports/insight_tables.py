"""The panels of the insights page as tables of typed cells, for files. Months are ISO, shares 0 to 1."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tracker.domain.sheet import Cell, Column, Kind, Sheet
from tracker.reports.hfma import HfmaMonth
from tracker.reports.insights import Insights
from tracker.reports.months import Month
from tracker.reports.overturn_curve import AGES
from tracker.reports.speed import LABELS

_COUNT, _CENTS, _SHARE = Kind.COUNT, Kind.CENTS, Kind.SHARE
_MONTH, _DENIALS, _DENIED = Column("month"), Column("denials", _COUNT), Column("denied", _CENTS)
_LINES = (Column("denied lines", _COUNT), Column("lines first answered", _COUNT), Column("denial rate", _SHARE))


class Table(NamedTuple):
    """Columns with what their cells are, and rows; None in a cell where there is nothing to say."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def trend_table(found: Insights) -> Table:
    """Panel 1: one row per month; the rate of one basis alone."""
    if found.hfma is not None:
        return _hfma_table(found, found.hfma)
    return Table(
        (_MONTH, Column("in progress"), _DENIALS, _DENIED, *_LINES),
        tuple(
            (row.month.code, "yes" if row.in_progress else "no", row.denials, row.cents, row.denied_lines, row.lines,
             row.rate.share)
            for row in found.trend.months
        ),
    )  # fmt: skip


def _hfma_table(found: Insights, hfma: Mapping[Month, HfmaMonth]) -> Table:
    columns = (
        _MONTH, Column("in progress"), _DENIALS, _DENIED, Column("denied claims", _COUNT),
        Column("average submitted", Kind.NUMBER), Column("denial rate HFMA basis", _SHARE),
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (row.month.code, "yes" if row.in_progress else "no", row.denials, row.cents,
             hfma[row.month].denied_claims, hfma[row.month].average, hfma[row.month].rate.share)
            for row in found.trend.months
        ),
    )  # fmt: skip


def causes_table(found: Insights) -> Table:
    """Panel 2: one row per root cause of the last complete month."""
    columns = (
        _MONTH, Column("root cause"), Column("group"), Column("starts at"), _DENIALS, _DENIED,
        Column("share", _SHARE), Column("running share", _SHARE),
    )  # fmt: skip
    whole = found.pareto.cents
    return Table(
        columns,
        tuple(
            (found.month.code, row.title, row.group, row.starts_at, row.denials, row.cents, _share(row.cents, whole),
             _share(row.running_cents, whole))
            for row in found.pareto.causes
        ),
    )  # fmt: skip


def heatmap_table(found: Insights) -> Table:
    """Panel 3: one row per payer and reason code, with all that the cell can say."""
    return Table(
        (_MONTH, Column("payer"), Column("reason code"), _DENIALS, _DENIED, *_LINES),
        tuple(
            (found.month.code, payer.name, reason.name, cell.sums.denials, cell.sums.cents, cell.sums.denied_lines,
             cell.lines, cell.rate.share)
            for payer, reason, cell in found.heatmap.cells
        ),
    )  # fmt: skip


def payers_table(found: Insights) -> Table:
    """Panel 6: one row per payer."""
    columns = (
        _MONTH, Column("payer"), _DENIALS, _DENIED, *_LINES, Column("denials appealed", _COUNT),
        Column("appeals overturned", _COUNT), Column("appeals decided", _COUNT), Column("overturn rate", _SHARE),
        Column("median days to decide", _COUNT),
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (found.month.code, row.name, row.denials, row.cents, row.rate.part, row.rate.whole, row.rate.share,
             row.appealed.part, row.overturned.part, row.overturned.whole, row.overturned.share, row.median_days)
            for row in found.payers
        ),
    )  # fmt: skip


def time_left_table(found: Insights) -> Table:
    """Panel 5: one row per bucket of days left, or of days since the denial where that is asked for."""
    sums = (Column("open denials", _COUNT), _DENIED)
    if found.ages:
        rows = tuple((row.age.label, row.denials, row.cents) for row in found.ages)
        return Table((Column("days since denial"), *sums), rows)
    rows = tuple((row.bucket.label, row.denials, row.cents) for row in found.time_left)
    return Table((Column("days left"), *sums), rows)


def funnel_table(found: Insights) -> Table:
    """Panel 4: one row per stage; what is pending is beside what passed."""
    columns = (
        Column("months"), Column("stage"), _DENIALS, _DENIED, Column("not passing", _COUNT),
        Column("of these still pending", _COUNT), Column("recovered", _CENTS),
    )  # fmt: skip
    months = f"{found.cohort_months.first.code} to {found.cohort_months.last.code}"
    return Table(
        columns,
        tuple(
            (months, row.label, row.denials, row.cents, row.missing_denials, row.pending_denials, row.recovered_cents)
            for row in found.funnel.stages
        ),
    )


def curve_table(found: Insights) -> Table:
    """The overturn curve: one row per month of first denial; an age that is still to come is empty."""
    ages = (Column(f"overturned within {age} days", _COUNT) for age in AGES)
    return Table(
        (_MONTH, Column("open"), _DENIALS, *ages),
        tuple(
            (row.month.code, "yes" if row.is_open else "no", row.denials, *row.won) for row in found.curve.months
        ),
    )  # fmt: skip


def shares_table(found: Insights) -> Table:
    """Unique denials beside times denied, and shares of them."""
    columns = (
        Column("what"), _DENIALS, _DENIED, Column("share of denials", _SHARE), Column("times denied", _COUNT),
    )  # fmt: skip
    whole = found.shares
    parts = (
        (row.label, row.denials, row.cents, _share(row.denials, whole.denials), None) for row in whole.shares
    )  # fmt: skip
    return Table(columns, (("Denials", whole.denials, whole.cents, None, whole.times_denied), *parts))


def expiring_table(found: Insights) -> Table:
    """What runs out within a week: one row per owner."""
    rows = tuple((row.name, row.denials, row.cents) for row in found.expiring)
    return Table((Column("owner"), _DENIALS, _DENIED), rows)


def speed_table(found: Insights) -> Table:
    """Panel 7: one row per month and event; a median that is not reached yet is empty."""
    counts = ("done", "still open", "median days", "9 in 10 days", "slower than 9 in 10")
    return Table(
        (_MONTH, Column("to"), *(Column(name, _COUNT) for name in counts)),
        tuple(
            (row.month.code, LABELS[span.name], span.done, span.still_open, span.median, span.ninetieth, span.slow)
            for row in found.speed or ()
            for span in row.spans
        ),
    )


class Panel(NamedTuple):
    """A panel as a file: what it is, how it is counted, and its table."""

    title: str
    definition: str
    table: Callable[[Insights], Table]

    def sheet(self, found: Insights) -> Sheet:
        """Return the panel as a table for files; of ``found`` only this panel's figures are worked out."""
        return Sheet(self.title, *self.table(found))


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
