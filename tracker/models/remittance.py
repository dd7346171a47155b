"""One ST..SE of an 835, stored."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, new_public_id, owned_key


class Remittance(PracticeOwned, Base):
    """A remittance. ``trace_key`` is payer TIN, trace number and payee NPI (x12.md rule 23)."""

    __tablename__ = "remittances"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("import_id", "imports"),
        UniqueConstraint("practice_id", "trace_key", "content_hash"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    import_id: Mapped[int]
    payer_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
    trace_key: Mapped[str] = mapped_column(String(120))
    content_hash: Mapped[str] = mapped_column(String(64))
    control_number: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20), default="")
    payer_name: Mapped[str] = mapped_column(String(120))
    payer_tin: Mapped[str] = mapped_column(String(12), default="")
    payee_npi: Mapped[str] = mapped_column(String(10), default="")
    trace_number: Mapped[str] = mapped_column(String(80))
    payment_date: Mapped[date]
    production_date: Mapped[date | None]
    method: Mapped[str] = mapped_column(String(3), default="")
    amount_cents: Mapped[int]
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
