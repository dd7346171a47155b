"""The patient's authorization to give a protected note away."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key
from tracker.models.sealed import SealedBytes, SealedText


class NoteConsent(PracticeOwned, Base):
    """An authorization on file: when it was signed, until when it holds, who may get what, and the paper or its place.

    The newest of a note counts; earlier ones stay on record.
    """

    __tablename__ = "note_consents"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("note_id", "notes"),
        Index("ix_note_consents_note", "practice_id", "note_id"),
    )

    note_id: Mapped[int]
    signed_on: Mapped[date]
    until_on: Mapped[date | None]
    covers: Mapped[str] = mapped_column(SealedText("note_consents.covers"))
    kept_at: Mapped[str] = mapped_column(SealedText("note_consents.kept_at"), default="")
    paper: Mapped[bytes | None] = mapped_column(SealedBytes("note_consents.paper"))
    content_type: Mapped[str] = mapped_column(String(80), default="")
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
