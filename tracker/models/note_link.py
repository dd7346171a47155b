"""Which note belongs to which claim."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class NoteLink(PracticeOwned, Base):
    """A note used for a claim; ``by_hand`` when a person chose it.

    ``removed`` keeps a link a person took away, so that it is not made again by itself.
    """

    __tablename__ = "note_links"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("note_id", "notes"),
        owned_key("claim_id", "claims"),
        UniqueConstraint("practice_id", "claim_id", "note_id"),
    )

    note_id: Mapped[int]
    claim_id: Mapped[int]
    by_hand: Mapped[bool] = mapped_column(default=False)
    removed: Mapped[bool] = mapped_column(default=False)
