"""Files that wait for a person: a scan beside the form that logs a denial, a document whose notes are looked over.

They are kept for a day; a scan stays with the denial that is logged from it.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from tracker.models import Attachment, Denial
from tracker.services.added_files import AddedFile
from tracker.services.denial_files import keep_paper

KIND, OF_A_DENIAL, DOCUMENT = "scan", "eob", "notes"
KEPT = timedelta(days=1)


def keep_waiting(
    session: Session, practice_id: int, kind: str, file: AddedFile, now: datetime, user_id: int
) -> Attachment:
    """Keep a scan or a document that waits; the same file added again by the same person is kept once."""
    row = file.attachment(practice_id, kind, now, user_id)
    known = session.scalar(
        select(Attachment).where(
            Attachment.practice_id == practice_id, Attachment.kind == kind, Attachment.added_by_id == user_id,
            Attachment.content_hash == row.content_hash,
        )
    )  # fmt: skip
    if known is not None:
        known.added_at = now
        return known
    session.add(row)
    session.flush()
    return row


def scan_of(session: Session, public_id: str, user_id: int) -> Attachment | None:
    """Return a scan that this person added: one that waits, or one already kept with a denial of the same paper."""
    query = select(Attachment).where(
        Attachment.public_id == public_id, Attachment.kind.in_((KIND, OF_A_DENIAL)), Attachment.added_by_id == user_id
    )
    return session.scalar(query.options(defer(Attachment.content)))


def document_of(session: Session, public_id: str, user_id: int) -> Attachment | None:
    """Return a document with notes that this person brought and that waits to be looked over."""
    query = select(Attachment).where(
        Attachment.public_id == public_id, Attachment.kind == DOCUMENT, Attachment.added_by_id == user_id
    )
    return session.scalar(query.options(defer(Attachment.content)))


def keep_with_denial(session: Session, scan: Attachment, denial: Denial, now: datetime, user_id: int) -> None:
    """Make a scan the paper of a denial; one that another denial has, or that waits at another practice, is copied."""
    if scan.kind == KIND and scan.practice_id == denial.practice_id:
        scan.kind, scan.denial_id = OF_A_DENIAL, denial.id
        session.flush()
        return
    file = AddedFile(scan.title, scan.content_type, scan.content, scan.pages or 1)
    keep_paper(session, denial, OF_A_DENIAL, file, now, user_id)
    if scan.kind == KIND:
        session.delete(scan)
        session.flush()


def drop_old_scans(session: Session, now: datetime) -> int:
    """Delete the scans and documents that nothing was made of within a day; return how many."""
    old = Attachment.kind.in_((KIND, DOCUMENT)), Attachment.denial_id.is_(None), Attachment.added_at < now - KEPT
    ids = session.execute(select(Attachment.practice_id, Attachment.id).where(*old)).all()
    for practice_id, row_id in ids:
        session.execute(delete(Attachment).where(Attachment.practice_id == practice_id, Attachment.id == row_id))
    return len(ids)
