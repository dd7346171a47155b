"""The denial page: why a line was denied, what speaks for it, how long there is, and what to do."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.due import due
from tracker.domain.statuses import CLOSE_REASONS, STRENGTHS, path_words
from tracker.knowledge import load
from tracker.models import Claim, Denial, Event, Membership, Patient, User
from tracker.reports.denial_page import denial_page, find_denial
from tracker.reports.next_step import next_step
from tracker.reports.packet_tasks import packet_tasks
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter, read_filter
from tracker.reports.queue_place import place_in_queue
from tracker.reports.timeline import timeline
from tracker.reports.visit_minutes import in_fifteens, units_by
from tracker.services import coverage, deciding, working
from tracker.services.diagnosing import diagnose_claims
from tracker.services.linking import link_by_hand
from tracker.services.notes import KINDS, NoteError, add_note
from tracker.web.forms.denials import (
    CauseForm,
    ClaimSentForm,
    CloseForm,
    CommentForm,
    DeadlineForm,
    OwnerForm,
    RejectForm,
    SnoozeForm,
    StatusForm,
)
from tracker.web.forms.notes import NoteForm
from tracker.web.navigation import say
from tracker.web.uploads import note_from

blueprint = Blueprint("denials", __name__)

_FORMS: dict[str, type[Any]] = {
    "owner": OwnerForm,
    "status": StatusForm,
    "snooze": SnoozeForm,
    "deadline": DeadlineForm,
    "close": CloseForm,
    "cause": CauseForm,
    "reject": RejectForm,
    "comment": CommentForm,
    "sent": ClaimSentForm,
    "note": NoteForm,
}
# The field beside which a service's refusal is shown.
_FIRST = frozenset({"owner", "status", "until", "file_by", "reason", "cause", "text", "sent_on"})


@blueprint.get("/denials/<public_id>")
def show(public_id: str) -> BaseResponse | str:
    """Show one denial."""
    return _page(_find(public_id), {})


def _find(public_id: str) -> Denial:
    denial = find_denial(g.session, public_id)
    if denial is None:
        abort(404)
    return denial


def _page(denial: Denial, sent: dict[str, FlaskForm]) -> str:
    """Return the page; ``sent`` holds the form that was refused, with what was typed."""
    page = denial_page(g.session, denial, load(), g.today)
    forms = {name: sent.get(name) or _new_form(name, denial) for name in _FORMS}
    return render_template(
        "denials/show.html",
        page=page,
        place=place_in_queue(g.session, _asked(), Viewer(g.user.id, g.today, g.now), denial.id),
        list_filter=_list_filter(),
        due=due(denial.clock, denial.due_on, g.today, denial.file_by_legal),
        strengths=STRENGTHS,
        path_words=path_words,
        wrong=load().often_said,
        close_reasons=CLOSE_REASONS,
        denial=denial,
        forms=forms,
        refused=next(iter(sent.values()), None),
        step=next_step(page),
        tasks=packet_tasks(page),
        moments=timeline(g.session, denial, load()),
        codes=load().codes,
        in_fifteens=in_fifteens,
        units_by=units_by,
        kinds=KINDS,
    )


def _new_form(name: str, denial: Denial) -> Any:
    """Return an unsent form with what the denial holds."""
    known: dict[str, Any] = {
        "owner": {"owner": denial.owner_id or 0},
        "status": {"status": denial.status},
        "snooze": {"until": denial.snoozed_to},
        "deadline": {"file_by": denial.file_by_safe},
        "sent": {"sent_on": g.today},
        "note": {"service_date": denial.service_date},
    }
    form = _FORMS[name](formdata=None, prefix=f"{name}-", **known.get(name, {}))
    if "version" in form:
        form.version.data = str(denial.version)
    return _offer(form, denial)


def _offer(form: Any, denial: Denial) -> Any:
    if isinstance(form, OwnerForm):
        return form.offer(_people(denial))
    if isinstance(form, CauseForm):
        return form.offer(load())
    return form


def _people(denial: Denial) -> list[User]:
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.practice_id == denial.practice_id, User.is_active)
    )
    return list(g.session.scalars(query.order_by(User.name)))


def _back(denial: Denial) -> BaseResponse:
    """Return to the denial, in the same filtered list."""
    return redirect(url_for("denials.show", public_id=denial.public_id, **_list_filter()), 303)


def _asked() -> QueueFilter:
    """Return the queue's filter that the address carries along."""
    return read_filter({name: request.args.getlist(name) for name in request.args})


def _list_filter() -> dict[str, Any]:
    return _asked().query()


def _change(public_id: str, name: str, change: Callable[[Denial, Any], tuple[str, Event | None]]) -> Any:
    """Check a form, make its change, say it, go back; a refused form is shown again with what was typed."""
    denial = _find(public_id)
    form = _offer(_FORMS[name](prefix=f"{name}-"), denial)
    _refuse_stale(denial, form.version.data if "version" in form else None)
    if not form.validate():
        return _page(denial, {name: form}), 422
    try:
        with transaction(g.session):
            said, event = change(denial, form)
    except (working.ChangeError, NoteError) as problem:
        next(field for field in form if field.short_name in _FIRST).errors = [str(problem)]
        return _page(_find(public_id), {name: form}), 422
    say(said, undo=str(event.id) if event is not None else "")
    return _back(denial)


def _refuse_stale(denial: Denial, version: str | None) -> None:
    if version and version != str(denial.version):
        abort(409)


