"""Pictures of letters: a practice's logo, a person's own signature, and those that signed letters show."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.letters.facts import LetterFacts
from tracker.letters.pictures import Pictures, hash_in, hash_of, name_of
from tracker.models import Event, Picture, Practice, Signature


def set_logo(
    session: Session, practice: Practice, content: bytes | None, words: str, now: datetime, user_id: int
) -> None:
    """Set a practice's logo and what it shows; without ``content`` only the words. Signed letters keep theirs."""
    if content is not None:
        practice.logo_hash = hash_of(content)
        keep_pictures(session, practice.id, {name_of(practice.logo_hash): content}, now)
    practice.logo_words = words
    _log(session, practice.id, "logo_set", now, user_id)


def drop_logo(session: Session, practice: Practice, now: datetime, user_id: int) -> None:
    """Write letters without a logo from now on."""
    practice.logo_hash, practice.logo_words = "", ""
    _log(session, practice.id, "logo_dropped", now, user_id)


def _log(session: Session, practice_id: int, kind: str, now: datetime, user_id: int) -> None:
    session.add(
        Event(
            practice_id=practice_id, at=now, user_id=user_id, kind=kind, subject_kind="practice",
            subject_id=practice_id, details={},
        )
    )  # fmt: skip


def keep_pictures(session: Session, practice_id: int, pictures: Pictures, now: datetime) -> None:
    """Keep pictures among a practice's, those that are not there yet."""
    for name, content in pictures.items():
        if picture(session, (practice_id,), name) is None:
            session.add(Picture(practice_id=practice_id, content_hash=hash_in(name), content=content, added_at=now))
    session.flush()


def pictures_of(session: Session, practice_id: int, facts: LetterFacts) -> Pictures:
    """Return the pictures that a letter of a practice shows: those it keeps, else the signature of who signs now."""
    names = (facts.practice.logo, facts.signer.picture)
    found = {name: picture(session, (practice_id,), name) or _signature(session, name) for name in names if name}
    return {name: content for name, content in found.items() if content is not None}


def picture(session: Session, practices: Iterable[int], name: str) -> bytes | None:
    """Return a picture that one of the practices keeps, by its name in letters."""
    query = select(Picture).where(Picture.practice_id.in_(practices), Picture.content_hash == hash_in(name))
    found = session.scalars(query.limit(1)).first()
    return bytes(found.content) if found is not None else None


def _signature(session: Session, name: str) -> bytes | None:
    found = session.scalars(select(Signature).where(Signature.content_hash == hash_in(name)).limit(1)).first()
    return bytes(found.content) if found is not None else None


# ---- a person's own signature ----


def signature_of(session: Session, user_id: int) -> Signature | None:
    """Return the picture of a person's signature, if they gave one."""
    return session.scalar(select(Signature).where(Signature.user_id == user_id))


def set_signature(session: Session, user_id: int, content: bytes, now: datetime) -> None:
    """Keep the picture of a person's signature in place of the one before; signed letters keep theirs."""
    drop_signature(session, user_id)
    session.add(Signature(user_id=user_id, content=content, content_hash=hash_of(content), added_at=now))


def drop_signature(session: Session, user_id: int) -> None:
    """Sign without a picture from now on."""
    session.execute(delete(Signature).where(Signature.user_id == user_id))
