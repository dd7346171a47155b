"""How much a practice keeps, against the room that is set aside for it (security.md C-26, ASVS 5.2.4)."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import LargeBinary, func, select, type_coerce
from sqlalchemy.orm import Session

from tracker.models import Attachment, Note, Practice, RawFile
from tracker.models.protection import regardless

_MB = 1_000_000
_WARN_PERCENT = 90


class NoRoom(Exception):  # noqa: N818  # says what to do
    """Raised when a file does not fit into a practice's room; the message says the figures and what to do."""


class Room(NamedTuple):
    """The bytes of a practice's imported files, papers and notes, and how many there may be."""

    used: int
    most: int

    @property
    def percent(self) -> int:
        """How much of the room is taken, rounded down."""
        return self.used * 100 // self.most

    @property
    def is_nearly_full(self) -> bool:
        """Whether nine tenths are taken."""
        return self.percent >= _WARN_PERCENT


def room_of(session: Session, practice: Practice, practice_mb: int) -> Room:
    """Return what a practice keeps, as it lies sealed in the database, and its room in bytes.

    That is its own room where the operator gave it one, else ``practice_mb`` million bytes.
    """
    return Room(sum(_kept(session, practice.id)), (practice.room_mb or practice_mb) * _MB)


def _kept(session: Session, practice_id: int) -> Iterable[int]:
    for model, column in ((RawFile, RawFile.content), (Attachment, Attachment.content), (Note, Note.text)):
        length = func.length(type_coerce(column, LargeBinary))
        query = select(func.coalesce(func.sum(length), 0)).where(model.practice_id == practice_id)
        yield session.scalar(regardless(query)) or 0


def require_room(session: Session, practice: Practice, size: int, practice_mb: int) -> None:
    """Raise NoRoom when ``size`` more bytes would be more than a practice may keep.

    Asked for what people bring. What the tracker makes itself, such as a signed packet, is counted and never refused.
    """
    room = room_of(session, practice, practice_mb)
    if room.used + size > room.most:
        raise NoRoom(
            f"{practice.name} keeps {megabytes(room.used)} of the {megabytes(room.most)} it has room for, and this "
            f"file has {megabytes(size)}. Nothing was kept. Ask who runs the tracker for more room, or to have old "
            "imported files removed"
        )


def megabytes(size: int) -> str:
    """Return a size as it is shown here: ``19,998.2 MB``."""
    return f"{size / _MB:,.1f} MB"
