"""Insights: the monthly trend, root causes, payers and time left; every number leads to its denials."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from sqlalchemy import select

from tracker.knowledge import load
from tracker.models import Denial, Payer
from tracker.reports.charts import FRAMES, draw_spark, draw_trend
from tracker.reports.csv_export import csv_lines
from tracker.reports.figures import percent, recovered_share
from tracker.reports.insight_tables import PANELS
from tracker.reports.insights import Insights, insights, last_months
from tracker.reports.months import Month
from tracker.reports.pareto import pareto_heading
from tracker.reports.payers import payers_heading
from tracker.reports.queue_conditions import Viewer
from tracker.reports.tallies import Asked
from tracker.reports.time_left import time_left_heading
from tracker.reports.trends import trend_chart, trend_heading

blueprint = Blueprint("insights", __name__)

_MONTHS = 12
_MOST_MONTHS = 36


class Choice(NamedTuple):
    """An entry of the period control: a range of months in its address form, ``2025-12_2026-11``."""

    value: str
    label: str


def _range(asked: Asked) -> str:
    return f"{asked.first.code}_{asked.last.code}"


def _periods(today: date, chosen: Asked) -> list[Choice]:
    """The periods offered; the one in the address is offered too, whatever it is."""
    current = Month.of(today)
    offered = [Choice(_range(last_months(today, count)), f"Last {count} months") for count in (3, 6, 12, 24)]
    offered += [Choice(_range(_year(year, current)), f"Year {year}") for year in (current.year, current.year - 1)]
    if _range(chosen) not in {choice.value for choice in offered}:
        offered.append(Choice(_range(chosen), _span(chosen)))
    return offered


def _span(asked: Asked) -> str:
    if asked.first == asked.last:
        return asked.first.label
    return f"{asked.first.label} to {asked.last.label}"


def _year(year: int, current: Month) -> Asked:
    return Asked(Month(year, 1), min(Month(year, 12), current))


def _asked(payers: Sequence[Payer]) -> Asked:
    """Read the question from the address; what cannot be read is left out."""
    first, _, last = request.args.get("period", "").partition("_")
    start, end = Month.parse(first), Month.parse(last)
    wanted = set(request.args.getlist("payer"))
    ids = tuple(payer.id for payer in payers if payer.public_id in wanted)
    current = Month.of(g.today)
    if start is None or end is None or start > current or not start <= end <= start.shifted(_MOST_MONTHS - 1):
        recent = last_months(g.today, _MONTHS)
        return Asked(recent.first, recent.last, ids)
    return Asked(start, min(end, current), ids)


def _payers() -> Sequence[Payer]:
    mine = select(Denial.payer_id).where(Denial.practice_id.in_(g.scope)).distinct()
    payers: Sequence[Payer] = g.session.scalars(select(Payer).where(Payer.id.in_(mine)).order_by(Payer.name)).all()
    return payers


@dataclass(frozen=True, slots=True)
class _Page:
    """What one address asks for: the figures, and the payers to choose from and chosen."""

    payers: Sequence[Payer]
    asked: Asked
    found: Insights

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(payer.public_id for payer in self.payers if payer.id in self.asked.payer_ids)

    def queue(self, **filters: Any) -> str:
        """Return the queue's address with the same payers and more filters: as many rows there as the number says."""
        return url_for("queue.show", **{"view": "all", "payer": self.chosen or None} | filters)


def _page() -> _Page:
    payers = _payers()
    asked = _asked(payers)
    chosen = tuple(payer.public_id for payer in payers if payer.id in asked.payer_ids)
    viewer = Viewer(g.user.id, g.today, g.now)
    return _Page(payers, asked, insights(g.session, asked, chosen, viewer, load().root_causes))


@blueprint.get("/insights")
def show() -> str:
    """Show the figures of the period and payers in the address."""
    page = _page()
    found, asked = page.found, page.asked
    chart = trend_chart(found.trend, lambda month: page.queue(month=month.code))
    return render_template(
        "insights/show.html", found=found, payers=page.payers, queue=page.queue, period=_range(asked),
        periods=_periods(g.today, asked), drawings=[draw_trend(chart, frame) for frame in FRAMES],
        sparks=[draw_spark(row.by_month) for row in found.payers],
        headings={
            "trend": trend_heading(found.trend),
            "pareto": pareto_heading(found.pareto),
            "payers": payers_heading(found.month, found.payers),
            "time_left": time_left_heading(found.time_left),
        },
        percent=percent, recovered=recovered_share(found.cohort), span=_span(found.cohort_months),
        span_all=_span(asked), cohort_months=[month.code for month in found.cohort_months.months],
    )  # fmt: skip


@blueprint.get("/insights/<panel>.csv")
def panel_csv(panel: str) -> Response:
    """Give one panel as a file, with what it holds and how it is counted on top."""
    if panel not in PANELS:
        abort(404)
    page = _page()
    table = PANELS[panel].table(page.found)
    about = [
        ("What", PANELS[panel].title),
        ("Period", _span(page.asked)),
        ("Payers", ", ".join(p.name for p in page.payers if p.public_id in page.chosen) or "All payers"),
        ("Practices", ", ".join(practice.name for practice in g.practices if practice.id in g.scope)),
        ("Made", g.now.astimezone().isoformat(timespec="minutes")),
        ("Basis", "Billed charges, by remittance month of the first denial"),
        ("Counted", PANELS[panel].definition),
    ]
    name = f"insights-{panel}-{g.today.isoformat()}.csv"
    lines = csv_lines(about, table.columns, table.rows)
    return Response(lines, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})
