"""Which note belongs to which claim: by patient, date of service and discipline, or by a person's choice."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.db import insert_rows
from tracker.models import Claim, ClaimLine, Note, NoteLink, Provider
from tracker.models.base import take_ids
from tracker.services.cases import discipline_of
from tracker.services.known_claims import chunks


def link_claims(session: Session, practice_id: int, claim_ids: Sequence[int]) -> int:
    """Link claims to the notes of their patients on their dates of service; return how many links were made.

    A link a person took away is not made again.
    """
    if session.scalar(select(Note.id).where(Note.practice_id == practice_id).limit(1)) is None:
        return 0
    return sum(_link(session, practice_id, part, None) for part in chunks(claim_ids))


def link_note(session: Session, note: Note) -> list[int]:
    """Link a note to the claims it fits; return the ids of all claims of its patient and day."""
    claim_ids = list(
        session.scalars(
            select(Claim.id)
            .join(ClaimLine, and_(ClaimLine.practice_id == Claim.practice_id, ClaimLine.claim_id == Claim.id))
            .where(
                Claim.practice_id == note.practice_id,
                Claim.patient_id == note.patient_id,
                ClaimLine.service_date == note.service_date,
            )
            .distinct()
        )
    )
    for part in chunks(claim_ids):
        _link(session, note.practice_id, part, note.id)
    return claim_ids


def link_by_hand(session: Session, practice_id: int, claim_id: int, note_id: int) -> NoteLink:
    """Link a note to a claim because a person says so."""
    link = _find(session, practice_id, claim_id, note_id)
    if link is None:
        link = NoteLink(practice_id=practice_id, claim_id=claim_id, note_id=note_id)
        session.add(link)
    link.by_hand, link.removed = True, False
    session.flush()
    return link


def unlink(session: Session, practice_id: int, claim_id: int, note_id: int) -> None:
    """Take a note away from a claim; the link is kept as removed, so that it does not come back by itself."""
    link = _find(session, practice_id, claim_id, note_id)
    if link is not None:
        link.by_hand, link.removed = True, True
        session.flush()


def _find(session: Session, practice_id: int, claim_id: int, note_id: int) -> NoteLink | None:
    return session.scalar(
        select(NoteLink).where(
            NoteLink.practice_id == practice_id, NoteLink.claim_id == claim_id, NoteLink.note_id == note_id
        )
    )


def _link(session: Session, practice_id: int, claim_ids: Iterable[int], note_id: int | None) -> int:
    query = (
        select(Claim.id, Note.id, Note.discipline, Provider.discipline, ClaimLine.modifiers)
        .join(ClaimLine, and_(ClaimLine.practice_id == Claim.practice_id, ClaimLine.claim_id == Claim.id))
        .join(
            Note,
            and_(
                Note.practice_id == Claim.practice_id,
                Note.patient_id == Claim.patient_id,
                Note.service_date == ClaimLine.service_date,
            ),
        )
        .outerjoin(
            Provider, and_(Provider.practice_id == Claim.practice_id, Provider.id == Claim.rendering_provider_id)
        )
        .outerjoin(
            NoteLink,
            and_(NoteLink.practice_id == Claim.practice_id, NoteLink.claim_id == Claim.id, NoteLink.note_id == Note.id),
        )
        .where(Claim.practice_id == practice_id, Claim.id.in_(claim_ids), NoteLink.id.is_(None))
    )
    if note_id is not None:
        query = query.where(Note.id == note_id)
    wanted: list[tuple[int, int]] = []
    # Sorted here: asked to sort, SQLite reads all notes of the practice in order instead of using its indexes.
    found = sorted(session.execute(query).all(), key=lambda row: (row[0], row[1]))
    for (claim_id, its_note), group in groupby(found, key=lambda row: (row[0], row[1])):
        rows = list(group)
        noted = rows[0][2]
        billed = {discipline_of(row[4].split(), row[3]) for row in rows} - {""}
        if not noted or not billed or noted in billed:
            wanted.append((claim_id, its_note))
    ids = take_ids(len(wanted))
    insert_rows(
        session,
        NoteLink,
        ("practice_id", "id", "note_id", "claim_id", "by_hand", "removed"),
        [(practice_id, row_id, note, claim, False, False) for row_id, (claim, note) in zip(ids, wanted, strict=True)],
    )
    return len(wanted)
