"""A practice (a clinic) and how it writes to payers."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, Versioned, new_public_id


class Practice(Versioned, Global, Base):
    """A clinic; a billing company serves several."""

    __tablename__ = "practices"

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    npi: Mapped[str | None] = mapped_column(String(10), unique=True)
    tin: Mapped[str] = mapped_column(String(12), default="")
    setting: Mapped[str] = mapped_column(String(20), default="practitioner")
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    fax: Mapped[str] = mapped_column(String(40), default="")
    signer_name: Mapped[str] = mapped_column(String(120), default="")
    signer_title: Mapped[str] = mapped_column(String(120), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    next_denial_number: Mapped[int] = mapped_column(default=1001)
    next_appeal_number: Mapped[int] = mapped_column(default=301)
