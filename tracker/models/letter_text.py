"""What a letter said at each save, so that nothing a person wrote is lost."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, new_public_id, owned_key
from tracker.models.sealed import SealedJson


class LetterText(PracticeOwned, Base):
    """A letter's template and ``fields`` (paragraphs, quotes, typed facts) as one save left them."""

    __tablename__ = "letter_texts"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("letter_id", "letters"),
        owned_key("appeal_id", "appeals"),
        Index("ix_letter_texts_letter", "practice_id", "letter_id", "saved_at"),
        Index("ix_letter_texts_appeal", "practice_id", "appeal_id"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    letter_id: Mapped[int]
    appeal_id: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    template: Mapped[str] = mapped_column(String(60))
    fields: Mapped[dict[str, Any]] = mapped_column(SealedJson("letter_texts.fields"), default=dict)
