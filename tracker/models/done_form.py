"""A form that was done, so that the same form sent again does nothing twice."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global


class DoneForm(Global, Base):
    """Where a person's form led; ``key_hash`` is a hash of its one-time mark and of what was typed."""

    __tablename__ = "done_forms"
    __table_args__ = (UniqueConstraint("user_id", "key_hash"), Index("ix_done_forms_done", "done_at"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key_hash: Mapped[str] = mapped_column(String(64))
    done_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(500), default="")
