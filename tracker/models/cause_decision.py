"""What a person said about a root cause of a denial; kept apart from suggestions, which are made anew."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key
from tracker.models.sealed import SealedText


class CauseDecision(PracticeOwned, Base):
    """A cause accepted (at most one of a denial) or rejected, suggested or not, by whom and when.

    ``reason`` is what the person gave for a rejection, if anything. What stood before is in the events.
    """

    __tablename__ = "cause_decisions"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("denial_id", "denials"),
        UniqueConstraint("practice_id", "denial_id", "root_cause"),
    )

    denial_id: Mapped[int]
    root_cause: Mapped[str] = mapped_column(String(40))
    decision: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(SealedText("cause_decisions.reason"), default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime]
