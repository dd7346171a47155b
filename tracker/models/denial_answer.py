"""Everything a payer said about a denied line after it was opened: one denial, one chain, one dollar."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class DenialAnswer(PracticeOwned, Base):
    """One answer in the life of a denial: first, repeat, reversal, correction, payment or take_back.

    ``amount_cents`` is money towards the practice (a take-back is negative); zero for a mere denial. ``status_before``
    is the denial's status when the answer came, so that undoing an import can give it back.
    """

    __tablename__ = "denial_answers"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("denial_id", "denials"),
        owned_key("claim_payment_id", "claim_payments"),
        owned_key("service_payment_id", "service_payments"),
        Index("ix_denial_answers_denial", "practice_id", "denial_id"),
        Index("ix_denial_answers_claim_payment", "practice_id", "claim_payment_id"),
    )

    denial_id: Mapped[int]
    claim_payment_id: Mapped[int | None]
    service_payment_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(12))
    answered_on: Mapped[date]
    amount_cents: Mapped[int] = mapped_column(default=0)
    status_before: Mapped[str] = mapped_column(String(24), default="")
