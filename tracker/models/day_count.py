"""What one day brought from one payer, counted when the rows change and not when a page asks."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice


class DayCount(PracticeOwned, Base):
    """Counts of one practice, day and payer; ``tracker/day_counts.py`` keeps them.

    ``lines`` are the claim lines first answered on the day; the other columns count the denials whose first denial
    was that day: all, those at the first answer to their line, and those the payer has paid something on since.
    ``rated`` have a contracted rate, and what it lets expect lies ``below_cents`` under what was denied.
    """

    __tablename__ = "day_counts"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "day", "payer_id"))

    day: Mapped[date]
    payer_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
    lines: Mapped[int]
    denials: Mapped[int]
    denied_cents: Mapped[int]
    at_first_answer: Mapped[int]
    paid_denials: Mapped[int]
    recovered_cents: Mapped[int]
    rated: Mapped[int] = mapped_column(server_default="0")
    below_cents: Mapped[int] = mapped_column(server_default="0")
