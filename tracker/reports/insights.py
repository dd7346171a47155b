"""The insights page: every figure of it, worked out when it is read, and once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.knowledge import RootCause
from tracker.models import Practice
from tracker.reports.basis import Basis, open_without_rate
from tracker.reports.courses import MonthCourse, causes_of, month_courses
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
    DecidedTally,
    MonthTallies,
    decided_appeals,
    denials_by_cause,
    denials_by_reason,
    open_by_age,
    pending_appeals,
    tallies_by_month,
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


class Insights:
    """Everything the page shows for one question, as of the viewer's day; ``month`` is the last complete month of it.

    Each figure is worked out when it is first read, and once: what a file or a caller leaves out costs nothing.
    ``speed`` is there for a lead, ``workload`` where a lead turns it on. On the expected basis ``without_rate`` denials of
    the months asked for, and ``open_without_rate`` open ones, have no contracted rate; on the billed one nobody asks.
    ``cohort`` holds the denials of the complete months; ``overturned`` the appeals decided in the months asked for.
    """

    def __init__(
        self,
        session: Session,
        asked: Asked,
        payers: tuple[str, ...],
        viewer: Viewer,
        root_causes: Mapping[str, RootCause],
        panels: Panels,
        practices: Sequence[Practice],
    ) -> None:
        """``payers`` are the public ids of those asked, ``practices`` those the session sees."""
        self.asked = asked
        self._session, self._payers, self._viewer = session, payers, viewer
        self._root_causes, self._panels, self._practices = root_causes, panels, practices
        self._kept: MonthTallies = tallies_by_month(session, asked)
        self.trend: Trend = monthly_trend(asked.months, self._kept.denials, self._kept.lines, viewer.today)
        last = self.trend.last_complete
        self.month: Month = last.month if last else asked.last
        self.cohort_months = replace(asked, last=self.month)
        self.cohort: Cohort = self._kept.cohort(self.month)

    @cached_property
    def hfma(self) -> Mapping[Month, HfmaMonth] | None:
        """The rate on the HFMA basis, where that is asked for."""
        return hfma_months(self._session, self._practices, self.asked.months) if self._panels.hfma else None

    @cached_property
    def pareto(self) -> Pareto:
        """The root causes of the last complete month."""
        if self._panels.confirmed is None:
            causes = causes_of(course for course in self._courses if course.month == self.month)
        else:
            of_month = self.asked.only(self.month)
            causes = denials_by_cause(self._session, of_month, confirmed=self._panels.confirmed)
        return root_cause_pareto(self.month, causes, self._root_causes)

    @cached_property
    def heatmap(self) -> Heatmap:
        """Payers by reasons of the last complete month."""
        reasons = denials_by_reason(self._session, self.asked.only(self.month))
        return heatmap(self._session, self.month, self._panels.cells, reasons, self._kept.lines)

    @cached_property
    def payers(self) -> tuple[PayerFigures, ...]:
        """The payers, sorted as asked."""
        figures = payer_figures(
            self._session, self.month, self.asked.months, self._kept.denials, self._kept.lines, self._decided,
            self._kept.appealed(self.month),
        )  # fmt: skip
        return sorted_payers(figures, self._panels.payers)

    @cached_property
    def overturned(self) -> Rate:
        """The share of the appeals decided in the months that were decided for the practice."""
        return overturn_rate(self._decided)

    @cached_property
    def pending_appeals(self) -> int:
        """The appeals that payers have not decided yet."""
        return pending_appeals(self._session, self.asked.payer_ids)

    @cached_property
    def missed(self) -> Missed:
        """The deadlines that were missed."""
        return missed_deadlines(self._session, self.asked.payer_ids, self._viewer.today, self.asked.basis)

    @cached_property
    def time_left(self) -> tuple[Tile, ...]:
        """What is open, by days left."""
        asked = QueueFilter(view="open", payers=self._payers)
        return open_tiles(self._session, asked, self._viewer, self.asked.basis)

    @cached_property
    def ages(self) -> tuple[AgeTally, ...]:
        """What is open, by days since the denial, where that is asked for."""
        if not self._panels.by_age:
            return ()
        return tuple(open_by_age(self._session, self.asked.payer_ids, self._viewer.today, self.asked.basis))

    @cached_property
    def funnel(self) -> Funnel:
        """What became of the denials of the complete months."""
        return funnel(self._whole, is_open=any(course.is_open(self._viewer.today) for course in self._whole))

    @cached_property
    def curve(self) -> OverturnCurve:
        """How soon the denials of the complete months were overturned."""
        return overturn_curve(self._whole, self._viewer.today)

    @cached_property
    def shares(self) -> Shares:
        """Shares of the denials of the complete months."""
        return shares(self._session, self.cohort_months, self._whole, self._root_causes, self._viewer.today)

    @cached_property
    def expiring(self) -> tuple[Owned, ...]:
        """What runs out within a week, by owner."""
        return expiring(self._session, self.asked.payer_ids, self._viewer.today, self.asked.basis)

    @cached_property
    def speed(self) -> tuple[MonthSpeed, ...] | None:
        """Days from the first denial, for a lead."""
        return speed(self._courses, self._viewer.today) if self._panels.speed else None

    @cached_property
    def workload(self) -> tuple[Workload, ...] | None:
        """Who has how much, where a lead turns it on."""
        if not self._panels.workload:
            return None
        return workload(self._session, self.asked.payer_ids, self._viewer.today)

    @cached_property
    def without_rate(self) -> int:
        """The denials of the months without a contracted rate, on the expected basis."""
        return self._kept.without_rate() if self.asked.basis is Basis.EXPECTED else 0

    @cached_property
    def open_without_rate(self) -> int:
        """The open denials without a contracted rate, on the expected basis."""
        if self.asked.basis is not Basis.EXPECTED:
            return 0
        return open_without_rate(self._session, self.asked.payer_ids)

    @cached_property
    def data_through(self) -> date | None:
        """The day the last 835 was brought in."""
        return data_through(self._session)

    @cached_property
    def _courses(self) -> tuple[MonthCourse, ...]:
        return month_courses(self._session, self.asked)

    @cached_property
    def _whole(self) -> list[MonthCourse]:
        return [course for course in self._courses if course.month <= self.month]

    @cached_property
    def _decided(self) -> list[DecidedTally]:
        return decided_appeals(self._session, self.asked)


def insights(
    session: Session,
    asked: Asked,
    payers: tuple[str, ...],
    viewer: Viewer,
    root_causes: Mapping[str, RootCause],
    panels: Panels = PLAIN,
    practices: Sequence[Practice] = (),
) -> Insights:
    """Answer what the insights page asks, as of the viewer's day; ``payers`` are the public ids of those asked.

    The figures are read while the session is open.
    """
    return Insights(session, asked, payers, viewer, root_causes, panels, practices)


def last_months(today: date, count: int) -> Asked:
    """Return the question for the last ``count`` months, the one of ``today`` included."""
    current = Month.of(today)
    return Asked(current.shifted(1 - count), current)
