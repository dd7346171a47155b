"""A payer's letter that asks for records of a claim (ADR), and what was sent."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key
from tracker.models.sealed import SealedText


class RecordsRequest(Versioned, PracticeOwned, Base):
    """A request for records, open until ``closed_on``; the claim need not be denied.

    ``due_safe`` and ``due_legal`` are counted by ``clock_rule`` from the letter's date, or typed ("by_hand").
    ``sent_method`` is how the records went out, empty where nothing was sent; ``letter_id`` is the payer's letter.
    """

    __tablename__ = "records_requests"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("claim_id", "claims"),
        owned_key("letter_id", "attachments"),
        UniqueConstraint("practice_id", "number"),
        Index("ix_records_requests_claim", "practice_id", "claim_id"),
        Index("ix_records_requests_due", "practice_id", "closed_on", "due_safe"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    number: Mapped[int]
    claim_id: Mapped[int]
    letter_id: Mapped[int | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    requested_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(80), default="")
    wanted: Mapped[str] = mapped_column(SealedText("records_requests.wanted"), default="")
    clock_rule: Mapped[str] = mapped_column(String(40), default="")
    due_safe: Mapped[date | None]
    due_legal: Mapped[date | None]
    logged_at: Mapped[datetime]
    closed_on: Mapped[date | None]
    sent_method: Mapped[str] = mapped_column(String(20), default="")
    tracking: Mapped[str] = mapped_column(String(80), default="")
