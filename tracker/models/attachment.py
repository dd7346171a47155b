"""A file kept with a claim, denial or appeal."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, new_public_id, owned_key


class Attachment(PracticeOwned, Base):
    """Bytes with their type and hash; ``kind`` is packet, exhibit, upload, proof (of sending) or decision."""

    __tablename__ = "attachments"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("claim_id", "claims"),
        owned_key("appeal_id", "appeals"),
        Index("ix_attachments_appeal", "practice_id", "appeal_id"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    claim_id: Mapped[int | None]
    appeal_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    content_hash: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int | None]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
