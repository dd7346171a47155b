"""A letter whose text a practice wrote."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice


class OwnTemplate(Versioned, PracticeOwned, Base):
    """A practice's version of a shipped letter, or a letter of its own made from one.

    ``template`` is the id letters keep: that of the shipped letter (``L12``), or ``P01`` for a letter of its own, which
    has a ``title``. ``edition`` is the number of the text in use; 0 means the shipped text again. ``is_offered`` says
    whether new letters may be made of it.
    """

    __tablename__ = "own_templates"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "template"))

    template: Mapped[str] = mapped_column(String(10))
    based_on: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120), default="")
    edition: Mapped[int]
    is_offered: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
