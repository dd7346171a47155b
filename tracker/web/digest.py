"""What is due: the page of the digest, there with or without e-mail."""

from flask import Blueprint, g, render_template

from tracker.reports.digest import digest
from tracker.web.request import settings

blueprint = Blueprint("digest", __name__)


@blueprint.get("/digest")
def show() -> str:
    """Show what is due for this person."""
    roles = {practice_id: role for practice_id, role in g.roles.items() if practice_id in g.scope}
    return render_template(
        "digest/show.html",
        found=digest(g.session, g.user.id, roles, g.today),
        leads="owner" in roles.values(),
        by_mail=bool(settings().smtp_url),
    )
