"""Which denials an appeal is about."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from tracker.models.base import Base, PracticeOwned, belongs_to_practice, owned_key


class AppealDenial(PracticeOwned, Base):
    """One denial of an appeal."""

    __tablename__ = "appeal_denials"
    __table_args__ = (
        belongs_to_practice(),
        owned_key("appeal_id", "appeals"),
        owned_key("denial_id", "denials"),
        UniqueConstraint("practice_id", "appeal_id", "denial_id"),
        Index("ix_appeal_denials_denial", "practice_id", "denial_id"),
    )

    appeal_id: Mapped[int]
    denial_id: Mapped[int]
