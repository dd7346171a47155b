"""Which column of a program's list of denials is what, kept under a name."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, new_public_id
from tracker.models.sealed import SealedJson, SealedText


class BacklogMapping(PracticeOwned, Base):
    """The columns of lists with the same headers: ``columns`` names facts with their places from 0.

    ``headers_key`` is a hash of the headers, by which the mapping is used again by itself. The name is sealed: people
    put names of patients into such things.
    """

    __tablename__ = "backlog_mappings"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "headers_key"))

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(SealedText("backlog_mappings.name"))
    headers_key: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, Any]] = mapped_column(SealedJson("backlog_mappings.columns"))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
