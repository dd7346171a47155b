"""The texts a letter had: kept at every save, looked at, taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Letter, LetterText, User

_MOST = 100


def keep_text(session: Session, letter: Letter, now: datetime, user_id: int | None) -> None:
    """Keep what a letter says now, as saved by a person."""
    session.flush()
    session.add(
        LetterText(
            practice_id=letter.practice_id, letter_id=letter.id, appeal_id=letter.appeal_id, saved_at=now,
            saved_by_id=user_id, template=letter.template, fields=letter.fields,
        )
    )  # fmt: skip
    session.flush()


def kept_texts(session: Session, letter: Letter) -> Sequence[tuple[LetterText, str]]:
    """Return the texts of a letter with who saved them, newest first, at most 100."""
    query = (
        select(LetterText, User.name)
        .outerjoin(User, User.id == LetterText.saved_by_id)
        .where(LetterText.practice_id == letter.practice_id, LetterText.letter_id == letter.id)
        .order_by(LetterText.saved_at.desc(), LetterText.id.desc())
    )
    return [(text, name or "") for text, name in session.execute(query.limit(_MOST))]


def kept_text(session: Session, letter: Letter, public_id: str) -> LetterText | None:
    """Return one kept text of a letter, or None when it has no such text."""
    found: LetterText | None = session.scalar(
        select(LetterText).where(
            LetterText.practice_id == letter.practice_id,
            LetterText.letter_id == letter.id,
            LetterText.public_id == public_id,
        )
    )
    return found


def last_saver(session: Session, letter: Letter) -> str:
    """Return who saved a letter last; empty when nobody is known."""
    newest = kept_texts(session, letter)[:1]
    return newest[0][1] if newest else ""
