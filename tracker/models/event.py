"""What happened, to what, by whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice
from tracker.models.sealed import SealedJson


class Event(PracticeOwned, Base):
    """One change or act; ``details`` holds ids and plain words, never a patient's name. ``undone`` when reverted."""

    __tablename__ = "events"
    __table_args__ = (belongs_to_practice(), Index("ix_events_subject", "practice_id", "subject_kind", "subject_id"))

    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(SealedJson("events.details"), default=dict)
    undone: Mapped[bool] = mapped_column(default=False)
