"""The denial page: why a line was denied, what speaks for it, how long there is, and what to do."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.due import due
from tracker.domain.statuses import CLOSE_REASONS, STRENGTHS, path_words
from tracker.knowledge import load
from tracker.models import Claim, Denial, Event, Membership, Patient, Practice, User
from tracker.reports.denial_page import denial_page, find_denial
from tracker.reports.next_step import next_step
from tracker.reports.packet_tasks import packet_tasks
from tracker.reports.people import user_names
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter, read_filter
from tracker.reports.queue_place import place_in_queue
from tracker.reports.timeline import timeline
from tracker.reports.visit_minutes import in_fifteens, units_by
from tracker.services import comments, coverage, deciding, working, write_offs
from tracker.services.note_taking import take_note
from tracker.services.notes import KINDS, LooksProtected, NoteError, added_words
from tracker.web.access import Refused, assigns, needs
from tracker.web.document_notes import is_document, staged
from tracker.web.forms.denials import (
    CauseForm,
    ClaimSentForm,
    CloseForm,
    CommentForm,
    DeadlineForm,
    ExtensionForm,
    OwnerForm,
    ReceiptForm,
    RejectForm,
    SnoozeForm,
    StatusForm,
    WriteOffForm,
)
from tracker.web.forms.notes import NoteForm
from tracker.web.forms.records import AskedForm, RecordsSentForm
from tracker.web.navigation import say
from tracker.web.once import once
from tracker.web.other_version import other_version
from tracker.web.uploads import UploadProblem, note_from

blueprint = Blueprint("denials", __name__)

_FORMS: dict[str, type[Any]] = {
    "owner": OwnerForm,
    "status": StatusForm,
    "snooze": SnoozeForm,
    "deadline": DeadlineForm,
    "extension": ExtensionForm,
    "receipt": ReceiptForm,
    "asked": AskedForm,
    "records": RecordsSentForm,
    "close": CloseForm,
    "write_off": WriteOffForm,
    "cause": CauseForm,
    "reject": RejectForm,
    "comment": CommentForm,
    "sent": ClaimSentForm,
    "note": NoteForm,
}
# The field beside which a service's refusal is shown.
_FIRST = frozenset(
    {
        "owner",
        "status",
        "until",
        "file_by",
        "why",
        "words",
        "cause",
        "text",
        "sent_on",
        "days",
        "received_on",
        "requested_on",
    }
)


@blueprint.get("/denials/<public_id>")
@needs(Action.WORK_QUEUE)
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
        due=due(denial.running_clock, denial.due_on, g.today, denial.running_legal),
        strengths=STRENGTHS,
        path_words=path_words,
        wrong=load().often_said,
        close_reasons=CLOSE_REASONS,
        denial=denial,
        forms=forms,
        refused=next(iter(sent.values()), None),
        step=next_step(page),
        tasks=packet_tasks(page),
        moments=timeline(g.session, denial, load(), g.user.id),
        codes=load().codes,
        in_fifteens=in_fifteens,
        units_by=units_by,
        kinds=KINDS,
        write_off_by=user_names(g.session, {denial.write_off_by_id}),
    )


def _new_form(name: str, denial: Denial) -> Any:
    """Return an unsent form with what the denial holds."""
    known: dict[str, Any] = {
        "owner": {"owner": denial.owner_id or 0},
        "status": {"status": denial.status},
        "snooze": {"until": denial.snoozed_to},
        "close": {"reason": "written_off" if denial.path == "write_off" else ""},
        "deadline": {"file_by": denial.file_by_safe},
        "extension": {"days": denial.extension_days or None},
        "receipt": {"received_on": denial.received_on},
        "sent": {"sent_on": g.today},
        "records": {"sent_on": g.today, "method": "portal"},
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
    """Return those to whom the person may give the denial."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.practice_id == denial.practice_id, User.is_active)
    )
    people = g.session.scalars(query.order_by(User.name))
    return [person for person in people if assigns(denial, person.id)]


def _back(denial: Denial) -> BaseResponse:
    """Return to the denial, in the same filtered list."""
    return redirect(_address(denial), 303)


def _address(denial: Denial) -> str:
    return url_for("denials.show", public_id=denial.public_id, **_list_filter())


def _asked() -> QueueFilter:
    """Return the queue's filter that the address carries along."""
    return read_filter({name: request.args.getlist(name) for name in request.args})


def _list_filter() -> dict[str, Any]:
    return _asked().query()


