"""Diagnosis cases built from stored records: what the checker sees is what the database holds, nothing invented."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.orm import Session

from tracker.domain.case import (
    Authorization,
    Case,
    CaseClaim,
    CaseLine,
    CaseNote,
    CasePatient,
    CasePractice,
    CaseProvider,
    CaseRemittance,
    Eligibility,
    History,
    LineAnswer,
    OtherClaim,
    PastAppeal,
    PlanOfCare,
    Submission,
)
from tracker.domain.remittance import Adjustment
from tracker.services.asked_records import asked_records
from tracker.services.case_payers import case_payer
from tracker.services.case_rows import CaseRows
from tracker.services.known_claims import chunks

DISCIPLINES = {"GP": "PT", "GO": "OT", "GN": "SLP"}
_DUPLICATE = "18"
_DENYING = frozenset({"denied", "partly_denied", "misused_45", "unclassified"})


class StoredCase(NamedTuple):
    """A case with the way back to its rows.

    ``note_ids`` are the public ids of ``case.notes`` in their order, ``line_numbers`` maps a claim line's row id to
    its number on the claim.
    """

    case: Case
    note_ids: tuple[str, ...]
    line_numbers: Mapping[int, int]


def case_from_rows(session: Session, practice_id: int, claim_id: int, today: date) -> Case:
    """Return the case of one stored claim; raises KeyError when the practice has no such claim."""
    return cases_from_rows(session, practice_id, (claim_id,), today)[claim_id]


def cases_from_rows(session: Session, practice_id: int, claim_ids: Sequence[int], today: date) -> dict[int, Case]:
    """Return the cases of stored claims by claim id; ids the practice does not have are left out."""
    return {claim_id: stored.case for claim_id, stored in stored_cases(session, practice_id, claim_ids, today).items()}


def stored_cases(session: Session, practice_id: int, claim_ids: Sequence[int], today: date) -> dict[int, StoredCase]:
    """Return the cases of stored claims with the way back to their rows."""
    found: dict[int, StoredCase] = {}
    for part in chunks(claim_ids):
        rows = CaseRows(session, practice_id, part)
        found.update(_Builder(rows, today).cases())
    return found


def discipline_of(modifiers: Sequence[str], rendering: str | None) -> str:
    """Return PT, OT or SLP from a line's therapy modifier, else the rendering clinician's, else nothing.

    GP, GO and GN say under which plan of care a service was given (42 CFR 410.59(e), 410.60(e), 410.62(d)).
    """
    return next((DISCIPLINES[modifier] for modifier in modifiers if modifier in DISCIPLINES), rendering or "")


class _Builder:
    """Builds the cases of one batch of rows."""

    def __init__(self, rows: CaseRows, today: date) -> None:
        self._rows, self._today = rows, today
        practice = rows.practice
        self._practice = CasePractice(practice.setting, practice.npi or "", practice.name)
        self._others = {patient: self._other_claims(claims) for patient, claims in rows.siblings.items()}

    def cases(self) -> dict[int, StoredCase]:
        return {row.id: self._case(row) for row in self._rows.claims}

    def _case(self, row: Row[Any]) -> StoredCase:
        line_rows = self._rows.lines.get(row.id, [])
        lines = tuple(_line(line, row.service_from) for line in line_rows if line.service_date or row.service_from)
        notes = self._rows.notes.get(row.id, [])
        remittance = self._remittance(row.id, {line.id: line for line in line_rows})
        visit = row.service_from or self._today
        case = Case(
            case_id=row.public_id,
            payer=case_payer(
                row.payer_name, row.payer_kind, row, visit, (remittance and remittance.payment_date) or visit
            ),
            practice=self._practice,
            patient=CasePatient(row.patient_public_id, row.birth_date, row.sex or None, row.member_id or None),
            claim=_claim(row, lines),
            remittance=remittance,
            history=self._history(row, lines),
            notes=tuple(CaseNote(note.kind, note.service_date, note.author or None, str(note.text)) for note in notes),
        )
        return StoredCase(case, tuple(note.public_id for note in notes), {line.id: line.line for line in line_rows})

    def _remittance(self, claim_id: int, lines: Mapping[int, Row[Any]]) -> CaseRemittance | None:
        payments = self._rows.payments.get(claim_id, [])
        answers: dict[int, LineAnswer] = {}
        header = payments[-1] if payments else None
        by_line: dict[int, list[tuple[Row[Any], Row[Any]]]] = defaultdict(list)
        for payment in payments:
            for service in self._rows.services.get(payment.id, []):
                by_line[service.claim_line_id].append((payment, service))
        chosen = {line_id: _standing(given, self._rows) for line_id, given in by_line.items() if line_id in lines}
        for line_id, services in chosen.items():
            answers[line_id] = self._answer(lines[line_id], [service for _, service in services])
        if chosen:
            used = [payment for services in chosen.values() for payment, _ in services]
            header = max(used, key=lambda payment: (payment.payment_date, payment.id))
        return self._with_typed(claim_id, header, answers, lines)

    def _with_typed(
        self,
        claim_id: int,
        header: Row[Any] | None,
        answers: dict[int, LineAnswer],
        lines: Mapping[int, Row[Any]],
    ) -> CaseRemittance | None:
        """Add what a person logged by hand for lines (or the whole claim) no remittance on file answers."""
        adjustments: tuple[Adjustment, ...] = ()
        remarks: tuple[str, ...] = ()
        if header is not None:
            adjustments = _adjustments(self._rows.adjustments.get(header.id, []))
            remarks = tuple(remark.code for remark in self._rows.remarks.get(header.id, []))
        typed = self._rows.typed.get(claim_id, [])
        for denial in typed:
            reason = Adjustment(denial.group_code, denial.carc, denial.amount_cents)
            if denial.claim_line_id in lines and denial.claim_line_id not in answers:
                line = lines[denial.claim_line_id].line
                answers[denial.claim_line_id] = LineAnswer(line, 0, None, (reason,), tuple(denial.remarks.split()))
            elif denial.claim_line_id is None and header is None:
                adjustments, remarks = (reason,), tuple(denial.remarks.split())
        if header is None and not typed:
            return None
        return CaseRemittance(
            header.payment_date if header else typed[-1].denied_on,
            header.trace_number if header else None,
            header.status if header else "1",
            adjustments,
            remarks,
            tuple(sorted(answers.values(), key=lambda answer: answer.line)),
        )

    def _answer(self, line: Row[Any], services: Sequence[Row[Any]]) -> LineAnswer:
        """Return the payer's answer to one line; a line answered in parts is one answer."""
        allowed = [service.allowed_cents for service in services]
        last = services[-1]
        return LineAnswer(
            line=line.line,
            paid_cents=sum(service.paid_cents for service in services),
            allowed_cents=sum(allowed) if all(cents is not None for cents in allowed) else None,
            adjustments=tuple(
                adjustment
                for service in services
                for adjustment in _adjustments(self._rows.adjustments.get(service.id, []))
            ),
            remarks=tuple(
                dict.fromkeys(remark.code for service in services for remark in self._rows.remarks.get(service.id, []))
            ),
            units_paid=sum(service.units_paid for service in services),
            adjudicated_code=last.code if last.code and last.code != line.code else None,
            policy=next((service.policy for service in services if service.policy), None),
        )

    def _history(self, row: Row[Any], lines: tuple[CaseLine, ...]) -> History:
        rows = self._rows
        day = lines[0].service_date if lines else row.service_from
        plan = _best(rows.plans.get(row.patient_id, []), row.id, lambda plan: _covers(plan.established_on, None, day))
        permit = _best(
            rows.authorizations.get(row.patient_id, []),
            row.id,
            lambda on_file: _covers(on_file.valid_from, on_file.valid_to, day),
        )
        coverage = _best(
            rows.eligibility.get(row.patient_id, []),
            row.id,
            lambda check: _covers(check.active_from, check.active_to, day),
        )
        return History(
            as_of=self._today,
            other_claims=tuple(other for claim_id, other in self._others.get(row.patient_id, []) if claim_id != row.id),
            plan_of_care=_plan(plan) if plan else None,
            therapy_allowed_year_to_date_cents=self._allowed(row, lines),
            appeals=tuple(
                PastAppeal(str(appeal.level), appeal.sent_on, appeal.decided_on, appeal.result)
                for appeal in rows.appeals.get(row.id, [])
            ),
            authorization=_authorization(permit) if permit else None,
            eligibility=_eligibility(coverage) if coverage else None,
            submissions=tuple(
                Submission(sent.sent_on, sent.proof or None) for sent in rows.submissions.get(row.id, [])
            ),
            records_requests=tuple(map(asked_records, rows.requests.get(row.id, []))),
        )

    def _other_claims(self, claims: Sequence[Row[Any]]) -> list[tuple[int, OtherClaim]]:
        rows = self._rows
        return [
            (
                claim.id,
                OtherClaim(
                    claim.control_number,
                    claim.submitted_on,
                    claim.name,
                    tuple(_line(line, None) for line in rows.sibling_lines.get(claim.id, []) if line.service_date),
                    rows.outcomes[claim.id],
                ),
            )
            for claim in claims
        ]

    def _allowed(self, row: Row[Any], lines: tuple[CaseLine, ...]) -> int | None:
        """Return cents allowed in the year before this claim in the discipline's pool, as far as files here tell.

        PT and SLP share one amount, OT has its own (42 U.S.C. 1395l(g)). None when nothing is on file.
        """
        if row.payer_kind != "medicare_b" or not lines:
            return None
        first = min(line.service_date for line in lines)
        pool = _pool([modifier for line in lines for modifier in line.modifiers], row.discipline)
        amounts = [
            answer.allowed
            for answer in self._rows.allowed.get(row.patient_id, [])
            if answer.claim_id != row.id
            and answer.service_date is not None
            and answer.service_date.year == first.year
            and answer.service_date < first
            and _pool(answer.modifiers.split(), None) == pool
        ]
        return sum(amounts) if amounts else None


