"""The names a letter may use: what each holds, in plain words, how it is written and what it says of invented facts."""

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, time
from functools import cache
from types import NoneType
from typing import Any, NamedTuple

from tracker.config import resource_dir
from tracker.domain.money import dollars
from tracker.letters.catalog import SHARED, LetterTemplate, read_toml, sample, templates
from tracker.letters.context import context
from tracker.letters.facts import LetterFacts
from tracker.letters.gaps import Collector, Missing
from tracker.letters.words import and_list, clock_time, long_date

_BY_KEY = frozenset({"labels"})  # its parts are the keys of the exhibits


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands under a name: ``parts`` of a group, the shape of each of ``rows`` of a list, else a plain value.

    ``kind`` is the type of a plain value where it is known. ``is_open`` says that any part may be asked for.
    """

    path: str = ""
    kind: Any = None
    parts: Mapping[str, "Shape"] = field(default_factory=dict)
    rows: "Shape | None" = None
    is_open: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it can be printed."""
        return not self.parts and self.rows is None

    @property
    def is_list_of_words(self) -> bool:
        """Whether it is a list of plain values."""
        return self.rows is not None and self.rows.is_plain


@cache
def known_names() -> Mapping[str, Shape]:
    """Return the shape of every name a letter is given: the facts by their types, what is worked out by its values."""
    names = {name: _of_type(kind, name) for name, kind in typing.get_type_hints(LetterFacts).items()}
    names |= {name: replace(names[of], path=name) for name, of in _SOME_OF.items()}
    for template in templates().values():
        for name, value in _values(template).items():
            if not callable(value):
                names[name] = _with_found(names[name], value) if name in names else _of_value(value, name)
    return names


def _with_found(shape: Shape, value: Any) -> Shape:
    """Return a shape with what a value of it holds besides."""
    if shape.rows is not None:
        rows = shape.rows
        for each in value if isinstance(value, list | tuple) else ():
            rows = _with_found(rows, each)
        return replace(shape, rows=rows)
    if shape.kind is NoneType and value is not None:
        return _of_value(value, shape.path)
    if not isinstance(value, dict) or shape.is_open:
        return shape
    parts = dict(shape.parts)
    for name, each in value.items():
        parts[name] = _with_found(parts[name], each) if name in parts else _of_value(each, f"{shape.path}.{name}")
    return replace(shape, parts=parts, kind=None)


def _values(template: LetterTemplate) -> dict[str, Any]:
    return context(sample(template.slug).facts, template.request_name("default"), Collector(template.fact_words))


def _of_type(kind: Any, path: str) -> Shape:
    inner = [each for each in typing.get_args(kind) if each not in (NoneType, Ellipsis)]
    if typing.get_origin(kind) is tuple:
        return Shape(path, rows=_of_type(inner[0], path))
    if inner:
        return _of_type(inner[0], path)
    if not is_dataclass(kind):
        return Shape(path, kind)
    hints = typing.get_type_hints(kind)
    return Shape(path, parts={each.name: _of_type(hints[each.name], f"{path}.{each.name}") for each in fields(kind)})


# Lists that hold some rows of another.
_SOME_OF = {"quotes_not_in_points": "quotes"}


def _of_value(value: Any, path: str) -> Shape:
    if path in _BY_KEY:
        return Shape(path, is_open=True)
    if isinstance(value, dict):
        return Shape(path, parts={name: _of_value(each, f"{path}.{name}") for name, each in value.items()})
    if isinstance(value, list | tuple):
        return _with_found(Shape(path, rows=Shape(path, type(None))), [row for row in value if isinstance(row, dict)])
    return Shape(path, type(value))


def all_paths() -> Sequence[str]:
    """Return the dotted path of every name: ``patient``, ``patient.name``, ``lines.reasons.carc`` ..."""
    return [path for shape in known_names().values() for path in _paths(shape)]


def _paths(shape: Shape) -> Iterator[str]:
    yield shape.path
    for part in (shape.rows or shape).parts.values():
        yield from _paths(part)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return read_toml(resource_dir("letter_templates") / SHARED / "names.toml")


