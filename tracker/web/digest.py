"""What is due: the page of the digest, there with or without e-mail."""

from flask import Blueprint, g, render_template

from tracker.domain.access import Action, may
from tracker.reports.digest import digest, mail_problem
from tracker.reports.queue_filter import ME
from tracker.web.access import needs
from tracker.web.request import settings

blueprint = Blueprint("digest", __name__)


@blueprint.get("/digest")
@needs(Action.WORK_QUEUE)
def show() -> str:
    """Show what is due for this person."""
    roles = {practice_id: role for practice_id, role in g.roles.items() if practice_id in g.scope}
    leads = {may(role, Action.ASSIGN) for role in roles.values()}
    return render_template(
        "digest/show.html",
        found=digest(g.session, g.user.id, roles, g.today),
        leads=any(leads),
        late_filter=_late_filter(leads),
        by_mail=bool(settings().smtp_url),
        problem=mail_problem(g.session, g.user.id) if settings().smtp_url else "",
    )


def _late_filter(leads: set[bool]) -> dict[str, str]:
    """Return the queue's filter that holds the late answers of the page; none for who leads some practices only."""
    whose = {frozenset({True}): {}, frozenset({False}): {"owner": ME}}.get(frozenset(leads))
    return {"only": "no-answer", **whose} if whose is not None else {}