def change_denial(public_id: str, name: str, change: Callable[[Denial, Any], tuple[str, Event | None]]) -> Any:
    """Check a form, make its change, say it, go back; a refused form is shown again with what was typed."""
    denial = _find(public_id)
    form = _offer(_FORMS[name](prefix=f"{name}-"), denial)
    if _is_stale(denial, form):
        return other_version(form, _new_form(name, denial), denial, _address(denial))
    if not form.validate():
        return _page(denial, {name: form}), 422
    try:
        with transaction(g.session):
            said, event = change(denial, form)
    except (working.ChangeError, NoteError, UploadProblem) as problem:
        _field_of(form, problem).errors = [str(problem)]
        return _page(_find(public_id), {name: form}), 422
    say(said, undo=str(event.id) if event is not None else "")
    return _back(denial)


def _field_of(form: Any, problem: Exception) -> Any:
    """Return the field beside which a refusal is shown."""
    if isinstance(problem, UploadProblem):
        return form.file
    if isinstance(problem, LooksProtected):
        return form.protection
    if isinstance(problem, working.ChangeError) and problem.field in form:
        return form[problem.field]
    return next(field for field in form if field.short_name in _FIRST)


def _is_stale(denial: Denial, form: Any) -> bool:
    """Whether a form changes the denial and was made for an older version of it; adding to its activity always goes."""
    return "version" in form and bool(form.version.data) and form.version.data != str(denial.version)


@blueprint.post("/denials/<public_id>/owner")
@needs(Action.WORK_QUEUE)
def owner(public_id: str) -> Any:
    """Give the denial to somebody."""

    def change(denial: Denial, form: OwnerForm) -> tuple[str, Event | None]:
        person = g.session.get(User, form.owner.data) if form.owner.data else None
        if not assigns(denial, person.id if person else None):
            raise Refused(Action.ASSIGN, (g.session.get_one(Practice, denial.practice_id),))
        event = working.assign(g.session, [denial], person.id if person else None, g.now, g.user.id)
        return f"D-{denial.number} assigned to {person.name if person else 'nobody'}.", event

    return change_denial(public_id, "owner", change)


@blueprint.post("/denials/<public_id>/status")
@needs(Action.WORK_QUEUE)
def status(public_id: str) -> Any:
    """Move the denial to an open status."""

    def change(denial: Denial, form: StatusForm) -> tuple[str, Event | None]:
        event = working.set_status(g.session, [denial], form.status.data, g.now, g.user.id)
        return f"D-{denial.number}: status changed.", event

    return change_denial(public_id, "status", change)


@blueprint.post("/denials/<public_id>/reopen")
@needs(Action.WORK_QUEUE)
def reopen(public_id: str) -> BaseResponse:
    """Open a closed denial again."""
    denial = _find(public_id)
    with transaction(g.session):
        event = working.set_status(g.session, [denial], "reopened", g.now, g.user.id)
    say(f"D-{denial.number} is open again.", undo=str(event.id) if event else "")
    return _back(denial)


@blueprint.post("/denials/<public_id>/snooze")
@needs(Action.WORK_QUEUE)
def snooze(public_id: str) -> Any:
    """Put the denial aside until a day."""

    def change(denial: Denial, form: SnoozeForm) -> tuple[str, Event | None]:
        if not form.until.data and not denial.snoozed_to:
            raise working.ChangeError("Enter the snooze date, like 11/29/2026", "until")
        event = working.snooze(g.session, [denial], form.until.data, g.now, g.today, g.user.id)
        until = f"snoozed to {form.until.data:%m/%d/%Y}" if form.until.data else "no longer snoozed"
        return f"D-{denial.number} is {until}.", event

    return change_denial(public_id, "snooze", change)


@blueprint.post("/denials/<public_id>/close")
@needs(Action.WORK_QUEUE)
def close(public_id: str) -> Any:
    """Close the denial for a reason."""

    def change(denial: Denial, form: CloseForm) -> tuple[str, Event | None]:
        if form.reason.data == "written_off":
            event = write_offs.write_off(g.session, denial, form.why.data, g.now, g.today, g.user.id)
        else:
            event = working.close(g.session, [denial], form.reason.data, g.now, g.today, g.user.id)
        is_open = "waits for approval of its write-off" if denial.is_open else "is closed"
        return f"D-{denial.number} {is_open}.", event

    return change_denial(public_id, "close", change)


