"""Papers of a denial: the EOB it was logged from, the payer's letters, proof of when a notice came."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from tracker.models import Attachment, Denial
from tracker.services.added_files import AddedFile

# The kinds of paper, as their titles.
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "request": "Request for records",
        "eob": "EOB or denial letter",
        "extension": "Letter that grants more time",
        "receipt": "Proof of receipt of the notice",
    }
)


def keep_paper(session: Session, denial: Denial, kind: str, file: AddedFile, now: datetime, user_id: int) -> Attachment:
    """Keep a paper of a kind of TITLES with its denial."""
    row = file.attachment(denial.practice_id, kind, now, user_id, denial_id=denial.id)
    session.add(row)
    session.flush()
    return row


def papers_of(session: Session, practice_id: int, denial_ids: Sequence[int]) -> Sequence[Attachment]:
    """Return the papers of some denials, oldest first; their bytes are read only when they are asked for."""
    query = select(Attachment).where(Attachment.practice_id == practice_id, Attachment.denial_id.in_(denial_ids))
    return session.scalars(query.options(defer(Attachment.content)).order_by(Attachment.id)).all()
