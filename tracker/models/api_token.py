"""A key with which a program works for a person in one practice."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, new_public_id


class ApiToken(Global, Base):
    """A token: only its hash is kept. ``verbs`` are words of ``domain.token_verbs`` with a space between.

    It is looked up before anybody knows the practice, so it is the installation's, as a session is.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_practice", "practice_id", "user_id"),)

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practices.id"))
    name: Mapped[str] = mapped_column(String(60))
    verbs: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
