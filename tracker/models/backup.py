"""A backup that was made, and whether it can be restored."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global


class Backup(Global, Base):
    """A file of the backup folder. ``problem`` says why it is not good; a good one was restored into a scratch database."""

    __tablename__ = "backups"

    file_name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    size: Mapped[int]
    rows: Mapped[int]
    problem: Mapped[str] = mapped_column(String(300), default="")
