"""The keys a practice's data is sealed with, wrapped by the installation's master key."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base


class PracticeKey(Base):
    """One version of a practice's keys. Deleting all of them makes the practice's data unreadable for good."""

    __tablename__ = "practice_keys"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practices.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
