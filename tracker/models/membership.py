"""Which practices a user may see, and as what."""

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.access import Role
from tracker.domain.signing import SignerKind
from tracker.models.base import Base


class Membership(Base):
    """A user's role in a practice, and how letters print them when they sign: ``signs_as`` is a SignerKind.

    ``protected_notes``: the person may read psychotherapy and Part 2 notes here, if the role may.
    """

    __tablename__ = "memberships"
    __table_args__ = (CheckConstraint(f"role IN ({', '.join(repr(role.value) for role in Role)})", name="role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practices.id"), primary_key=True)
    signs_as: Mapped[str] = mapped_column(String(12), default=SignerKind.BILLER)
    printed_name: Mapped[str] = mapped_column(String(120), default="")
    credentials: Mapped[str] = mapped_column(String(60), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    protected_notes: Mapped[bool] = mapped_column(default=False, server_default=false())
    role: Mapped[str] = mapped_column(String(12), default=Role.BILLER)
