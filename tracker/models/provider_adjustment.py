"""One PLB pair, stored."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class ProviderAdjustment(PracticeOwned, Base):
    """Money taken (positive) or given (negative) at provider level, never spread over claims (x12.md rule 41)."""

    __tablename__ = "provider_adjustments"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("remittance_id", "remittances"),
        owned_key("claim_id", "claims"),
        Index("ix_provider_adjustments_remittance", "practice_id", "remittance_id"),
    )

    remittance_id: Mapped[int]
    claim_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(4))
    reference: Mapped[str] = mapped_column(String(80), default="")
    amount_cents: Mapped[int]
    provider_npi: Mapped[str] = mapped_column(String(80), default="")
    fiscal_date: Mapped[date | None]
