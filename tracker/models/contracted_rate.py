"""What a payer's contract with a practice says a code is worth."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice


class ContractedRate(PracticeOwned, Base):
    """The cents a unit of a code for dates of service from ``first_on`` to ``last_on`` (None: until a later rate).

    ``modifier`` is empty where the rate is for the code alone; ``domain.expected_amounts`` says which one counts.
    """

    __tablename__ = "contracted_rates"
    __table_args__ = (
        belongs_to_practice(),
        UniqueConstraint("practice_id", "payer_id", "code", "modifier", "first_on"),
    )

    payer_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
    code: Mapped[str] = mapped_column(String(20))
    modifier: Mapped[str] = mapped_column(String(2), default="")
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    cents: Mapped[int]
    loaded_at: Mapped[datetime]
    loaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
