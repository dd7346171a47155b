"""One sending of a claim, with the receipt that proves it."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class Submission(PracticeOwned, Base):
    """A sending of a claim; ``receipt`` is 999, 277CA or empty, ``proof`` what the receipt says.

    ``batch`` names the file it was sent in, by its control numbers (``domain.receipt.batch_key``).
    """

    __tablename__ = "submissions"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("claim_id", "claims"),
        owned_key("import_id", "imports"),
        Index("ix_submissions_claim", "practice_id", "claim_id"),
        Index("ix_submissions_batch", "practice_id", "batch"),
    )

    claim_id: Mapped[int]
    import_id: Mapped[int | None]
    sent_on: Mapped[date]
    receipt: Mapped[str] = mapped_column(String(5), default="")
    proof: Mapped[str] = mapped_column(String(300), default="")
    batch: Mapped[str] = mapped_column(String(40), default="")
