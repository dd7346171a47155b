"""Every list as a file, CSV or XLSX: all its rows, not only those of a page."""

from flask import Blueprint, Response, abort, g, request

from tracker.domain.access import Action
from tracker.reports.audit_entries import all_entries, people_of
from tracker.reports.list_sheets import (
    appeals_sheet,
    audit_sheet,
    imports_sheet,
    notes_sheet,
    payers_sheet,
    requests_sheet,
    takebacks_sheet,
    users_sheet,
)
from tracker.reports.users_list import people
from tracker.web.access import needs
from tracker.web.files import file_of
from tracker.web.forms.audit import AuditForm
from tracker.web.payers import listed_payers
from tracker.web.request import sessions

blueprint = Blueprint("lists", __name__)


@blueprint.get("/appeals/list.<kind>")
@needs(Action.WORK_QUEUE)
def appeals(kind: str) -> Response:
    """Give the appeals as a file."""
    return file_of(kind, "appeals", appeals_sheet(g.session))


@blueprint.get("/records-requests/list.<kind>")
@needs(Action.WORK_QUEUE)
def requests(kind: str) -> Response:
    """Give the requests for records as a file."""
    return file_of(kind, "requests-for-records", requests_sheet(g.session))


@blueprint.get("/takebacks/list.<kind>")
@needs(Action.WORK_QUEUE)
def takebacks(kind: str) -> Response:
    """Give the takebacks as a file."""
    return file_of(kind, "takebacks", takebacks_sheet(g.session))


@blueprint.get("/payers/list.<kind>")
@needs(Action.WORK_QUEUE)
def payers(kind: str) -> Response:
    """Give the payers as a file."""
    return file_of(kind, "payers", payers_sheet(listed_payers()))


@blueprint.get("/import/list.<kind>")
@needs(Action.WORK_QUEUE)
def imports(kind: str) -> Response:
    """Give the imported files as a list in a file."""
    return file_of(kind, "imports", imports_sheet(g.session))


@blueprint.get("/notes/list.<kind>")
@needs(Action.WORK_QUEUE)
def notes(kind: str) -> Response:
    """Give the notes as a list in a file, without their words."""
    return file_of(kind, "notes", notes_sheet(g.session))


@blueprint.get("/users/list.<kind>")
@needs(Action.MANAGE_USERS)
def users(kind: str) -> Response:
    """Give the people of the practices in view as a file."""
    return file_of(kind, "people", users_sheet(people(g.session, g.scope), _places()))


def _places() -> dict[int, str]:
    return {practice.id: practice.name for practice in g.practices if practice.id in g.scope}


@blueprint.get("/audit/list.<kind>")
@needs(Action.READ_AUDIT)
def audit(kind: str) -> Response:
    """Give the entries of the audit log as a file, as far as the filters let them through."""
    form = AuditForm(request.args)
    form.who.choices = {"": "Anybody"} | {str(one): name for one, name in people_of(g.session, g.scope).items()}
    if not form.validate():
        abort(404)
    entries = all_entries(g.session, sessions().engine, _places(), form.asked())
    about = [(field.label.text, f"{field.data}") for field in form if field.data and field.name != "csrf_token"]
    return file_of(kind, "audit-log", audit_sheet(entries, [*about, ("at", "UTC")]))
