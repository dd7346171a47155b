"""Changes of the plan of care told in a note: "POC amended to add manual therapy", "gait training added to plan of care"."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tracker.reading.passages import Passage
from tracker.reading.services import LONGEST_NOTE, ServiceName

_MOST = 50
_PLAN = r"(?:(?:the|current|existing|pt'?s|patient'?s) ){0,2}(?:poc|p\.o\.c\.|plans? of (?:care|treatment)|care plan|treatment plan|tx plan|certified plan)"
_ADD = r"(?:add|adding|added|addition of|include|including|incorporate|incorporating)"
# The services stand behind the words ...
_BEHIND = re.compile(
    rf"\b{_PLAN}\b[^.;\n]{{0,40}}?\b(?:amended|updated|revised|modified|changed|expanded|addended)\b[^;\n]{{0,30}}?\b{_ADD}\b"
    rf"|\b(?:amended|updated|revised|modified|changed|expanded) {_PLAN}\b[^;\n]{{0,30}}?\b(?:to )?{_ADD}\b"
    rf"|\b(?:amendment|addendum|revision|change|update)s?(?: made)? (?:to|of|in) {_PLAN}\b[^;\n]{{0,30}}?[:,]?[ ]{{0,2}}(?:to )?(?:{_ADD}\b|(?<=:))"
)
# ... between them, or before.
_BETWEEN = re.compile(rf"\b(?:added|adding|incorporated)\b(?P<names>[^.;\n]{{3,90}}?)\b(?:to|into|in) {_PLAN}\b")
_BEFORE = re.compile(
    rf"(?P<names>[^.;\n]{{3,90}}?)\b(?:was |were |is |are )?(?:added|incorporated)(?: today)? (?:to|into|in) {_PLAN}\b"
)
# Not done yet, or not done.
_OPEN = re.compile(
    r"\b(?:not|never|no|will|would|to be|should|could|may|might|consider\w*|need(?:s|ed)? to|plan(?:s|ning)? to|awaiting|pending|request\w*|recommend\w*|propos\w*|if|once|until|when)\b"
)
_TAKEN_OUT = re.compile(
    r"\b(?:d/c|dc|discontinu\w*|remov\w*|delet\w*|stop\w*|instead of|in place of|in lieu of|replac\w*|rather than)\b"
)


class PlanChange(NamedTuple):
    """A service that a note says was taken into the plan of care, by the codes its name may mean, and the sentence."""

    codes: tuple[str, ...]
    start: int
    end: int


def read_plan_changes(low: str, names: Sequence[ServiceName], passages: Sequence[Passage]) -> tuple[PlanChange, ...]:
    """Return the services that a note in lower case says were added to the plan; what is only intended is left out."""
    low = low[:LONGEST_NOTE]
    return tuple(
        PlanChange(name.codes, passage.start, passage.end)
        for passage in islice((each for each in passages if _speaks_of_plan(low, each)), _MOST)
        for start, end in _stretches(low, passage)
        for name in names
        if start <= name.start < end
    )


def _speaks_of_plan(low: str, passage: Passage) -> bool:
    return any(low.find(word, passage.start, passage.end) >= 0 for word in ("poc", "p.o.c.", "plan"))


def _stretches(low: str, passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield where in a sentence the services that were added stand."""
    text = low[passage.start : passage.end]
    for pattern in (_BEHIND, _BETWEEN, _BEFORE):
        match = pattern.search(text)
        if match is None:
            continue
        start, end = match.span("names") if "names" in pattern.groupindex else (match.end(), len(text))
        if _OPEN.search(text, 0, max(end, match.end()) if pattern is not _BEHIND else match.end()):
            return
        out = _TAKEN_OUT.search(text, start, end)
        yield passage.start + start, passage.start + (out.start() if out is not None else end)
        return
