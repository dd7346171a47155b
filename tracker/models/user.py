"""A person who signs in."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Global, Versioned, new_public_id
from tracker.models.sealed import SealedText


class User(Versioned, Global, Base):
    """A person; preferences are kept here and not in the browser.

    ``password_hash`` is empty until an invitation was taken up. ``totp_since`` says that the second factor is on,
    ``totp_step`` is the last time step whose code was used. ``masks_names``: patients are shown
    by their initials, for sharing a screen. ``start_view`` is where
    the day begins: a view of the queue that comes with the product, or a saved one by its public id. ``oidc_subject`` is the person at the sign-on provider.
    """

    __tablename__ = "users"

    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    theme: Mapped[str] = mapped_column(String(6), default="system")
    compact_rows: Mapped[bool] = mapped_column(default=False)
    single_keys: Mapped[bool] = mapped_column(default=True)
    masks_names: Mapped[bool | None]
    start_view: Mapped[str | None] = mapped_column(String(32))
    totp_seed: Mapped[str | None] = mapped_column(SealedText("users.totp_seed"))
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None]
    oidc_subject: Mapped[str | None] = mapped_column(String(400), unique=True)
