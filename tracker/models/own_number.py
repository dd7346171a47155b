"""NPIs and tax IDs of a practice beside those on its letterhead."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, new_public_id


class OwnNumber(PracticeOwned, Base):
    """A number under which payers pay a practice too: of its group or of a clinician; ``kind`` is npi or tin."""

    __tablename__ = "own_numbers"
    __table_args__ = (belongs_to_practice(), UniqueConstraint("practice_id", "kind", "number"))

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    kind: Mapped[str] = mapped_column(String(3))
    number: Mapped[str] = mapped_column(String(10))
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
