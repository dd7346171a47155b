"""The list of appeals: drafts, letters ready to send, and what was sent."""

from flask import Blueprint, g, render_template

from tracker.domain.due import due
from tracker.reports.appeals_list import APPEAL_STATUSES, appeals_list

blueprint = Blueprint("appeals", __name__)


@blueprint.get("/appeals")
def index() -> str:
    """Show the appeals, those to work on first."""
    return render_template("appeals/index.html", rows=appeals_list(g.session), statuses=APPEAL_STATUSES, due=due)
