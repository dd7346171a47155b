"""Columns that are encrypted in the database and plain in memory.

A sealed value knows the row it was sealed for (``place``). Writing needs that row, so plain values are placed by the
mapper before they are bound; a query can neither compare nor update such a column with a plain value. Reading checks
the row when an object is loaded; a query for single columns calls ``require_place`` itself.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Dialect, LargeBinary, TypeDecorator, event, inspect
from sqlalchemy.orm import Mapper, QueryContext

from tracker.models.base import Base, PracticeOwned, new_id
from tracker.sealing.cipher import Place, SealBroken
from tracker.sealing.keyring import INSTALLATION, Keyring

_PAD_TO = 32  # short texts grow to a multiple of this, so that a name's length does not show


class PlacedText(str):
    """A text that knows its row."""

    __slots__ = ("place",)
    place: Place


class PlacedBytes(bytes):
    """Bytes that know their row."""

    place: Place


class PlacedDate(date):
    """A day that knows its row."""

    __slots__ = ("place",)
    place: Place


class PlacedDict(dict[str, Any]):
    """A JSON object that knows its row."""

    __slots__ = ("place",)
    place: Place


class PlacedList(list[Any]):
    """A JSON array that knows its row."""

    __slots__ = ("place",)
    place: Place


class Sealed(TypeDecorator[Any]):
    """A sealed column. Subclasses say how a value becomes bytes and back, and how it can carry its row."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def placed(self, value: Any, place: Place) -> Any:
        """Return the value as one that knows its row."""
        found = self._placeable(value)
        found.place = place
        return found

    def _placeable(self, value: Any) -> Any:
        raise NotImplementedError

    def _to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def _from_bytes(self, data: bytes) -> Any:
        raise NotImplementedError

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Seal a placed value. Raises TypeError for a plain one: it does not say which row it is for."""
        if value is None:
            return None
        place = getattr(value, "place", None)
        if place is None:
            raise TypeError(f"{self.column} is sealed: it is written with its row, and never compared")
        return keyring_of(dialect).seal(self.column, place, self._to_bytes(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Open a stored value. Raises SealBroken when it was changed or comes from another column."""
        if value is None:
            return None
        place, plain = keyring_of(dialect).open(self.column, bytes(value))
        return self.placed(self._from_bytes(plain), place)


class SealedText(Sealed):
    """A text of any length, padded so that the length of a name does not show."""

    cache_ok = True  # the column is the whole of its state

    def _placeable(self, value: str) -> PlacedText:
        return PlacedText(value)

    def _to_bytes(self, value: str) -> bytes:
        data = value.encode()
        return data + b"\0" * (-len(data) % _PAD_TO)

    def _from_bytes(self, data: bytes) -> PlacedText:
        return PlacedText(data.rstrip(b"\0").decode())


class SealedBytes(Sealed):
    """A file's bytes."""

    cache_ok = True  # the column is the whole of its state

    def _placeable(self, value: bytes) -> PlacedBytes:
        return PlacedBytes(value)

    def _to_bytes(self, value: bytes) -> bytes:
        return value

    def _from_bytes(self, data: bytes) -> PlacedBytes:
        return PlacedBytes(data)


class SealedDate(Sealed):
    """A day, such as a date of birth."""

    cache_ok = True  # the column is the whole of its state

    def _placeable(self, value: date) -> PlacedDate:
        return PlacedDate(value.year, value.month, value.day)

    def _to_bytes(self, value: date) -> bytes:
        return value.isoformat().encode()

    def _from_bytes(self, data: bytes) -> date:
        return date.fromisoformat(data.decode())


# One for all: making an encoder takes longer than most values it encodes.
_TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class SealedJson(Sealed):
    """A JSON object or array."""

    cache_ok = True  # the column is the whole of its state

    def _placeable(self, value: Any) -> Any:
        return PlacedDict(value) if isinstance(value, dict) else PlacedList(value)

    def _to_bytes(self, value: Any) -> bytes:
        return _TO_JSON(value).encode()

    def _from_bytes(self, data: bytes) -> Any:
        return json.loads(data)


def keyring_of(dialect: Dialect) -> Keyring:
    """Return the keys of the database a dialect belongs to (``tracker.db.make_engine`` puts them there)."""
    keyring: Keyring | None = getattr(dialect, "tracker_keyring", None)
    if keyring is None:
        raise TypeError("This connection was opened without keys")
    return keyring


def require_place(value: Any, practice_id: int, row_id: int) -> None:
    """Raise SealBroken when a value read as a single column was sealed for another row (None was not sealed)."""
    if value is not None and value.place != (practice_id, row_id):
        raise SealBroken("A sealed value stands in another row than it was sealed for")


def sealed_columns(model: type[Base]) -> dict[str, Sealed]:
    """Return the sealed columns of a table by the name of their attribute."""
    return _sealed_of(inspect(model))


_known: dict[Mapper[Any], dict[str, Sealed]] = {}


def _sealed_of(mapper: Mapper[Any]) -> dict[str, Sealed]:
    found = _known.get(mapper)
    if found is None:
        kinds = ((attr.key, _sealed_type(attr.columns[0])) for attr in mapper.column_attrs)
        found = {name: kind for name, kind in kinds if kind is not None}
        _known[mapper] = found
    return found


def _sealed_type(column: Any) -> Sealed | None:
    kind = column.type
    if not isinstance(kind, Sealed):
        return None
    if kind.column != f"{column.table.name}.{column.name}":
        raise TypeError(f"{column.table.name}.{column.name} is sealed as {kind.column}")
    return kind


def place_of(row: Base) -> Place:
    """Return the place of an object: its practice and id, or the installation and its id."""
    return Place(row.practice_id if isinstance(row, PracticeOwned) else INSTALLATION, row.id)  # type: ignore[attr-defined]  # both have ids


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
def _place(mapper: Mapper[Any], _connection: Connection, row: Base) -> None:
    """Say of every sealed value which row it is for; column defaults are filled in, since they would come too late."""
    sealed = _sealed_of(mapper)
    if not sealed:
        return
    place, values = _place_for_writing(row), inspect(row).dict
    for name, kind in sealed.items():
        if name not in values and inspect(row).persistent:
            continue  # deferred, so not changed
        value = values[name] if name in values else _default(mapper, name)
        if value is not None and getattr(value, "place", None) != place:
            values[name] = kind.placed(value, place)


def _place_for_writing(row: Base) -> Place:
    if row.id is None:  # type: ignore[attr-defined]
        row.id = new_id()  # type: ignore[attr-defined]  # the column's default would come too late
    return place_of(row)


def _default(mapper: Mapper[Any], name: str) -> Any:
    default: Any = mapper.columns[name].default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


@event.listens_for(Base, "load", propagate=True)
def _require_own_on_load(row: Base, _context: QueryContext) -> None:
    _require_own(row, None)


@event.listens_for(Base, "refresh", propagate=True)
def _require_own_on_refresh(row: Base, _context: QueryContext, names: Iterable[str] | None) -> None:
    _require_own(row, names)


def _require_own(row: Base, names: Iterable[str] | None) -> None:
    state = inspect(row)
    sealed = _sealed_of(state.mapper)
    if not sealed:
        return
    place = place_of(row)
    for name in sealed if names is None else sealed.keys() & set(names):
        require_place(state.dict.get(name), *place)
