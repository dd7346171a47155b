"""One CLP loop, stored."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class ClaimPayment(PracticeOwned, Base):
    """A payer's answer to a claim. A later reversal of this answer stands in ``reversed_by_id``."""

    __tablename__ = "claim_payments"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("remittance_id", "remittances"),
        owned_key("claim_id", "claims"),
        Index("ix_claim_payments_claim", "practice_id", "claim_id"),
        Index("ix_claim_payments_remittance", "practice_id", "remittance_id"),
        {"sqlite_with_rowid": False},
    )

    remittance_id: Mapped[int]
    claim_id: Mapped[int]
    reversed_by_id: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(2))
    charge_cents: Mapped[int]
    paid_cents: Mapped[int]
    patient_share_cents: Mapped[int]
    allowed_cents: Mapped[int | None]
    payer_claim_number: Mapped[str] = mapped_column(String(80), default="")
    original_reference: Mapped[str] = mapped_column(String(80), default="")
    crossover_payer: Mapped[str] = mapped_column(String(120), default="")
    frequency_code: Mapped[str] = mapped_column(String(1), default="")
    received_on: Mapped[date | None]
    segment: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
