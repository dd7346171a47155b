"""One CAS triplet, stored."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class Adjustment(PracticeOwned, Base):
    """Group, CARC and cents; of the whole claim when ``service_payment_id`` is null."""

    __tablename__ = "adjustments"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("claim_payment_id", "claim_payments"),
        owned_key("service_payment_id", "service_payments"),
        Index("ix_adjustments_claim_payment", "practice_id", "claim_payment_id"),
        {"sqlite_with_rowid": False},
    )

    claim_payment_id: Mapped[int]
    service_payment_id: Mapped[int | None]
    group_code: Mapped[str] = mapped_column(String(2))
    carc: Mapped[str] = mapped_column(String(5))
    amount_cents: Mapped[int]
    quantity: Mapped[float | None]
    adjustment_class: Mapped[str] = mapped_column(String(20))
