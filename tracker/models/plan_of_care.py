"""What is on file about a plan of care."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, owned_key


class PlanOfCare(Versioned, PracticeOwned, Base):
    """A plan of care with its certification; of one claim when ``claim_id`` is set."""

    __tablename__ = "plans_of_care"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("patient_id", "patients"),
        owned_key("claim_id", "claims"),
        Index("ix_plans_of_care_patient", "practice_id", "patient_id"),
    )

    patient_id: Mapped[int]
    claim_id: Mapped[int | None]
    established_on: Mapped[date | None]
    certified_on: Mapped[date | None]
    certified_by: Mapped[str] = mapped_column(String(120), default="")
    order_on_file: Mapped[bool | None]
    sent_to_physician_on: Mapped[date | None]
    duration_days: Mapped[int | None]
    interventions: Mapped[str] = mapped_column(String(300), default="")
    last_progress_report_on: Mapped[date | None]
    treatment_days_since_progress_report: Mapped[int | None]
