"""What to do next about a denial: one main action, decided by its path, its appeals and what bars an appeal."""

from enum import StrEnum
from typing import NamedTuple

from tracker.models import Denial
from tracker.reports.denial_page import DenialPage


class Action(StrEnum):
    """What the main button does."""

    DRAFT = "draft"  # opens a letter
    OPEN_LETTER = "open_letter"
    SEND_CLAIM = "send_claim"  # records a claim that was sent
    CLOSE = "close"
    REOPEN = "reopen"
    WAIT = "wait"
    RECORD_SENT = "record_sent"
    DECIDE = "decide"
    NEXT_LEVEL = "next_level"
    SEND_RECORDS = "send_records"


class NextStep(NamedTuple):
    """The main action: its button's words, a heading and why. ``reason`` is the close reason of a closing action."""

    action: Action
    label: str
    heading: str
    why: str
    reason: str = ""


_DRAFTS = {
    "": ("Draft appeal", "Appeal"),
    "appeal": ("Draft appeal", "Appeal"),
    "send_records": ("Draft records letter", "Send the records"),
}
_CLAIMS = {
    "corrected_claim": ("Record corrected claim sent", "Send a corrected claim"),
    "bill_other_payer": ("Record claim to other payer", "Bill the other payer"),
    "reopening": ("Record reopening request", "Ask for a reopening"),
}
_CLOSINGS = {
    "bill_patient": ("Move to patient", "Bill the patient", "patient_share"),
    "write_off": ("Write off", "Write off", "written_off"),
    "none": ("Close as not a denial", "Nothing to recover", "not_a_denial"),
}
_WAITING = {"waiting_on_payer": "The appeal is with the payer", "corrected_claim_sent": "The claim is with the payer"}


def next_step(page: DenialPage) -> NextStep:
    """Return the one main action; never an appeal when a remark bars it."""
    denial = page.denial
    if not denial.is_open:
        return NextStep(Action.REOPEN, "Reopen", "Closed", "")
    if (step := _by_clock(denial) or _by_appeal(page)) is not None:
        return step
    if denial.status in _WAITING:
        return NextStep(Action.WAIT, "", "Waiting on payer", _WAITING[denial.status])
    if page.barred_by is not None:
        why = f"{page.barred_by}: the claim could not be processed, so there is no right to appeal. Send a new claim."
        return NextStep(Action.SEND_CLAIM, "Record new claim sent", "Send a new claim", why)
    if any(view.appeal.status in {"draft", "ready"} for view in page.appeals):
        return NextStep(Action.OPEN_LETTER, "Open appeal letter", "Appeal", "A letter for this denial is started.")
    return _by_path(denial.path, page.chosen_title)


def _by_clock(denial: Denial) -> NextStep | None:
    """Return what a payer that waits for records asks for, or None when it does not."""
    if denial.clock != "records_due":
        return None
    why = "The payer asked for records. A records letter lists what is enclosed."
    return NextStep(Action.SEND_RECORDS, "Record records sent", "Send the records", why)


def _by_appeal(page: DenialPage) -> NextStep | None:
    """Return what the newest appeal asks for, or None when it asks for nothing."""
    if not page.appeals:
        return None
    appeal = page.appeals[0].appeal
    if appeal.status == "ready":
        return NextStep(Action.RECORD_SENT, "Record as sent", "Send it", "The packet is signed and ready to send.")
    if appeal.status == "sent":
        return NextStep(Action.DECIDE, "Record the decision", "Waiting on payer", _WAITING["waiting_on_payer"])
    if appeal.status == "decided":
        why = "The last appeal is decided and this line is still open."
        return NextStep(Action.NEXT_LEVEL, "Next level", "Go to the next level", why)
    return None


def _by_path(path: str, cause: str) -> NextStep:
    why = f"Because of the likely cause: {cause}." if cause else ""
    if path in _CLAIMS:
        label, heading = _CLAIMS[path]
        return NextStep(Action.SEND_CLAIM, label, heading, why)
    if path in _CLOSINGS:
        label, heading, reason = _CLOSINGS[path]
        return NextStep(Action.CLOSE, label, heading, why, reason)
    label, heading = _DRAFTS.get(path, _DRAFTS[""])
    return NextStep(Action.DRAFT, label, heading, why)
