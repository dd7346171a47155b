"""A payer that one practice has twice: which of the two stays."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, PracticeOwned, belongs_to_practice


class PayerAlias(PracticeOwned, Base):
    """Another row of the same payer, as one practice says: what tells of ``payer_id`` means ``stays_id`` there.

    Payers are shared by all practices, so that no merge of one practice changes what another has.
    """

    __tablename__ = "payer_aliases"
    __table_args__ = (
        belongs_to_practice(),
        UniqueConstraint("practice_id", "payer_id"),
        Index("ix_payer_aliases_stays", "practice_id", "stays_id"),
    )

    payer_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
    stays_id: Mapped[int] = mapped_column(ForeignKey("payers.id"))
