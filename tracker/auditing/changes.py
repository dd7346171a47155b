"""The hook on sessions: whatever changes a record appends its entry before the commit, in the same transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from tracker.auditing.acting import Doing, current
from tracker.auditing.appending import Told, append
from tracker.domain.audit import Chain, Outcome
from tracker.models import Practice
from tracker.models.base import Base, PracticeOwned

# Tables that hold no record: what the app needs to run. What was done with them is told by entries of their own.
_BOOKKEEPING = frozenset(
    {
        "jobs",
        "sessions",
        "searches",
        "sign_in_tries",
        "api_answers",
        "done_forms",
        "audit_entries",
        "audit_heads",
        "day_counts",
        "month_counts",
        "denial_courses",
    }
)
_KEY = "tracker_changes"
NOT_TOLD = "tracker_not_told"
"""Execution option of a statement that changes no record though it writes to a table of records."""


@dataclass(slots=True)
class _Touched:
    """What a transaction did to one table: counts of rows, of statements that change many, and names of fields."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    statements: int = 0
    fields: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, object]:
        counts = {name: getattr(self, name) for name in ("added", "changed", "removed", "statements")}
        return {name: count for name, count in counts.items() if count} | (
            {"fields": sorted(self.fields)} if self.fields else {}
        )


class _Changes:
    """What a transaction did, by practice and table; practice None is not known, or none."""

    def __init__(self) -> None:
        self.tables: dict[int | None, dict[str, _Touched]] = defaultdict(lambda: defaultdict(_Touched))

    def at(self, table: str, practice_id: int | None) -> _Touched:
        return self.tables[practice_id][table]


def listen(session_class: type[Session]) -> None:
    """Watch every session of a class, and whose rows it loads."""
    event.listen(session_class, "before_flush", _note_rows)
    event.listen(session_class, "do_orm_execute", _note_statement)
    event.listen(session_class, "before_commit", _write)
    event.listen(session_class, "after_rollback", _forget)
    event.listen(PracticeOwned, "load", _note_loaded, propagate=True)


def note_inserted(session: Session, model: type[Base], practice_ids: Iterable[int]) -> None:
    """Note rows that were inserted past the session, by their practices."""
    for practice_id, count in Counter(practice_ids).items():
        _changes(session).at(model.__tablename__, practice_id).added += count


def _changes(session: Session) -> _Changes:
    found: _Changes = session.info.setdefault(_KEY, _Changes())
    return found


def _note_loaded(row: Any, _context: object) -> None:
    what = current()
    if what is not None:
        what.practices.add(row.practice_id)


def _note_rows(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in session.new:
        if touched := _touched(session, row):
            touched.added += 1
    for row in session.deleted:
        if touched := _touched(session, row):
            touched.removed += 1
    for row in session.dirty:
        if session.is_modified(row) and (touched := _touched(session, row)):
            state = inspect(row)
            touched.changed += 1
            touched.fields.update(set(state.mapper.column_attrs.keys()) - state.unmodified)


def _touched(session: Session, row: Any) -> _Touched | None:
    table = row.__tablename__
    if table in _BOOKKEEPING:
        return None
    practice_id = row.id if isinstance(row, Practice) else getattr(row, "practice_id", None)
    return _changes(session).at(table, practice_id)


def _note_statement(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete) or state.execution_options.get(NOT_TOLD):
        return
    table = state.statement.table  # type: ignore[attr-defined]  # these three have one
    if isinstance(table, Table) and table.name not in _BOOKKEEPING:
        _changes(state.session).at(table.name, None).statements += 1


def _write(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint's release: the whole is still to come
        return
    session.flush()
    found: _Changes | None = session.info.pop(_KEY, None)
    if found is None:
        return
    what = current() or Doing()
    told = _told(found, what)
    append(session.connection(), Chain.CHANGES, what, told)
    what.written += len(told)


def _told(found: _Changes, what: Doing) -> list[Told]:
    """Return one entry per practice; what is of no known practice goes with the others', or to those in view."""
    unplaced = found.tables.pop(None, {})
    places: list[int | None] = sorted(found.tables) or what.in_practices()  # type: ignore[type-var]  # no None is left
    return [
        Told(what.act, Outcome.OK, place, what.detail | {"changed": _as_json(found.tables.get(place, {}), unplaced)})
        for place in places
    ]


def _as_json(*parts: dict[str, _Touched]) -> dict[str, object]:
    joined: dict[str, object] = {}
    for part in parts:
        joined |= {name: touched.as_json() for name, touched in part.items() if name not in joined}
    return joined


def _forget(session: Session) -> None:
    session.info.pop(_KEY, None)
