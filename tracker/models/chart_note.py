"""A note on a day of the trend chart: what changed at the practice, so that people see whether it helped."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id
from tracker.models.sealed import SealedText


class ChartNote(Versioned, PracticeOwned, Base):
    """What happened on ``day``, as its maker says it: for the maker alone, or shared with everybody of the practice.

    From ``removed_at`` on it is on no chart, and can be put back. The words are sealed: people put names into such things.
    """

    __tablename__ = "chart_notes"
    __table_args__ = (belongs_to_practice(), Index("ix_chart_notes_day", "practice_id", "day"))

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    day: Mapped[date]
    words: Mapped[str] = mapped_column(SealedText("chart_notes.words"))
    is_shared: Mapped[bool] = mapped_column(default=False)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
