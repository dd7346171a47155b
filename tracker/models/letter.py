"""A letter of an appeal: draft, then signed and locked; a change makes the next version."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, Versioned, belongs_to_practice, new_public_id, owned_key
from tracker.models.sealed import SealedJson


class Letter(Versioned, PracticeOwned, Base):
    """A letter. ``fields`` are the paragraphs a person wrote, ``facts`` what the template saw when it was signed.

    ``signature_of_id`` is who was asked to sign it, by ``signature_due``; both are empty once it is signed.
    """

    __tablename__ = "letters"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("appeal_id", "appeals"),
        owned_key("packet_id", "attachments"),
        UniqueConstraint("practice_id", "appeal_id", "edition"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    appeal_id: Mapped[int]
    edition: Mapped[int] = mapped_column(default=1)
    template: Mapped[str] = mapped_column(String(60))
    template_hash: Mapped[str] = mapped_column(String(64), default="")
    letter_date: Mapped[date]
    fields: Mapped[dict[str, Any]] = mapped_column(SealedJson("letters.fields"), default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(SealedJson("letters.facts"), default=dict)
    exhibits: Mapped[list[Any]] = mapped_column(JSON, default=list)
    saved_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signer_name: Mapped[str] = mapped_column(String(120), default="")
    signer_title: Mapped[str] = mapped_column(String(120), default="")
    signature_of_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signature_due: Mapped[date | None]
    packet_id: Mapped[int | None]
    pdf_hash: Mapped[str] = mapped_column(String(64), default="")
