"""What became of one month's denials by one payer, counted when the rows change and not when a page asks."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice


class MonthCount(PracticeOwned, Base):
    """The denials of one practice, month of first denial (its first day) and payer; ``tracker/month_counts.py`` keeps them.

    The row without a payer is that of all payers together. The numbers are those of ``DayCount``, added up, and how many
    denials were ``appealed``. The other columns hold what ``month_counts.MonthCounts`` says, with names as keys; ``days``
    has a list of days and one of their counts to each name.
    """

    __tablename__ = "month_counts"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "month", "payer_id"))

    month: Mapped[date]
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payers.id"))
    lines: Mapped[int]
    denials: Mapped[int]
    denied_cents: Mapped[int]
    at_first_answer: Mapped[int]
    paid_denials: Mapped[int]
    recovered_cents: Mapped[int]
    rated: Mapped[int]
    below_cents: Mapped[int]
    appealed: Mapped[int]
    reasons: Mapped[dict[str, Any]] = mapped_column(JSON)
    causes: Mapped[dict[str, Any]] = mapped_column(JSON)
    steps: Mapped[dict[str, Any]] = mapped_column(JSON)
    days: Mapped[dict[str, Any]] = mapped_column(JSON)
    below: Mapped[dict[str, Any]] = mapped_column(JSON)