def _pool(modifiers: Sequence[str], rendering: str | None) -> str:
    discipline = discipline_of(modifiers, rendering)
    return {"PT": "pt_slp", "SLP": "pt_slp", "OT": "ot"}.get(discipline, "")


def _standing(given: list[tuple[Row[Any], Row[Any]]], rows: CaseRows) -> list[tuple[Row[Any], Row[Any]]]:
    """Return the parts of the answer that counts: the latest, but not a mere "duplicate" to a denial sent again."""
    last = [pair for pair in given if pair[0].id == given[-1][0].id]
    earlier = [pair for pair in given if pair[0].id != given[-1][0].id and pair[1].line_class in _DENYING]
    codes = {adjustment.carc for _, service in last for adjustment in rows.adjustments.get(service.id, [])}
    if earlier and codes == {_DUPLICATE}:
        return [pair for pair in earlier if pair[0].id == earlier[-1][0].id]
    return last


def _adjustments(rows: Sequence[Row[Any]]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(row.group_code, row.carc, row.amount_cents, row.quantity) for row in rows)


def _line(row: Row[Any], claim_date: date | None) -> CaseLine:
    day = row.service_date or claim_date
    assert day is not None
    pointers = tuple(int(pointer) for pointer in row.diagnosis_pointers.split() if pointer.isdigit())
    return CaseLine(row.line, day, row.code, tuple(row.modifiers.split()), row.units, row.charge_cents, pointers)


