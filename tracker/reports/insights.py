"""The insights page: every figure of it, asked once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from tracker.knowledge import RootCause
from tracker.reports.figures import Missed, Rate, data_through, missed_deadlines, overturn_rate
from tracker.reports.months import Month
from tracker.reports.pareto import Pareto, root_cause_pareto
from tracker.reports.payers import PayerFigures, payer_figures
from tracker.reports.queue import Tile, queue_page
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter
from tracker.reports.tallies import (
    Asked,
    Cohort,
    cohort,
    decided_appeals,
    denials_by_cause,
    denials_by_day,
    lines_by_day,
    pending_appeals,
)
from tracker.reports.trends import Trend, monthly_trend


@dataclass(frozen=True, slots=True)
class Insights:
    """Everything the page shows for one question; ``month`` is the last complete month of it.

    ``cohort`` holds the denials of the complete months; ``overturned`` the appeals decided in the months asked for.
    """

    asked: Asked
    month: Month
    trend: Trend
    pareto: Pareto
    payers: tuple[PayerFigures, ...]
    overturned: Rate
    pending_appeals: int
    cohort: Cohort
    cohort_months: Asked
    missed: Missed
    time_left: tuple[Tile, ...]
    data_through: date | None


def insights(
    session: Session, asked: Asked, payers: tuple[str, ...], viewer: Viewer, root_causes: Mapping[str, RootCause]
) -> Insights:
    """Answer everything the insights page asks, as of the viewer's day; ``payers`` are the public ids of those asked."""
    today = viewer.today
    denials, lines = denials_by_day(session, asked), lines_by_day(session, asked)
    trend = monthly_trend(asked.months, denials, lines, today)
    month = trend.last_complete.month if trend.last_complete else asked.last
    complete = Asked(asked.first, month, asked.payer_ids)
    decided = decided_appeals(session, asked)
    return Insights(
        asked=asked,
        month=month,
        trend=trend,
        pareto=root_cause_pareto(month, denials_by_cause(session, asked.only(month)), root_causes),
        payers=payer_figures(session, month, asked.months, denials, lines, decided),
        overturned=overturn_rate(decided),
        pending_appeals=pending_appeals(session, asked.payer_ids),
        cohort=cohort(session, complete),
        cohort_months=complete,
        missed=missed_deadlines(session, asked.payer_ids, today),
        time_left=queue_page(session, QueueFilter(view="open", payers=payers), viewer).tiles,
        data_through=data_through(session),
    )


def last_months(today: date, count: int) -> Asked:
    """Return the question for the last ``count`` months, the one of ``today`` included."""
    current = Month.of(today)
    return Asked(current.shifted(1 - count), current)