def filters() -> Mapping[str, str]:
    """Return what may stand after a ``|``, with its meaning."""
    return _words()["filters"]


def functions() -> Mapping[str, str]:
    """Return what may be called, with its meaning."""
    return _words()["functions"]


# Lists that hold again what has its words elsewhere.
_ALIKE = (("claim.lines.", "lines."), ("claims.", "claim."), ("more_claims.", "claim."))


def words_of(path: str, template: LetterTemplate) -> str:
    """Return what a name means, empty for a name that nobody gave words."""
    words = _words()["facts"]
    if path in words:
        return words[path]
    if path in template.fact_words:
        return template.fact_words[path].label
    for whole, part in _ALIKE:
        if path.startswith(whole):
            return words_of(part + path.removeprefix(whole), template)
    return ""


def _meaning(path: str, template: LetterTemplate) -> str:
    return words_of(path, template) or path.rpartition(".")[2].replace("_", " ").capitalize()


class Name(NamedTuple):
    """A name for the page: how it is written in the letter, its meaning and what it says of the invented facts."""

    write: str
    meaning: str
    example: str


class NameGroup(NamedTuple):
    """Names that belong together; of a list, ``loop`` begins what is written for each row."""

    path: str
    meaning: str
    loop: str
    names: tuple[Name, ...]

    @property
    def has_examples(self) -> bool:
        """Whether the invented letter holds any of them."""
        return any(one.example for one in self.names)


def name_groups(template: LetterTemplate) -> list[NameGroup]:
    """Return every name of a letter with its example: first what stands alone, then each group and list."""
    values = _values(template)
    alone: list[Name] = []
    groups: list[NameGroup] = []
    for name, shape in known_names().items():
        if shape.is_plain or shape.is_list_of_words:
            alone.append(_name(name, shape, values.get(name), template))
        else:
            groups += _groups(shape, name, values.get(name), template)
    return [NameGroup("", "Single facts", "", tuple(alone)), *groups]


def _groups(shape: Shape, where: str, value: Any, template: LetterTemplate, row: str = "row") -> Iterator[NameGroup]:
    prefix, loop = where, ""
    if shape.rows is not None:
        prefix, loop = row, f"{{% for {row} in {where} %}} ... {{% endfor %}}"
        value = next(iter(value), None) if value else None
    names: list[Name] = []
    inner: list[NameGroup] = []
    for name, part in (shape.rows or shape).parts.items():
        each = value.get(name) if isinstance(value, dict) else None
        if part.is_plain or part.is_list_of_words:
            names.append(_name(f"{prefix}.{name}", part, each, template))
        else:
            inner += _groups(part, f"{prefix}.{name}", each, template, "part")
    yield NameGroup(shape.path, _meaning(shape.path, template), loop, tuple(names))
    yield from inner


_WRITTEN: Mapping[Any, tuple[str, Callable[[Any], str]]] = {
    date: (" | long_date", long_date),
    time: (" | clock_time", clock_time),
}


def _name(write: str, shape: Shape, value: Any, template: LetterTemplate) -> Name:
    filter_, words = _WRITTEN.get(shape.kind, ("", str))
    if shape.rows is not None:
        filter_, words = " | and_list", _listed
    elif shape.path.endswith("_cents"):
        filter_, words = " | dollars", dollars
    elif shape.kind is bool:
        words = _yes_or_no
    if shape.is_open:
        write += ".note"
    shown = f"{{% if {write} %}}" if shape.kind is bool else f"{{{{ {write}{filter_} }}}}"
    example = "" if value is None or isinstance(value, Missing | dict) else words(value)
    return Name(shown, _meaning(shape.path, template), example)


def _listed(rows: Sequence[Any]) -> str:
    return and_list([" ".join(row) if isinstance(row, tuple) else row for row in rows])


def _yes_or_no(value: object) -> str:
    return "yes" if value else "no"
