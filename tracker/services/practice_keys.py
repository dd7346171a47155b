"""A practice's keys: new ones for new values, everything sealed again with them, old ones destroyed, all destroyed."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Table,
    bindparam,
    delete,
    func,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from tracker.db import SessionMaker, keyring_for, transaction
from tracker.models import Base, Job, Membership, Practice, PracticeKey
from tracker.models.base import PracticeOwned, new_public_id
from tracker.models.sealed import Sealed, sealed_columns
from tracker.sealing.cipher import VERSION_AT
from tracker.sealing.keyring import INSTALLATION
from tracker.services.jobs import ask_for

_BATCH = 200
_IN_USE_FOR = timedelta(minutes=10)  # a process looks for new keys every minute


class OldKeysInUse(Exception):  # noqa: N818  # says what to do
    """Raised when values sealed with an old key are left; the message says what to do."""


def rotate(session: Session, practice_id: int, now: datetime) -> int:
    """Make a new key and return its version. Used for what is written once it is committed; ``reseal`` does the rest."""
    made = keyring_for(session).next(practice_id)
    session.add(PracticeKey(**made._asdict(), made_at=now))
    session.flush()
    return made.version


ROTATION = "keys.rotate"


def ask_for_rotation(session: Session, practice_id: int, now: datetime, user_id: int) -> Job:
    """Return the job that makes the next key of a practice and seals its data again: a new one, or the one at work."""
    at_work = select(Job).where(
        Job.kind == ROTATION, Job.practice_id == practice_id, Job.state.in_(("queued", "running"))
    )
    found = session.scalars(at_work.limit(1)).first()
    version = keyring_for(session).newest_version(practice_id) + 1
    return found or ask_for(
        session, ROTATION, {"version": version}, f"{ROTATION}:{practice_id}:{version}:{new_public_id()}", now,
        practice_id=practice_id, user_id=user_id,
    )  # fmt: skip


def sealed_tables(*, of_installation: bool = False) -> list[tuple[type[Base], dict[str, Sealed]]]:
    """Return the tables of practices, or those of the installation, that have sealed columns, with those columns."""
    models: Iterator[type[Base]] = (mapper.class_ for mapper in Base.registry.mappers)
    wanted = (model for model in models if issubclass(model, PracticeOwned) is not of_installation)
    return [
        (model, columns)
        for model in sorted(wanted, key=lambda model: str(model.__table__))
        if (columns := sealed_columns(model))
    ]


def reseal(sessions: SessionMaker, practice_id: int, report: Callable[[int, int], None]) -> int:
    """Seal every value of a practice again that has an old key; return how many rows were.

    Each batch is a transaction of its own: killed at any moment, the next run goes on with what is left. ``report`` is
    told how many rows are done, of how many.
    """
    with sessions.reading({practice_id}) as session:
        keyring_for(session).forget(practice_id)
        total = sum(_count_old(session, practice_id, model) for model, _ in sealed_tables())
    done = 0
    for model, columns in sealed_tables():
        for rows in _batches(sessions, practice_id, model, columns):
            done += rows
            report(done, total)
    return done


def count_installation_old(session: Session) -> int:
    """Return how many rows of the installation are sealed with what came from an earlier master key."""
    return sum(_count_old(session, INSTALLATION, model) for model, _ in sealed_tables(of_installation=True))


def reseal_installation(session: Session) -> int:
    """Seal those rows again, in this one transaction; return how many."""
    done = 0
    for model, columns in sealed_tables(of_installation=True):
        while rows := _old_rows(session, INSTALLATION, model, 0):
            _seal_again(session, INSTALLATION, model, columns, rows)
            done += len(rows)
    return done


def require_unused(session: Session, practice_id: int, now: datetime) -> None:
    """Raise OldKeysInUse while a value needs an old key, or another process may still write with one."""
    keyring_for(session).forget(practice_id)
    newest = keyring_for(session).newest_version(practice_id)
    if now - session.get_one(PracticeKey, (practice_id, newest)).made_at < _IN_USE_FOR:
        raise OldKeysInUse("The newest key is less than ten minutes old: others may still write with the old one. Wait")
    left = sum(_count_old(session, practice_id, model) for model, _ in sealed_tables())
    if left:
        raise OldKeysInUse(
            f"{left} rows are still sealed with an old key. Renew the key of the practice again, and wait for its end"
        )


def destroy_old_keys(session: Session, practice_id: int, now: datetime) -> int:
    """Delete all but the newest key and return how many. Raises OldKeysInUse, as ``require_unused`` does."""
    require_unused(session, practice_id, now)
    newest = keyring_for(session).newest_version(practice_id)
    old = delete(PracticeKey).where(PracticeKey.practice_id == practice_id, PracticeKey.version < newest)
    gone = session.execute(old.execution_options(synchronize_session=False))
    keyring_for(session).forget(practice_id)
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def shred(session: Session, practice: Practice) -> None:
    """Destroy all keys of a practice; nobody is a member of it any more.

    What it sealed cannot be read again, neither in the database nor in a backup made later.
    """
    for model in (PracticeKey, Membership):
        gone = delete(model).where(model.practice_id == practice.id)
        session.execute(gone.execution_options(synchronize_session=False))
    practice.name = f"Destroyed {practice.public_id}"[:120]
    session.flush()
    keyring_for(session).forget(practice.id)


def _batches(sessions: SessionMaker, practice_id: int, model: type[Base], columns: dict[str, Sealed]) -> Iterator[int]:
    after = 0
    while True:
        with transaction(sessions.writing({practice_id})) as session:
            rows = _old_rows(session, practice_id, model, after)
            if not rows:
                return
            _seal_again(session, practice_id, model, columns, rows)
        after = rows[-1].id
        yield len(rows)


def _is_old(session: Session, practice_id: int, table: Table) -> ColumnElement[bool]:
    newest = keyring_for(session).newest_version(practice_id).to_bytes(2, "big")
    sealed = (type_coerce(column, LargeBinary) for column in table.c if isinstance(column.type, Sealed))
    return or_(*(func.substr(column, VERSION_AT, 2, type_=LargeBinary) != newest for column in sealed))


def _count_old(session: Session, practice_id: int, model: type[Base]) -> int:
    table = _table(model)
    query = select(func.count()).select_from(table)
    return session.scalar(query.where(_is_of(table, practice_id), _is_old(session, practice_id, table))) or 0


def _old_rows(session: Session, practice_id: int, model: type[Base], after: int) -> list[Any]:
    table = _table(model)
    raw = [type_coerce(c, LargeBinary).label(c.name) for c in table.c if isinstance(c.type, Sealed)]
    query = (
        select(table.c.id, *raw)
        .where(_is_of(table, practice_id), table.c.id > after, _is_old(session, practice_id, table))
        .order_by(table.c.id)
        .limit(_BATCH)
        .with_for_update()
    )
    return list(session.execute(query))


def _seal_again(
    session: Session, practice_id: int, model: type[Base], columns: dict[str, Sealed], rows: list[Any]
) -> None:
    """Set the raw bytes: the values themselves, and the versions of the rows, stay as they are."""
    table, keyring = _table(model), keyring_for(session)
    changes = []
    for row in rows:
        change: dict[str, Any] = {"row_id": row.id}
        for kind in columns.values():
            name = kind.column.partition(".")[2]
            sealed = getattr(row, name)
            change[f"new_{name}"] = (
                None if sealed is None else keyring.seal(kind.column, *keyring.open(kind.column, sealed))
            )
        changes.append(change)
    names = [kind.column.partition(".")[2] for kind in columns.values()]
    statement = (
        update(table)
        .where(_is_of(table, practice_id), table.c.id == bindparam("row_id"))
        .values({name: bindparam(f"new_{name}", type_=LargeBinary) for name in names})
    )
    session.connection().execute(statement, changes)


def _is_of(table: Table, practice_id: int) -> ColumnElement[bool]:
    return true() if practice_id == INSTALLATION else table.c.practice_id == practice_id


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
