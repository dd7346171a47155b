"""A practice's report on one month: a draft that can be made again, then final, with its numbers frozen."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id
from tracker.models.sealed import SealedBytes, SealedJson, SealedText


class MonthlyReport(Versioned, PracticeOwned, Base):
    """A report; ``month`` is like ``2026-10``, state is draft or final.

    ``figures`` is what it says, as it was counted at ``made_at``; ``changed_words`` (what changed) and ``ask_words``
    (what the clinic is asked to do) are typed. A final one keeps its ``pdf``; a later one of the same month is a new
    ``edition``.
    """

    __tablename__ = "monthly_reports"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "month", "edition"))

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    month: Mapped[str] = mapped_column(String(7))
    edition: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(5), default="draft")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    figures: Mapped[dict[str, Any]] = mapped_column(SealedJson("monthly_reports.figures"))
    changed_words: Mapped[str | None] = mapped_column(SealedText("monthly_reports.changed_words"))
    ask_words: Mapped[str | None] = mapped_column(SealedText("monthly_reports.ask_words"))
    final_at: Mapped[datetime | None]
    final_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    pdf: Mapped[bytes | None] = mapped_column(SealedBytes("monthly_reports.pdf"))
    pdf_hash: Mapped[str | None] = mapped_column(String(64))

    @property
    def is_final(self) -> bool:
        """Whether its numbers are frozen."""
        return self.state == "final"
