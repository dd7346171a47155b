"""Engine and sessions: SQLite and PostgreSQL settings, and the practice scope on every query."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, Update, create_engine, event, insert, select
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from tracker import day_counts
from tracker.auditing import changes
from tracker.auditing.appending import ReadsLog
from tracker.db_guard import SETTING, setting_of
from tracker.models import Practice, PracticeKey
from tracker.models.base import Base, PracticeOwned, moment_of_id
from tracker.models.protection import shown_notes
from tracker.models.sealed import keyring_of, sealed_columns
from tracker.sealing.cipher import Place
from tracker.sealing.key_store import MasterKey
from tracker.sealing.keyring import Keyring, WrappedKeys

# Older SQLite libraries can corrupt a WAL database (architecture.md section 5).
_WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)


class ScopeError(Exception):
    """Raised when practice-owned rows are asked for without saying whose, or written outside the scope."""


def make_engine(url: str, master: MasterKey | None = None, reopen: Callable[[], MasterKey] | None = None) -> Engine:
    """Return an engine with the settings this product needs on either database.

    Without ``master`` (the migrations' way) it cannot read or write a sealed column. ``reopen`` is asked for the master
    key once another process has renewed it.
    """
    engine = _bare_engine(url)
    if master is not None:
        keyring = Keyring(master, lambda practice_id: _wrapped_keys(engine, practice_id), reopen)
        reads = _reads_engine(engine)
        for one in (engine, reads):
            one.dialect.tracker_keyring = keyring  # type: ignore[attr-defined]  # what types are given when they bind
        engine.dialect.tracker_reads = ReadsLog(reads)  # type: ignore[attr-defined]
    return engine


def reads_file(database: Path) -> Path:
    """Return where the chain of reads of an SQLite database is kept."""
    return database.with_name(f"{database.name}-audit")


def _reads_engine(engine: Engine) -> Engine:
    """Return an engine on the file of reads, which is closed with the other one; a server keeps both in one place."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or file == ":memory:":
        return engine
    reads = _bare_engine(f"sqlite:///{reads_file(Path(file))}")
    event.listen(engine, "engine_disposed", lambda _: reads.dispose())
    return reads


def _wrapped_keys(engine: Engine, practice_id: int) -> list[WrappedKeys]:
    query = select(PracticeKey.practice_id, PracticeKey.version, PracticeKey.wrapped)
    with engine.execution_options(writes=False).connect() as connection:
        rows = connection.execute(query.where(PracticeKey.practice_id == practice_id).order_by(PracticeKey.version))
        return [WrappedKeys(*row) for row in rows]


@event.listens_for(Practice, "after_insert")
def _make_keys(_mapper: Mapper[Practice], connection: Connection, practice: Practice) -> None:
    """Every practice has keys of its own from its first moment, in the same transaction."""
    made = keyring_of(connection.dialect).make(practice.id)
    connection.execute(insert(PracticeKey).values(**made._asdict(), made_at=moment_of_id(practice.id)))


def keyring_for(session: Session) -> Keyring:
    """Return the keys of the database a session works on."""
    return keyring_of(session.get_bind().dialect)


def _bare_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=60, hide_parameters=True)
        event.listen(engine, "begin", _begin_postgres)
        return engine
    if ":memory:" not in url and len(url) > len("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"journal_mode={'WAL' if _WAL_IS_SAFE else 'DELETE'}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "temp_store=MEMORY",
        "cache_size=-65536",
        "cache_spill=OFF",  # a spill takes the exclusive lock early and would stop readers during an import
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a deferred transaction that turns to writing fails with "database is locked"."""
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    """Tell PostgreSQL whose rows this transaction may touch (``tracker.db_guard``); untold, it shows nobody's."""
    options = connection.get_execution_options()
    if "scope" in options:
        connection.exec_driver_sql("SELECT set_config(%s, %s, true)", (SETTING, setting_of(options["scope"])))


def whole(engine: Engine) -> Engine:
    """Return the engine for work on the rows of every practice without a session: upgrades, backups, restores."""
    return engine.execution_options(scope=None)


class SessionMaker:
    """Makes sessions: scoped to practices for people, unscoped for the system (sign-in, jobs, commands)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def reading(self, scope: Iterable[int], protected: Iterable[int] = ()) -> Session:
        """Return a session that sees the practices of ``scope`` and is meant for reading.

        ``protected`` are those whose protected notes its person has leave to read.
        """
        return self._session(frozenset(scope), frozenset(protected), writes=False)

    def writing(self, scope: Iterable[int], protected: Iterable[int] = ()) -> Session:
        """Return a session that sees and changes the practices of ``scope``; ``protected`` as for reading."""
        return self._session(frozenset(scope), frozenset(protected), writes=True)

    def system(self) -> Session:
        """Return a session that sees every practice: for sign-in, jobs and commands, never for a request's pages."""
        return self._session(None, frozenset(), writes=True)

    def _session(self, scope: frozenset[int] | None, protected: frozenset[int], *, writes: bool) -> Session:
        engine = self.engine.execution_options(scope=scope, writes=writes)
        return ScopedSession(engine, expire_on_commit=False, info={"scope": scope, "protected": protected})


class ScopedSession(Session):
    """A session whose ``info["scope"]`` is the set of practice ids it may touch; None is the system."""


day_counts.listen(ScopedSession)  # before the log, which is written last
changes.listen(ScopedSession)


@event.listens_for(ScopedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    scope = _scope(state.session)
    if state.is_column_load or state.is_relationship_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        narrowed = shown_notes(state.execution_options, state.session.info.get("protected", ()))
        state.statement = state.statement.options(*narrowed)
    if scope is not None:
        state.statement = state.statement.options(
            with_loader_criteria(PracticeOwned, lambda cls: cls.practice_id.in_(scope), include_aliases=True)
        )


@event.listens_for(ScopedSession, "before_flush")
def _refuse_foreign(session: Session, _context: UOWTransaction, _instances: object) -> None:
    scope = _scope(session)
    if scope is None:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, PracticeOwned) and row.practice_id not in scope:
            raise ScopeError(f"{type(row).__name__} of a practice outside the scope")


def _scope(session: Session) -> frozenset[int] | None:
    if "scope" not in session.info:
        raise ScopeError("this session has no practice scope")
    scope: frozenset[int] | None = session.info["scope"]
    return scope


def scope_of(session: Session) -> frozenset[int]:
    """Return the practices a person's session sees. Raises ScopeError for the system's, which has no bounds."""
    scope = _scope(session)
    if scope is None:
        raise ScopeError("this session is the system's")
    return scope


def require_practice(session: Session, practice_id: int) -> None:
    """Raise ScopeError unless the session may touch the practice; bulk inserts call this themselves."""
    scope = _scope(session)
    if scope is not None and practice_id not in scope:
        raise ScopeError("a practice outside the scope")


def insert_rows(session: Session, model: type[Base], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows with the driver's executemany; every value given, in the order of ``columns``.

    About five times faster than the ORM's bulk insert. Values go through the columns' bind processors where there
    are any (dates and JSON on SQLite).
    """
    if not rows:
        return
    place = columns.index("practice_id")
    changes.note_inserted(session, model, (row[place] for row in rows))
    day_counts.note_inserted(session, model, columns, rows)
    rows = _placed_rows(model, columns, rows)
    connection = session.connection()
    table = model.__table__
    assert isinstance(table, Table)
    marks = ", ".join(["?" if connection.dialect.paramstyle == "qmark" else "%s"] * len(columns))
    names = ", ".join(columns)
    processors: dict[int, Callable[[Any], Any]] = {}
    for place, name in enumerate(columns):
        kind = table.c[name].type.dialect_impl(connection.dialect)
        process = kind.bind_processor(connection.dialect)
        if process is not None:
            processors[place] = process
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) VALUES ({marks})",  # noqa: S608  # names come from the model
        _processed(rows, processors) if processors else list(rows),
    )


def _placed_rows(
    model: type[Base], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> Sequence[tuple[Any, ...]]:
    """Say of every sealed value which row it is for (``practice_id`` and ``id`` are among the columns)."""
    sealed = {columns.index(name): kind for name, kind in sealed_columns(model).items() if name in columns}
    if not sealed:
        return rows
    cells = list(zip(*rows, strict=True))
    places = list(map(Place, cells[columns.index("practice_id")], cells[columns.index("id")]))
    for at, kind in sealed.items():
        cells[at] = tuple(
            None if value is None else kind.placed(value, place) for value, place in zip(cells[at], places, strict=True)
        )
    return list(zip(*cells, strict=True))


def _processed(rows: Sequence[tuple[Any, ...]], processors: dict[int, Callable[[Any], Any]]) -> list[tuple[Any, ...]]:
    """Pass whole columns through their processors: dates and moments repeat, so each is processed once."""
    cells = list(zip(*rows, strict=True))
    for place, process in processors.items():
        cells[place] = _process_column(cells[place], process)
    return list(zip(*cells, strict=True))


def _process_column(column: tuple[Any, ...], process: Callable[[Any], Any]) -> tuple[Any, ...]:
    first = next((value for value in column if value is not None), None)
    if not isinstance(first, date) or hasattr(first, "place"):  # a sealed day is another value in each row
        return tuple(map(process, column))
    known = {value: process(value) for value in set(column)}
    return tuple(map(known.__getitem__, column))


def rows_changed(session: Session, statement: Update) -> int:
    """Carry an UPDATE out and return how many rows it changed: none when another request was first."""
    return session.execute(statement).rowcount  # type: ignore[attr-defined,no-any-return]  # an UPDATE has a row count


_HELD = "tracker_held"


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Commit at the end, roll back on any error, close in any case; within ``one_transaction`` its end is left to that."""
    if session.info.get(_HELD):
        try:
            yield session
            session.flush()
        except BaseException:
            session.rollback()
            raise
        return
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def one_transaction(session: Session) -> Iterator[Session]:
    """Make one transaction of all that the block does, also where it has transactions of its own."""
    with transaction(session):
        session.info[_HELD] = True
        try:
            yield session
        finally:
            session.info.pop(_HELD)
