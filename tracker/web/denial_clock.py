"""What a person says about a denial's deadline: a date set by hand, more time, a proven receipt, a request for records."""

from typing import Any

from flask import Blueprint, g

from tracker.domain.access import Action
from tracker.domain.due import CLOCKS
from tracker.knowledge import load
from tracker.models import Claim, Denial, Event
from tracker.services import working
from tracker.services.appeal_sending import Sending
from tracker.services.clock_facts import Grant, Receipt, grant_extension, prove_receipt
from tracker.services.denial_files import TITLES
from tracker.services.records_requests import log_request, records_sent
from tracker.web.access import needs
from tracker.web.denials import change_denial
from tracker.web.forms.denials import DeadlineForm, ExtensionForm, ReceiptForm
from tracker.web.forms.records import AskedForm, RecordsSentForm
from tracker.web.once import once
from tracker.web.request import acting
from tracker.web.uploads import paper_from

blueprint = Blueprint("denial_clock", __name__)


def _now(denial: Denial) -> str:
    """Return the clock as it runs after a change, in words."""
    if denial.file_by_safe is None:
        return f"D-{denial.number}: no date is known."
    last = denial.file_by_legal
    more = f", last day {last:%m/%d/%Y}" if last and last != denial.file_by_safe else ""
    return f"D-{denial.number}: {CLOCKS[denial.clock]} {denial.file_by_safe:%m/%d/%Y}{more}."


@blueprint.post("/denials/<public_id>/deadline")
@needs(Action.WORK_QUEUE)
def deadline(public_id: str) -> Any:
    """Set the date of the running clock by hand."""

    def change(denial: Denial, form: DeadlineForm) -> tuple[str, Event | None]:
        event = working.set_deadline(g.session, [denial], form.file_by.data, g.now, g.user.id)
        return _now(denial), event

    return change_denial(public_id, "deadline", change)


@blueprint.post("/denials/<public_id>/extension")
@needs(Action.WORK_QUEUE)
@once
def extension(public_id: str) -> Any:
    """Record time the payer granted."""

    def change(denial: Denial, form: ExtensionForm) -> tuple[str, Event | None]:
        letter = paper_from(form.file.data, TITLES["extension"], denial.practice_id)
        grant = Grant(form.days.data or 0, form.granted_on.given, form.granted_by.data, form.reference.data, letter)
        event = grant_extension(g.session, denial, grant, load(), acting())
        return _now(denial), event

    return change_denial(public_id, "extension", change)


@blueprint.post("/denials/<public_id>/receipt")
@needs(Action.WORK_QUEUE)
def receipt(public_id: str) -> Any:
    """Record when the notice came in, with its proof."""

    def change(denial: Denial, form: ReceiptForm) -> tuple[str, Event | None]:
        paper = paper_from(form.file.data, TITLES["receipt"], denial.practice_id)
        proven = Receipt(form.received_on.given, form.proof.data, paper)
        event = prove_receipt(g.session, denial, proven, load(), acting())
        return _now(denial), event

    return change_denial(public_id, "receipt", change)


@blueprint.post("/denials/<public_id>/records-asked")
@needs(Action.WORK_QUEUE)
@once
def records_asked(public_id: str) -> Any:
    """Log the payer's letter that asks for records of the claim."""

    def change(denial: Denial, form: AskedForm) -> tuple[str, Event | None]:
        claim = g.session.get_one(Claim, (denial.practice_id, denial.claim_id))
        asked = form.asked(paper_from(form.file.data, TITLES["request"], denial.practice_id))
        row = log_request(g.session, claim, asked, load(), acting())
        return f"R-{row.number} logged. {_now(denial)}", None

    return change_denial(public_id, "asked", change)


@blueprint.post("/denials/<public_id>/records-sent")
@needs(Action.WORK_QUEUE)
@once
def sent_records(public_id: str) -> Any:
    """Record that the records went out: the clock that ran before runs again."""

    def change(denial: Denial, form: RecordsSentForm) -> tuple[str, Event | None]:
        sending = Sending(form.sent_on.given, form.method.data, form.tracking.data)
        records_sent(g.session, denial, sending, load(), acting())
        return f"Records sent. {_now(denial)} Sending records does not stop the time for an appeal.", None

    return change_denial(public_id, "records", change)
