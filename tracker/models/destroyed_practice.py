"""The proof that a practice was destroyed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global


class DestroyedPractice(Global, Base):
    """What was destroyed, when, at whose wish, and how many rows of each table; nothing of a patient.

    ``deleted_by`` is the sign-in name of then. Backups made before ``destroyed_at`` may still hold the practice.
    """

    __tablename__ = "destroyed_practices"

    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    deleted_at: Mapped[datetime]
    deleted_by: Mapped[str] = mapped_column(String(120))
    destroyed_at: Mapped[datetime]
    rows: Mapped[dict[str, Any]] = mapped_column(JSON)
