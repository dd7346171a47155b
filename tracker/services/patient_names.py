"""Patients' names for searching: opened once per practice, kept in this process's memory alone.

Names are sealed, so the database cannot search in them (security.md 5.3: "contains, prefix: decrypt the narrow table").
Each look reads only the patients that are new; after a name was edited all of the practice's are read again.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, select
from sqlalchemy.orm import Session

from tracker.models import Patient, Practice
from tracker.models.base import ids_since
from tracker.models.sealed import require_place

# Ids grow with the time they were made at; a transaction that made some earlier may have ended since.
_LATE_SECONDS = 3600


class KnownName(NamedTuple):
    """A stored patient's name, as written."""

    patient_id: int
    last: str
    first: str


@dataclass(slots=True)
class _Names:
    edits: int
    by_id: dict[int, KnownName] = field(default_factory=dict)


_known: WeakKeyDictionary[Dialect, dict[int, _Names]] = WeakKeyDictionary()
_lock = threading.Lock()


def names_in(session: Session, practice_id: int) -> list[KnownName]:
    """Return the names of all patients of a practice, those of this moment included."""
    edits = session.scalar(select(Practice.name_edits).where(Practice.id == practice_id)) or 0
    with _lock:
        practices = _known.setdefault(session.get_bind().dialect, {})
        names = practices.get(practice_id)
        if names is None or names.edits != edits:
            names = practices[practice_id] = _Names(edits)
        _read_new(session, practice_id, names)
        return list(names.by_id.values())


def _read_new(session: Session, practice_id: int, names: _Names) -> None:
    since = ids_since(max(names.by_id, default=0), _LATE_SECONDS)
    query = select(Patient.id, Patient.last_name, Patient.first_name).where(
        Patient.practice_id == practice_id, Patient.id > since
    )
    for row_id, last, first in session.execute(query):
        require_place(last, practice_id, row_id)
        require_place(first, practice_id, row_id)
        names.by_id[row_id] = KnownName(row_id, str(last), str(first))


def patients_named(session: Session, practice_ids: Iterable[int], words: Iterable[str]) -> list[int]:
    """Return the ids of patients whose first or last name begins with each of ``words``."""
    starts = [word.rstrip(".").lower() for word in words]
    return [
        name.patient_id
        for practice_id in practice_ids
        for name in names_in(session, practice_id)
        if all(name.last.lower().startswith(start) or name.first.lower().startswith(start) for start in starts)
    ]
