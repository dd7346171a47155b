"""Where each chain of the audit log ends."""

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base


class AuditHead(Base):
    """The newest entry of a chain; it changes in the transaction that adds one. Up to ``removed_through`` all are gone."""

    __tablename__ = "audit_heads"

    chain: Mapped[str] = mapped_column(String(8), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)
    removed_through: Mapped[int] = mapped_column(BigInteger)
