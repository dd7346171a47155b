"""What one owner of a practice asks and another has to confirm."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id


class OwnerRequest(Versioned, PracticeOwned, Base):
    """An act that destroys something and waits for a second owner (security.md C-55).

    ``kind`` is delete (hide the practice, then destroy it) or keep_files (keep imported files ``months`` only).
    ``state``: open, confirmed, declined, withdrawn, expired.
    """

    __tablename__ = "owner_requests"
    __table_args__ = (belongs_to_practice(),)

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    kind: Mapped[str] = mapped_column(String(10))
    months: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
