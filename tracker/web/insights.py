"""Insights: the monthly trend, root causes, payers and time left; every number leads to its denials."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from sqlalchemy import exists, select

from tracker.domain.access import Action
from tracker.expected_amounts import has_rates
from tracker.knowledge import load
from tracker.models import Denial, Payer, Practice
from tracker.month_counts import is_counted
from tracker.reports.basis import BASIS_WORDS, EXPECTED_DEFINITION, Basis, lacking_words
from tracker.reports.chart_notes import marks, numbered
from tracker.reports.charts import FRAMES, draw_spark, draw_trend
from tracker.reports.curve_chart import CURVE_FRAMES, draw_curve
from tracker.reports.day_spans import slow
from tracker.reports.figures import line_rate, percent, recovered_share
from tracker.reports.funnel import funnel_heading
from tracker.reports.heatmap import HeatMode, heatmap_heading
from tracker.reports.hfma import has_submitted
from tracker.reports.insight_tables import PANELS
from tracker.reports.insights import MOST_MONTHS, PLAIN, Insights, Panels, insights, last_months
from tracker.reports.months import Month
from tracker.reports.overturn_curve import AGES, curve_heading
from tracker.reports.owners import expiring_heading
from tracker.reports.pareto import pareto_heading
from tracker.reports.payers import SORTS, payers_heading
from tracker.reports.queue_conditions import Viewer
from tracker.reports.speed import LABELS as SPEED_LABELS
from tracker.reports.speed import speed_heading
from tracker.reports.tallies import Asked
from tracker.reports.time_left import age_heading, time_left_heading
from tracker.reports.time_spent import SURVEY_MINUTES, time_spent
from tracker.reports.trends import trend_chart, trend_heading
from tracker.web.access import can_assign, needs
from tracker.web.files import file_of

blueprint = Blueprint("insights", __name__)

_MONTHS = 12
_CAUSES = {"confirmed": True, "suggested": False}
_OF_PANELS = ("cells", "causes", "left", "sort", "ranges", "owners")


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
    current, basis = Month.of(g.today), _asked_basis()
    if start is None or end is None or start > current or not start <= end <= start.shifted(MOST_MONTHS - 1):
        recent = last_months(g.today, _MONTHS)
        return Asked(recent.first, recent.last, ids, basis)
    return Asked(start, min(end, current), ids, basis)


def _asked_basis() -> Basis:
    """Return the basis of amounts in the address; expected ones can be asked for where rates are loaded."""
    expects = request.args.get("amounts") == Basis.EXPECTED and has_rates(g.session, g.scope)
    return Basis.EXPECTED if expects else Basis.BILLED


def _payers() -> Sequence[Payer]:
    denied = exists().where(Denial.practice_id.in_(g.scope), Denial.payer_id == Payer.id, is_counted())
    payers: Sequence[Payer] = g.session.scalars(select(Payer).where(denied).order_by(Payer.name)).all()
    return payers


@dataclass(frozen=True, slots=True)
class _Page:
    """What one address asks for: the figures, and the payers to choose from and chosen."""

    payers: Sequence[Payer]
    asked: Asked
    found: Insights
    panels: Panels
    offers_hfma: bool
    chosen: tuple[str, ...]
    queue_at: str

    def queue(self, **filters: Any) -> str:
        """Return the queue's address with the same payers and more filters: as many rows there as the number says.

        A list or tuple is written as the name once for each of its values, None not at all.
        """
        asked = {"view": "all", "payer": self.chosen or None} | filters
        pairs = [
            f"{name}={_quoted(value)}"
            for name, values in asked.items()
            if values is not None
            for value in (values if isinstance(values, (list, tuple)) else (values,))
        ]
        return f"{self.queue_at}?{'&'.join(pairs)}"


@lru_cache(maxsize=1024)
def _quoted(value: str) -> str:
    """Return a value as addresses carry it; the hundreds of links of the page have few values, over and over."""
    return quote_plus(value)


def _page() -> _Page:
    payers = _payers()
    asked = _asked(payers)
    chosen = tuple(payer.public_id for payer in payers if payer.id in asked.payer_ids)
    viewer = Viewer(g.user.id, g.today, g.now)
    offers_hfma = _offers_hfma(asked)
    panels = _panels(offers_hfma=offers_hfma)
    found = insights(g.session, asked, chosen, viewer, load().root_causes, panels, _practices())
    return _Page(payers, asked, found, panels, offers_hfma, chosen, url_for("queue.show"))


def _practices() -> list[Practice]:
    return [practice for practice in g.practices if practice.id in g.scope]


def _offers_hfma(asked: Asked) -> bool:
    """Whether the HFMA basis can be chosen: counts of submitted claims are there, and they are of all payers."""
    return not asked.payer_ids and has_submitted(_practices())


def _panels(*, offers_hfma: bool) -> Panels:
    """Read from the address how the panels show what they show."""
    cells, sort = request.args.get("cells", ""), request.args.get("sort", "")
    return Panels(
        cells=HeatMode(cells) if cells in tuple(HeatMode) else PLAIN.cells,
        confirmed=_CAUSES.get(request.args.get("causes", "")),
        payers=sort if sort.removeprefix("-") in SORTS else PLAIN.payers,
        by_age=request.args.get("left") == "age",
        speed=can_assign(),
        workload=can_assign() and request.args.get("owners") == "yes",
        hfma=offers_hfma and request.args.get("basis") == "hfma",
    )


def _here(**changes: Any) -> str:
    """Return this page's address with other choices."""
    kept: dict[str, Any] = {
        name: values for name, values in request.args.to_dict(flat=False).items() if name not in changes
    }
    return url_for("insights.show", **(kept | changes))


