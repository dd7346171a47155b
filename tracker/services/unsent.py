"""Claims to check before they go out: stored ones nobody answered, and those of a file; nothing is stored."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from tracker.domain.case import (
    Case,
    CaseClaim,
    CaseLine,
    CaseNote,
    CasePatient,
    CasePayer,
    CasePractice,
    CaseProvider,
    History,
)
from tracker.domain.claim import DISCIPLINE_OF_TAXONOMY, BilledClaim, Provider
from tracker.importers.case_file import read_case
from tracker.importers.x837p import read_837p
from tracker.models import Claim, ClaimPayment, Payer, PayerProfile, Practice
from tracker.services.case_payers import case_payer
from tracker.services.payers import payer_kind

MOST_CLAIMS = 200


def unanswered_claims(session: Session, most: int = 50) -> Sequence[Claim]:
    """Return the claims of the session's practices that no remittance has answered, newest first."""
    answer = exists().where(and_(ClaimPayment.practice_id == Claim.practice_id, ClaimPayment.claim_id == Claim.id))
    query = select(Claim).where(~answer, Claim.source != "835").order_by(Claim.service_from.desc(), Claim.id.desc())
    return session.scalars(query.limit(most)).all()


def cases_of_file(data: bytes, practice: Practice, today: date) -> list[Case]:
    """Return the claims of a case file (denial-case/1) or an 837P, 200 at most.

    Raises ImportProblem when it is neither, or cannot be read.
    """
    if data.lstrip()[:1] in {b"{", b"["}:
        return [read_case(data)]
    claims = (claim for batch in read_837p(data) for claim in batch.claims)
    return [case_of_billed(claim, practice, today) for claim in islice(claims, MOST_CLAIMS)]


def case_of_billed(claim: BilledClaim, practice: Practice, today: date) -> Case:
    """Return the case of a claim as an 837P has it: without notes, history and answer."""
    lines = tuple(
        CaseLine(
            line.line, line.service_from, line.code, line.modifiers, line.units, line.charge_cents,
            line.diagnosis_pointers,
        )
        for line in claim.lines
        if line.service_from is not None
    )  # fmt: skip
    return Case(
        case_id=claim.control_number,
        payer=CasePayer(claim.payer_name, payer_kind(claim.payer_name, claim.filing_code)),
        practice=CasePractice(practice.setting, claim.billing.npi, claim.billing.name),
        patient=CasePatient("P-1"),
        claim=CaseClaim(
            claim.control_number, claim.original_reference or None, claim.frequency_code, claim.submitted_on,
            claim.place_of_service or None, claim.diagnoses, claim.prior_authorization or None,
            _provider(claim.referring), _provider(claim.rendering), lines,
        ),
        remittance=None,
        history=History(as_of=today),
    )  # fmt: skip


def with_own_figures(session: Session, practice: Practice, case: Case) -> Case:
    """Return a case with what the practice set for its payer, where a payer of that name is on file."""
    query = select(Payer.kind, PayerProfile).outerjoin(
        PayerProfile, and_(PayerProfile.payer_id == Payer.id, PayerProfile.practice_id == practice.id)
    )
    found = session.execute(query.where(func.lower(Payer.name) == case.payer.name.lower()).limit(1)).first()
    if found is None or found.PayerProfile is None or found.kind != case.payer.kind:
        return case
    own: PayerProfile = found.PayerProfile
    day = min((line.service_date for line in case.claim.lines if line.service_date), default=case.history.as_of)
    return replace(case, payer=case_payer(case.payer.name, case.payer.kind, own, day, day))


def _provider(provider: Provider | None) -> CaseProvider | None:
    if provider is None:
        return None
    return CaseProvider(provider.name, provider.npi or None, None, DISCIPLINE_OF_TAXONOMY.get(provider.taxonomy[:4]))


def typed_case(
    payer: CasePayer,
    practice: Practice,
    lines: tuple[CaseLine, ...],
    diagnoses: tuple[str, ...],
    note: str,
    today: date,
) -> Case:
    """Return the case of a claim somebody typed, with the visit's note if there is one."""
    day = lines[0].service_date
    notes = (CaseNote("daily", day, None, note),) if note.strip() else ()
    return Case(
        case_id="typed",
        payer=payer,
        practice=CasePractice(practice.setting, practice.npi or "", practice.name),
        patient=CasePatient("P-1"),
        claim=CaseClaim("", None, "1", today, None, diagnoses, None, None, None, lines),
        remittance=None,
        history=History(as_of=today),
        notes=notes,
    )
