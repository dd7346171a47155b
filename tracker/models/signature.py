"""The picture of a person's signature."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global
from tracker.models.sealed import SealedBytes


class Signature(Global, Base):
    """A PNG made by us of what the person uploaded; nobody else signs with it or sees it but in signed letters."""

    __tablename__ = "signatures"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(SealedBytes("signatures.content"))
    added_at: Mapped[datetime]
