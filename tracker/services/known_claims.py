"""The claims a file speaks of: what the database holds of them and what this import has made so far."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.domain.denial_life import Answer, AnswerKind, Standing, standing_after
from tracker.models import Claim, ClaimLine, ClaimPayment, Denial, DenialAnswer, Patient
from tracker.services.patient_keys import PatientKeys

T = TypeVar("T")
_CHUNK = 500


def chunks(items: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Yield ``items`` in lists of at most ``size``: a query takes only so many parameters."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def control_key(control_number: str) -> str:
    """Return what is compared of CLM01 and CLP01: payers keep 20 characters only (x12.md rule 26, RFI 525)."""
    return control_number.strip().upper()[:20]


@dataclass(slots=True)
class DenialInHand:
    """A denial being opened or changed by this import, with its answers so far."""

    id: int
    answers: list[Answer]
    stored: Denial | None = None
    values: dict[str, Any] = field(default_factory=dict)
    new_answers: list[tuple[AnswerKind, int, date, int | None, int | None]] = field(default_factory=list)

    @property
    def standing(self) -> Standing:
        """Where the denial stands by the answers so far."""
        return standing_after(self.answers)


@dataclass(slots=True)
class KnownLine:
    """A claim line, stored or about to be."""

    id: int
    line: int
    code: str
    modifiers: str
    charge_cents: int
    units: float
    service_date: date | None
    control_number: str
    answered: bool
    denial: DenialInHand | None = None


@dataclass(slots=True)
class KnownPayment:
    """An answer to a claim that a reversal could take back."""

    id: int
    payer_claim_number: str
    paid_cents: int


@dataclass(slots=True)
class KnownClaim:
    """A claim, stored or about to be, with its lines, standing answers and denials."""

    id: int
    payer_id: int
    patient_id: int
    charge_cents: int
    payer_claim_number: str
    service_from: date | None
    source: str
    lines: list[KnownLine] = field(default_factory=list)
    payments: list[KnownPayment] = field(default_factory=list)
    denial: DenialInHand | None = None

    def next_line(self) -> int:
        """Return the number of the next line."""
        return self.lines[-1].line + 1 if self.lines else 1

    def denials(self) -> list[DenialInHand]:
        """Return the claim's denials: of its lines and of the claim as a whole."""
        own = [self.denial] if self.denial else []
        return own + [line.denial for line in self.lines if line.denial]


