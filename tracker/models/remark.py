"""One remark code, stored."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class Remark(PracticeOwned, Base):
    """A RARC of a line (LQ) or, when ``service_payment_id`` is null, of the claim (MOA, MIA)."""

    __tablename__ = "remarks"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("claim_payment_id", "claim_payments"),
        owned_key("service_payment_id", "service_payments"),
        Index("ix_remarks_claim_payment", "practice_id", "claim_payment_id"),
        {"sqlite_with_rowid": False},
    )

    claim_payment_id: Mapped[int]
    service_payment_id: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(8))
