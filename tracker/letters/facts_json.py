"""Facts as plain data and back: what a signed letter keeps, and what sample.toml holds."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from tracker.letters.facts import LetterFacts
from tracker.letters.problems import TemplateProblem

_FROM_TEXT = {date: date.fromisoformat, time: time.fromisoformat}


def as_json(facts: LetterFacts) -> dict[str, Any]:
    """Return the facts as JSON data; dates and times are ISO text. ``from_json`` gives equal facts back."""
    plain: dict[str, Any] = _plain(facts)
    return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return value


def from_json(data: Mapping[str, Any]) -> LetterFacts:
    """Return facts from data as ``as_json`` writes it; a field left out takes its default.

    Raises TemplateProblem naming the field that is unknown, missing or of the wrong type.
    """
    facts: LetterFacts = _read(LetterFacts, data, "facts")
    return facts


def _read(kind: Any, value: Any, where: str) -> Any:
    if isinstance(kind, UnionType):
        return None if value is None else _read(_without_none(kind), value, where)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], each, f"{where}[{number}]") for number, each in enumerate(value))
    if is_dataclass(kind):
        return _read_fields(kind, value, where)
    if kind in _FROM_TEXT and isinstance(value, str):
        return _FROM_TEXT[kind](value)
    if not isinstance(value, kind):
        raise TemplateProblem(f"{where} must be {kind.__name__}, not {type(value).__name__}")
    return value


def _without_none(kind: UnionType) -> Any:
    return next(each for each in get_args(kind) if each is not NoneType)


def _read_fields(kind: Any, value: Mapping[str, Any], where: str) -> Any:
    kinds = get_type_hints(kind)
    if unknown := set(value) - set(kinds):
        raise TemplateProblem(f"{where} knows no {', '.join(sorted(unknown))}")
    try:
        return kind(**{name: _read(kinds[name], each, f"{where}.{name}") for name, each in value.items()})
    except TypeError as error:
        raise TemplateProblem(f"{where}: {error}") from None
