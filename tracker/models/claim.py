"""A claim as billed, from an 837P, from a remittance, or typed."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key


class Claim(Versioned, PracticeOwned, Base):
    """A claim. ``control_key`` is the first 20 upper-cased characters of CLM01 (x12.md rule 26).

    ``source`` says where its lines come from: 837, 835 or hand. Lists are words with a space between.
    """

    __tablename__ = "claims"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("patient_id", "patients"),
        owned_key("rendering_provider_id", "providers"),
        owned_key("import_id", "imports"),
        Index("ix_claims_control_key", "practice_id", "control_key"),
        Index("ix_claims_payer_claim_number", "practice_id", "payer_claim_number"),
        Index("ix_claims_patient", "practice_id", "patient_id"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    payer_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
    patient_id: Mapped[int]
    rendering_provider_id: Mapped[int | None]
    import_id: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(4))
    control_number: Mapped[str] = mapped_column(String(80))
    control_key: Mapped[str] = mapped_column(String(20))
    payer_claim_number: Mapped[str] = mapped_column(String(80), default="")
    charge_cents: Mapped[int]
    place_of_service: Mapped[str] = mapped_column(String(4), default="")
    frequency_code: Mapped[str] = mapped_column(String(1), default="1")
    original_reference: Mapped[str] = mapped_column(String(80), default="")
    prior_authorization: Mapped[str] = mapped_column(String(80), default="")
    filing_code: Mapped[str] = mapped_column(String(4), default="")
    diagnoses: Mapped[str] = mapped_column(String(200), default="")
    referring_name: Mapped[str] = mapped_column(String(120), default="")
    referring_npi: Mapped[str] = mapped_column(String(10), default="")
    submitted_on: Mapped[date | None]
    service_from: Mapped[date | None]
    service_to: Mapped[date | None]
