"""Who was treated: identity only, sealed, reached by key."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key
from tracker.models.sealed import SealedDate, SealedText


class Patient(Versioned, PracticeOwned, Base):
    """A patient of one practice.

    The keys are keyed hashes (``tracker.services.patient_keys``): ``match_key`` finds the same person in the next file,
    ``name_key`` the same name, ``member_key`` a member id. A patient who was stored twice stays under
    that name as ``merged_into_id`` says: a file that tells of this row means the other.
    """

    __tablename__ = "patients"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("merged_into_id", "patients"),
        Index("ix_patients_merged", "practice_id", "merged_into_id"),
        Index("ix_patients_match", "practice_id", "match_key"),
        Index("ix_patients_name", "practice_id", "name_key"),
        Index("ix_patients_member", "practice_id", "member_key"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    last_name: Mapped[str] = mapped_column(SealedText("patients.last_name"))
    first_name: Mapped[str] = mapped_column(SealedText("patients.first_name"), default="")
    middle_name: Mapped[str] = mapped_column(SealedText("patients.middle_name"), default="")
    birth_date: Mapped[date | None] = mapped_column(SealedDate("patients.birth_date"))
    sex: Mapped[str] = mapped_column(String(1), default="")
    member_id: Mapped[str] = mapped_column(SealedText("patients.member_id"), default="")
    match_key: Mapped[str] = mapped_column(String(32))
    name_key: Mapped[str] = mapped_column(String(32))
    member_key: Mapped[str] = mapped_column(String(32), default="")
    merged_into_id: Mapped[int | None]