def _claim(row: Row[Any], lines: tuple[CaseLine, ...]) -> CaseClaim:
    modifiers = [modifier for line in lines for modifier in line.modifiers]
    rendering = None
    if row.provider_npi is not None:
        discipline = row.discipline or discipline_of(modifiers, None)
        rendering = CaseProvider(row.provider_name, row.provider_npi, row.credential or None, discipline or None)
    referring = CaseProvider(row.referring_name, row.referring_npi or None) if row.referring_name else None
    return CaseClaim(
        row.control_number, row.payer_claim_number or None, row.frequency_code, row.submitted_on,
        row.place_of_service or None, tuple(row.diagnoses.split()), row.prior_authorization or None, referring,
        rendering, lines,
    )  # fmt: skip


def _covers(start: date | None, end: date | None, day: date | None) -> bool:
    return day is None or ((start is None or start <= day) and (end is None or day <= end))


def _best(on_file: Sequence[Any], claim_id: int, covers: Any) -> Any | None:
    """Return what is on file for the claim itself, else the patient's that covers the day, else the latest."""
    own = [row for row in on_file if row.claim_id == claim_id]
    general = [row for row in on_file if row.claim_id is None]
    covering = [row for row in general if covers(row)]
    for choice in (own, covering, general):
        if choice:
            return choice[-1]
    return None


def _plan(row: Any) -> PlanOfCare:
    return PlanOfCare(
        row.established_on, row.certified_on, row.certified_by or None, row.order_on_file, row.sent_to_physician_on,
        row.duration_days, tuple(part.strip() for part in row.interventions.split(",") if part.strip()),
        row.last_progress_report_on, row.treatment_days_since_progress_report,
    )  # fmt: skip


def _authorization(row: Any) -> Authorization:
    return Authorization(
        row.number or None, row.valid_from, row.valid_to, row.visits_allowed, row.visits_used,
        tuple(row.codes.split()), row.units_allowed,
    )  # fmt: skip


def _eligibility(row: Any) -> Eligibility:
    return Eligibility(
        row.active_from, row.active_to, row.checked_on, row.other_coverage or None, row.visit_limit, row.visits_used
    )
