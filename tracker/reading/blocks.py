"""Which stretch of a note describes which service: from its name, with or without minutes, to the next one."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tracker.reading.sections import Section, section_at
from tracker.reading.service_minutes import ServiceMinutes
from tracker.reading.services import ServiceName

_BEGINS = re.compile(r"(?:^|[\n|.:;>\])}•*–—-]|\d[.)])[ \t>*•#\-–—|(\[{]*$")
_BEGIN_REACH = 12
_LABELLED = re.compile(r"[ \t\])}]{0,4}(?:\([^()\n]{0,40}\))?[ \t]{0,4}(?:[:=|–—]|-[ ]|\.{3}| {3}|\t)")
_SENTENCE_START = re.compile(r"(?:^|\n|[.!?][ ]{1,2})[ \t>*•#\-–—|]*$")
_MINUTES_FOLLOW = re.compile(r"[^.:;\n\d]{1,30}\d{1,3}[ ]?(?:min|')")
_TOTAL = re.compile(r"[ \t]*(?:total|timed|ttm|ttt|sum|signed|electronically|goals?|plan|next)\b")
_BULLET = re.compile(r"[ \t]*[-*•>][ \t]")
_CUT = re.compile(r"[ \t]*[a-z0-9]")
_NEW_LABEL = re.compile(r"[^:\n]{0,40}:|[ \t]*(?:[a-z]+[ ]){1,4}\d{1,3}[ ]?(?:min|')|[ \t]*\d{1,2}:\d\d")
_WORDS = re.compile(r"[a-z]{3,}")
_NO_CONTENT = frozenset(
    {"min", "mins", "minutes", "unit", "units", "timed", "untimed", "one", "total", "start", "stop", "time", "code", "cpt", "the", "and", "for"}
)  # fmt: skip
_LONGEST = 1_500  # characters of a description


class Block(NamedTuple):
    """A service's stretch: its label from ``start`` to ``body``, its description from there to ``end``.

    ``is_firm`` says that the label carries minutes, a code or a colon; ``is_row`` that it is a bare row of a table.
    """

    codes: tuple[str, ...]
    start: int
    body: int
    end: int
    is_firm: bool
    is_row: bool = False


def find_blocks(low: str, labels: Sequence[Block], parts: Sequence[Section]) -> tuple[Block, ...]:
    """Return the stretches of a note (in lower case) that describe services, in their order."""
    labels = [label for label in labels if section_at(parts, label.start).is_done]
    found = []
    for number, label in enumerate(labels):
        limit = labels[number + 1].start if number + 1 < len(labels) else len(low)
        limit = min(limit, section_at(parts, label.start).end, label.body + _LONGEST)
        found.append(_described(low, label, limit, labels, number))
    return tuple(found)


def find_labels(low: str, minutes: Sequence[ServiceMinutes], names: Sequence[ServiceName]) -> tuple[Block, ...]:
    """Return the labels in their order: services with minutes, codes, names before a colon or at a sentence's start."""
    codes: dict[tuple[int, int], tuple[str, ...]] = {}
    for each in minutes:  # the columns of one row share its place
        codes[each.start, each.end] = (*codes.get((each.start, each.end), ()), *each.codes)
    labels = [Block(meant, start, end, end, is_firm=True) for (start, end), meant in codes.items()]
    places = sorted(codes)
    at = 0
    for name in names:
        while at < len(places) and places[at][1] <= name.start:
            at += 1
        if at < len(places) and places[at][0] < name.end:
            continue
        before = low[max(name.start - _BEGIN_REACH, 0) : name.start]
        # A name that stands with its minutes elsewhere begins its description here: "TE putty, curls ... TE 28 min".
        labelled = bool(_LABELLED.match(low, name.end, name.end + 50)) or name.codes in codes.values()
        if (_BEGINS.search(before) and (name.is_code or labelled)) or _SENTENCE_START.search(before):
            timed = _MINUTES_FOLLOW.match(low, name.end, name.end + 50) is not None
            labels.append(Block(name.codes, name.start, name.end, name.end, is_firm=name.is_code or labelled or timed))
    return tuple(sorted(labels, key=lambda each: each.start))


def _described(low: str, label: Block, limit: int, labels: Sequence[Block], number: int) -> Block:
    """Return the label with its description: the rest of its line and the lines that go on with it."""
    line_end = _line_end(low, label.body)
    if limit <= line_end:
        return label._replace(end=limit)
    if not _has_words(low[label.body : line_end]) and _in_table(low, label, labels, number):
        return label._replace(end=line_end, is_row=True)
    says = _has_words(low[label.body : line_end])
    end = line_end
    while end < limit and (next_end := _line_end(low, end + 1)) > end:
        line = low[end + 1 : next_end]
        if says and not _goes_on(low, label, end, line):
            break
        says = says or _has_words(line)
        end = next_end
    return label._replace(end=min(end, limit))


def _goes_on(low: str, label: Block, end: int, line: str) -> bool:
    """Whether the next line belongs to a description: set further in, a bullet, or a sentence that was cut."""
    if not line.strip() or _TOTAL.match(line):
        return False
    begins = low.rfind("\n", 0, label.start) + 1
    if _indent(line) > _indent(low[begins : label.body + 1]) or _BULLET.match(line):
        return True
    before = low[max(end - 2, 0) : end].rstrip()
    return (
        not before.endswith((".", ";", ":", "!", ")")) and _CUT.match(line) is not None and not _NEW_LABEL.match(line)
    )


def _line_end(low: str, place: int) -> int:
    end = low.find("\n", place)
    return end if end >= 0 else len(low)


def _has_words(text: str) -> bool:
    return any(word not in _NO_CONTENT for word in _WORDS.findall(text))


def _in_table(low: str, label: Block, labels: Sequence[Block], number: int) -> bool:
    """Whether another label stands on the line before or behind, and the next line is not set further in."""
    line_end = _line_end(low, label.body)
    near = any(
        low.count("\n", *sorted((label.start, other.start))) == 1
        for other in labels[max(number - 1, 0) : number + 2]
        if other is not label and abs(other.start - label.start) < 400
    )
    following = low[line_end + 1 : _line_end(low, line_end + 1)]
    own = low[low.rfind("\n", 0, label.start) + 1 : line_end]
    return near and _indent(following) <= _indent(own)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
