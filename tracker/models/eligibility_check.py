"""An eligibility answer on file."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, owned_key


class EligibilityCheck(Versioned, PracticeOwned, Base):
    """What the payer said about coverage (271 or portal), typed by a person."""

    __tablename__ = "eligibility_checks"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("patient_id", "patients"),
        owned_key("claim_id", "claims"),
        Index("ix_eligibility_checks_patient", "practice_id", "patient_id"),
    )

    patient_id: Mapped[int]
    claim_id: Mapped[int | None]
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]
    checked_on: Mapped[date | None]
    other_coverage: Mapped[str] = mapped_column(String(200), default="")
    visit_limit: Mapped[int | None]
    visits_used: Mapped[int | None]
