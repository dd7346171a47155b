"""One request to a payer, at one level, for one or more denials of one patient."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key


class Appeal(Versioned, PracticeOwned, Base):
    """An appeal; status is a word of ``domain.appeal_life``.

    ``previous_id`` is the appeal one level below that was refused. ``tracking`` is the payer's or carrier's number for
    what was sent; a file that proves it is an attachment of kind proof. ``tracker/appeal_figures.py`` keeps the rest:
    ``minutes_spent`` measured from the saves of its letters (0 where they are no measure, None before it was worked out),
    and of an appeal that is decided the last decision, whether it was for the practice, and the days since it was sent.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("patient_id", "patients"),
        owned_key("previous_id", "appeals"),
        UniqueConstraint("practice_id", "number"),
        Index("ix_appeals_patient", "practice_id", "patient_id"),
        Index("ix_appeals_minutes", "practice_id", "minutes_spent"),
        Index("ix_appeals_status", "practice_id", "status", "payer_id"),
        Index("ix_appeals_decided", "practice_id", "decided_on", "payer_id", "decided_for_us", "decision_days"),
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
    minutes_spent: Mapped[int | None]
    decided_on: Mapped[date | None]
    decided_for_us: Mapped[bool | None]
    decision_days: Mapped[int | None]
