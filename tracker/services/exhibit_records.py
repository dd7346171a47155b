"""Records that become exhibit pages of their own: the approval, the eligibility check, the proof of timely filing."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.letters.record_page import RecordPage, RecordTable
from tracker.letters.words import and_list, long_date
from tracker.models import Appeal, Authorization, Claim, EligibilityCheck, Patient, Payer, Practice, Submission
from tracker.services.appealed import claim_ids_of
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
    """Return the records on file that bear on an appeal, in the order of a packet.

    Of several claims the approval and the eligibility check are the first one's, as the letter states them.
    """
    own = appeal.practice_id
    claims = [session.get_one(Claim, (own, each)) for each in claim_ids_of(session, appeal)]
    about = _About(
        session.get_one(Patient, (own, appeal.patient_id)),
        session.get_one(Payer, appeal.payer_id),
        session.get_one(Practice, own),
    )
    on_file = [coverage_of(session, own, appeal.patient_id, each) for each in [*(one.id for one in claims), None]]
    approval = next((one.authorization for one in on_file if one.authorization), None)
    check = next((one.eligibility for one in on_file if one.eligibility), None)
    found = [_authorization(about, approval)] if approval else []
    found += [_eligibility(about, check)] if check else []
    receipts = _receipts(session, claims)
    return [*found, _filing(about, claims, receipts)] if receipts else found


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


def _receipts(session: Session, claims: Sequence[Claim]) -> Sequence[Submission]:
    query = select(Submission).where(
        Submission.practice_id == claims[0].practice_id,
        Submission.claim_id.in_([claim.id for claim in claims]),
        Submission.receipt != "",
    )
    return session.scalars(query.order_by(Submission.sent_on, Submission.id)).all()


def _filing(about: _About, claims: Sequence[Claim], receipts: Sequence[Submission]) -> Record:
    ours = {claim.id: claim.control_number for claim in claims}
    several = len(claims) > 1
    facts = [
        ("Our claim numbers" if several else "Our claim number", and_list(list(ours.values()))),
        (
            "Payer's claim numbers" if several else "Payer's claim number",
            and_list([claim.payer_claim_number for claim in claims if claim.payer_claim_number]),
        ),
    ]
    rows = tuple(
        (
            *((ours[row.claim_id],) if several else ()),
            long_date(row.sent_on),
            row.receipt,
            row.proof,
            row.batch,
            "file received" if row.import_id is not None else "typed by the practice",
        )
        for row in receipts
    )
    heads = (
        *(("Claim",) if several else ()),
        "Date",
        "Receipt",
        "What it says",
        "File's control numbers",
        "Recorded from",
    )
    table = RecordTable("Each sending and what became of it", heads, rows)
    return Record("receipt", about.page("Proof of timely filing", facts, _RECEIPTS, table))


def _day(day: date | None) -> str:
    return long_date(day) if day else ""


def _span(first: date | None, last: date | None) -> str:
    parts = [f"from {long_date(first)}" if first else "", f"to {long_date(last)}" if last else ""]
    return " ".join(part for part in parts if part)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
