"""A view of the queue that a person keeps under a name, for themselves or for everybody of a practice."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, Versioned, new_public_id
from tracker.models.sealed import SealedText


class SavedView(Versioned, Global, Base):
    """``query`` is the address of the queue after the question mark: it holds no name and no search.

    ``shared_with_id`` is the practice whose people see the view too; without one it is its maker's alone.
    The name is sealed: people put names of patients into such things.
    """

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "query"),)

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    shared_with_id: Mapped[int | None] = mapped_column(ForeignKey("practices.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(SealedText("saved_views.name"))
    query: Mapped[str] = mapped_column(String(1000))
