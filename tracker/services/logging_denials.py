"""Logging a denial by hand: its patient, claim and line are found or made, its clock starts, its causes are looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tracker.domain.classification import LineClass
from tracker.domain.deadlines import Clock
from tracker.domain.remittance import Person
from tracker.knowledge import Knowledge
from tracker.models import Claim, ClaimLine, Denial, Patient, Payer, PayerProfile, Practice
from tracker.services.barring import appeal_barred_by
from tracker.services.clocks import Start, file_by, profile_of
from tracker.services.diagnosing import diagnose_claims
from tracker.services.known_claims import control_key
from tracker.services.linking import link_claims
from tracker.services.patient_keys import PatientKeys, told_of
from tracker.services.payers import PayerDirectory


class LoggingProblem(Exception):  # noqa: N818  # a problem to show, like ImportProblem
    """Raised when what was typed contradicts what is stored; ``field`` names the field, the message says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class TypedClaim:
    """A claim as a person names it."""

    payer_name: str
    patient: Person
    claim_number: str
    service_date: date


@dataclass(frozen=True, slots=True)
class TypedDenial(TypedClaim):
    """What a person typed. ``code`` is the line's procedure code, empty when the whole claim was denied.

    ``file_by`` replaces the date counted from the payer's rule.
    """

    group_code: str
    carc: str
    remarks: tuple[str, ...]
    code: str
    modifiers: tuple[str, ...]
    units: float
    amount_cents: int
    denied_on: date
    file_by: date | None = None


def likely_same(session: Session, practice_id: int, typed: TypedDenial) -> Denial | None:
    """Return a denial of the same claim number or patient, day of service and code that is logged already."""
    patients = select(Patient.id).where(
        Patient.practice_id == practice_id, _same_name(session, practice_id, typed.patient)
    )
    claims = select(Claim.id).where(
        Claim.practice_id == practice_id, Claim.control_key == control_key(typed.claim_number)
    )
    return session.scalar(
        select(Denial)
        .where(
            Denial.practice_id == practice_id,
            Denial.service_date == typed.service_date,
            Denial.code == typed.code,
            or_(Denial.claim_id.in_(claims), Denial.patient_id.in_(patients)),
        )
        .order_by(Denial.number)
        .limit(1)
    )


def first_clock(payer_kind: str, profile: PayerProfile | None, denial: Denial, knowledge: Knowledge) -> Clock | None:
    """Return the "File by" clock of a denial by the payer's rule or the practice's own, None when no limit is known."""
    barred = appeal_barred_by(denial, knowledge) or ""
    start = Start(
        payer_kind, denial.notice_on or denial.denied_on, denial.service_date, barred, denial.carc, denial.received_on,
        denial.extension_days or 0,
    )  # fmt: skip
    return file_by(knowledge, start, profile)


def log_denial(
    session: Session, practice_id: int, typed: TypedDenial, knowledge: Knowledge, now: datetime, today: date
) -> Denial:
    """Store a denial that a person typed, with its claim, and look for its causes.

    Raises LoggingProblem when the claim number is known and belongs to another patient.
    """
    denial, _ = add_denial(session, lock_practice(session, practice_id), typed, knowledge, now)
    link_claims(session, practice_id, [denial.claim_id])
    diagnose_claims(session, practice_id, [denial.claim_id], knowledge, today)
    return denial


def lock_practice(session: Session, practice_id: int) -> Practice:
    """Return the practice, which gives its denials their numbers, and keep others from adding some meanwhile."""
    return session.get_one(Practice, practice_id, with_for_update=True)


class PayersOfList(NamedTuple):
    """The payers a list of denials names, and what the practice set for them: read once for all of its rows."""

    directory: PayerDirectory
    profiles: Mapping[int, PayerProfile]


