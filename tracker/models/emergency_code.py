"""A sealed code that opens a practice to one person when nobody who may can sign in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, new_public_id


class EmergencyCode(Global, Base):
    """A code that an owner made for a person in a practice: only its hash is kept, and it opens once.

    It is looked up before anybody is signed in, so it is the installation's, as a session is.
    """

    __tablename__ = "emergency_codes"

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practices.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
