"""Taking a stored file back: its rows go, and the denials it continued stand as they stood before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from tracker.day_counts import touch_courses, touch_days
from tracker.domain.denial_life import Answer, AnswerKind, begins_anew, standing_after
from tracker.knowledge import load
from tracker.models import (
    Adjustment,
    Appeal,
    AppealDenial,
    Attachment,
    Authorization,
    CauseDecision,
    Claim,
    ClaimLine,
    ClaimPayment,
    Denial,
    DenialAnswer,
    DenialCourse,
    EligibilityCheck,
    Findings,
    ImportFile,
    Letter,
    LetterText,
    Note,
    NoteLink,
    Patient,
    PlanOfCare,
    Provider,
    ProviderAdjustment,
    RawFile,
    RecordsRequest,
    Remark,
    Remittance,
    ServicePayment,
    Submission,
    Suggestion,
    TherapistAsk,
)
from tracker.models.protection import regardless
from tracker.services.clock_history import BY_HAND, recounted
from tracker.services.clock_moves import Running
from tracker.services.known_claims import chunks
from tracker.services.paid_appeals import forget_payments

UNDO_DAYS = 30


class UndoRefused(Exception):  # noqa: N818  # says why, in plain words
    """Raised when an import cannot be taken back; the message says why and what to do."""


def undo_import(session: Session, row: ImportFile, now: datetime) -> None:
    """Take back everything ``row`` stored.

    Raises UndoRefused when the time is over, an appeal from it was signed, or a later file builds on it.
    """
    if row.state != "stored":
        raise UndoRefused("This file is not stored, so there is nothing to undo.")
    if row.stored_at is None or now - row.stored_at > timedelta(days=UNDO_DAYS):
        raise UndoRefused(f"An import can be undone for {UNDO_DAYS} days. This one is older.")
    _refuse_signed_appeals(session, row)
    _refuse_later_files(session, row)
    continued = _continued_denials(session, row)
    _delete_denials(session, row)
    _delete_answers(session, row)
    for denial in continued:
        _stand_as_before(session, denial, continued[denial])
    _delete_added_lines(session, row)
    _delete_claims(session, row)
    session.execute(delete(RawFile).where(RawFile.practice_id == row.practice_id, RawFile.import_id == row.id))
    row.state, row.undone_at, row.preview = "undone", now, {}


def _refuse_signed_appeals(session: Session, row: ImportFile) -> None:
    query = (
        select(Appeal.number, Denial.number)
        .join(AppealDenial, _same(AppealDenial, Appeal, AppealDenial.appeal_id))
        .join(Denial, _same(AppealDenial, Denial, AppealDenial.denial_id))
        .where(Denial.practice_id == row.practice_id, Denial.import_id == row.id, Appeal.status != "draft")
    )
    signed = session.execute(query.limit(1)).first()
    if signed is not None:
        raise UndoRefused(f"Appeal A-{signed[0]} for D-{signed[1]} was signed, so this import has to stay.")


def _same(child: Any, parent: Any, column: Any) -> ColumnElement[bool]:
    return and_(parent.practice_id == child.practice_id, parent.id == column)


def _payments(row: ImportFile) -> Select[int]:
    return (
        select(ClaimPayment.id)
        .join(Remittance, _same(ClaimPayment, Remittance, ClaimPayment.remittance_id))
        .where(Remittance.practice_id == row.practice_id, Remittance.import_id == row.id)
    )


def _refuse_later_files(session: Session, row: ImportFile) -> None:
    """A denial opened here that a later file continued would lose its beginning."""
    query = (
        select(ImportFile.filename, Denial.number)
        .join(Remittance, _same(Remittance, ImportFile, Remittance.import_id))
        .join(ClaimPayment, _same(ClaimPayment, Remittance, ClaimPayment.remittance_id))
        .join(DenialAnswer, _same(DenialAnswer, ClaimPayment, DenialAnswer.claim_payment_id))
        .join(Denial, _same(DenialAnswer, Denial, DenialAnswer.denial_id))
        .where(Denial.practice_id == row.practice_id, Denial.import_id == row.id, ImportFile.id != row.id)
    )
    later = session.execute(query.limit(1)).first()
    if later is not None:
        raise UndoRefused(f"{later[0]} continues D-{later[1]}, which came from this file. Undo that import first.")


def _continued_denials(session: Session, row: ImportFile) -> dict[Denial, str]:
    """Return the older denials this file continued, each with the status it had before."""
    query = (
        select(Denial, DenialAnswer.status_before)
        .join(DenialAnswer, _same(DenialAnswer, Denial, DenialAnswer.denial_id))
        .where(
            Denial.practice_id == row.practice_id,
            or_(Denial.import_id != row.id, Denial.import_id.is_(None)),
            DenialAnswer.claim_payment_id.in_(_payments(row)),
        )
    )
    found: dict[Denial, str] = {}
    for denial, status in session.execute(query.order_by(DenialAnswer.id)):
        found.setdefault(denial, status)
    return found


def _delete_denials(session: Session, row: ImportFile) -> None:
    mine = (Denial.practice_id == row.practice_id, Denial.import_id == row.id)
    touch_days(session, row.practice_id, session.scalars(select(Denial.denied_on).where(*mine).distinct()))
    query = select(Denial.id).where(*mine)
    for ids in chunks(session.scalars(query).all()):
        _delete_drafts(session, row.practice_id, ids)
        for model in (Findings, Suggestion, CauseDecision, DenialAnswer, DenialCourse, Attachment, TherapistAsk):
            session.execute(delete(model).where(model.practice_id == row.practice_id, model.denial_id.in_(ids)))
        session.execute(delete(Denial).where(Denial.practice_id == row.practice_id, Denial.id.in_(ids)))


def _delete_drafts(session: Session, practice_id: int, denial_ids: Sequence[int]) -> None:
    """Take these denials out of the letters they are in; a letter that is about nothing then goes."""
    links = select(AppealDenial.appeal_id).where(AppealDenial.practice_id == practice_id)
    appeals = set(session.scalars(links.where(AppealDenial.denial_id.in_(denial_ids))))
    session.execute(
        delete(AppealDenial).where(AppealDenial.practice_id == practice_id, AppealDenial.denial_id.in_(denial_ids))
    )
    appeals -= set(session.scalars(links.where(AppealDenial.appeal_id.in_(appeals))))
    for model in (LetterText, Letter, Attachment):
        session.execute(delete(model).where(model.practice_id == practice_id, model.appeal_id.in_(appeals)))
    session.execute(delete(Appeal).where(Appeal.practice_id == practice_id, Appeal.id.in_(appeals)))


def _delete_answers(session: Session, row: ImportFile) -> None:
    practice_id = row.practice_id
    payments = session.scalars(_payments(row)).all()
    for ids in chunks(payments):
        forget_payments(session, practice_id, ids)
        session.execute(
            update(ClaimPayment)
            .where(ClaimPayment.practice_id == practice_id, ClaimPayment.reversed_by_id.in_(ids))
            .values(reversed_by_id=None)
        )
        answered = DenialAnswer.practice_id == practice_id, DenialAnswer.claim_payment_id.in_(ids)
        touch_courses(session, practice_id, session.scalars(select(DenialAnswer.denial_id).where(*answered)))
        for model in (DenialAnswer, Adjustment, Remark):
            session.execute(delete(model).where(model.practice_id == practice_id, model.claim_payment_id.in_(ids)))
        _forget_first_answers(session, practice_id, ids)
        session.execute(
            delete(ServicePayment).where(
                ServicePayment.practice_id == practice_id, ServicePayment.claim_payment_id.in_(ids)
            )
        )
    mine = select(Remittance.id).where(Remittance.practice_id == practice_id, Remittance.import_id == row.id)
    for owned in (ProviderAdjustment, ClaimPayment):
        session.execute(delete(owned).where(owned.practice_id == practice_id, owned.remittance_id.in_(mine)))
    session.execute(delete(Remittance).where(Remittance.practice_id == practice_id, Remittance.import_id == row.id))


def _forget_first_answers(session: Session, practice_id: int, payment_ids: Sequence[int]) -> None:
    """Lines that only this file answered are unanswered again."""
    answered = select(ServicePayment.claim_line_id).where(
        ServicePayment.practice_id == practice_id, ServicePayment.claim_payment_id.in_(payment_ids)
    )
    otherwise = exists().where(
        ServicePayment.practice_id == practice_id,
        ServicePayment.claim_line_id == ClaimLine.id,
        ServicePayment.claim_payment_id.not_in(payment_ids),
    )
    alone = (ClaimLine.practice_id == practice_id, ClaimLine.id.in_(answered), ~otherwise)
    touch_days(session, practice_id, session.scalars(select(ClaimLine.first_remit_on).where(*alone).distinct()))
    session.execute(
        update(ClaimLine).where(*alone).values(first_remit_on=None).execution_options(synchronize_session=False)
    )


def _stand_as_before(session: Session, denial: Denial, status: str) -> None:
    query = select(DenialAnswer.kind, DenialAnswer.amount_cents, DenialAnswer.answered_on).where(
        DenialAnswer.practice_id == denial.practice_id, DenialAnswer.denial_id == denial.id
    )
    rows = session.execute(query.order_by(DenialAnswer.id)).all()
    answers = [Answer(AnswerKind(kind), cents) for kind, cents, _ in rows]
    standing = standing_after(answers)
    denial.times_denied = max(standing.times_denied, 1)
    denial.recovered_cents = max(standing.recovered_cents, 0)
    denial.is_open, denial.close_reason = standing.is_open, standing.close_reason
    denial.closed_on = None if standing.is_open or not rows else rows[-1].answered_on
    denial.status = status or denial.status
    starts = [rows[at - 1].answered_on for at in range(2, len(rows) + 1) if begins_anew(answers[:at])]
    notice_on = starts[-1] if starts else denial.denied_on
    if denial.clock == "file_by" and denial.notice_on != notice_on and denial.clock_rule != BY_HAND:
        running = Running("file_by", notice_on, None, 0)
        for name, value in recounted(session, denial, load(), running).items():
            setattr(denial, name, value)


def _delete_added_lines(session: Session, row: ImportFile) -> None:
    """Delete the lines that a list of denials gave to claims that were there, unless a payer answered them since."""
    answered = exists().where(
        ServicePayment.practice_id == ClaimLine.practice_id, ServicePayment.claim_line_id == ClaimLine.id
    )
    for ids in chunks(row.result.get("lines_added", [])):
        lines = (ClaimLine.practice_id == row.practice_id, ClaimLine.id.in_(ids), ~answered)
        session.execute(delete(ClaimLine).where(*lines).execution_options(synchronize_session=False))


def _delete_claims(session: Session, row: ImportFile) -> None:
    """Delete the claims this file made, unless another file or a person built on them."""
    practice_id = row.practice_id
    session.execute(delete(Submission).where(Submission.practice_id == practice_id, Submission.import_id == row.id))
    used = [
        exists().where(model.practice_id == Claim.practice_id, model.claim_id == Claim.id)
        for model in (ClaimPayment, Denial, Submission, Authorization, EligibilityCheck, PlanOfCare, RecordsRequest)
    ]
    query = select(Claim.id, Claim.patient_id, Claim.rendering_provider_id).where(
        Claim.practice_id == practice_id, Claim.import_id == row.id, *(~is_used for is_used in used)
    )
    rows = session.execute(query).all()
    for part in chunks(rows):
        ids = [claim.id for claim in part]
        for model in (NoteLink, ClaimLine):
            session.execute(delete(model).where(model.practice_id == practice_id, model.claim_id.in_(ids)))
        session.execute(delete(Claim).where(Claim.practice_id == practice_id, Claim.id.in_(ids)))
    session.execute(
        update(Claim)
        .where(Claim.practice_id == practice_id, Claim.import_id == row.id)
        .values(import_id=None)
        .execution_options(synchronize_session=False)
    )
    _delete_patients(session, practice_id, {claim.patient_id for claim in rows})
    _delete_providers(session, practice_id, {claim.rendering_provider_id for claim in rows} - {None})


def _delete_patients(session: Session, practice_id: int, patient_ids: set[int]) -> None:
    """Delete the patients nobody speaks of any more."""
    models = (Claim, Note, Denial, Authorization, EligibilityCheck, PlanOfCare, Appeal)
    merged = aliased(Patient)
    stays = exists().where(merged.practice_id == Patient.practice_id, merged.merged_into_id == Patient.id)
    for ids in chunks(patient_ids):
        used = [
            exists().where(model.practice_id == Patient.practice_id, model.patient_id == Patient.id) for model in models
        ]
        unused = (
            delete(Patient)
            .where(Patient.practice_id == practice_id, Patient.id.in_(ids), ~stays, *(~is_used for is_used in used))
            .execution_options(synchronize_session=False)
        )
        session.execute(regardless(unused))


def _delete_providers(session: Session, practice_id: int, provider_ids: set[int | None]) -> None:
    """Delete the clinicians no claim names any more."""
    used = exists().where(Claim.practice_id == practice_id, Claim.rendering_provider_id == Provider.id)
    session.execute(
        delete(Provider)
        .where(Provider.practice_id == practice_id, Provider.id.in_(provider_ids), ~used)
        .execution_options(synchronize_session=False)
    )
