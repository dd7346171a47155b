"""One text of a letter that a practice wrote; kept for good, since signed letters name it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class TemplateEdition(PracticeOwned, Base):
    """A text as one save left it: the letter's HTML, the default texts by the paragraph's key, and their hash."""

    __tablename__ = "template_editions"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("own_template_id", "own_templates"),
        UniqueConstraint("practice_id", "own_template_id", "number"),
    )

    own_template_id: Mapped[int]
    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    paragraphs: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