def payers_of_list(session: Session, practice_id: int) -> PayersOfList:
    """Return what all rows of a list are held against."""
    profiles = session.scalars(select(PayerProfile).where(PayerProfile.practice_id == practice_id))
    return PayersOfList(PayerDirectory(session, practice_id), {one.payer_id: one for one in profiles})


class Made(NamedTuple):
    """A denial that was added, and its claim's line where that had to be made too."""

    denial: Denial
    line: ClaimLine | None


def add_denial(  # what is added, and where it came from
    session: Session,
    practice: Practice,
    typed: TypedDenial,
    knowledge: Knowledge,
    now: datetime,
    *,
    import_id: int | None = None,
    payers: PayersOfList | None = None,
) -> Made:
    """Store a denial, typed or of a row of the list ``import_id``, with its clock; notes and causes are left to the caller.

    The practice is locked. Raises LoggingProblem when the claim number is known and belongs to another patient.
    """
    claim, is_new = _claim(
        session, practice.id, typed, typed.amount_cents, import_id, payers.directory if payers else None
    )  # fmt: skip
    payer = session.get_one(Payer, claim.payer_id)
    line, made = _line(session, claim, typed, is_new=is_new) if typed.code else (None, False)
    denial = Denial(
        practice_id=practice.id, number=practice.next_denial_number, claim_id=claim.id,
        claim_line_id=line.id if line else None, patient_id=claim.patient_id, payer_id=claim.payer_id,
        code=typed.code, service_date=typed.service_date, group_code=typed.group_code, carc=typed.carc,
        remarks=" ".join(typed.remarks), denial_class=str(LineClass.DENIED), amount_cents=typed.amount_cents,
        billed_cents=line.charge_cents if line else typed.amount_cents, denied_on=typed.denied_on,
        source="hand" if import_id is None else "list", import_id=import_id, clock="file_by", created_at=now,
    )  # fmt: skip
    practice.next_denial_number += 1
    profile = payers.profiles.get(payer.id) if payers else profile_of(session, practice.id, payer.id)
    start_clock(denial, payer, profile, typed.file_by, knowledge)
    session.add(denial)
    session.flush()
    return Made(denial, line if made else None)


def start_clock(
    denial: Denial, payer: Payer, profile: PayerProfile | None, typed: date | None, knowledge: Knowledge
) -> None:
    """Set a denial's "File by" date: the one that was typed, else the one counted from the payer's rule."""
    if typed is not None:
        denial.clock_rule, denial.file_by_safe, denial.file_by_legal = "by_hand", typed, typed
        return
    due = first_clock(payer.kind, profile, denial, knowledge)
    if due is not None:
        denial.clock_rule, denial.file_by_safe, denial.file_by_legal = due.rule.id, due.safe, due.legal


def _same_name(session: Session, practice_id: int, person: Person) -> ColumnElement[bool]:
    return Patient.name_key == PatientKeys(session, practice_id).name(person.last_name, person.first_name)


def _patient(session: Session, practice_id: int, person: Person) -> Patient:
    """Return the patient a person names: by birth date, else by member id, else the only one of the name; else a new one.

    Raises LoggingProblem where several have the name and nothing tells them apart.
    """
    named = _named(session, practice_id, person)
    by_birth = [one for one in named if person.birth_date and one.birth_date == person.birth_date]
    if len(by_birth) == 1:
        return by_birth[0]
    keys = PatientKeys(session, practice_id)
    member = keys.member(person.member_id)
    possible = by_birth or [one for one in named if not _differ(one, person)]
    by_member = [one for one in possible if member and one.member_key == member]
    if len(by_member) == 1:
        return by_member[0]
    if len(possible) == 1:
        return possible[0]
    if possible:
        raise LoggingProblem(
            "patient", "Several patients have this name. Tell them apart by date of birth or member id"
        )
    patient = Patient(
        practice_id=practice_id, last_name=person.last_name, first_name=person.first_name,
        birth_date=person.birth_date, member_id=person.member_id, match_key=keys.match(told_of(person)),
        name_key=keys.name(person.last_name, person.first_name), member_key=member,
    )  # fmt: skip
    session.add(patient)
    session.flush()
    return patient


