"""What a person likes: kept on the server, not in the browser."""

from typing import Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.models import User

Theme = Literal["system", "light", "dark"]


def set_compact_rows(session: Session, user_id: int, *, compact: bool) -> None:
    """Keep whether rows of the queue take one line."""
    session.execute(update(User).where(User.id == user_id).values(compact_rows=compact))


def set_email(session: Session, user_id: int, email: str) -> None:
    """Keep where a person's digest goes; empty for no e-mail."""
    session.execute(update(User).where(User.id == user_id).values(email=email))


def set_looks(
    session: Session, user_id: int, theme: Theme, *, compact: bool, single_keys: bool, masks_names: bool
) -> None:
    """Keep colors, row height, whether single keys are shortcuts, and whether patients are shown by their initials."""
    values = {"theme": theme, "compact_rows": compact, "single_keys": single_keys, "masks_names": masks_names}
    session.execute(update(User).where(User.id == user_id).values(**values))
