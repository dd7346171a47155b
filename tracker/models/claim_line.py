"""One line of a claim."""

from datetime import date

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class ClaimLine(PracticeOwned, Base):
    """A claim line as billed. ``first_remit_on`` is the day of its first answer, the month of every rate."""

    __tablename__ = "claim_lines"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("claim_id", "claims"),
        UniqueConstraint("practice_id", "claim_id", "line"),
        Index("ix_claim_lines_first_remit", "practice_id", "first_remit_on", "payer_id"),
        {"sqlite_with_rowid": False},
    )

    claim_id: Mapped[int]
    payer_id: Mapped[int]
    line: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    modifiers: Mapped[str] = mapped_column(String(20), default="")
    units: Mapped[float]
    charge_cents: Mapped[int]
    diagnosis_pointers: Mapped[str] = mapped_column(String(20), default="")
    service_date: Mapped[date | None]
    service_to: Mapped[date | None]
    control_number: Mapped[str] = mapped_column(String(80), default="")
    first_remit_on: Mapped[date | None]
