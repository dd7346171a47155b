"""The insights page: every figure of it, asked once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.knowledge import RootCause
from tracker.models import Practice
from tracker.reports.basis import Basis, open_without_rate
from tracker.reports.courses import causes_of, month_courses
from tracker.reports.figures import Missed, Rate, data_through, missed_deadlines, overturn_rate
from tracker.reports.funnel import Funnel, funnel
from tracker.reports.heatmap import Heatmap, HeatMode, heatmap
from tracker.reports.hfma import HfmaMonth, hfma_months
from tracker.reports.months import Month
from tracker.reports.overturn_curve import OverturnCurve, overturn_curve
from tracker.reports.owners import Owned, Workload, expiring, workload
from tracker.reports.pareto import Pareto, root_cause_pareto
from tracker.reports.payers import PayerFigures, payer_figures, sorted_payers
from tracker.reports.queue import Tile, open_tiles
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter
from tracker.reports.shares import Shares, shares
from tracker.reports.speed import MonthSpeed, speed
from tracker.reports.tallies import (
    AgeTally,
    Asked,
    Cohort,
    appealed_by_payer,
    cohort,
    decided_appeals,
    denials_by_cause,
    denials_by_day,
    denials_by_reason,
    lines_by_day,
    open_by_age,
    pending_appeals,
    without_rate,
)
from tracker.reports.trends import Trend, monthly_trend

MOST_MONTHS = 36


class Panels(NamedTuple):
    """How the panels are asked to show what they show.

    ``confirmed``: only causes a person chose (True), or only the others (False). ``payers`` is the column they are
    sorted by, a minus for the largest first. ``by_age``: open denials by days since the denial, not by days left.
    ``speed`` and ``workload`` are for a lead; the latter is shown when one turns it on.
    ``hfma``: the denial rate of the trend on the HFMA basis.
    """

    cells: HeatMode = HeatMode.COUNT
    confirmed: bool | None = None
    payers: str = "-denied"
    by_age: bool = False
    speed: bool = False
    workload: bool = False
    hfma: bool = False


PLAIN = Panels()


@dataclass(frozen=True, slots=True)
class Insights:
    """Everything the page shows for one question; ``month`` is the last complete month of it.

    ``speed`` is there for a lead, ``workload`` where a lead turns it on.

    On the expected basis ``without_rate`` denials of the months asked for, and ``open_without_rate`` open ones, have no
    contracted rate; on the billed one nobody asks.

    ``cohort`` holds the denials of the complete months; ``overturned`` the appeals decided in the months asked for.
    """

    asked: Asked
    month: Month
    trend: Trend
    hfma: Mapping[Month, HfmaMonth] | None
    pareto: Pareto
    heatmap: Heatmap
    payers: tuple[PayerFigures, ...]
    overturned: Rate
    pending_appeals: int
    cohort: Cohort
    cohort_months: Asked
    missed: Missed
    time_left: tuple[Tile, ...]
    ages: tuple[AgeTally, ...]
    funnel: Funnel
    curve: OverturnCurve
    shares: Shares
    expiring: tuple[Owned, ...]
    speed: tuple[MonthSpeed, ...] | None
    workload: tuple[Workload, ...] | None
    data_through: date | None
    without_rate: int
    open_without_rate: int


def insights(
    session: Session,
    asked: Asked,
    payers: tuple[str, ...],
    viewer: Viewer,
    root_causes: Mapping[str, RootCause],
    panels: Panels = PLAIN,
    practices: Sequence[Practice] = (),
) -> Insights:
    """Answer everything the insights page asks, as of the viewer's day; ``payers`` are the public ids of those asked."""
    today, expects = viewer.today, asked.basis is Basis.EXPECTED
    denials, lines = denials_by_day(session, asked), lines_by_day(session, asked)
    trend = monthly_trend(asked.months, denials, lines, today)
    month = trend.last_complete.month if trend.last_complete else asked.last
    complete = replace(asked, last=month)
    decided = decided_appeals(session, asked)
    courses = month_courses(session, asked)
    whole = [course for course in courses if course.month <= month]
    if panels.confirmed is None:
        causes = causes_of(course for course in courses if course.month == month)
    else:
        causes = denials_by_cause(session, asked.only(month), confirmed=panels.confirmed)
    return Insights(
        asked=asked,
        month=month,
        trend=trend,
        hfma=hfma_months(session, practices, asked.months) if panels.hfma else None,
        pareto=root_cause_pareto(month, causes, root_causes),
        heatmap=heatmap(session, month, panels.cells, denials_by_reason(session, asked.only(month)), lines),
        payers=sorted_payers(
            payer_figures(
                session, month, asked.months, denials, lines, decided, appealed_by_payer(session, asked.only(month))
            ),
            panels.payers,
        ),
        overturned=overturn_rate(decided),
        pending_appeals=pending_appeals(session, asked.payer_ids),
        cohort=cohort(session, complete),
        cohort_months=complete,
        missed=missed_deadlines(session, asked.payer_ids, today, asked.basis),
        time_left=open_tiles(session, QueueFilter(view="open", payers=payers), viewer, asked.basis),
        ages=tuple(open_by_age(session, asked.payer_ids, today, asked.basis)) if panels.by_age else (),
        funnel=funnel(whole, is_open=any(course.is_open(today) for course in whole)),
        curve=overturn_curve(whole, today),
        shares=shares(session, complete, whole, root_causes, today),
        expiring=expiring(session, asked.payer_ids, today, asked.basis),
        speed=speed(courses, today) if panels.speed else None,
        workload=workload(session, asked.payer_ids, today) if panels.workload else None,
        data_through=data_through(session),
        without_rate=without_rate(session, asked) if expects else 0,
        open_without_rate=open_without_rate(session, asked.payer_ids) if expects else 0,
    )


def last_months(today: date, count: int) -> Asked:
    """Return the question for the last ``count`` months, the one of ``today`` included."""
    current = Month.of(today)
    return Asked(current.shifted(1 - count), current)
