"""A signed-in browser."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, new_public_id


class UserSession(Global, Base):
    """A session: only the hash of the cookie's token is kept; ``practice_id`` is the switcher's choice.

    ``awaits_code``: the password was right, the second factor is still owed. ``proved_at`` is when the person last gave
    a password or code, ``has_second_factor`` whether one of them was a second factor. ``emergency_id`` is the sealed code
    that opened it: then it only reads, in the practice of the code.
    """

    __tablename__ = "sessions"

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practices.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    proved_at: Mapped[datetime]
    awaits_code: Mapped[bool] = mapped_column(default=False)
    has_second_factor: Mapped[bool] = mapped_column(default=False)
    emergency_id: Mapped[int | None] = mapped_column(ForeignKey("emergency_codes.id"))
    browser: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
