"""A note's text as a page shows it: numbered lines, with the quoted places marked."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A place in a text: characters ``start`` to ``end`` (exclusive)."""

    start: int
    end: int


class Piece(NamedTuple):
    """Some text of one line. ``mark`` is the number of the mark it belongs to, None when unmarked.

    ``opens`` is true for the first piece of a mark, the one a link jumps to.
    """

    text: str
    mark: int | None
    opens: bool


class NoteLine(NamedTuple):
    """One line of a note, counted from 1."""

    number: int
    pieces: tuple[Piece, ...]


def merge_spans(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    """Return the spans that lie in a text of ``length`` characters, in order, overlapping ones made one."""
    merged: list[Span] = []
    for span in sorted({span for span in spans if 0 <= span.start < span.end <= length}):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def mark_of(span: Span, marks: Sequence[Span]) -> int | None:
    """Return the number, from 1, of the mark that holds a span."""
    return next(
        (number for number, mark in enumerate(marks, 1) if mark.start <= span.start and span.end <= mark.end), None
    )


def line_of(text: str, place: int) -> int:
    """Return the number, from 1, of the line a character stands on."""
    return text.count("\n", 0, place) + 1


def note_lines(text: str, marks: Sequence[Span]) -> tuple[NoteLine, ...]:
    """Return the lines of a text cut at the marks (as ``merge_spans`` returns them); no character is lost."""
    lines = []
    start = 0
    opened: set[int] = set()
    for number, line in enumerate(text.split("\n"), 1):
        lines.append(NoteLine(number, tuple(_pieces(line, start, marks, opened))))
        start += len(line) + 1
    return tuple(lines)


def _pieces(line: str, offset: int, marks: Sequence[Span], opened: set[int]) -> Iterable[Piece]:
    place, end = offset, offset + len(line)
    for number, mark in enumerate(marks, 1):
        if mark.end <= place or mark.start >= end:
            continue
        start, stop = max(mark.start, place), min(mark.end, end)
        if start > place:
            yield Piece(line[place - offset : start - offset], None, False)
        yield Piece(line[start - offset : stop - offset], number, number not in opened)
        opened.add(number)
        place = stop
    if place < end:
        yield Piece(line[place - offset :], None, False)
