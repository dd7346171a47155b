"""A payer's prior authorization on file."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, owned_key


class Authorization(Versioned, PracticeOwned, Base):
    """An authorization of a patient; of one claim when ``claim_id`` is set."""

    __tablename__ = "authorizations"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("patient_id", "patients"),
        owned_key("claim_id", "claims"),
        Index("ix_authorizations_patient", "practice_id", "patient_id"),
    )

    patient_id: Mapped[int]
    claim_id: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(80), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    visits_allowed: Mapped[int | None]
    visits_used: Mapped[int | None]
    units_allowed: Mapped[int | None]
    codes: Mapped[str] = mapped_column(String(200), default="")