class KnownClaims:
    """Finds claims by control number, payer claim number or patient, loading what the database holds on demand."""

    def __init__(self, session: Session, practice_id: int) -> None:
        self._session, self._practice_id = session, practice_id
        self._keys = PatientKeys(session, practice_id)
        self._loaded: set[str] = set()
        self._by_key: dict[str, list[KnownClaim]] = {}
        self._by_payer_number: dict[str, KnownClaim] = {}
        self._by_id: dict[int, KnownClaim] = {}
        self._patients: dict[str, int] = {}
        self._patients_asked: set[str] = set()

    def load(self, keys: Iterable[str]) -> None:
        """Bring the stored claims with these control keys, with lines, answers and denials, into memory."""
        wanted = {key for key in keys if key} - self._loaded
        self._loaded |= wanted
        for part in chunks(wanted):
            self._take(Claim.control_key.in_(part))

    def load_payer_numbers(self, numbers: Iterable[str]) -> None:
        """Bring the stored claims with these payer claim numbers into memory."""
        wanted = {number for number in numbers if number} - self._by_payer_number.keys()
        for part in chunks(wanted):
            self._take(Claim.payer_claim_number.in_(part))

    def _take(self, condition: ColumnElement[bool]) -> None:
        columns = (
            Claim.id, Claim.payer_id, Claim.patient_id, Claim.charge_cents, Claim.payer_claim_number,
            Claim.service_from, Claim.source, Claim.control_key,
        )  # fmt: skip
        rows = self._session.execute(select(*columns).where(Claim.practice_id == self._practice_id, condition)).all()
        new = {row.id: KnownClaim(*row[:-1]) for row in rows if row.id not in self._by_id}
        for row in rows:
            if row.id in new:
                self.remember(new[row.id], row.control_key)
        if new:
            self._load_lines(new)
            self._load_payments(new)
            self._load_denials(new)

    def _load_lines(self, claims: dict[int, KnownClaim]) -> None:
        columns = (
            ClaimLine.id, ClaimLine.line, ClaimLine.code, ClaimLine.modifiers, ClaimLine.charge_cents, ClaimLine.units,
            ClaimLine.service_date, ClaimLine.control_number, ClaimLine.first_remit_on, ClaimLine.claim_id,
        )  # fmt: skip
        query = select(*columns).where(ClaimLine.practice_id == self._practice_id, ClaimLine.claim_id.in_(claims))
        for row in self._session.execute(query.order_by(ClaimLine.claim_id, ClaimLine.line)):
            known = KnownLine(*row[:8], answered=row.first_remit_on is not None)
            claims[row.claim_id].lines.append(known)

    def _load_payments(self, claims: dict[int, KnownClaim]) -> None:
        query = select(
            ClaimPayment.id, ClaimPayment.payer_claim_number, ClaimPayment.paid_cents, ClaimPayment.claim_id
        ).where(
            ClaimPayment.practice_id == self._practice_id,
            ClaimPayment.claim_id.in_(claims),
            ClaimPayment.reversed_by_id.is_(None),
            ClaimPayment.status != "22",
        )
        for row in self._session.execute(query.order_by(ClaimPayment.id)):
            claims[row.claim_id].payments.append(KnownPayment(*row[:3]))

    def _load_denials(self, claims: dict[int, KnownClaim]) -> None:
        query = select(Denial).where(Denial.practice_id == self._practice_id, Denial.claim_id.in_(claims))
        hands = {denial.id: DenialInHand(denial.id, [], denial) for denial in self._session.scalars(query)}
        answers = select(DenialAnswer.denial_id, DenialAnswer.kind, DenialAnswer.amount_cents).where(
            DenialAnswer.practice_id == self._practice_id, DenialAnswer.denial_id.in_(hands)
        )
        for denial_id, kind, cents in self._session.execute(answers.order_by(DenialAnswer.id)):
            hands[denial_id].answers.append(Answer(AnswerKind(kind), cents))
        for hand in hands.values():
            assert hand.stored is not None
            claim = claims[hand.stored.claim_id]
            line = next((line for line in claim.lines if line.id == hand.stored.claim_line_id), None)
            if line is not None:
                line.denial = hand
            else:
                claim.denial = hand

    def remember(self, claim: KnownClaim, key: str) -> None:
        """Keep a claim findable by its control key and payer claim number."""
        self._by_id[claim.id] = claim
        if key:
            self._by_key.setdefault(key, []).append(claim)
        if claim.payer_claim_number:
            self._by_payer_number[claim.payer_claim_number] = claim

    def remember_payer_number(self, claim: KnownClaim, number: str) -> None:
        """Keep a claim findable by a payer claim number."""
        if number:
            self._by_payer_number[number] = claim

    def by_key(self, key: str) -> Sequence[KnownClaim]:
        """Return the claims with a control key, oldest first."""
        return self._by_key.get(key, ())

    def by_payer_number(self, number: str) -> KnownClaim | None:
        """Return the claim with a payer claim number."""
        return self._by_payer_number.get(number) if number else None

    def load_patients(self, told: Iterable[str]) -> None:
        """Bring the ids of the stored patients that ``told_of`` tells of into memory."""
        wanted = set(told) - self._patients_asked
        self._patients_asked |= wanted
        for part in chunks(wanted):
            told_by_key = {self._keys.match(each): each for each in part}
            query = select(Patient.match_key, func.coalesce(Patient.merged_into_id, Patient.id)).where(
                Patient.practice_id == self._practice_id, Patient.match_key.in_(told_by_key)
            )
            for key, patient_id in self._session.execute(query.order_by(Patient.id.desc())):
                self._patients[told_by_key[key]] = patient_id

    def patient(self, told: str) -> int | None:
        """Return the id of the patient that ``told_of`` tells of (call load_patients first)."""
        return self._patients.get(told)

    def remember_patient(self, told: str, patient_id: int) -> None:
        """Keep a new patient findable."""
        self._patients[told] = patient_id
