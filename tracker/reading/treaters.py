"""Who gave which service and for how long, where a note divides the time: ``PTA 10 of 23 min``, ``97110 performed by R. Estes, PTA``.

Only lines that name an assistant are read; "pt" alone is more often the patient.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tracker.reading.services import LONGEST_NOTE, MOST_PLACES, ServiceName

_MOST = 240
_LONGEST_LINE = 300  # characters around an assistant's word that are read
_ASSISTANT = r"(?:(?:physical|occupational|pt|ot)[ ](?:therap(?:y|ist)[ ])?assistant|(?:therapist|therapy)[ ]assistant|l?pta|c?ota(?:/l)?)(?![a-z])"
_THERAPIST = r"(?:physical therapist|occupational therapist|therapist|dpt|pt|otr(?:/l)?|otd|ot(?:/l)?)(?![a-z/]|[ ](?:assistant|aide|tech))"
_NAME = r"(?:(?:the|a|our)[ ])?(?:[a-z][a-z.'’\-]{0,20},?[ ]){0,4}?"
_NUMBER = (
    r"(?P<minutes>\d{1,3})(?:[ ]?(?:of|/|out of)[ ]?(?:the[ ])?(?P<of>\d{1,3}))?(?P<unit>[ ]?(?:min(?:ute)?s?\b|['’′]))"
)
_BEHIND = r"[ ]?[:=(–\-]?[ ]?(?:time[ :]{0,2}|minutes[ :]{0,2}|for[ ]|x[ ]?|furnished[ ]|provided[ ]|treated[ ](?:for[ ])?|gave[ ]|did[ ])?"
_BY = r"[ ]?[(\-–,]?[ ]?(?:(?:were|was)[ ])?(?:(?:furnished|provided|performed|treated|done|given|delivered|completed|led)[ ])?(?:by[ ]|w/[ ]?|with[ ]|from[ ])?"
_VERB = r"(?:perform|provid|furnish|complet|deliver|conduct|administer|treat|instruct|implement|carri)\w{0,3}(?:[ ]out)?|given|done|led|seen"
_ALONE = r"(?:,?[ ](?:alone|only|solo))?"
_DID = r"[ ]?(?:[:–]|[ ](?:alone[ ])?(?:performed|provided|furnished|did|gave|led|completed|treated|instructed|ran)\b)"
_PAIR = rf"(?:{_THERAPIST}[ ]?(?:and|&|\+|/|with|w/)[ ]?(?:the[ ])?{_ASSISTANT}|{_ASSISTANT}[ ]?(?:and|&|\+|/|with|w/)[ ]?(?:the[ ])?{_THERAPIST})"
_TOGETHER = r"(?:[ ](?:worked|treated|treating|together|jointly|as a team|simultaneously|co-?treat\w*|at the same time|for|x)){0,3}[ :,(]{0,2}"
_FREE = r"(?<![a-z0-9/])"

# Where one pattern has read, the following ones do not. "First" patterns name the service behind the person.
_PATTERNS = (
    ("together", re.compile(rf"{_FREE}{_PAIR}{_TOGETHER}{_NUMBER}")),
    ("together", re.compile(rf"(?<!\d){_NUMBER}[ ](?:by[ ]|with[ ])?(?:the[ ])?{_PAIR}")),
    ("assistant", re.compile(rf"{_FREE}{_ASSISTANT}{_BEHIND}{_NUMBER}")),
    ("therapist", re.compile(rf"{_FREE}{_THERAPIST}{_BEHIND}{_NUMBER}")),
    ("assistant", re.compile(rf"(?<![\d.:]){_NUMBER}{_BY}{_NAME}{_FREE}{_ASSISTANT}")),
    ("therapist", re.compile(rf"(?<![\d.:]){_NUMBER}{_BY}{_NAME}{_FREE}{_THERAPIST}")),
    ("assistant", re.compile(rf"\b(?:{_VERB})[ ](?:entirely[ ]|only[ ]|solely[ ]|alone[ ])?by[ ]{_NAME}{_FREE}{_ASSISTANT}")),
    ("therapist", re.compile(rf"\b(?:{_VERB})[ ](?:entirely[ ]|only[ ]|solely[ ]|alone[ ])?by[ ]{_NAME}{_FREE}{_THERAPIST}")),
    ("assistant first", re.compile(rf"\|[ ]{{0,4}}{_NAME}{_FREE}{_ASSISTANT}{_ALONE}[ ]{{0,4}}\|")),
    ("therapist first", re.compile(rf"\|[ ]{{0,4}}{_NAME}{_FREE}{_THERAPIST}{_ALONE}[ ]{{0,4}}\|")),
    ("assistant first", re.compile(rf"{_FREE}{_ASSISTANT}{_DID}")),
    ("therapist first", re.compile(rf"{_FREE}{_THERAPIST}{_DID}")),
    ("assistant", re.compile(rf"\([ ]?(?:by[ ])?{_NAME}{_FREE}{_ASSISTANT}[ ]?\)")),
    ("therapist", re.compile(rf"\([ ]?(?:by[ ])?{_NAME}{_FREE}{_THERAPIST}[ ]?\)")),
)  # fmt: skip
_SOMEONE = re.compile(rf"{_FREE}{_ASSISTANT}")
_SIGNS = ("pta", "ota", "assistant")
_NOT = re.compile(
    r"\b(?:no|not|never|without|plan|next|supervis\w*|cosign\w*|co-sign\w*|signed|review\w*)\b[^;\n]{0,25}$"
)


class Share(NamedTuple):
    """Whose minutes some are: ``assistant``, ``therapist`` or ``together``; minutes None: all of the service's.

    ``codes`` are those of the service named beside it, ``of`` the service's minutes where told there.
    """

    rank: str
    minutes: int | None
    of: int | None
    codes: tuple[str, ...]
    start: int
    end: int


def read_shares(low: str, names: Sequence[ServiceName]) -> tuple[Share, ...]:
    """Return how a note in lower case, with its services in order, divides the time among those who treated."""
    low = low[:LONGEST_NOTE]
    if not any(sign in low for sign in _SIGNS):
        return ()
    starts = [name.start for name in names]
    found: list[Share] = []
    for begin, end in _lines(low):
        found += sorted(_shares(low, begin, end, names, starts), key=lambda each: each.start)
    return tuple(found)


def _lines(low: str) -> Iterator[tuple[int, int]]:
    """Yield the lines that name an assistant, of long ones the part around the word."""
    reached = 0
    for match in islice(_SOMEONE.finditer(low), MOST_PLACES):
        if match.start() < reached:
            continue
        begin = max(low.rfind("\n", 0, match.start()) + 1, match.start() - _LONGEST_LINE, reached)
        stop = low.find("\n", match.end(), match.end() + _LONGEST_LINE)
        reached = stop if stop >= 0 else min(match.end() + _LONGEST_LINE, len(low))
        yield begin, reached


def _shares(low: str, begin: int, end: int, names: Sequence[ServiceName], starts: Sequence[int]) -> Iterator[Share]:
    taken: list[tuple[int, int]] = []
    for rank, pattern in _PATTERNS:
        for match in islice(pattern.finditer(low, begin, end), MOST_PLACES):
            if any(match.start() < stop and start < match.end() for start, stop in taken):
                continue
            if _NOT.search(low[max(begin, match.start() - 30) : match.start()]):
                continue
            taken.append(match.span())
            told = match.groupdict()
            minutes, of = (int(told[each]) if told.get(each) else None for each in ("minutes", "of"))
            who, _, is_first = rank.partition(" ")
            codes = _service(match.end() if is_first else begin, match.start(), end, names, starts)
            if (codes or not is_first) and (minutes is None or 0 < minutes <= _MOST):
                yield Share(who, minutes, of, codes, *match.span())


def _service(begin: int, place: int, end: int, names: Sequence[ServiceName], starts: Sequence[int]) -> tuple[str, ...]:
    """Return the codes of the last service named between ``begin`` and a place, else of the first up to ``end``."""
    at = bisect_left(starts, place)
    if at and names[at - 1].start >= begin:
        return names[at - 1].codes
    return names[at].codes if at < len(names) and names[at].start < end else ()
