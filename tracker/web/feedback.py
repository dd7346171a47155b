"""Feedback for therapists and for the front desk: a page, a PDF and a file, by practice and quarter."""

from dataclasses import replace
from typing import NamedTuple

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.domain.access import Action
from tracker.knowledge import load
from tracker.letters.pdf import why_unavailable
from tracker.letters.problems import LetterProblem
from tracker.letters.report_page import Report, make_report_pdf
from tracker.models import Practice
from tracker.reports.feedback import AUDIENCES, Quarter, feedback
from tracker.web.access import needs
from tracker.web.files import file_of
from tracker.web.navigation import refuse
from tracker.web.request import sessions

blueprint = Blueprint("feedback", __name__)

_QUARTERS = 8


class _Page(NamedTuple):
    practices: list[Practice]
    practice: Practice
    quarter: Quarter
    report: Report

    @property
    def query(self) -> dict[str, str]:
        """What an address of the same feedback carries."""
        return {"practice": self.practice.public_id, "quarter": self.quarter.code}


def _page(audience: str) -> _Page:
    """Read practice and quarter from the address; what cannot be read is the first practice and the last full quarter."""
    if audience not in AUDIENCES:
        abort(404)
    practices = sorted((one for one in g.practices if one.id in g.scope), key=lambda one: one.name)
    chosen = [one for one in practices if one.public_id == request.args.get("practice")]
    practice = chosen[0] if chosen else practices[0]
    quarter = Quarter.parse(request.args.get("quarter", "")) or Quarter.of(g.today).shifted(-1)
    with sessions().reading({practice.id}) as reading:
        report = feedback(reading, AUDIENCES[audience], quarter, practice.name, load(), g.today)
    return _Page(practices, practice, quarter, report)


@blueprint.get("/reports/feedback/<audience>")
@needs(Action.SEE_INSIGHTS)
def show(audience: str) -> str:
    """Show a feedback as its PDF will say it."""
    page = _page(audience)
    quarters = [Quarter.of(g.today).shifted(-by) for by in range(_QUARTERS)]
    if page.quarter not in quarters:
        quarters.append(page.quarter)
    return render_template(
        "reports/feedback.html", page=page, audience=audience, audiences=AUDIENCES, quarters=quarters,
        no_pdf=why_unavailable(),
    )  # fmt: skip


@blueprint.get("/reports/feedback/<audience>/feedback.pdf")
@needs(Action.SEE_INSIGHTS)
def pdf(audience: str) -> BaseResponse:
    """Give a feedback as a PDF."""
    page = _page(audience)
    try:
        content = make_report_pdf(page.report, {})
    except LetterProblem as problem:
        refuse(f"{problem}.")
        back = url_for(".show", audience=audience, practice=page.practice.public_id, quarter=page.quarter.code)
        return redirect(back, 303)
    headers = {"Content-Disposition": f"attachment; filename={audience}-feedback-{page.quarter.code}.pdf"}
    return Response(content, content_type="application/pdf", headers=headers)


@blueprint.get("/reports/feedback/<audience>/tables.<kind>")
@needs(Action.SEE_INSIGHTS)
def tables(audience: str, kind: str) -> Response:
    """Give the rates by discipline as a file, with their definitions."""
    page = _page(audience)
    found = [section.table for section in page.report.sections if section.title == "By discipline" and section.table]
    if not found:
        abort(404)
    terms = next(section.terms for section in page.report.sections if section.terms)
    about = (("Feedback", page.report.title), ("Practice", page.practice.name), ("Quarter", page.quarter.label), *terms)
    return file_of(kind, f"{audience}-feedback-{page.quarter.code}", replace(found[0], about=about))
