"""One likely (or ruled-out) root cause of a denial."""

from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key
from tracker.models.sealed import SealedJson


class Suggestion(PracticeOwned, Base):
    """A suggested cause, best first. What a person says of it is a ``CauseDecision``: suggestions are replaced.

    ``reasons`` hold the ``kind`` (``tracker.diagnosis.ReasonKind``) and the ``words`` of each.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("denial_id", "denials"),
        Index("ix_suggestions_denial", "practice_id", "denial_id"),
    )

    denial_id: Mapped[int]
    rank: Mapped[int]
    ruled_out: Mapped[bool] = mapped_column(default=False)
    root_cause: Mapped[str] = mapped_column(String(40))
    path: Mapped[str] = mapped_column(String(20))
    strength: Mapped[str] = mapped_column(String(8))
    rules: Mapped[list[Any]] = mapped_column(JSON, default=list)
    reasons: Mapped[list[Any]] = mapped_column(SealedJson("suggestions.reasons"), default=list)
    evidence: Mapped[list[Any]] = mapped_column(SealedJson("suggestions.evidence"), default=list)
    against: Mapped[list[Any]] = mapped_column(SealedJson("suggestions.against"), default=list)
    cure: Mapped[str | None] = mapped_column(Text)
    letter: Mapped[str | None] = mapped_column(String(8))
    knowledge_version: Mapped[str] = mapped_column(String(64))
