"""Engine and sessions: SQLite and PostgreSQL settings, and the practice scope on every query."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, sessionmaker, with_loader_criteria

from tracker.models.base import Base, PracticeOwned

# Older SQLite libraries can corrupt a WAL database (architecture.md section 5).
_WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)


class ScopeError(Exception):
    """Raised when practice-owned rows are asked for without saying whose, or written outside the scope."""


def make_engine(url: str) -> Engine:
    """Return an engine with the settings this product needs on either database."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=60, hide_parameters=True)
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


class SessionMaker:
    """Makes sessions: scoped to practices for people, unscoped for the system (sign-in, jobs, commands)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = sessionmaker(engine, class_=ScopedSession, expire_on_commit=False)
        self._reading = sessionmaker(
            engine.execution_options(writes=False), class_=ScopedSession, expire_on_commit=False
        )

    def reading(self, scope: Iterable[int]) -> Session:
        """Return a session that sees the practices of ``scope`` and is meant for reading."""
        return self._reading(info={"scope": frozenset(scope)})

    def writing(self, scope: Iterable[int]) -> Session:
        """Return a session that sees and changes the practices of ``scope``."""
        return self._writing(info={"scope": frozenset(scope)})

    def system(self) -> Session:
        """Return a session that sees every practice: for sign-in, jobs and commands, never for a request's pages."""
        return self._writing(info={"scope": None})


class ScopedSession(Session):
    """A session whose ``info["scope"]`` is the set of practice ids it may touch; None is the system."""


@event.listens_for(ScopedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    scope = _scope(state.session)
    if scope is None or state.is_column_load or state.is_relationship_load:
        return
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


def _processed(rows: Sequence[tuple[Any, ...]], processors: dict[int, Callable[[Any], Any]]) -> list[tuple[Any, ...]]:
    """Pass whole columns through their processors: dates and moments repeat, so each is processed once."""
    cells = list(zip(*rows, strict=True))
    for place, process in processors.items():
        cells[place] = _process_column(cells[place], process)
    return list(zip(*cells, strict=True))


def _process_column(column: tuple[Any, ...], process: Callable[[Any], Any]) -> tuple[Any, ...]:
    if not isinstance(next((value for value in column if value is not None), None), date):
        return tuple(map(process, column))
    known = {value: process(value) for value in set(column)}
    return tuple(map(known.__getitem__, column))


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Commit at the end, roll back on any error, close in any case."""
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
