"""The claims that a note is used for."""

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.models import Claim, Note, NoteLink


def claims_of_note(session: Session, note: Note) -> Sequence[Claim]:
    """Return the claims a note is linked to, in order of their visits."""
    query = (
        select(Claim)
        .join(NoteLink, and_(NoteLink.practice_id == Claim.practice_id, NoteLink.claim_id == Claim.id))
        .where(NoteLink.practice_id == note.practice_id, NoteLink.note_id == note.id, NoteLink.removed.is_(False))
    )
    return session.scalars(query.order_by(Claim.service_from)).all()
