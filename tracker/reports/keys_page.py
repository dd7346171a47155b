"""The page of the keys: what opens them, when they were renewed, and what is at work."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.keys import key_store
from tracker.models import Job, Practice, PracticeKey
from tracker.services.master_key import is_unfinished
from tracker.services.practice_keys import ROTATION


class PracticeKeys(NamedTuple):
    """The keys of a practice: the version in use, since when, how many older ones are kept, and the last renewal asked for."""

    practice: Practice
    version: int
    made_at: datetime
    older: int
    job: Job | None


class KeysPage(NamedTuple):
    """What opens the master key (file, passphrase, recovery), its number and age, and the keys of practices."""

    kinds: frozenset[str]
    file_is_beside: bool
    number: int
    renewed_at: datetime | None
    is_unfinished: bool
    practices: list[PracticeKeys]


def keys_page(session: Session, settings: Settings, practices: Iterable[Practice]) -> KeysPage:
    """Return the state of the keys, with those of some practices."""
    store = key_store(settings)
    return KeysPage(
        store.kinds(), store.key_file.parent == settings.data_dir, store.number, store.renewed_at,
        is_unfinished(session), [_of(session, practice) for practice in practices],
    )  # fmt: skip


def _of(session: Session, practice: Practice) -> PracticeKeys:
    query = select(PracticeKey).where(PracticeKey.practice_id == practice.id).order_by(PracticeKey.version.desc())
    newest, *older = session.scalars(query).all()
    jobs = select(Job).where(Job.kind == ROTATION, Job.practice_id == practice.id).order_by(Job.id.desc())
    return PracticeKeys(practice, newest.version, newest.made_at, len(older), session.scalars(jobs.limit(1)).first())
