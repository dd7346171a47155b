"""One file brought in: staged, checked by a person, stored, perhaps undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id
from tracker.models.sealed import SealedJson, SealedText


class ImportFile(Versioned, PracticeOwned, Base):
    """A file brought in; state is staged, storing, stored, known, cancelled, expired, undone, refused or held.

    Held is in quarantine: it is for numbers that are not the practice's (services/quarantine.py).

    ``batch`` groups files dropped together. ``preview`` is what the check page shows, ``skipped`` the keys of the
    denials a person unticked, ``result`` what was stored; ``came_by`` is "folder" for a file of the watched folder.
    """

    __tablename__ = "imports"
    __table_args__ = (
        belongs_to_practice(),
        Index("ix_imports_batch", "practice_id", "batch"),
        Index("ix_imports_hash", "practice_id", "content_hash"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    batch: Mapped[str] = mapped_column(String(32))
    filename: Mapped[str] = mapped_column(SealedText("imports.filename"))
    file_format: Mapped[str] = mapped_column(String(8))
    content_hash: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    preview: Mapped[dict[str, Any]] = mapped_column(SealedJson("imports.preview"), default=dict)
    skipped: Mapped[list[Any]] = mapped_column(SealedJson("imports.skipped"), default=list)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    came_by: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime | None]
    stored_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
