"""A file kept with an appeal, a denial or a request for records."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, new_public_id, owned_key
from tracker.models.sealed import SealedBytes


class Attachment(PracticeOwned, Base):
    """Bytes with their type and hash; ``kind`` is packet, exhibit, proof (of sending) or decision.

    With a denial it is eob (the paper a denial was logged from), extension or receipt (of the notice); request is a
    payer's letter that asks for records. ``protected``: a protected note is in it.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("appeal_id", "appeals"),
        owned_key("denial_id", "denials"),
        Index("ix_attachments_appeal", "practice_id", "appeal_id"),
        Index("ix_attachments_denial", "practice_id", "denial_id"),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    appeal_id: Mapped[int | None]
    denial_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(SealedBytes("attachments.content"))
    content_hash: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int | None]
    protected: Mapped[bool] = mapped_column(default=False, server_default=false())
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
