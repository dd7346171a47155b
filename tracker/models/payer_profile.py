"""What a practice knows of a payer that differs from the default of its kind."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice


class PayerProfile(Versioned, PracticeOwned, Base):
    """A practice's own figures for a payer; null means the default of the payer's kind.

    ``named`` is the large payer of the reference data that the practice says this one is. ``limits`` holds time limits
    that were set or checked by key (``tracker.domain.own_limits``), ``habits`` those of
    ``tracker.domain.payer_habits`` that were set, by name.
    The ``packet_`` limits are what its portal or fax takes: files, megabytes in a file and in all, pages in a file.
    """

    __tablename__ = "payer_profiles"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "payer_id"))

    payer_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
    counting_method: Mapped[str | None] = mapped_column(String(10))
    requires_discipline_modifier: Mapped[bool | None]
    named: Mapped[str] = mapped_column(String(40), default="")
    limits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    packet_files: Mapped[int | None]
    packet_file_mb: Mapped[int | None]
    packet_total_mb: Mapped[int | None]
    packet_file_pages: Mapped[int | None]
    habits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
