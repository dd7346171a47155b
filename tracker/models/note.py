"""A clinical document: its text, sealed, reached by key."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.protection import Protection
from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key
from tracker.models.sealed import SealedText


class Note(Versioned, PracticeOwned, Base):
    """A note of one patient and one date of service, as the EMR printed it; ``protection`` is a Protection."""

    __tablename__ = "notes"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("patient_id", "patients"),
        Index("ix_notes_patient_date", "practice_id", "patient_id", "service_date"),
        UniqueConstraint("practice_id", "patient_id", "service_date", "text_hash"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    patient_id: Mapped[int]
    service_date: Mapped[date | None]
    kind: Mapped[str] = mapped_column(String(20), default="daily")
    discipline: Mapped[str] = mapped_column(String(3), default="")
    protection: Mapped[str] = mapped_column(String(13), default=Protection.ORDINARY, server_default=Protection.ORDINARY)
    author: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(SealedText("notes.text"))
    text_hash: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
