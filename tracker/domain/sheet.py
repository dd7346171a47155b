"""A table of typed cells with what it is about on top: what a list or report is when it leaves as a file or stands in a PDF."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from tracker.domain.money import dollars

Cell = str | int | float | Decimal | date | None


class Kind(StrEnum):
    """What the cells of a column are: words, a count, another number, cents, a day, a share from 0 to 1."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    CENTS = "cents"
    DATE = "date"
    SHARE = "share"


class Column(NamedTuple):
    """A column's head and what its cells are; None in a cell means that there is nothing to say."""

    name: str
    kind: Kind = Kind.TEXT

    @property
    def is_number(self) -> bool:
        """Whether its cells stand at the right."""
        return self.kind in {Kind.COUNT, Kind.NUMBER, Kind.CENTS, Kind.SHARE}


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows of a list or report. ``about`` are the lines above the heads: filters, run time, definitions."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    about: tuple[tuple[str, str], ...] = ()


_WORDS: Mapping[Kind, Callable[..., str]] = MappingProxyType(
    {
        Kind.TEXT: str,
        Kind.COUNT: lambda count: f"{count:,}",
        Kind.NUMBER: str,
        Kind.CENTS: dollars,
        Kind.DATE: lambda day: f"{day:%m/%d/%Y}",
        Kind.SHARE: lambda share: f"{share:.1%}",
    }
)


def cell_words(column: Column, cell: Cell) -> str:
    """Return a cell as people read it; a number that is not known is ``n/a``, one there is none of is empty."""
    if cell is None:
        return "n/a" if column.is_number else ""
    return _WORDS[column.kind](cell) if cell != "" else ""
