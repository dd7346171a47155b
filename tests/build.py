"""Plain builders of stored rows: each takes a session and what matters to the test, and fills in the rest.

All people and practices are invented. Amounts are cents. Rows are added and flushed, never committed.
"""

import hashlib
import re
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from typing import Any, NamedTuple, TypeVar

import pyotp
from argon2 import PasswordHasher
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tracker.domain.remittance import Person
from tracker.models import (
    Adjustment,
    Appeal,
    AppealDenial,
    Base,
    Claim,
    ClaimLine,
    ClaimPayment,
    Denial,
    Findings,
    ImportFile,
    Membership,
    Note,
    NoteLink,
    Patient,
    Payer,
    Practice,
    Provider,
    Remark,
    Remittance,
    ServicePayment,
    User,
)
from tracker.models.findings import StoredFinding, kept_findings
from tracker.services.patient_keys import PatientKeys, told_of

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
VISIT = date(2026, 9, 14)
PAID_ON = date(2026, 10, 5)
PASSWORD = "correct horse battery"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

_numbers = count(1)
_Row = TypeVar("_Row", bound=Base)


def _add(session: Session, row: _Row) -> _Row:
    session.add(row)
    session.flush()
    return row


# ---- people ----


@cache
def _password_hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def practice(session: Session, name: str = "Eastside PT", **fields: Any) -> Practice:
    fields.setdefault("npi", f"1{next(_numbers):09}")
    return _add(session, Practice(name=name, **fields))


def user(session: Session, login: str, *practices: Practice, role: str = "biller", **fields: Any) -> User:
    """A person who signs in with PASSWORD and belongs to the practices."""
    fields.setdefault("name", login.title())
    person = _add(session, User(login=login, password_hash=_password_hash(), **fields))
    for place in practices:
        _add(session, Membership(user_id=person.id, practice_id=place.id, role=role))
    return person


class Cast(NamedTuple):
    """Two colleagues of one practice, and a stranger from another who must see nothing of it."""

    eastside: Practice
    lakeview: Practice
    alice: User
    bob: User
    charlie: User


def cast(session: Session) -> Cast:
    eastside = practice(session, "Eastside PT", npi="1000000004", signer_name="Dana Whitfield", signer_title="Biller")
    lakeview = practice(session, "Lakeview Hand Therapy", npi="1000000012")
    return Cast(
        eastside,
        lakeview,
        user(session, "alice", eastside),
        user(session, "bob", eastside),
        user(session, "charlie", lakeview),
    )


# ---- what a practice knows ----


def payer(session: Session, name: str = "Harbor Health", kind: str = "commercial", **fields: Any) -> Payer:
    return _add(session, Payer(name=name, kind=kind, **fields))


def patient(session: Session, practice: Practice, last_name: str = "Quill", **fields: Any) -> Patient:
    fields.setdefault("first_name", "Nora")
    fields.setdefault("birth_date", date(1961, 4, 2))
    fields.setdefault("member_id", f"W{next(_numbers):08}")
    keys = PatientKeys(session, practice.id)
    person = Person(last_name, fields["first_name"], member_id=fields["member_id"])
    fields.setdefault("match_key", keys.match(told_of(person)))
    fields.setdefault("name_key", keys.name(last_name, fields["first_name"]))
    fields.setdefault("member_key", keys.member(fields["member_id"]))
    return _add(session, Patient(practice_id=practice.id, last_name=last_name, **fields))


def provider(session: Session, practice: Practice, name: str = "Morgan Reyes", **fields: Any) -> Provider:
    fields.setdefault("npi", f"1{next(_numbers):09}")
    fields.setdefault("discipline", "PT")
    return _add(session, Provider(practice_id=practice.id, name=name, **fields))


# ---- claims ----


def claim(
    session: Session,
    practice: Practice,
    patient_row: Patient | None = None,
    payer_row: Payer | None = None,
    **fields: Any,
) -> Claim:
    """A claim without lines; see ``claim_line``."""
    number = f"EPT{next(_numbers):06}"
    fields = {"source": "837", "control_number": number, "charge_cents": 18_000, "place_of_service": "11"} | fields
    fields = {"service_from": VISIT, "service_to": VISIT, "diagnoses": "M54.50", **fields}
    return _add(
        session,
        Claim(
            practice_id=practice.id,
            patient_id=(patient_row or patient(session, practice)).id,
            payer_id=(payer_row or payer(session)).id,
            control_key=fields["control_number"].upper()[:20],
            **fields,
        ),
    )


def claim_line(session: Session, claim: Claim, code: str = "97110", **fields: Any) -> ClaimLine:
    fields = {"modifiers": "GP", "units": 2.0, "charge_cents": 9_000, "service_date": VISIT} | fields
    fields.setdefault("line", next(_numbers))
    return _add(
        session,
        ClaimLine(practice_id=claim.practice_id, claim_id=claim.id, payer_id=claim.payer_id, code=code, **fields),
    )


# ---- answers ----


def import_file(session: Session, practice: Practice, **fields: Any) -> ImportFile:
    name = f"remit-{next(_numbers)}.835"
    fields = {"filename": name, "file_format": "835", "size": 100, "state": "stored", "created_at": NOW} | fields
    fields.setdefault("content_hash", _hash(fields["filename"]))
    fields.setdefault("batch", fields["content_hash"][:22])
    return _add(session, ImportFile(practice_id=practice.id, **fields))


