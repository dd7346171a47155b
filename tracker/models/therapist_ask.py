"""One asking of a therapist about what a note does not show."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class TherapistAsk(PracticeOwned, Base):
    """Who was asked about a denial, on which day, and by when an answer is wanted; ``rules`` are those asked about.

    ``ended_on`` is the day the answer came, a note of the visit was added, or somebody asked again: of the asks of a
    denial one at most has none.
    """

    __tablename__ = "therapist_asks"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("denial_id", "denials"),
        Index("ix_therapist_asks_denial", "practice_id", "denial_id", "ended_on", "answer_by"),
        Index("ix_therapist_asks_late", "practice_id", "ended_on", "answer_by", "denial_id"),
    )

    denial_id: Mapped[int]
    asked_of: Mapped[str] = mapped_column(String(120), default="")
    rules: Mapped[list[Any]] = mapped_column(JSON, default=list)
    asked_on: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    answer_by: Mapped[date]
    ended_on: Mapped[date | None]
