"""Minutes of several services told together: ``TherEx/MT/TTT: 14/8/34``, ``ther ex + manual: 38 min``.

Names in a row with as many figures in a row get one each. Names in a row with one figure share it.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from tracker.reading.services import MOST_PLACES, ServiceName

_MOST = 240
_MOST_COLUMNS = 8
_BETWEEN_NAMES = re.compile(r"[ ]?(?:[/+&,]|,?[ ]and|,[ ]?&|plus)[ ]?|[ ]and[ ]")
_TOTAL_COLUMN = re.compile(r"[ ]?[/+][ ]?(?:ttt|ttm|tct|total|tot|all)\b(?:[ ](?:time|min(?:ute)?s?|tx))?")
_TO_FIGURES = re.compile(
    r"[ \t]{0,4}(?:\(?(?:min(?:ute)?s?|time)\b\)?[ ]?)?(?P<mark>[:=]|[-–—](?=[ ]))?[ \t]{0,4}(?:\(?(?:min(?:ute)?s?|time)\)?[ ]?[:=]?[ ]?)?\(?"
)
_FIGURES = re.compile(
    r"[ \t]{0,4}(?P<mark>[:=]|[-–—](?=[ ]))?[ \t]{0,4}(?:\(?(?:min(?:ute)?s?|time)\)?[ ]?[:=]?[ ]?)?\(?"
)
_FIGURES = re.compile(r"\d{1,3}(?:[ ]?['’′])?(?:[ ]?/[ ]?\d{1,3}(?:[ ]?['’′])?){1,7}(?!\d|[ ]?/|[ ]?%|\.\d)")
_UNIT = re.compile(r"[ ]?(?:min(?:ute)?s?\b\.?|['’′]|[\])])")
_DIGITS = re.compile(r"\d+")
_SHARED = re.compile(
    r"[ \t]{0,3}(?:[:=\-–—(]|\b(?:combined|together|both|total|for|x)\b)?(?:[ \t]{0,2}(?:combined|together|both|total|for|x)\b[ :]?){0,2}[ \t]{0,2}"
    r"(?P<minutes>\d{1,3})[ ]?(?:min(?:ute)?s?\b\.?|['’′])(?![ ]?(?:each|apiece|ea\b|/|per\b|of\b|hold|rest|daily|twice))"
)


class Column(NamedTuple):
    """One service of a row with its own minutes; the place is the whole row."""

    codes: tuple[str, ...]
    minutes: int
    start: int
    end: int


class SharedMinutes(NamedTuple):
    """Minutes that several services have together: the codes each of the names may mean, and the place."""

    names: tuple[tuple[str, ...], ...]
    minutes: int
    start: int
    end: int


class Joined(NamedTuple):
    """What rows of names tell: columns, shared minutes, the total a row names itself, and the places they take up."""

    columns: tuple[Column, ...] = ()
    shared: tuple[SharedMinutes, ...] = ()
    totals: tuple[tuple[int, int, int], ...] = ()

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Return the places that were read, each once."""
        columns = {(each.start, each.end) for each in self.columns}
        return tuple(sorted(columns.union((each.start, each.end) for each in self.shared)))


def read_joined(low: str, names: Sequence[ServiceName]) -> Joined:
    """Return the minutes that rows of service names tell in ``low``, a note in lower case with its names in order."""
    columns: list[Column] = []
    shared: list[SharedMinutes] = []
    totals: list[tuple[int, int, int]] = []
    for row in islice(_rows(low, names), MOST_PLACES):
        total = _TOTAL_COLUMN.match(low, row[-1].end)
        if (found := _figures(low, row, total.end() if total else row[-1].end, has_total=total is not None)) is None:
            if total is None and len(row) > 1 and (sum_of := _shared(low, row)) is not None:
                shared.append(sum_of)
            continue
        figures, end = found
        place = (row[0].start, end)
        columns += [Column(name.codes, minutes, *place) for name, minutes in zip(row, figures, strict=False)]
        if total is not None:
            totals.append((figures[-1], *place))
    return Joined(tuple(columns), tuple(shared), tuple(totals))


def _rows(low: str, names: Sequence[ServiceName]) -> Iterator[tuple[ServiceName, ...]]:
    """Yield names that stand in a row, those of one service counted once; a single name before a total too."""
    row: list[ServiceName] = []
    for name, following in pairwise([*names, None]):
        assert name is not None
        row.append(name)
        near = following is not None and following.start - name.end <= _MOST_COLUMNS
        if near and following is not None and _BETWEEN_NAMES.fullmatch(low, name.end, following.start):
            continue
        if len(row) > 1 or _TOTAL_COLUMN.match(low, name.end):
            yield tuple(row)
        row = []


def _figures(low: str, row: Sequence[ServiceName], end: int, *, has_total: bool) -> tuple[tuple[int, ...], int] | None:
    """Return the figures of a row, one per column, and where they end; two alone need a mark, or they are a date."""
    mark = _TO_FIGURES.match(low, end)
    figures = _FIGURES.match(low, mark.end()) if mark is not None else None
    if mark is None or figures is None:
        return None
    found = tuple(int(digits) for digits in _DIGITS.findall(figures[0]))
    unit = _UNIT.match(low, figures.end())
    sure = mark["mark"] is not None or unit is not None or not _is_date(found)
    if not sure or len(found) != len(row) + has_total or not all(0 < each <= _MOST for each in found):
        return None
    if has_total and found[-1] < max(found[:-1]):
        return None
    return found, unit.end() if unit else figures.end()


def _is_date(figures: Sequence[int]) -> bool:
    """Whether figures without mark or unit may be a date: 3/14, 3/14/26."""
    return len(figures) < 3 or (len(figures) == 3 and figures[0] <= 12 and figures[1] <= 31)


def _shared(low: str, row: Sequence[ServiceName]) -> SharedMinutes | None:
    """Return the one figure that different services of a row have together."""
    names = tuple(name.codes for name in row)
    match = _SHARED.match(low, row[-1].end)
    if match is None or len(row) > _MOST_COLUMNS or not 0 < int(match["minutes"]) <= _MOST:
        return None
    if any(set(one).intersection(other) for one, other in pairwise(names)):
        return None  # 97110 therapeutic exercise, soft tissue and joint mobilization: one service
    return SharedMinutes(names, int(match["minutes"]), row[0].start, match.end())
