"""Gaps: facts a letter needs and does not have, how they show in the preview and what a person can do about them.

A missing fact is false in a condition; printed, it shows ``[Date of birth: missing]`` and reports the gap. So a template
says which facts it needs by printing them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from tracker.letters.leftovers import PLACEHOLDER


class FactWords(NamedTuple):
    """How a gap names a fact, and what a person is told to do about it."""

    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A missing fact that blocks signing. ``paragraph`` is the key of the paragraph it stands in, or empty."""

    key: str
    label: str
    message: str
    paragraph: str = ""


@dataclass(slots=True)
class Collector:
    """Collects the gaps of one draft; ``paragraph`` is the key of the paragraph being written."""

    words: Mapping[str, FactWords]
    gaps: dict[str, Gap] = field(default_factory=dict)
    paragraph: str = ""

    def add(self, key: str, label: str, message: str) -> str:
        """Record a gap once and return its placeholder."""
        self.gaps.setdefault(key, Gap(key, label, message, self.paragraph))
        return placeholder(label)

    def add_fact(self, path: str) -> str:
        """Record that the fact at ``path`` is missing and return its placeholder.

        Words that facts.toml does not hold are made of the path.
        """
        label = path.rpartition(".")[2].replace("_", " ")
        label, message = self.words.get(path) or FactWords(label.capitalize(), f"Add the {label}")
        return self.add(path, label, message)


def placeholder(label: str) -> str:
    """Return what stands where a fact is missing."""
    return f"[{label}: missing]"


def highlighted(text: str) -> Markup:
    """Return a placeholder as the preview shows it."""
    return Markup('<mark class="gap">{}</mark>').format(text)


class Missing:
    """A fact that is not known. Its parts are missing too."""

    __slots__ = ("_collector", "_path")

    def __init__(self, path: str, collector: Collector) -> None:
        self._path = path
        self._collector = collector

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __str__(self) -> str:
        return self._collector.add_fact(self._path)

    def __html__(self) -> str:
        return highlighted(str(self))

    def __getitem__(self, name: str) -> "Missing":
        return Missing(f"{self._path}.{name}", self._collector)


def as_html(text: str) -> Markup:
    """Return a person's plain text as paragraphs; every character is escaped, placeholders are highlighted."""
    return Markup("").join(_paragraph_html(part) for part in re.split(r"\n\s*\n", text.strip()) if part.strip())


def _paragraph_html(part: str) -> Markup:
    lines = []
    for line in part.splitlines():
        pieces = PLACEHOLDER.split(line)
        shown = [highlighted(placeholder(piece)) if odd % 2 else escape(piece) for odd, piece in enumerate(pieces)]
        lines.append(Markup("").join(shown))
    return Markup("<p>{}</p>").format(Markup("<br>").join(lines))