def remittance(session: Session, practice: Practice, payer_row: Payer | None = None, **fields: Any) -> Remittance:
    payer_row = payer_row or payer(session)
    trace = f"EFT{next(_numbers):07}"
    fields = {"trace_number": trace, "payment_date": PAID_ON, "amount_cents": 0, "control_number": "0001"} | fields
    fields.setdefault("trace_key", f"{payer_row.tin}|{fields['trace_number']}|{practice.npi}")
    fields.setdefault("content_hash", _hash(fields["trace_key"]))
    fields.setdefault("import_id", None)
    fields["import_id"] = fields["import_id"] or import_file(session, practice).id
    return _add(
        session, Remittance(practice_id=practice.id, payer_id=payer_row.id, payer_name=payer_row.name, **fields)
    )


def claim_payment(session: Session, remittance: Remittance, claim: Claim, **fields: Any) -> ClaimPayment:
    fields = {"status": "1", "paid_cents": 0, "patient_share_cents": 0, "segment": next(_numbers)} | fields
    fields.setdefault("charge_cents", claim.charge_cents)
    fields.setdefault("content_hash", _hash(f"{remittance.trace_key} {fields['segment']}"))
    return _add(
        session,
        ClaimPayment(
            practice_id=claim.practice_id, remittance_id=remittance.id, claim_id=claim.id, **fields,
        ),
    )  # fmt: skip


def service_payment(session: Session, payment: ClaimPayment, line: ClaimLine, **fields: Any) -> ServicePayment:
    fields = {"paid_cents": 0, "units_paid": 0.0, "line_class": "denied", "service_date": line.service_date} | fields
    return _add(
        session,
        ServicePayment(
            practice_id=line.practice_id, claim_payment_id=payment.id, claim_line_id=line.id, code=line.code,
            modifiers=line.modifiers, charge_cents=line.charge_cents, units_billed=line.units, **fields,
        ),
    )  # fmt: skip


def adjustment(
    session: Session, service: ServicePayment, group: str, carc: str, cents: int, **fields: Any
) -> Adjustment:
    fields.setdefault("adjustment_class", "denial")
    return _add(
        session,
        Adjustment(
            practice_id=service.practice_id, claim_payment_id=service.claim_payment_id, service_payment_id=service.id,
            group_code=group, carc=carc, amount_cents=cents, **fields,
        ),
    )  # fmt: skip


def remark(session: Session, service: ServicePayment, code: str) -> Remark:
    return _add(
        session,
        Remark(
            practice_id=service.practice_id, claim_payment_id=service.claim_payment_id,
            service_payment_id=service.id, code=code,
        ),
    )  # fmt: skip


def denial(session: Session, line: ClaimLine, **fields: Any) -> Denial:
    """An open denial of the whole line, CO-50 unless said otherwise, with 45 days left on TODAY."""
    claim_row = session.get_one(Claim, (line.practice_id, line.claim_id))
    place = session.get_one(Practice, line.practice_id)
    fields = {
        "group_code": "CO", "carc": "50", "denial_class": "denied", "amount_cents": line.charge_cents,
        "denied_on": PAID_ON, "created_at": NOW, "number": place.next_denial_number,
        "file_by_safe": date(2027, 1, 7), "file_by_legal": date(2027, 1, 12), "service_date": line.service_date,
    } | fields  # fmt: skip
    place.next_denial_number += 1
    return _add(
        session,
        Denial(
            practice_id=line.practice_id, claim_id=line.claim_id, claim_line_id=line.id,
            patient_id=claim_row.patient_id, payer_id=line.payer_id, code=line.code,
            billed_cents=line.charge_cents, **fields,
        ),
    )  # fmt: skip


def denied_line(session: Session, practice: Practice, code: str = "97110", **fields: Any) -> Denial:
    """A denial with its own patient, payer, claim and line; fields go to the denial."""
    return denial(session, claim_line(session, claim(session, practice), code), **fields)


# ---- notes and appeals ----


def note(session: Session, patient_row: Patient, text: str, **fields: Any) -> Note:
    fields = {"service_date": VISIT, "discipline": "PT", "added_at": NOW, "text_hash": _hash(text)} | fields
    return _add(session, Note(practice_id=patient_row.practice_id, patient_id=patient_row.id, text=text, **fields))


def link(session: Session, note_row: Note, claim_row: Claim, *, by_hand: bool = False) -> NoteLink:
    return _add(
        session,
        NoteLink(practice_id=claim_row.practice_id, note_id=note_row.id, claim_id=claim_row.id, by_hand=by_hand),
    )


def appeal(session: Session, denial_row: Denial, **fields: Any) -> Appeal:
    place = session.get_one(Practice, denial_row.practice_id)
    fields = {"number": place.next_appeal_number, "opened_at": NOW} | fields
    place.next_appeal_number += 1
    row = _add(
        session,
        Appeal(
            practice_id=place.id, patient_id=denial_row.patient_id, payer_id=denial_row.payer_id, **fields,
        ),
    )  # fmt: skip
    _add(session, AppealDenial(practice_id=place.id, appeal_id=row.id, denial_id=denial_row.id))
    return row


def finding(session: Session, denial_row: Denial, rule: str, result: str, reason: str, evidence: Any = ()) -> None:
    """One more answer of a rule among the findings of a denial."""
    own = {"practice_id": denial_row.practice_id, "denial_id": denial_row.id}
    row = session.query(Findings).filter_by(**own).one_or_none()
    if row is None:
        row = _add(session, Findings(**own, kept=[], knowledge_version="1"))
    row.kept = [*row.kept, *kept_findings([StoredFinding(rule, result, reason, list(evidence))])]
    session.flush()


# ---- small things ----


def totp(moment: datetime, seed: str = SEED) -> str:
    """The code that an authenticator app shows at a moment."""
    return pyotp.TOTP(seed).at(moment)


def csrf_token(page: TestResponse) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, f"no form with a token on this page (status {page.status_code})"
    return found[1]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
