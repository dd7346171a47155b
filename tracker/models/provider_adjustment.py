"""One PLB pair, stored."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key


class ProviderAdjustment(Versioned, PracticeOwned, Base):
    """Money taken (positive) or given (negative) at provider level, never spread over claims (x12.md rule 41).

    ``task`` is open, disputed or accepted for a takeback, empty for everything else; ``dispute_by`` is the safe date of
    its clock, counted by ``dispute_rule``.
    """

    __tablename__ = "provider_adjustments"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("remittance_id", "remittances"),
        owned_key("claim_id", "claims"),
        Index("ix_provider_adjustments_remittance", "practice_id", "remittance_id"),
        Index("ix_provider_adjustments_task", "practice_id", "task", "dispute_by"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    remittance_id: Mapped[int]
    claim_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(4))
    reference: Mapped[str] = mapped_column(String(80), default="")
    amount_cents: Mapped[int]
    provider_npi: Mapped[str] = mapped_column(String(80), default="")
    fiscal_date: Mapped[date | None]
    task: Mapped[str] = mapped_column(String(8), default="")
    dispute_by: Mapped[date | None]
    dispute_rule: Mapped[str] = mapped_column(String(40), default="")
