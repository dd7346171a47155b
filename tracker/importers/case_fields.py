"""Asks a case file for its values by type; what is wrong is named by the path of its key, as in claim.lines[0].units."""

import re
from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

from tracker.domain.money import MoneyError, parse_cents
from tracker.importers.errors import ImportProblem

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MISSING = object()
_FORMAT = "The format denial-case/1 says what stands where."


def wrong(where: str, why: str, what_to_do: str = _FORMAT) -> ImportProblem:
    """Return the refusal that names the key ``where`` and says why it cannot be read."""
    return ImportProblem(where, f"{where} {why}.", what_to_do)


class Fields:
    """One object of a case file. Every method raises ImportProblem for a value of another kind."""

    __slots__ = ("_values", "_where")

    def __init__(self, values: Mapping[str, Any], where: str = "") -> None:
        self._values, self._where = values, where

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name

    def _value(self, name: str, *, absent: bool = False) -> Any:
        value = self._values.get(name, _MISSING)
        if value is _MISSING:
            if absent:
                return None
            raise wrong(self._path(name), "is missing", "Write null, or an empty list, for what is not known.")
        return value

    def has(self, name: str) -> bool:
        """Whether a key that may be left out is there with a value."""
        return self._value(name, absent=True) is not None

    def text(self, name: str) -> str:
        """Return text that is there."""
        value = self._value(name)
        if not isinstance(value, str):
            raise wrong(self._path(name), f"is {_shown(value)} where text belongs")
        return value

    def text_or_number(self, name: str) -> str:
        """Return text that is there; a whole number as its digits."""
        value = self._value(name)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text(name)

    def optional_text(self, name: str, *, absent: bool = False) -> str | None:
        """Return text or None; with ``absent`` the key itself may be left out."""
        return None if self._value(name, absent=absent) is None else self.text(name)

    def one_of(self, name: str, words: frozenset[str]) -> str:
        """Return one of ``words``."""
        value = self.text(name)
        if value not in words:
            raise wrong(self._path(name), f'is "{value[:40]}"', f"Use one of {', '.join(sorted(words))}.")
        return value

    def optional_one_of(self, name: str, words: frozenset[str]) -> str | None:
        """Return one of ``words`` or None."""
        return None if self._value(name) is None else self.one_of(name, words)

    def optional_flag(self, name: str) -> bool | None:
        """Return true, false or None."""
        value = self._value(name)
        if value is not None and not isinstance(value, bool):
            raise wrong(self._path(name), f"is {_shown(value)} where true, false or null belongs")
        return value

    def number(self, name: str) -> float:
        """Return a number that is not negative."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
            raise wrong(self._path(name), f"is {_shown(value)} where a number belongs")
        return value

    def optional_number(self, name: str) -> float | None:
        """Return a number or None; the key may be left out."""
        return None if self._value(name, absent=True) is None else self.number(name)

    def whole(self, name: str) -> int:
        """Return a whole number that is not negative."""
        return _whole(self._value(name), self._path(name))

    def optional_whole(self, name: str) -> int | None:
        """Return a whole number or None."""
        return None if self._value(name) is None else self.whole(name)

    def wholes(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        return tuple(_whole(value, f"{self._path(name)}[{i}]") for i, value in enumerate(self._list(name)))

    def cents(self, name: str) -> int:
        """Return the cents of a decimal string in dollars."""
        value = self.text(name)
        try:
            return parse_cents(value)
        except MoneyError:
            raise wrong(self._path(name), f'is "{value[:40]}"', 'Write dollars like "120.00".') from None

    def optional_cents(self, name: str) -> int | None:
        """Return cents or None."""
        return None if self._value(name) is None else self.cents(name)

    def day(self, name: str) -> date:
        """Return a date written like 2026-08-03."""
        value = self.text(name)
        try:
            if _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise wrong(self._path(name), f'is "{value[:40]}", which is no date', "Write dates like 2026-08-03.")

    def optional_day(self, name: str) -> date | None:
        """Return a date or None."""
        return None if self._value(name) is None else self.day(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._list(name)
        for i, value in enumerate(values):
            if not isinstance(value, str):
                raise wrong(f"{self._path(name)}[{i}]", f"is {_shown(value)} where text belongs")
        return tuple(values)

    def part(self, name: str) -> "Fields":
        """Return the object under a key."""
        return self._part(self._value(name), self._path(name))

    def optional_part(self, name: str, *, absent: bool = False) -> "Fields | None":
        """Return the object under a key, or None."""
        return None if self._value(name, absent=absent) is None else self.part(name)

    def parts(self, name: str, *, absent: bool = False) -> tuple["Fields", ...]:
        """Return the objects of a list; with ``absent`` the key may be left out."""
        if absent and self._value(name, absent=True) is None:
            return ()
        return tuple(self._part(value, f"{self._path(name)}[{i}]") for i, value in enumerate(self._list(name)))

    def _list(self, name: str) -> list[Any]:
        value = self._value(name)
        if not isinstance(value, list):
            raise wrong(self._path(name), f"is {_shown(value)} where a list belongs")
        return value

    @staticmethod
    def _part(value: object, where: str) -> "Fields":
        if not isinstance(value, dict):
            raise wrong(where, f"is {_shown(value)} where an object belongs")
        return Fields(value, where)


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise wrong(where, f"is {_shown(value)} where a whole number belongs")
    return value


def _shown(value: object) -> str:
    """Return the kind of a value in words; never the value itself, it may be anything from a medical record."""
    if value is None:
        return "null"
    names = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "something else")
