"""What no file brings to the demo: notes, authorizations, coverage, plans, receipts, the therapists' credentials."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.demo.cast import Clinician
from tracker.demo.notes import note_text
from tracker.demo.visits import Visit
from tracker.models import Authorization, Claim, EligibilityCheck, Patient, PlanOfCare, Practice, Provider
from tracker.services.coverage import PARTS, TypedPart, add_submission, save_part
from tracker.services.known_claims import control_key
from tracker.services.notes import NewNote, add_note

_PARTS = {"authorization": Authorization, "eligibility": EligibilityCheck, "plan": PlanOfCare}
# Columns that are text are empty, not null, when nothing is known.
_NOTHING = {"number": "", "codes": "", "other_coverage": "", "certified_by": "", "interventions": ""}


def keep_records(session: Session, practice: Practice, visits: Sequence[Visit]) -> None:
    """Keep the notes of visits that have one, and what is on file about their claims."""
    told = [visit for visit in visits if visit.note or visit.on_file or visit.proof_on]
    keys = [control_key(visit.control) for visit in told]
    found = session.scalars(select(Claim).where(Claim.practice_id == practice.id, Claim.control_key.in_(keys)))
    claims = {claim.control_key: claim for claim in found}
    for visit in told:
        claim = claims[control_key(visit.control)]
        _add_note(session, claim, visit)
        _add_coverage(session, claim, visit)


def _add_note(session: Session, claim: Claim, visit: Visit) -> None:
    if not visit.note:
        return
    clinician = visit.episode.clinician
    new = NewNote(
        note_text(visit), visit.day, "evaluation" if visit.number == 1 else "daily", clinician.discipline,
        clinician.signature,
    )  # fmt: skip
    patient = session.get_one(Patient, (claim.practice_id, claim.patient_id))
    add_note(session, patient, new, datetime.combine(visit.day + timedelta(days=1), time(13, 30), UTC), None)


def _add_coverage(session: Session, claim: Claim, visit: Visit) -> None:
    for name, known in visit.on_file.items():
        model = _PARTS[name]
        values = {column: known.get(column, _NOTHING.get(column)) for column in PARTS[model]}
        save_part(session, claim.practice_id, claim.patient_id, claim.id, TypedPart(model, values, None))
    if visit.proof_on is not None:
        add_submission(session, claim, visit.proof_on, "277CA", "277CA: accepted by the payer")


def name_clinicians(session: Session, practice: Practice, clinicians: Sequence[Clinician]) -> None:
    """Give the therapists, whom files name without it, their credentials."""
    for clinician in clinicians:
        row = update(Provider).where(Provider.practice_id == practice.id, Provider.npi == clinician.provider.npi)
        session.execute(row.values(credential=clinician.credential, discipline=clinician.discipline))
