"""Records that become exhibit pages of their own: the approval, the eligibility check, the proof of timely filing."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.letters.record_page import RecordPage, RecordTable
from tracker.letters.words import long_date
from tracker.models import Appeal, Authorization, Claim, EligibilityCheck, Patient, Payer, Practice, Submission
from tracker.services.coverage import coverage_of

_TYPED = "Printed from what the practice recorded of the payer's answer. It is not the payer's own paper."
_RECEIPTS = (
    "Printed from the practice's record of each sending. 277CA: the payer or clearinghouse on the claim. "
    "999: on the file that held it, by its control numbers."
)


class Record(NamedTuple):
    """A record that can be enclosed. ``key`` is how letters name it."""

    key: str
    page: RecordPage


class _About(NamedTuple):
    claim: Claim
    patient: Patient
    payer: Payer
    practice: Practice

    def page(self, title: str, facts: Sequence[tuple[str, str]], source: str, table: RecordTable | None) -> RecordPage:
        name = " ".join(part for part in (self.patient.first_name, self.patient.last_name) if part)
        member = [("Member ID", self.patient.member_id), ("Payer", self.payer.name)]
        return RecordPage(
            title, self.practice.name, name, self.patient.birth_date, [*member, *facts], source, table
        )  # fmt: skip


def records_of(session: Session, appeal: Appeal) -> list[Record]:
    """Return the records on file that bear on an appeal, in the order of a packet."""
    own = appeal.practice_id
    claim = session.get_one(Claim, (own, appeal.claim_id))
    about = _About(
        claim,
        session.get_one(Patient, (own, claim.patient_id)),
        session.get_one(Payer, appeal.payer_id),
        session.get_one(Practice, own),
    )
    for_claim = coverage_of(session, own, claim.patient_id, claim.id)
    in_general = coverage_of(session, own, claim.patient_id, None)
    approval = for_claim.authorization or in_general.authorization
    check = for_claim.eligibility or in_general.eligibility
    found = [_authorization(about, approval)] if approval else []
    found += [_eligibility(about, check)] if check else []
    receipts = _receipts(session, claim)
    return [*found, _filing(about, receipts)] if receipts else found


def _authorization(about: _About, row: Authorization) -> Record:
    facts = [
        ("Authorization", row.number),
        ("Valid", _span(row.valid_from, row.valid_to)),
        ("Codes", row.codes),
        ("Visits allowed", _number(row.visits_allowed)),
        ("Visits used", _number(row.visits_used)),
        ("Units allowed", _number(row.units_allowed)),
    ]
    return Record("authorization", about.page("Authorization on record", facts, _TYPED, None))


def _eligibility(about: _About, row: EligibilityCheck) -> Record:
    facts = [
        ("Checked", _day(row.checked_on)),
        ("Coverage active", _span(row.active_from, row.active_to)),
        ("Other coverage", row.other_coverage),
        ("Visit limit", _number(row.visit_limit)),
        ("Visits used", _number(row.visits_used)),
    ]
    return Record("eligibility", about.page("Eligibility check on record", facts, _TYPED, None))


def _receipts(session: Session, claim: Claim) -> Sequence[Submission]:
    query = select(Submission).where(
        Submission.practice_id == claim.practice_id, Submission.claim_id == claim.id, Submission.receipt != ""
    )
    return session.scalars(query.order_by(Submission.sent_on, Submission.id)).all()


def _filing(about: _About, receipts: Sequence[Submission]) -> Record:
    facts = [
        ("Our claim number", about.claim.control_number),
        ("Payer's claim number", about.claim.payer_claim_number),
    ]
    rows = tuple(
        (
            long_date(row.sent_on),
            row.receipt,
            row.proof,
            row.batch,
            "file received" if row.import_id is not None else "typed by the practice",
        )
        for row in receipts
    )
    heads = ("Date", "Receipt", "What it says", "File's control numbers", "Recorded from")
    table = RecordTable("Each sending and what became of it", heads, rows)
    return Record("receipt", about.page("Proof of timely filing", facts, _RECEIPTS, table))


def _day(day: date | None) -> str:
    return long_date(day) if day else ""


def _span(first: date | None, last: date | None) -> str:
    parts = [f"from {long_date(first)}" if first else "", f"to {long_date(last)}" if last else ""]
    return " ".join(part for part in parts if part)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
