"""Who treated."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice


class Provider(PracticeOwned, Base):
    """A rendering clinician of a practice; discipline is PT, OT or SLP when known."""

    __tablename__ = "providers"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "npi"))

    npi: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120), default="")
    credential: Mapped[str] = mapped_column(String(40), default="")
    discipline: Mapped[str] = mapped_column(String(3), default="")
    taxonomy: Mapped[str] = mapped_column(String(10), default="")
