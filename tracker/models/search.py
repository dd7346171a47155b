"""A search whose words must not stand in a URL."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, new_public_id
from tracker.models.sealed import SealedText


class Search(Global, Base):
    """Search words by a short-lived id: they can hold a patient's name or a claim number."""

    __tablename__ = "searches"

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    words: Mapped[str] = mapped_column(SealedText("searches.words"))
    expires_at: Mapped[datetime]
