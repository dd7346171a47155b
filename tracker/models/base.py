"""What every table shares: names of constraints, ids made by the app, the practice in every key."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, ForeignKeyConstraint, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_EPOCH_MS = 1_735_689_600_000  # 2025-01-01 UTC
_PROCESS_BITS, _COUNTER_BITS = 10, 12


class IdMaker:
    """Makes 63-bit ids that grow with time: 41 bits of milliseconds, 12 of counter, 10 of process.

    The app makes ids, so that a tree of rows can be inserted in bulk and the same keys can be sharded by practice.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._reseed()
        os.register_at_fork(after_in_child=self._reseed)

    def _reseed(self) -> None:
        self._process = secrets.randbits(_PROCESS_BITS)

    def take(self, count: int) -> range:
        """Return ``count`` new ids, in growing order."""
        with self._lock:
            now = (int(time.time() * 1000) - _EPOCH_MS) << _COUNTER_BITS
            start = max(self._last + 1, now)
            self._last = start + count - 1
        first = start << _PROCESS_BITS | self._process
        return range(first, first + (count << _PROCESS_BITS), 1 << _PROCESS_BITS)


_ids = IdMaker()
take_ids = _ids.take


def id_stream() -> Iterator[int]:
    """Return new ids without end, for bulk work: taken from the maker a few thousand at a time."""
    return chain.from_iterable(iter(lambda: _ids.take(4096), None))


def new_id() -> int:
    """Return one new row id."""
    return _ids.take(1)[0]


def moment_of_id(row_id: int) -> datetime:
    """Return when an id was made, to the millisecond."""
    milliseconds = (row_id >> (_COUNTER_BITS + _PROCESS_BITS)) + _EPOCH_MS
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def ids_since(row_id: int, seconds: int) -> int:
    """Return the id that would have been made ``seconds`` before ``row_id`` was, 0 when that is before all ids."""
    return max(0, row_id - (seconds * 1000 << (_COUNTER_BITS + _PROCESS_BITS)))


def new_public_id() -> str:
    """Return a random 128-bit id for URLs."""
    return secrets.token_urlsafe(16)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC; refuses a datetime without a zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn a moment into naive UTC. Raises ValueError for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give a stored moment its zone back."""
        return value.replace(tzinfo=UTC) if value is not None else None


class Base(DeclarativeBase):
    """Parent of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger(),
        datetime: UtcDateTime(),
        str: String(),
    }


class Global:
    """A table of the installation, not of one practice."""

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)


class PracticeOwned:
    """A table whose rows belong to one practice; the practice is part of the key."""

    practice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)


class Versioned:
    """A row that people edit: a second writer is told, never overwritten in silence."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


def belongs_to_practice() -> ForeignKeyConstraint:
    """The key from an owned row to its practice."""
    return ForeignKeyConstraint(["practice_id"], ["practices.id"])


def owned_key(column: str, table: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A key to a row of the same practice: it cannot point across practices (security.md C-10)."""
    return ForeignKeyConstraint(["practice_id", column], [f"{table}.practice_id", f"{table}.id"], ondelete=ondelete)
