"""Leave to sign in somebody's name."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, new_public_id


class SigningPermission(PracticeOwned, Base):
    """``signer_id`` lets ``helper_id`` sign letters in their name from one day to another, until they take it back."""

    __tablename__ = "signing_permissions"
    __table_args__ = (belongs_to_practice(), Index("ix_signing_permissions_helper", "practice_id", "helper_id"))

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    signer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    helper_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
