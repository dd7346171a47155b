"""Facts a person adds to a patient or a claim because a file did not bring them, or brought them wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.models import Claim, Event, Patient, Practice, Provider
from tracker.services.coverage import EditConflict
from tracker.services.patient_keys import PatientKeys


@dataclass(frozen=True, slots=True)
class Clinician:
    """Who treated; ``npi`` finds the same clinician on other claims."""

    npi: str
    name: str
    credential: str
    discipline: str


def edit_patient(
    session: Session, patient: Patient, seen_version: int, values: Mapping[str, Any], now: datetime, user_id: int
) -> bool:
    """Set a patient's facts; return whether any changed. Raises EditConflict when somebody else was quicker."""
    changed = _edit(session, patient, "patient", seen_version, values, now, user_id)
    if changed:
        keys = PatientKeys(session, patient.practice_id)
        patient.name_key = keys.name(patient.last_name, patient.first_name)
        patient.member_key = keys.member(patient.member_id)
        names_edited = update(Practice).where(Practice.id == patient.practice_id)
        session.execute(names_edited.values(name_edits=Practice.name_edits + 1))
    return changed


def edit_claim(  # what was typed of the claim, and of who treated
    session: Session,
    claim: Claim,
    seen_version: int,
    values: Mapping[str, Any],
    clinician: Clinician | None,
    now: datetime,
    user_id: int,
) -> bool:
    """Set a claim's facts and its clinician; return whether any changed. Raises EditConflict."""
    if claim.version != seen_version:
        raise EditConflict
    changes = dict(values)
    changed_clinician = False
    if clinician is not None:
        provider, changed_clinician = _provider(session, claim.practice_id, clinician)
        changes["rendering_provider_id"] = provider.id
    return _edit(session, claim, "claim", seen_version, changes, now, user_id) or changed_clinician


def _provider(session: Session, practice_id: int, clinician: Clinician) -> tuple[Provider, bool]:
    provider = session.scalar(
        select(Provider).where(Provider.practice_id == practice_id, Provider.npi == clinician.npi)
    )
    if provider is None:
        provider = Provider(practice_id=practice_id, npi=clinician.npi)
        session.add(provider)
    before = (provider.name, provider.credential, provider.discipline)
    provider.name, provider.credential, provider.discipline = (
        clinician.name,
        clinician.credential,
        clinician.discipline,
    )
    session.flush()
    return provider, before != (provider.name, provider.credential, provider.discipline)


def _edit(  # one row, one log entry
    session: Session,
    row: Patient | Claim,
    kind: str,
    seen_version: int,
    values: Mapping[str, Any],
    now: datetime,
    user_id: int,
) -> bool:
    if row.version != seen_version:
        raise EditConflict
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        # The log names the facts, never the values: they identify people.
        event = Event(
            practice_id=row.practice_id, at=now, user_id=user_id, kind=f"{kind}_edited", subject_kind=kind,
            subject_id=row.id, details={"facts": changed},
        )  # fmt: skip
        session.add(event)
    session.flush()
    return bool(changed)