@blueprint.get("/insights")
@needs(Action.SEE_INSIGHTS)
def show() -> str:
    """Show the figures of the period and payers in the address."""
    page = _page()
    found, asked = page.found, page.asked
    notes = numbered(g.session, g.user.id, asked.first.first_day, asked.last.last_day)
    note_marks = marks(notes)
    chart = trend_chart(found.trend, lambda month: page.queue(month=month.code), note_marks, found.hfma, asked.basis)
    return render_template(
        "insights/show.html", found=found, payers=page.payers,
        chosen=[payer.name for payer in page.payers if payer.public_id in page.chosen], queue=page.queue, ranges=request.args.get("ranges") == "yes", slow=slow, rate=line_rate, ages=AGES,
        curves=[draw_curve(found.curve, frame) for frame in CURVE_FRAMES], speed_labels=SPEED_LABELS, here=_here, panels=page.panels, notes=notes, note_marks=note_marks,
        offers_hfma=page.offers_hfma, offers_expected=has_rates(g.session, g.scope), expects=asked.basis is Basis.EXPECTED,
        basis_words=BASIS_WORDS[asked.basis], expected_definition=EXPECTED_DEFINITION, modes=HeatMode,
        kept={name: request.args[name] for name in _OF_PANELS if name in request.args}, period=_range(asked),
        periods=_periods(g.today, asked), drawings=[draw_trend(chart, frame) for frame in FRAMES],
        sparks=[draw_spark(row.by_month) for row in found.payers],
        headings={
            "trend": trend_heading(found.trend),
            "pareto": pareto_heading(found.pareto),
            "heatmap": heatmap_heading(found.heatmap),
            "funnel": funnel_heading(found.funnel, _span(found.cohort_months)),
            "curve": curve_heading(found.curve),
            "speed": speed_heading(found.speed or (), found.month),
            "expiring": expiring_heading(found.expiring),
            "payers": payers_heading(found.month, found.payers),
            "time_left": age_heading(found.ages) if found.ages else time_left_heading(found.time_left),
        },
        spent=time_spent(g.session), survey_minutes=SURVEY_MINUTES, percent=percent, recovered=recovered_share(found.cohort), span=_span(found.cohort_months),
        span_all=_span(asked), cohort_months=[month.code for month in found.cohort_months.months],
        months=[month.code for month in asked.months],
    )  # fmt: skip


def _basis(page: _Page) -> str:
    rate = "; denial rate of the trend on the HFMA basis" if page.panels.hfma else ""
    words, asked = BASIS_WORDS[page.asked.basis].capitalize(), page.asked
    lacking = ""
    if asked.basis is Basis.EXPECTED:
        lacking = f"; {lacking_words(page.found.without_rate, page.found.trend.denials)} in the period"
    return f"{words}, by remittance month of the first denial{rate}{lacking}"


@blueprint.get("/insights/<panel>.<kind>")
@needs(Action.SEE_INSIGHTS)
def panel_file(panel: str, kind: str) -> Response:
    """Give one panel as a file, with what it holds and how it is counted on top."""
    if panel not in PANELS or (panel == "speed" and not can_assign()):
        abort(404)
    page = _page()
    about = (
        ("Period", _span(page.asked)),
        ("Payers", ", ".join(p.name for p in page.payers if p.public_id in page.chosen) or "All payers"),
        ("Basis", _basis(page)),
        ("Counted", PANELS[panel].definition),
        *((("Expected", EXPECTED_DEFINITION),) if page.asked.basis is Basis.EXPECTED else ()),
    )
    return file_of(kind, f"insights-{panel}", replace(PANELS[panel].sheet(page.found), about=about))
