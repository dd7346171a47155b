"""The stored rows around some claims, table by table in a few queries, as the case builder needs them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from tracker.models import (
    Adjustment,
    Appeal,
    AppealDenial,
    Authorization,
    Claim,
    ClaimLine,
    ClaimPayment,
    Denial,
    EligibilityCheck,
    Note,
    NoteLink,
    Outcome,
    Patient,
    Payer,
    PayerProfile,
    PlanOfCare,
    Practice,
    Provider,
    RecordsRequest,
    Remark,
    Remittance,
    ServicePayment,
    Submission,
)
from tracker.models.sealed import require_place
from tracker.services.allowed_amounts import allowed_amounts, standing
from tracker.services.asked_records import not_taken_back

Rows = dict[int, list[Any]]

_HISTORY = timedelta(days=400)


def grouped(rows: Iterable[Any]) -> Rows:
    """Return rows by their first column, in their order."""
    groups: Rows = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row)
    return groups


class CaseRows:
    """The rows around the claims ``claim_ids`` of one practice; each attribute is one query."""

    def __init__(self, session: Session, practice_id: int, claim_ids: Sequence[int]) -> None:
        self._session, self._practice_id, self._ids = session, practice_id, claim_ids
        self.practice = session.execute(
            select(Practice.name, Practice.npi, Practice.setting).where(Practice.id == practice_id)
        ).one()
        self.claims = self._claims()
        patients = {row.patient_id for row in self.claims}
        self.lines = self._lines(ClaimLine.claim_id.in_(claim_ids))
        self.payments = self._payments()
        self.services = self._services() if self.payments else {}
        self.adjustments = self._of_payments(Adjustment) if self.payments else {}
        self.remarks = self._of_payments(Remark) if self.payments else {}
        self.typed = self._typed_denials()
        self.notes = self._notes()
        self.submissions = self._submissions()
        self.appeals = self._appeals()
        self.requests = self._requests()
        self.authorizations = self._on_file(Authorization, patients)
        self.eligibility = self._on_file(EligibilityCheck, patients)
        self.plans = self._on_file(PlanOfCare, patients)
        self.siblings = self._siblings(patients)
        sibling_ids = [row.id for rows in self.siblings.values() for row in rows]
        self.sibling_lines = self._sibling_lines(sibling_ids)
        self.outcomes = self._outcomes(sibling_ids)
        medicare = {row.patient_id for row in self.claims if row.payer_kind == "medicare_b"}
        earlier = [row.id for patient in medicare for row in self.siblings.get(patient, []) if row.kind == "medicare_b"]
        self.allowed = grouped(allowed_amounts(session, practice_id, earlier))

    def _claims(self) -> Sequence[Any]:
        query = (
            select(
                Claim.id, Claim.public_id, Claim.patient_id, Claim.payer_id, Claim.control_number,
                Claim.payer_claim_number, Claim.frequency_code, Claim.submitted_on, Claim.place_of_service,
                Claim.diagnoses, Claim.prior_authorization, Claim.referring_name, Claim.referring_npi,
                Claim.service_from, Payer.name.label("payer_name"), Payer.kind.label("payer_kind"),
                PayerProfile.counting_method, PayerProfile.requires_discipline_modifier, PayerProfile.limits,
                PayerProfile.habits, PayerProfile.named, Patient.public_id.label("patient_public_id"), Patient.birth_date,
                Patient.sex, Patient.member_id, Provider.name.label("provider_name"), Provider.npi.label("provider_npi"),
                Provider.credential, Provider.discipline,
            )
            .join(Payer, Payer.id == Claim.payer_id)
            .join(Patient, and_(Patient.practice_id == Claim.practice_id, Patient.id == Claim.patient_id))
            .outerjoin(
                Provider, and_(Provider.practice_id == Claim.practice_id, Provider.id == Claim.rendering_provider_id)
            )
            .outerjoin(
                PayerProfile,
                and_(PayerProfile.practice_id == Claim.practice_id, PayerProfile.payer_id == Claim.payer_id),
            )
            .where(Claim.practice_id == self._practice_id, Claim.id.in_(self._ids))
        )  # fmt: skip
        rows = self._session.execute(query).all()
        for row in rows:
            require_place(row.birth_date, self._practice_id, row.patient_id)
            require_place(row.member_id, self._practice_id, row.patient_id)
        return rows

    def _lines(self, condition: ColumnElement[bool]) -> Rows:
        query = select(
            ClaimLine.claim_id, ClaimLine.id, ClaimLine.line, ClaimLine.service_date, ClaimLine.code,
            ClaimLine.modifiers, ClaimLine.units, ClaimLine.charge_cents, ClaimLine.diagnosis_pointers,
        ).where(ClaimLine.practice_id == self._practice_id, condition)  # fmt: skip
        return grouped(self._session.execute(query.order_by(ClaimLine.claim_id, ClaimLine.line)))

    def _of_claims(self) -> tuple[ColumnElement[bool], ...]:
        return ClaimPayment.practice_id == self._practice_id, ClaimPayment.claim_id.in_(self._ids), standing()

    def _payments(self) -> Rows:
        query = (
            select(
                ClaimPayment.claim_id, ClaimPayment.id, ClaimPayment.status, Remittance.payment_date,
                Remittance.trace_number,
            )
            .join(
                Remittance,
                and_(Remittance.practice_id == ClaimPayment.practice_id, Remittance.id == ClaimPayment.remittance_id),
            )
            .where(*self._of_claims())
            .order_by(Remittance.payment_date, ClaimPayment.id)
        )  # fmt: skip
        return grouped(self._session.execute(query))

    def _services(self) -> Rows:
        query = (
            select(
                ServicePayment.claim_payment_id, ServicePayment.id, ServicePayment.claim_line_id, ServicePayment.code,
                ServicePayment.submitted_code, ServicePayment.paid_cents, ServicePayment.allowed_cents,
                ServicePayment.units_paid, ServicePayment.policy, ServicePayment.line_class,
            )
            .join(ClaimPayment, _same(ServicePayment.claim_payment_id, ServicePayment.practice_id, ClaimPayment))
            .where(*self._of_claims(), ServicePayment.claim_line_id.is_not(None))
            .order_by(ServicePayment.id)
        )  # fmt: skip
        return grouped(self._session.execute(query))

    def _of_payments(self, model: type[Adjustment] | type[Remark]) -> Rows:
        """Return adjustments or remarks by service payment, or by claim payment for those of the whole claim."""
        columns: tuple[Any, ...] = (
            (Adjustment.group_code, Adjustment.carc, Adjustment.amount_cents, Adjustment.quantity)
            if model is Adjustment
            else (Remark.code,)
        )
        subject = func.coalesce(model.service_payment_id, model.claim_payment_id)
        query = (
            select(subject, *columns)
            .join(ClaimPayment, _same(model.claim_payment_id, model.practice_id, ClaimPayment))
            .where(*self._of_claims())
            .order_by(model.id)
        )
        return grouped(self._session.execute(query))

    def _typed_denials(self) -> Rows:
        query = select(
            Denial.claim_id, Denial.claim_line_id, Denial.group_code, Denial.carc, Denial.amount_cents, Denial.remarks,
            Denial.denied_on,
        ).where(
            Denial.practice_id == self._practice_id, Denial.claim_id.in_(self._ids), Denial.source != "835"
        )  # fmt: skip
        return grouped(self._session.execute(query.order_by(Denial.denied_on, Denial.id)))

    def _notes(self) -> Rows:
        query = (
            select(NoteLink.claim_id, Note.id, Note.public_id, Note.kind, Note.service_date, Note.author, Note.text)
            .join(Note, _same(NoteLink.note_id, NoteLink.practice_id, Note))
            .where(
                NoteLink.practice_id == self._practice_id,
                NoteLink.claim_id.in_(self._ids),
                NoteLink.removed.is_(False),
            )
            .order_by(Note.service_date, Note.id)
        )
        rows = self._session.execute(query).all()
        for row in rows:
            require_place(row.text, self._practice_id, row.id)
        return grouped(rows)

    def _submissions(self) -> Rows:
        query = select(Submission.claim_id, Submission.sent_on, Submission.proof).where(
            Submission.practice_id == self._practice_id, Submission.claim_id.in_(self._ids)
        )
        return grouped(self._session.execute(query.order_by(Submission.sent_on, Submission.id)))

    def _requests(self) -> Rows:
        columns = (
            RecordsRequest.claim_id, RecordsRequest.requested_on, RecordsRequest.due_safe, RecordsRequest.due_legal,
            RecordsRequest.closed_on, RecordsRequest.sent_method, RecordsRequest.reference,
        )  # fmt: skip
        query = select(*columns).where(
            RecordsRequest.practice_id == self._practice_id, RecordsRequest.claim_id.in_(self._ids), not_taken_back()
        )
        return grouped(self._session.execute(query.order_by(RecordsRequest.requested_on, RecordsRequest.id)))

    def _appeals(self) -> Rows:
        query = (
            select(
                Denial.claim_id,
                Appeal.level,
                Appeal.sent_on,
                func.max(Outcome.decided_on).label("decided_on"),
                func.max(Outcome.result).label("result"),
            )
            .join(AppealDenial, _same(AppealDenial.denial_id, AppealDenial.practice_id, Denial))
            .join(Appeal, _same(AppealDenial.appeal_id, AppealDenial.practice_id, Appeal))
            .outerjoin(
                Outcome,
                and_(
                    Outcome.practice_id == AppealDenial.practice_id,
                    Outcome.appeal_id == AppealDenial.appeal_id,
                    Outcome.denial_id == AppealDenial.denial_id,
                ),
            )
            .where(Denial.practice_id == self._practice_id, Denial.claim_id.in_(self._ids), Appeal.sent_on.is_not(None))
            .group_by(Denial.claim_id, Appeal.id, Appeal.level, Appeal.sent_on)
            .order_by(Appeal.level, Appeal.id)
        )
        return grouped(self._session.execute(query))

    def _on_file(
        self, model: type[Authorization] | type[EligibilityCheck] | type[PlanOfCare], patients: set[int]
    ) -> dict[int, list[Any]]:
        query: Select[Any] = select(model).where(model.practice_id == self._practice_id, model.patient_id.in_(patients))
        groups: dict[int, list[Any]] = defaultdict(list)
        for row in self._session.scalars(query.order_by(model.id)):
            groups[row.patient_id].append(row)
        return groups

    def _siblings(self, patients: set[int]) -> Rows:
        """Return the patients' claims near the claims asked for: for duplicates, same-day visits, evaluations."""
        days = [row.service_from for row in self.claims if row.service_from is not None]
        if not days:
            return {}
        query = (
            select(Claim.patient_id, Claim.id, Claim.control_number, Claim.submitted_on, Payer.name, Payer.kind)
            .join(Payer, Payer.id == Claim.payer_id)
            .where(
                Claim.practice_id == self._practice_id,
                Claim.patient_id.in_(patients),
                Claim.service_from.between(min(days) - _HISTORY, max(days) + _HISTORY),
            )
            .order_by(Claim.service_from, Claim.id)
        )
        groups = grouped(self._session.execute(query))
        return {patient: rows for patient, rows in groups.items() if len(rows) > 1}

    def _sibling_lines(self, claim_ids: Sequence[int]) -> Rows:
        lines: Rows = {}
        for start in range(0, len(claim_ids), 5000):
            lines.update(self._lines(ClaimLine.claim_id.in_(claim_ids[start : start + 5000])))
        return lines

    def _outcomes(self, claim_ids: Sequence[int]) -> dict[int, str]:
        """Return paid, denied or pending for each claim: pending without an answer that stands."""
        outcomes = dict.fromkeys(claim_ids, "pending")
        for start in range(0, len(claim_ids), 5000):
            part = claim_ids[start : start + 5000]
            answers = (
                select(ClaimPayment.claim_id, func.sum(ClaimPayment.paid_cents))
                .where(ClaimPayment.practice_id == self._practice_id, ClaimPayment.claim_id.in_(part), standing())
                .group_by(ClaimPayment.claim_id)
            )
            paid = dict(self._session.execute(answers).all())
            denied_query = select(Denial.claim_id).where(
                Denial.practice_id == self._practice_id,
                Denial.claim_id.in_(part),
                or_(Denial.is_open, Denial.close_reason != "recovered"),
            )
            denied = set(self._session.scalars(denied_query))
            for claim_id in (paid.keys() | denied) & outcomes.keys():
                wholly_denied = claim_id in denied and not paid.get(claim_id)
                outcomes[claim_id] = "denied" if wholly_denied else "paid"
        return outcomes


def _same(column: Any, practice: Any, model: Any) -> ColumnElement[bool]:
    """Join a key column to the row of the same practice it names."""
    condition: ColumnElement[bool] = and_(model.practice_id == practice, model.id == column)
    return condition
