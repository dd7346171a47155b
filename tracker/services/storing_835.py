"""Storing a remittance: its claims and lines are found or made, every answer becomes rows, denials open or go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.classification import AdjustmentClass, ClassifiedLine, LineToClassify, classify_line
from tracker.domain.remittance import Adjustment, ClaimPayment, Person, Problem, Remittance, ServicePayment
from tracker.domain.takebacks import takebacks
from tracker.knowledge import Knowledge
from tracker.models import Adjustment as AdjustmentRow
from tracker.models import Claim, ClaimLine, Patient, Payer, Provider, ProviderAdjustment, Remark
from tracker.models import ClaimPayment as ClaimPaymentRow
from tracker.models import Remittance as RemittanceRow
from tracker.models import ServicePayment as ServicePaymentRow
from tracker.models.base import new_public_id
from tracker.services.clocks import profile_of
from tracker.services.import_rows import RowBuffer
from tracker.services.known_claims import KnownClaim, KnownClaims, KnownLine, KnownPayment, control_key
from tracker.services.line_matching import match_line, spread_claim_adjustments
from tracker.services.patient_keys import PatientKeys, told_of
from tracker.services.payers import PayerDirectory
from tracker.services.takebacks import dispute_clock
from tracker.services.triage import AnsweredLine, Triage
from tracker.services.visit_matching import Visit, awaits, find_visits, first_day, visit_of

_NO_ANSWER = frozenset({"23", "25"})  # forwarded, predetermination: neither denial nor receivable (x12.md rule 10)

_REMITTANCE = (
    "practice_id", "id", "public_id", "import_id", "payer_id", "trace_key", "content_hash", "control_number", "version",
    "payer_name", "payer_tin", "payee_npi", "trace_number", "payment_date", "production_date", "method",
    "amount_cents", "problems",
)  # fmt: skip
_CLAIM = (
    "practice_id", "id", "public_id", "payer_id", "patient_id", "import_id", "source", "control_key",
    "payer_claim_number", "charge_cents", "service_from", "version", "rendering_provider_id", "control_number",
    "place_of_service", "frequency_code", "original_reference", "prior_authorization", "filing_code", "diagnoses",
    "referring_name", "referring_npi", "submitted_on", "service_to",
)  # fmt: skip
_LINE = (
    "practice_id", "id", "claim_id", "payer_id", "line", "code", "modifiers", "units", "charge_cents",
    "diagnosis_pointers", "service_date", "service_to", "control_number", "first_remit_on",
)  # fmt: skip
_CLAIM_PAYMENT = (
    "practice_id", "id", "remittance_id", "claim_id", "status", "charge_cents", "paid_cents", "patient_share_cents",
    "allowed_cents", "payer_claim_number", "original_reference", "crossover_payer", "frequency_code", "received_on",
    "segment", "content_hash",
)  # fmt: skip
_SERVICE_PAYMENT = (
    "practice_id", "id", "claim_payment_id", "claim_line_id", "code", "modifiers", "submitted_code", "charge_cents",
    "paid_cents", "allowed_cents", "units_paid", "units_billed", "service_date", "control_number", "policy",
    "line_class",
)  # fmt: skip
_ADJUSTMENT = (
    "practice_id", "id", "claim_payment_id", "service_payment_id", "group_code", "carc", "amount_cents", "quantity",
    "adjustment_class",
)  # fmt: skip
_REMARK = ("practice_id", "id", "claim_payment_id", "service_payment_id", "code")
_PLB = (
    "practice_id", "id", "remittance_id", "claim_id", "reason", "reference", "amount_cents", "provider_npi",
    "fiscal_date", "public_id", "task", "dispute_by", "dispute_rule", "version",
)  # fmt: skip
_PATIENT = (
    "practice_id", "id", "public_id", "last_name", "first_name", "middle_name", "birth_date", "sex", "member_id",
    "match_key", "name_key", "member_key", "version",
)  # fmt: skip
_PROVIDER = ("practice_id", "id", "npi", "name", "credential", "discipline", "taxonomy")


def as_written(name: str) -> str:
    """Return a name as people write it: X12 files shout, and capitals alone tell nothing."""
    return name.title() if name.isupper() and len(name) > 1 else name


@dataclass(slots=True)
class Counted:
    """What was stored, in numbers."""

    transactions: int = 0
    claims: int = 0
    lines: int = 0
    adjustments: int = 0
    duplicates: int = 0
    line_classes: dict[str, int] = field(default_factory=dict)
    not_denials_cents: int = 0
    paid_cents: int = 0
    provider_adjustment_cents: int = 0
    check_cents: int = 0
    made_claim_ids: list[int] = field(default_factory=list)

    def count_class(self, line_class: str) -> None:
        """Count one line of a class."""
        self.line_classes[line_class] = self.line_classes.get(line_class, 0) + 1


class People:
    """Finds or makes the patients and clinicians of one practice."""

    def __init__(self, session: Session, practice_id: int, rows: RowBuffer, known: KnownClaims) -> None:
        self._practice_id, self._known, self._ids = practice_id, known, rows.ids
        self._patient_rows, self._provider_rows = rows.table(Patient, _PATIENT), rows.table(Provider, _PROVIDER)
        self._keys = PatientKeys(session, practice_id)
        query = select(Provider.npi, Provider.id).where(Provider.practice_id == practice_id)
        self._providers: dict[str, int] = dict(session.execute(query).all())

    def patient(self, person: Person) -> int:
        """Return the id of the patient, made if unknown."""
        told = told_of(person)
        found = self._known.patient(told)
        if found is not None:
            return found
        row_id = next(self._ids)
        last, first = as_written(person.last_name)[:80] or "Not named", as_written(person.first_name)[:80]
        values = (
            self._practice_id, row_id, new_public_id(), last, first, as_written(person.middle_name)[:80],
            person.birth_date, person.sex[:1], person.member_id[:80],
            self._keys.match(told), self._keys.name(last, first), self._keys.member(person.member_id), 1,
        )  # fmt: skip
        self._patient_rows.append(values)
        self._known.remember_patient(told, row_id)
        return row_id

    def provider(self, npi: str, name: str, taxonomy: str = "", discipline: str = "") -> int | None:
        """Return the id of the clinician with an NPI, made if unknown; None without an NPI."""
        if not npi:
            return None
        if npi not in self._providers:
            self._providers[npi] = next(self._ids)
            values = (
                self._practice_id,
                self._providers[npi],
                npi[:10],
                as_written(name)[:120],
                "",
                discipline,
                taxonomy[:10],
            )
            self._provider_rows.append(values)
        return self._providers[npi]


class ClaimFacts(NamedTuple):
    """What a file says of a claim beyond what KnownClaim holds; the columns of the same names."""

    rendering_provider_id: int | None
    control_number: str
    place_of_service: str
    frequency_code: str
    original_reference: str
    prior_authorization: str
    filing_code: str
    diagnoses: str
    referring_name: str
    referring_npi: str
    submitted_on: date | None
    service_to: date | None


class ClaimRows:
    """Makes claim and claim line rows."""

    def __init__(self, practice_id: int, import_id: int, rows: RowBuffer) -> None:
        self._practice_id, self._import_id = practice_id, import_id
        self._claims, self._lines = rows.table(Claim, _CLAIM), rows.table(ClaimLine, _LINE)

    def claim(self, claim: KnownClaim, facts: ClaimFacts) -> None:
        """Ask for a claim's row."""
        values = (
            self._practice_id, claim.id, new_public_id(), claim.payer_id, claim.patient_id, self._import_id,
            claim.source, control_key(facts.control_number), claim.payer_claim_number[:80], claim.charge_cents,
            claim.service_from, 1, *facts,
        )  # fmt: skip
        self._claims.append(values)

    def line(self, claim: KnownClaim, line: KnownLine, pointers: str, to: date | None, first: date | None) -> None:
        """Ask for a claim line's row; ``first`` is the day of its first answer."""
        values = (
            self._practice_id, line.id, claim.id, claim.payer_id, line.line, line.code[:20], line.modifiers[:20],
            line.units, line.charge_cents, pointers[:20], line.service_date, to, line.control_number[:80], first,
        )  # fmt: skip
        self._lines.append(values)