def _named(session: Session, practice_id: int, person: Person) -> Sequence[Patient]:
    """Return the patients of a name; one that was merged is the one that stayed."""
    ids = select(func.coalesce(Patient.merged_into_id, Patient.id)).where(
        Patient.practice_id == practice_id, _same_name(session, practice_id, person)
    )
    query = select(Patient).where(Patient.practice_id == practice_id, Patient.id.in_(ids))
    return session.scalars(query.order_by(Patient.id)).all()


def _differ(patient: Patient, person: Person) -> bool:
    """Whether a patient on file and a person as named have two dates of birth."""
    return bool(patient.birth_date and person.birth_date and patient.birth_date != person.birth_date)


def find_or_make_claim(session: Session, practice_id: int, typed: TypedClaim, charge_cents: int) -> Claim:
    """Return the claim of a number, else a new one with these facts.

    Raises LoggingProblem when the number is known and belongs to another patient, or its patient cannot be told apart.
    """
    claim, _ = _claim(session, practice_id, typed, charge_cents, None, None)
    return claim


def _claim(  # what is found or made, and where it came from
    session: Session,
    practice_id: int,
    typed: TypedClaim,
    charge_cents: int,
    import_id: int | None,
    payers: PayerDirectory | None,
) -> tuple[Claim, bool]:
    """Return the claim, and whether it is new."""
    payer = (payers or PayerDirectory(session, practice_id)).find_or_make(typed.payer_name, "", "", "")
    key = control_key(typed.claim_number)
    known = session.scalar(
        select(Claim)
        .where(Claim.practice_id == practice_id, Claim.control_key == key)
        .order_by(Claim.id.desc())
        .limit(1)
    )
    if known is not None:
        patient = session.get_one(Patient, (practice_id, known.patient_id))
        if patient.last_name.lower() != typed.patient.last_name.lower():
            raise LoggingProblem("claim_number", "This claim number belongs to another patient. Check both")
        return known, False
    claim = Claim(
        practice_id=practice_id, payer_id=payer.id, patient_id=_patient(session, practice_id, typed.patient).id,
        source="hand", import_id=import_id, control_number=typed.claim_number, control_key=key, charge_cents=charge_cents,
        service_from=typed.service_date, service_to=typed.service_date,
    )  # fmt: skip
    session.add(claim)
    session.flush()
    return claim, True


def _line(session: Session, claim: Claim, typed: TypedDenial, *, is_new: bool) -> tuple[ClaimLine, bool]:
    """Return the claim's line of this code and day that has no denial yet, else a new line, and whether it is new."""
    lines, denied = ([], set[int | None]()) if is_new else _lines_of(session, claim)
    for line in lines:
        if line.code == typed.code and line.service_date == typed.service_date and line.id not in denied:
            return line, False
    line = ClaimLine(
        practice_id=claim.practice_id, claim_id=claim.id, payer_id=claim.payer_id,
        line=max((one.line for one in lines), default=0) + 1, code=typed.code, modifiers=" ".join(typed.modifiers),
        units=typed.units, charge_cents=typed.amount_cents, service_date=typed.service_date,
        service_to=typed.service_date,
    )  # fmt: skip
    session.add(line)
    session.flush()
    return line, True


def _lines_of(session: Session, claim: Claim) -> tuple[Sequence[ClaimLine], set[int | None]]:
    """Return the lines of a claim in their order, and the ids of those that have a denial."""
    own = select(ClaimLine).where(ClaimLine.practice_id == claim.practice_id, ClaimLine.claim_id == claim.id)
    denied = select(Denial.claim_line_id).where(Denial.practice_id == claim.practice_id, Denial.claim_id == claim.id)
    return session.scalars(own.order_by(ClaimLine.line)).all(), set(session.scalars(denied))
