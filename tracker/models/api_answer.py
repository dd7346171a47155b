"""The answer to a request of a program, kept so that the same request sent again does nothing twice."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice
from tracker.models.sealed import SealedBytes


class ApiAnswer(PracticeOwned, Base):
    """What was answered to a token's ``Idempotency-Key``; status 0 while the work goes on.

    ``key_hash`` and ``request_hash`` are keyed hashes: of the key, and of what was asked. ``run`` names the work that may
    write the answer; when ``runs_until`` has passed without one, the work is dead and the request may be sent again.
    """

    __tablename__ = "api_answers"
    __table_args__ = (
        belongs_to_practice(),
        UniqueConstraint("practice_id", "token_id", "key_hash"),
        Index("ix_api_answers_asked", "asked_at"),
    )

    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id"))
    key_hash: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[str] = mapped_column(String(64))
    run: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime]
    runs_until: Mapped[datetime]
    status: Mapped[int] = mapped_column(default=0)
    location: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[bytes] = mapped_column(SealedBytes("api_answers.body"), default=b"")
