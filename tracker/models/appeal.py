"""One request to a payer, at one level, for one or more denials of one patient."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key


class Appeal(Versioned, PracticeOwned, Base):
    """An appeal; status is a word of ``domain.appeal_life``.

    ``previous_id`` is the appeal one level below that was refused. ``tracking`` is the payer's or carrier's number for
    what was sent; a file that proves it is an attachment of kind proof.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("patient_id", "patients"),
        owned_key("previous_id", "appeals"),
        UniqueConstraint("practice_id", "number"),
        Index("ix_appeals_patient", "practice_id", "patient_id"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    number: Mapped[int]
    patient_id: Mapped[int]
    payer_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
    level: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(12), default="draft")
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sent_on: Mapped[date | None]
    sent_method: Mapped[str] = mapped_column(String(20), default="")
    tracking: Mapped[str] = mapped_column(String(80), default="")
    reply_due: Mapped[date | None]
