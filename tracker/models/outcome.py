"""What a payer decided about one denial of an appeal."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key
from tracker.models.sealed import SealedText


class Outcome(PracticeOwned, Base):
    """A decision: overturned, partly, upheld, dismissed or more_information, with the amount for the line.

    ``reason`` is why the payer refused, for the next level to answer. An outcome made from a remittance has its
    ``claim_payment_id`` and nobody who recorded it.
    """

    __tablename__ = "outcomes"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("appeal_id", "appeals"),
        owned_key("denial_id", "denials"),
        owned_key("claim_payment_id", "claim_payments"),
        UniqueConstraint("practice_id", "appeal_id", "denial_id"),
    )

    appeal_id: Mapped[int]
    denial_id: Mapped[int]
    claim_payment_id: Mapped[int | None]
    result: Mapped[str] = mapped_column(String(16))
    amount_cents: Mapped[int] = mapped_column(default=0)
    decided_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(SealedText("outcomes.reason"), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
