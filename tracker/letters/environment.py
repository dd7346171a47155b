"""The sandboxes in which letters and their paragraphs are written: no loader of files, few filters, no globals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from traceback import extract_tb
from typing import Any, NamedTuple

from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tracker.domain.money import dollars
from tracker.letters.gaps import Missing
from tracker.letters.problems import TemplateProblem
from tracker.letters.words import and_list, capital, clock_time, counted, long_date, short_date, with_article

_LETTER = "letter.html"


def _or_missing(filter_: Callable[..., str]) -> Callable[..., Any]:
    """Return the filter so that a missing fact passes through it and reports itself when it is printed."""

    def applied(value: Any, *rest: Any) -> Any:
        return value if isinstance(value, Missing) else filter_(value, *rest)

    return applied


def _by_date(rows: Sequence[Any], key: int | str) -> list[Any]:
    """Return the rows in order of the date under ``key``; rows without a date are left out."""
    return sorted((row for row in rows if row[key]), key=lambda row: row[key])


FILTERS: Mapping[str, Callable[..., Any]] = {
    "and_list": and_list,
    "by_date": _by_date,
    "capital": _or_missing(capital),
    "clock_time": _or_missing(clock_time),
    "counted": _or_missing(counted),
    "dollars": _or_missing(dollars),
    "long_date": _or_missing(long_date),
    "short_date": _or_missing(short_date),
    "length": len,
    "with_article": with_article,
}
TESTS: Mapping[str, Callable[..., bool]] = {"number": lambda value: isinstance(value, int | float)}


def _named(sources: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a loader of these sources alone, which tells a fault's place by the source's name."""
    return lambda name: (sources[name], name, lambda: True) if name in sources else None


class _Sandbox(ImmutableSandboxedEnvironment):
    """Plain data in, text out: ``*``, ``**`` and ``%`` are refused, since they can make a text of any size."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, sources: Mapping[str, str], *, autoescape: bool) -> None:
        super().__init__(
            loader=FunctionLoader(_named(sources)),
            undefined=StrictUndefined,
            autoescape=autoescape,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_printed,
        )
        self.filters = dict(FILTERS)
        self.tests = dict(TESTS)
        self.globals = {}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002  # Jinja's signature
        raise SecurityError(f"a letter may not use {operator}")


def _printed(value: Any) -> Any:
    if value is None:
        raise TemplateProblem("a letter prints a value that is None; facts that can be missing must be facts")
    return value


@lru_cache(maxsize=256)
def letter_template(base: str, html: str) -> Template:
    """Return a letter's template on its base. Raises TemplateProblem when it cannot be read."""
    return _template(_Sandbox({"base.html": base, _LETTER: html}, autoescape=True), _LETTER)


def _template(environment: _Sandbox, name: str) -> Template:
    try:
        return environment.get_template(name)
    except TemplateError as error:
        raise TemplateProblem(f"{name}: {error}") from error


_TEXT = _Sandbox({}, autoescape=False)


@lru_cache(maxsize=4096)
def _text_template(source: str) -> Template:
    try:
        return _TEXT.from_string(source)
    except TemplateError as error:
        raise TemplateProblem(f"{source[:60]}: {error}") from error


def parse(source: str) -> nodes.Template:
    """Return the syntax tree of a template. Raises TemplateSyntaxError when it cannot be read."""
    return _TEXT.parse(source)


class Piece(NamedTuple):
    """A piece of a template's source. ``kind`` is text, value (``{{ }}``), statement (``{% %}``) or comment.

    ``words`` are the names in a statement: ``("block", "body")``.
    """

    kind: str
    source: str
    words: tuple[str, ...] = ()


def pieces(source: str) -> Iterator[Piece]:
    """Yield a template's source piece by piece. Raises TemplateSyntaxError when it cannot be read."""
    kind, inside = "text", ""
    words: list[str] = []
    for _, sort, value in _TEXT.lex(source):
        if sort == "data":
            yield Piece("text", value)
        elif sort.endswith("_begin"):
            kind, inside, words = _KINDS[sort], value, []
        else:
            inside += value
            words += [value] if sort == "name" else []
            if sort.endswith("_end"):
                yield Piece(kind, inside, tuple(words))


_KINDS = {
    "variable_begin": "value", "block_begin": "statement", "comment_begin": "comment", "raw_begin": "statement",
}  # fmt: skip


def line_of(error: BaseException | None) -> int:
    """Return the line of a letter's HTML at which it failed, 0 when it did not fail there."""
    while error is not None:
        lines = [place.lineno or 0 for place in extract_tb(error.__traceback__) if place.filename == _LETTER]
        if lines:
            return lines[-1]
        error = error.__cause__ or error.__context__
    return 0


def write(template: Template, values: Mapping[str, Any]) -> str:
    """Return what a template says of the values. Raises TemplateProblem for a name the facts do not know."""
    try:
        return template.render(values)
    except TemplateError as error:
        raise TemplateProblem(str(error)) from error


def write_text(source: str, values: Mapping[str, Any]) -> str:
    """Return plain text from a text template; line ends become spaces, blank lines part paragraphs."""
    parts = write(_text_template(source), values).split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in parts if part.strip())


def holds(condition: str, values: Mapping[str, Any]) -> bool:
    """Return whether a condition over the facts holds; an empty one does."""
    return not condition or bool(write(_text_template(f"{{{{ 'yes' if {condition} else '' }}}}"), values))
