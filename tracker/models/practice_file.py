"""A whole practice in one encrypted file, on its way out or in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, new_public_id
from tracker.models.sealed import SealedText


class PracticeFile(Global, Base):
    """An export made here, or a file brought here to take a practice in; the file lies in the data folder for a day.

    ``way`` is out or in. ``state``: waiting (for its job), ready (to download, or looked at), taking (being taken in),
    taken, failed, gone. ``practice_id`` is whose export it is; a file on its way in has none. ``passphrase`` is kept,
    sealed, only until the work is done. ``told`` holds counts and names of tables, people and payers, no patient's.
    """

    __tablename__ = "practice_files"

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    way: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practices.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(10))
    with_protected: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str | None] = mapped_column(String(120))
    size: Mapped[int | None]
    passphrase: Mapped[str | None] = mapped_column(SealedText("practice_files.passphrase"))
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    problem: Mapped[str | None] = mapped_column(String(300))
