"""A picture that a practice's letters show: its logo, or the signature a letter was signed with."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice
from tracker.models.sealed import SealedBytes


class Picture(PracticeOwned, Base):
    """A PNG made by us, named by its hash and never changed: a signed letter shows the very one it was signed with."""

    __tablename__ = "pictures"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "content_hash"))

    content_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(SealedBytes("pictures.content"))
    added_at: Mapped[datetime]
