"""One rule's answer for one denied line."""

from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class Finding(PracticeOwned, Base):
    """A rule's answer: passed, failed, not_shown or not_applicable, with its reason and quotes."""

    __tablename__ = "findings"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("denial_id", "denials"),
        Index("ix_findings_denial", "practice_id", "denial_id"),
    )

    denial_id: Mapped[int]
    rule_id: Mapped[str] = mapped_column(String(60))
    result: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[list[Any]] = mapped_column(JSON, default=list)
    knowledge_version: Mapped[str] = mapped_column(String(64))
