"""How a practice's letters look and who may sign them."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.letters.facts import PracticeFacts
from tracker.letters.pictures import name_of
from tracker.models import Event, Practice


def practice_facts(row: Practice) -> PracticeFacts:
    """Return what letters say of a practice, with its logo."""
    return PracticeFacts(
        row.name, row.npi or "", row.tin, row.address, row.phone, row.fax, name_of(row.logo_hash), row.logo_words
    )


def set_signing_rules(  # what is set for whom, when
    session: Session,
    practice: Practice,
    now: datetime,
    user_id: int,
    *,
    own_names_only: bool,
    clinicians_only: bool,
    write_off_limit_cents: int | None,
) -> None:
    """Set who signs a practice's letters and which write-offs wait for approval; what changed is logged."""
    values = {
        "own_names_only": own_names_only, "clinicians_only": clinicians_only,
        "write_off_limit_cents": write_off_limit_cents,
    }  # fmt: skip
    changes = {
        name: [getattr(practice, name), value] for name, value in values.items() if getattr(practice, name) != value
    }
    for name, (_, value) in changes.items():
        setattr(practice, name, value)
    if changes:
        session.add(
            Event(
                practice_id=practice.id, at=now, user_id=user_id, kind="signing_rules", subject_kind="practice",
                subject_id=practice.id, details={"changes": changes},
            )
        )  # fmt: skip