class RemittanceStore:
    """Turns the remittances of one file into rows, in the order of the file."""

    def __init__(  # the parts of one import
        self,
        session: Session,
        practice_id: int,
        import_id: int,
        knowledge: Knowledge,
        triage: Triage,
        rows: RowBuffer,
        counted: Counted,
    ) -> None:
        self._session, self._practice_id, self._import_id = session, practice_id, import_id
        self._knowledge, self._triage, self._rows, self.counted = knowledge, triage, rows, counted
        self._ids = rows.ids
        self._known = KnownClaims(session, practice_id)
        self._people = People(session, practice_id, rows, self._known)
        self._payers = PayerDirectory(session, practice_id)
        self._claim_rows = ClaimRows(practice_id, import_id, rows)
        self._visits: dict[Visit, list[str]] = {}
        self._remittances, self._plbs = rows.table(RemittanceRow, _REMITTANCE), rows.table(ProviderAdjustment, _PLB)
        self._payments = rows.table(ClaimPaymentRow, _CLAIM_PAYMENT)
        self._services = rows.table(ServicePaymentRow, _SERVICE_PAYMENT)
        self._adjustments, self._remarks = rows.table(AdjustmentRow, _ADJUSTMENT), rows.table(Remark, _REMARK)

    def store(
        self, remittance: Remittance, paid_on: date, already: frozenset[str], problems: Sequence[Problem]
    ) -> None:
        """Ask for all rows of a remittance; claims whose content hash is in ``already`` were stored before."""
        claims = [claim for claim in remittance.claims if claim.content_hash not in already]
        self._load(claims)
        filing = next((claim.filing_code for claim in claims if claim.filing_code), "")
        payer = self._payers.find_or_make(remittance.payer_name, remittance.payer_id, remittance.payer_tin, filing)
        row_id = next(self._ids)
        values = (
            self._practice_id, row_id, new_public_id(), self._import_id, payer.id, trace_key(remittance),
            remittance.content_hash, remittance.control_number[:20], remittance.version[:20],
            remittance.payer_name[:120], remittance.payer_tin[:12], remittance.payee_npi[:10],
            remittance.trace_number[:80], paid_on, remittance.production_date, remittance.method[:3],
            remittance.amount_cents, [list(problem) for problem in problems],
        )  # fmt: skip
        self._remittances.append(values)
        self.counted.transactions += 1
        self.counted.duplicates += len(remittance.claims) - len(claims)
        self.counted.check_cents += remittance.amount_cents
        for claim in claims:
            self._store_claim(claim, row_id, payer, paid_on)
        self._store_provider_adjustments(remittance, row_id, payer, paid_on)

    def _load(self, claims: Sequence[ClaimPayment]) -> None:
        self._known.load(control_key(claim.control_number) for claim in claims)
        lost = [
            number
            for claim in claims
            if not self._known.by_key(control_key(claim.control_number))
            for number in (claim.payer_claim_number, claim.original_reference)
        ]
        self._known.load_payer_numbers(lost)
        self._known.load_patients(told_of(claim.patient) for claim in claims)
        self._load_visits([claim for claim in claims if not self._known.by_key(control_key(claim.control_number))])

    def _load_visits(self, lost: Sequence[ClaimPayment]) -> None:
        """Note which claims of the patients and days of answers without a known number are there."""
        nameless = [claim for claim in lost if not self._known.by_payer_number(claim.payer_claim_number)]
        self._visits = find_visits(self._session, self._practice_id, filter(None, map(self._visit, nameless)))

    def _visit(self, paid: ClaimPayment) -> Visit | None:
        return visit_of(paid, self._known.patient(told_of(paid.patient)))

    def _store_claim(self, paid: ClaimPayment, remittance_id: int, payer: Payer, paid_on: date) -> None:
        claim = self._find(paid, payer.id) or self._make(paid, payer, paid_on)
        payment_id = next(self._ids)
        self._known.remember_payer_number(claim, paid.payer_claim_number)
        if paid.payer_claim_number and not claim.payer_claim_number:
            claim.payer_claim_number = paid.payer_claim_number
            self._rows.change(Claim, self._practice_id, claim.id, payer_claim_number=paid.payer_claim_number[:80])
        values = (
            self._practice_id, payment_id, remittance_id, claim.id, paid.status[:2], paid.charge_cents, paid.paid_cents,
            paid.patient_share_cents, paid.allowed_cents, paid.payer_claim_number[:80], paid.original_reference[:80],
            paid.crossover_payer[:120], paid.frequency_code[:1], paid.received_on, paid.segment, paid.content_hash,
        )  # fmt: skip
        self._payments.append(values)
        self.counted.claims += 1
        self.counted.paid_cents += paid.paid_cents
        if paid.is_reversal:
            self._mark_reversed(claim, paid, payment_id)
        elif paid.status not in _NO_ANSWER:
            claim.payments.append(KnownPayment(payment_id, paid.payer_claim_number, paid.paid_cents))
        self._store_answers(claim, paid, payment_id, payer, paid_on)

    def _find(self, paid: ClaimPayment, payer_id: int) -> KnownClaim | None:
        key = control_key(paid.control_number)
        found = self._known.by_key(key) if key not in {"", "0"} else ()
        if len(found) > 1:  # x12.md rule 26: payer or date must agree when ambiguous
            agreeing = [c for c in found if c.payer_id == payer_id and c.service_from == first_day(paid)]
            found = agreeing or [c for c in found if c.payer_id == payer_id or c.service_from == first_day(paid)]
        if found:
            return found[-1]
        by_number = self._known.by_payer_number(paid.original_reference) or self._known.by_payer_number(
            paid.payer_claim_number
        )
        return by_number or self._find_by_patient(paid, is_numbered=key not in {"", "0"})

    def _find_by_patient(self, paid: ClaimPayment, *, is_numbered: bool) -> KnownClaim | None:
        """Return the one claim of the patient, day and charge (x12.md rule 28).

        An answer with a number of ours that nobody knows may be about another claim of that day, so it is taken for a
        known one only when that was billed with the same codes and never answered.
        """
        visit = self._visit(paid)
        keys = self._visits.get(visit, []) if visit is not None else []
        if len(keys) != 1:
            return None
        self._known.load(keys)
        claim = self._known.by_key(keys[0])[-1]
        return claim if not is_numbered or awaits(claim, paid) else None

    def _make(self, paid: ClaimPayment, payer: Payer, paid_on: date) -> KnownClaim:
        """An 835 without its 837P still makes a full claim from what it carries."""
        claim_id = next(self._ids)
        claim = KnownClaim(
            claim_id, payer.id, self._people.patient(paid.patient), abs(paid.charge_cents), paid.payer_claim_number,
            first_day(paid), "835",
        )  # fmt: skip
        days = [s.service_to or s.service_from for s in paid.services if s.service_to or s.service_from]
        facts = ClaimFacts(
            self._people.provider(paid.rendering_npi, paid.rendering_name), paid.control_number[:80],
            paid.facility_code[:4], paid.frequency_code[:1] or "1", paid.original_reference[:80], "",
            paid.filing_code[:4], "", "", "", None,
            max((day for day in days if day), default=paid.statement_to or claim.service_from),
        )  # fmt: skip
        self._claim_rows.claim(claim, facts)
        self.counted.made_claim_ids.append(claim_id)
        self._known.remember(claim, control_key(paid.control_number))
        for service in paid.services:
            self._add_line(claim, paid, service, paid_on)
        return claim

    def _add_line(self, claim: KnownClaim, paid: ClaimPayment, service: ServicePayment, paid_on: date) -> KnownLine:
        line_id = next(self._ids)
        answered = paid.status not in _NO_ANSWER
        line = KnownLine(
            line_id, claim.next_line(), service.submitted_code or service.code,
            " ".join(service.submitted_modifiers if service.submitted_code else service.modifiers),
            abs(service.charge_cents), abs(service.units_billed), service.service_from or first_day(paid),
            service.control_number, answered,
        )  # fmt: skip
        claim.lines.append(line)
        self._claim_rows.line(claim, line, "", service.service_to, paid_on if answered else None)
        return line

    def _mark_reversed(self, claim: KnownClaim, paid: ClaimPayment, payment_id: int) -> None:
        """A reversal takes back the answer with the same payer claim number and the opposite amount (rule 12)."""
        numbers = {paid.payer_claim_number, paid.original_reference} - {""}
        candidates = [p for p in claim.payments if p.payer_claim_number in numbers] or claim.payments
        exact = [p for p in candidates if p.paid_cents == -paid.paid_cents] or candidates
        if exact:
            taken_back = exact[-1]
            claim.payments.remove(taken_back)
            self._rows.change(ClaimPaymentRow, self._practice_id, taken_back.id, reversed_by_id=payment_id)

    def _store_answers(
        self, claim: KnownClaim, paid: ClaimPayment, payment_id: int, payer: Payer, paid_on: date
    ) -> None:
        free = list(claim.lines)
        spread = spread_claim_adjustments(paid)
        kind = payer.kind
        answered: list[AnsweredLine] = []
        for place, service in enumerate(paid.services):
            line = match_line(free, service)
            if line is None:
                line = self._add_line(claim, paid, service, paid_on)
            else:
                free.remove(line)
            if not line.answered and paid.status not in _NO_ANSWER:
                line.answered = True
                self._rows.change(ClaimLine, self._practice_id, line.id, first_remit_on=paid_on)
            classified = self._classify(service, paid, spread[place], kind)
            service_id = self._store_service(service, payment_id, line.id, classified)
            answered.append(AnsweredLine(line, service, classified, service_id, place))
        whole = self._classify_claim(paid, kind) if paid.adjustments else None
        self._store_claim_level(paid, payment_id, whole)
        self.counted.lines += len(paid.services)
        if paid.status not in _NO_ANSWER:
            self._triage.answer(claim, paid, payment_id, payer, paid_on, answered, whole)

    def _classify(
        self, service: ServicePayment, paid: ClaimPayment, spread: tuple[Adjustment, ...], payer_kind: str
    ) -> ClassifiedLine:
        return classify_line(
            LineToClassify(
                service.charge_cents, service.paid_cents, service.units_billed, service.units_paid,
                service.adjustments + spread, service.remarks + paid.remarks, service.modifiers, payer_kind, paid.status,
            ),
            self._knowledge.adjustment_table,
        )  # fmt: skip

    def _classify_claim(self, paid: ClaimPayment, payer_kind: str) -> ClassifiedLine:
        return classify_line(
            LineToClassify(
                paid.charge_cents, paid.paid_cents, 1, 1, paid.adjustments, paid.remarks, (), payer_kind, paid.status
            ),
            self._knowledge.adjustment_table,
        )

    def _store_service(
        self,
        service: ServicePayment,
        payment_id: int,
        line_id: int,
        classified: ClassifiedLine,
    ) -> int:
        row_id = next(self._ids)
        line_class = classified.line_class.value
        self.counted.count_class(line_class)
        values = (
            self._practice_id, row_id, payment_id, line_id, service.code[:20], " ".join(service.modifiers)[:20],
            (service.submitted_code or "")[:20], service.charge_cents, service.paid_cents, service.allowed_cents,
            service.units_paid, service.units_billed, service.service_from, service.control_number[:80],
            service.policy[:80], line_class,
        )  # fmt: skip
        self._services.append(values)
        for adjustment, its_class in zip(service.adjustments, classified.adjustment_classes, strict=False):
            self._store_adjustment(payment_id, row_id, adjustment, its_class)
        for code in service.remarks:
            self._remarks.append((self._practice_id, next(self._ids), payment_id, row_id, code[:8]))
        return row_id

    def _store_adjustment(
        self, payment_id: int, service_id: int | None, adjustment: Adjustment, its_class: AdjustmentClass
    ) -> None:
        values = (
            self._practice_id, next(self._ids), payment_id, service_id, adjustment.group[:2], adjustment.carc[:5],
            adjustment.amount_cents, adjustment.quantity, its_class.value,
        )  # fmt: skip
        self._adjustments.append(values)
        self.counted.adjustments += 1
        if its_class is not AdjustmentClass.DENIAL:
            self.counted.not_denials_cents += adjustment.amount_cents

    def _store_claim_level(self, paid: ClaimPayment, payment_id: int, whole: ClassifiedLine | None) -> None:
        for adjustment, its_class in zip(paid.adjustments, whole.adjustment_classes if whole else (), strict=True):
            self._store_adjustment(payment_id, None, adjustment, its_class)
        for code in paid.remarks:
            self._remarks.append((self._practice_id, next(self._ids), payment_id, None, code[:8]))

    def _store_provider_adjustments(
        self, remittance: Remittance, remittance_id: int, payer: Payer, paid_on: date
    ) -> None:
        """A recoupment names the payer claim number it is about (x12.md rule 36); the money stays at provider level."""
        pairs = remittance.provider_adjustments
        self._known.load_payer_numbers(plb.reference.split(" ")[0] for plb in pairs)
        own = profile_of(self._session, self._practice_id, payer.id) if pairs else None
        due = dispute_clock(payer.kind, paid_on, own, self._knowledge) if pairs else None
        for plb, is_takeback in zip(pairs, takebacks(pairs), strict=True):
            claim = self._known.by_payer_number(plb.reference.split(" ")[0])
            task = ("open", due.safe if due else None, due.rule.id if due else "") if is_takeback else ("", None, "")
            values = (
                self._practice_id, next(self._ids), remittance_id, claim.id if claim else None, plb.reason[:4],
                plb.reference[:80], plb.amount_cents, plb.provider_npi[:80], plb.fiscal_date, new_public_id(), *task, 1,
            )  # fmt: skip
            self._plbs.append(values)
            self.counted.provider_adjustment_cents += plb.amount_cents


def trace_key(remittance: Remittance) -> str:
    """Return what should be unique of a remittance: payer TIN, trace number, payee NPI (x12.md rule 23)."""
    return f"{remittance.payer_tin}|{remittance.trace_number}|{remittance.payee_npi}"[:120]