@blueprint.post("/denials/<public_id>/owner")
def owner(public_id: str) -> Any:
    """Give the denial to somebody."""

    def change(denial: Denial, form: OwnerForm) -> tuple[str, Event | None]:
        person = g.session.get(User, form.owner.data) if form.owner.data else None
        event = working.assign(g.session, [denial], person.id if person else None, g.now, g.user.id)
        return f"D-{denial.number} assigned to {person.name if person else 'nobody'}.", event

    return _change(public_id, "owner", change)


@blueprint.post("/denials/<public_id>/status")
def status(public_id: str) -> Any:
    """Move the denial to an open status."""

    def change(denial: Denial, form: StatusForm) -> tuple[str, Event | None]:
        event = working.set_status(g.session, [denial], form.status.data, g.now, g.user.id)
        return f"D-{denial.number}: status changed.", event

    return _change(public_id, "status", change)


@blueprint.post("/denials/<public_id>/reopen")
def reopen(public_id: str) -> BaseResponse:
    """Open a closed denial again."""
    denial = _find(public_id)
    with transaction(g.session):
        event = working.set_status(g.session, [denial], "reopened", g.now, g.user.id)
    say(f"D-{denial.number} is open again.", undo=str(event.id) if event else "")
    return _back(denial)


@blueprint.post("/denials/<public_id>/snooze")
def snooze(public_id: str) -> Any:
    """Put the denial aside until a day."""

    def change(denial: Denial, form: SnoozeForm) -> tuple[str, Event | None]:
        event = working.snooze(g.session, [denial], form.until.data, g.now, g.today, g.user.id)
        until = f"snoozed to {form.until.data:%m/%d/%Y}" if form.until.data else "no longer snoozed"
        return f"D-{denial.number} is {until}.", event

    return _change(public_id, "snooze", change)


@blueprint.post("/denials/<public_id>/deadline")
def deadline(public_id: str) -> Any:
    """Set the file-by date by hand."""

    def change(denial: Denial, form: DeadlineForm) -> tuple[str, Event | None]:
        event = working.set_deadline(g.session, [denial], form.file_by.data, g.now, g.user.id)
        return f"D-{denial.number}: file-by date is {form.file_by.data:%m/%d/%Y}.", event

    return _change(public_id, "deadline", change)


@blueprint.post("/denials/<public_id>/close")
def close(public_id: str) -> Any:
    """Close the denial for a reason."""

    def change(denial: Denial, form: CloseForm) -> tuple[str, Event | None]:
        event = working.close(g.session, [denial], form.reason.data, g.now, g.today, g.user.id)
        return f"D-{denial.number} is closed.", event

    return _change(public_id, "close", change)


@blueprint.post("/denials/<public_id>/cause")
def cause(public_id: str) -> Any:
    """Pick a cause, from the suggestions or from all of them."""

    def change(denial: Denial, form: CauseForm) -> tuple[str, Event | None]:
        code = form.cause.data
        path = deciding.usual_path(g.session, denial, code, load(), g.today)
        event = deciding.choose_cause(g.session, denial, code, path, g.now, g.user.id)
        return f"D-{denial.number}: cause picked.", event

    return _change(public_id, "cause", change)


@blueprint.post("/denials/<public_id>/not-this")
def reject(public_id: str) -> Any:
    """Say that a suggested cause is not it."""

    def change(denial: Denial, form: RejectForm) -> tuple[str, Event | None]:
        if form.cause.data not in load().root_causes:
            abort(400)
        event = deciding.reject_cause(g.session, denial, form.cause.data, form.reason.data, g.now, g.user.id)
        return f"D-{denial.number}: cause ruled out by you.", event

    return _change(public_id, "reject", change)


@blueprint.post("/denials/<public_id>/comment")
def comment(public_id: str) -> Any:
    """Add a comment to the activity."""

    def change(denial: Denial, form: CommentForm) -> tuple[str, Event | None]:
        working.comment(g.session, denial, form.text.data, g.now, g.user.id)
        return "Comment added.", None

    return _change(public_id, "comment", change)


@blueprint.post("/denials/<public_id>/claim-sent")
def claim_sent(public_id: str) -> Any:
    """Record that a new or corrected claim was sent."""

    def change(denial: Denial, form: ClaimSentForm) -> tuple[str, Event | None]:
        claim = g.session.get_one(Claim, (denial.practice_id, denial.claim_id))
        assert form.sent_on.data is not None
        coverage.add_submission(g.session, claim, form.sent_on.data, "", form.proof.data)
        event = working.set_status(g.session, [denial], "corrected_claim_sent", g.now, g.user.id)
        return f"D-{denial.number}: claim sent on {form.sent_on.data:%m/%d/%Y}.", event

    return _change(public_id, "sent", change)


@blueprint.post("/denials/<public_id>/notes")
def add_a_note(public_id: str) -> Any:
    """Keep a note of the visit, link it, and look for causes again."""

    def change(denial: Denial, form: NoteForm) -> tuple[str, Event | None]:
        patient = g.session.get_one(Patient, (denial.practice_id, denial.patient_id))
        added = add_note(g.session, patient, note_from(form), g.now, g.user.id)
        if denial.claim_id not in added.claim_ids:
            link_by_hand(g.session, denial.practice_id, denial.claim_id, added.note.id)
        claims = sorted({*added.claim_ids, denial.claim_id})
        diagnose_claims(g.session, denial.practice_id, claims, load(), g.today)
        words = "Note added. The likely causes were looked for again." if added.is_new else "That note is already here."
        return words, None

    return _change(public_id, "note", change)
