"""Getting started: four steps to the first appeal, and where the data lives."""

from flask import Blueprint, g, render_template

from tracker.domain.access import Action
from tracker.reports.first_steps import FirstSteps, first_steps
from tracker.services.backups import backup_folder, last_good
from tracker.web.access import needs
from tracker.web.request import sessions, settings

blueprint = Blueprint("start", __name__)


@blueprint.get("/start")
@needs(Action.OWN_ACCOUNT)
def show() -> str:
    """Show what is done and what is not."""
    own = settings()
    return render_template(
        "start/show.html",
        steps=steps_done(),
        data_dir=own.data_dir,
        backup_dir=backup_folder(own),
        last_backup=last_good(g.session, g.now),
        by_mail=bool(own.smtp_url),
        on_postgres=not own.database_url.startswith("sqlite"),
    )


def steps_done() -> FirstSteps:
    """Return how far the person's own practices are, whatever the switcher shows; the demo counts for nothing."""
    own = tuple(one for one in g.practices if not one.is_demo)
    with sessions().reading(frozenset(one.id for one in own)) as session:
        return first_steps(session, own)
