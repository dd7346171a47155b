"""Wrong sign-ins, counted per account and per address."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base


class SignInTries(Base):
    """``key`` is a hash of a sign-in name (whether there is such an account or not) or of an address."""

    __tablename__ = "sign_in_tries"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    waits_until: Mapped[datetime | None]