@blueprint.post("/denials/<public_id>/write-off")
@needs(Action.APPROVE_WRITE_OFF)
def decide_write_off(public_id: str) -> Any:
    """Approve the write-off that somebody else asked for, or return it with words."""

    def change(denial: Denial, form: WriteOffForm) -> tuple[str, Event | None]:
        if request.form.get("do") == "approve":
            return f"D-{denial.number} is written off.", write_offs.approve(
                g.session, denial, g.now, g.today, g.user.id
            )
        event = write_offs.give_back(g.session, denial, form.words.data, g.now, g.user.id)
        return f"D-{denial.number}: write-off returned.", event

    return change_denial(public_id, "write_off", change)


@blueprint.post("/denials/<public_id>/cause")
@needs(Action.WORK_QUEUE)
def cause(public_id: str) -> Any:
    """Pick a cause, from the suggestions or from all of them."""

    def change(denial: Denial, form: CauseForm) -> tuple[str, Event | None]:
        code = form.cause.data
        path = deciding.usual_path(g.session, denial, code, load(), g.today)
        event = deciding.choose_cause(g.session, denial, code, path, g.now, g.user.id)
        return f"D-{denial.number}: cause picked.", event

    return change_denial(public_id, "cause", change)


@blueprint.post("/denials/<public_id>/not-this")
@needs(Action.WORK_QUEUE)
def reject(public_id: str) -> Any:
    """Say that a suggested cause is not it."""

    def change(denial: Denial, form: RejectForm) -> tuple[str, Event | None]:
        if form.cause.data not in load().root_causes:
            abort(400)
        event = deciding.reject_cause(g.session, denial, form.cause.data, form.reason.data, g.now, g.user.id)
        return f"D-{denial.number}: cause ruled out by you.", event

    return change_denial(public_id, "reject", change)


@blueprint.post("/denials/<public_id>/comment")
@needs(Action.WORK_QUEUE)
@once
def comment(public_id: str) -> Any:
    """Add a comment to the activity."""

    def change(denial: Denial, form: CommentForm) -> tuple[str, Event | None]:
        working.comment(g.session, denial, form.text.data, g.now, g.user.id)
        return "Comment added.", None

    return change_denial(public_id, "comment", change)


@blueprint.post("/denials/<public_id>/comment/own")
@needs(Action.WORK_QUEUE)
def own_comment(public_id: str) -> Any:
    """Change or remove a comment of one's own."""
    number, wanted = request.form.get("event", ""), request.form.get("do")

    def change(denial: Denial, form: CommentForm) -> tuple[str, Event | None]:
        found = comments.own_comment(
            g.session, denial.practice_id, denial.id, int(number) if number.isdigit() else 0, g.user.id
        )
        if found is None:
            abort(404)
        if wanted == "remove":
            return "Comment removed.", comments.remove_comment(g.session, found, g.now, g.user.id)
        return "Comment changed.", comments.change_comment(g.session, found, form.text.data, g.now, g.user.id)

    return change_denial(public_id, "comment", change)


@blueprint.post("/denials/<public_id>/claim-sent")
@needs(Action.WORK_QUEUE)
@once
def claim_sent(public_id: str) -> Any:
    """Record that a new or corrected claim was sent."""

    def change(denial: Denial, form: ClaimSentForm) -> tuple[str, Event | None]:
        claim = g.session.get_one(Claim, (denial.practice_id, denial.claim_id))
        assert form.sent_on.data is not None
        coverage.add_submission(g.session, claim, form.sent_on.data, "", form.proof.data)
        event = working.set_status(g.session, [denial], "corrected_claim_sent", g.now, g.user.id)
        return f"D-{denial.number}: claim sent on {form.sent_on.data:%m/%d/%Y}.", event

    return change_denial(public_id, "sent", change)


def _document(denial: Denial, form: NoteForm) -> Any:
    try:
        return staged(form.file.data, denial.practice_id)
    except UploadProblem as problem:
        form.file.errors = [str(problem)]
        return _page(denial, {"note": form}), 422


@blueprint.post("/denials/<public_id>/notes")
@needs(Action.WORK_QUEUE)
@once
def add_a_note(public_id: str) -> Any:
    """Keep a note of the visit, link it, and look for causes again; a document of an EMR is shown first."""
    document = NoteForm(prefix="note-")
    if is_document(document.file.data) and not (document.text.data or "").strip():
        return _document(_find(public_id), document)

    def change(denial: Denial, form: NoteForm) -> tuple[str, Event | None]:
        patient = g.session.get_one(Patient, (denial.practice_id, denial.patient_id))
        added = take_note(
            g.session, patient, note_from(form, denial.practice_id), load(), g.now, g.today, g.user.id,
            claim_id=denial.claim_id,
        )  # fmt: skip
        words = added_words(added)
        return words, None

    return change_denial(public_id, "note", change)
