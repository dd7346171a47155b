"""One SVC loop, stored."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class ServicePayment(PracticeOwned, Base):
    """A payer's answer to a claim line; ``line_class`` is what the classification made of it."""

    __tablename__ = "service_payments"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("claim_payment_id", "claim_payments"),
        owned_key("claim_line_id", "claim_lines"),
        Index("ix_service_payments_claim_payment", "practice_id", "claim_payment_id"),
        Index("ix_service_payments_claim_line", "practice_id", "claim_line_id"),
        {"sqlite_with_rowid": False},
    )

    claim_payment_id: Mapped[int]
    claim_line_id: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(20))
    modifiers: Mapped[str] = mapped_column(String(20), default="")
    submitted_code: Mapped[str] = mapped_column(String(20), default="")
    charge_cents: Mapped[int]
    paid_cents: Mapped[int]
    allowed_cents: Mapped[int | None]
    units_paid: Mapped[float]
    units_billed: Mapped[float]
    service_date: Mapped[date | None]
    control_number: Mapped[str] = mapped_column(String(80), default="")
    policy: Mapped[str] = mapped_column(String(80), default="")
    line_class: Mapped[str] = mapped_column(String(20))
