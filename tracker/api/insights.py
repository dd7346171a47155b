"""Insights: the figures of the panels."""

from typing import Any

from flask import g
from sqlalchemy import select

from tracker.api.resource import Resource
from tracker.api.schemas.insights import Insights as InsightsTold
from tracker.api.schemas.insights import InsightsAsked
from tracker.domain.access import Action
from tracker.domain.token_verbs import Verb
from tracker.knowledge import load
from tracker.models import Denial, Payer
from tracker.reports.insights import MOST_MONTHS, Insights, insights, last_months
from tracker.reports.months import Month
from tracker.reports.queue_conditions import Viewer
from tracker.reports.tallies import Asked
from tracker.services.working import ChangeError
from tracker.web.access import needs

blueprint = Resource("insights", "The figures of the insights page.")

_MONTHS = 12


@blueprint.route("/insights")
@blueprint.arguments(InsightsAsked, location="query")
@blueprint.response(200, InsightsTold)
@needs(Action.SEE_INSIGHTS, verb=Verb.INSIGHTS)
def read_insights(asked: dict[str, Any]) -> Insights:
    """Read the figures: trend, root causes, payers, time left, appeals, recovery."""
    months, viewer = _months(asked), Viewer(g.user.id, g.today, g.now)
    question = Asked(months.first, months.last, _payer_ids(asked["payer"]))
    return insights(g.session, question, tuple(asked["payer"]), viewer, load().root_causes)


def _months(asked: dict[str, Any]) -> Asked:
    """Return the months asked for. Raises ChangeError for a range that makes no sense."""
    recent, current = last_months(g.today, _MONTHS), Month.of(g.today)
    last = Month.parse(asked["last"]) or recent.last
    first = Month.parse(asked["first"]) or last.shifted(1 - _MONTHS)
    if not first <= last <= first.shifted(MOST_MONTHS - 1) or first > current:
        raise ChangeError(f"Months must be in order, {MOST_MONTHS} at most, and not begin in the future", "first")
    return Asked(first, min(last, current))


def _payer_ids(public_ids: list[str]) -> tuple[int, ...]:
    """Return the row ids of payers that answered the practice. Raises ChangeError when one did not."""
    ours = select(Denial.payer_id).where(Denial.practice_id == g.practice.id)
    found = g.session.scalars(select(Payer.id).where(Payer.public_id.in_(public_ids), Payer.id.in_(ours))).all()
    if len(found) != len(set(public_ids)):
        raise ChangeError("One of the payers has answered nothing of the practice", "payer")
    return tuple(found)
