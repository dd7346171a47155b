"""Who was treated: identity only, reached by key, so that it can be encrypted apart."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id


class Patient(Versioned, PracticeOwned, Base):
    """A patient of one practice. ``match_key`` finds the same person in the next file."""

    __tablename__ = "patients"
    __table_args__ = (belongs_to_practice(), Index("ix_patients_match", "practice_id", "match_key"))

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    last_name: Mapped[str] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(80), default="")
    middle_name: Mapped[str] = mapped_column(String(80), default="")
    birth_date: Mapped[date | None]
    sex: Mapped[str] = mapped_column(String(1), default="")
    member_id: Mapped[str] = mapped_column(String(80), default="")
    match_key: Mapped[str] = mapped_column(String(120))
