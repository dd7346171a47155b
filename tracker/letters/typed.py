"""Facts that stand in no record: what a letter lets a person type, and how the typed text becomes facts.

A typed fact is named by its path in the facts: ``authorization.number``, ``calls.0.on`` (the first typed call).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from tracker.letters.facts import LetterFacts
from tracker.letters.facts_json import as_json, from_json
from tracker.letters.problems import TemplateProblem
from tracker.letters.words import and_list, short_date

_CENTS = "_cents"


@dataclass(frozen=True, slots=True)
class TypedFact:
    """One field of the letter form; ``choices`` (value to words) make it a choice, ``hint`` helps to fill it."""

    path: str
    label: str
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What is typed: ``choice``, ``date``, ``time``, ``amount``, ``count``, ``words`` (a list) or ``text``."""
        if self.choices:
            return "choice"
        kind = _kind_of(self.path)
        if get_origin(kind) is tuple:
            return "words"
        if kind is int:
            return "amount" if self.path.endswith(_CENTS) else "count"
        return "text" if kind is str else str(kind.__name__)


@dataclass(frozen=True, slots=True)
class TypedGroup:
    """Fields that belong together, under one title; rows of the same thing share a ``section``."""

    title: str
    facts: tuple[TypedFact, ...]
    section: str


def read_groups(entries: list[dict[str, Any]]) -> tuple[TypedGroup, ...]:
    """Return the ``[[typed]]`` groups of a letter.toml; one with ``rows`` gives a group for each row.

    Raises TemplateProblem when a field names a fact there is not, KeyError or TypeError when an entry is malformed.
    """
    groups: list[TypedGroup] = []
    for entry in entries:
        rows = entry.get("rows", 0)
        for row in range(rows or 1):
            path = f"{entry['path']}.{row}" if rows else entry["path"]
            title = f"{entry['title']} {row + 1}" if rows else entry["title"]
            groups.append(TypedGroup(title, tuple(_fact(path, each) for each in entry["fields"]), entry["title"]))
    for fact in (fact for group in groups for fact in group.facts):
        _kind_of(fact.path)
    return tuple(groups)


def _fact(path: str, entry: Mapping[str, Any]) -> TypedFact:
    return TypedFact(f"{path}.{entry['name']}", entry["label"], entry.get("hint", ""), entry.get("choices", {}))


def _kind_of(path: str) -> Any:
    """Return the type of the fact at a path. Raises TemplateProblem when there is none."""
    kind: Any = LetterFacts
    for name in path.split("."):
        if get_origin(kind) is tuple and name.isdigit():
            kind = get_args(kind)[0]
        elif is_dataclass(kind) and name in (kinds := get_type_hints(kind)):
            kind = _known(kinds[name])
        else:
            raise TemplateProblem(f"the facts know no {path}")
    return kind


def _known(kind: Any) -> Any:
    return next(each for each in get_args(kind) if each is not NoneType) if isinstance(kind, UnionType) else kind


def on_file(facts: LetterFacts, path: str) -> str:
    """Return the fact at a path in words, empty when it is not known or is one of rows."""
    value: Any = facts
    for name in path.split("."):
        value = getattr(value, name, None)
    if isinstance(value, date):
        return short_date(value)
    return and_list(value) if isinstance(value, tuple) else "" if value is None else str(value)


def with_typed(facts: LetterFacts, typed: Mapping[str, str]) -> LetterFacts:
    """Return the facts with what a person typed (path to text): it stands before a record's, typed rows come after.

    Dates and times are ISO text, amounts are cents. What no fact of today's is (an older draft's) is left out.
    """
    data = as_json(facts)
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for path, text in typed.items():
        name, _, rest = path.partition(".")
        number, _, field_ = rest.partition(".")
        try:
            value = _value(_kind_of(path), text)
        except (TemplateProblem, ValueError):
            continue
        if field_:
            rows.setdefault((name, int(number)), {})[field_] = value
        else:
            data[name] = (data[name] or {}) | {rest: value}
    for (name, _), row in sorted(rows.items(), key=lambda item: item[0]):
        data[name] = [*data[name], row]
    return from_json(data)


def _value(kind: Any, text: str) -> Any:
    """Return typed text as JSON data of a kind. Raises ValueError when it is none."""
    if kind is int:
        return int(text)
    if kind is date:
        date.fromisoformat(text)
    if get_origin(kind) is tuple:
        return text.replace(",", " ").split()
    return text
