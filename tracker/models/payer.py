"""A payer, shared by all practices of the installation."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, Versioned, new_public_id


class Payer(Versioned, Global, Base):
    """A payer as remittances and claims name it; ``kind`` is a word of the case format."""

    __tablename__ = "payers"

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120))
    payer_code: Mapped[str] = mapped_column(String(80), default="", index=True)
    tin: Mapped[str] = mapped_column(String(12), default="")
    kind: Mapped[str] = mapped_column(String(20), default="commercial")
    appeal_address: Mapped[str] = mapped_column(String(300), default="")
    fax: Mapped[str] = mapped_column(String(40), default="")
    portal: Mapped[str] = mapped_column(String(200), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
