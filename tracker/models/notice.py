"""What a person is told on the next page about their account."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global


class Notice(Global, Base):
    """Something that happened to an account or was done by it: shown on every page until the person has read it.

    ``about`` is one of ``services.user_mail.About``, ``words`` what belongs to it (a browser's name), never a secret.
    ``session_id`` is the session that did it: there it is not shown, so that a thief cannot put it away.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_unread", "user_id", "read_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    about: Mapped[str] = mapped_column(String(20))
    words: Mapped[str | None] = mapped_column(String(120))
    session_id: Mapped[int | None]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
