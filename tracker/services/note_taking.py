"""A note comes in: kept, linked, questions about it answered, the causes of its claims looked for again."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.domain.protection import is_protected
from tracker.knowledge import Knowledge
from tracker.models import Patient
from tracker.services.asking import end_asks_of_claims
from tracker.services.diagnosing import diagnose_claims
from tracker.services.linking import link_by_hand
from tracker.services.notes import AddedNote, NewNote, add_note


def take_note(  # noqa: PLR0913  # what comes in, for whom, when
    session: Session,
    patient: Patient,
    new: NewNote,
    knowledge: Knowledge,
    now: datetime,
    today: date,
    user_id: int,
    *,
    claim_id: int | None = None,
) -> AddedNote:
    """Keep a note of a patient and do what follows from it; ``claim_id`` is a claim it is for, whatever its day.

    Raises NoteError when there is no text.
    """
    added = add_note(session, patient, new, now, user_id)
    if claim_id is not None and claim_id not in added.claim_ids:
        link_by_hand(session, patient.practice_id, claim_id, added.note.id)
    claims = sorted({*added.claim_ids, *([claim_id] if claim_id is not None else [])})
    if added.is_new and not is_protected(added.note.protection):
        end_asks_of_claims(session, patient.practice_id, claims, today)
    diagnose_claims(session, patient.practice_id, claims, knowledge, today)
    return added
