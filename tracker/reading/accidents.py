"""Accidents that another payer answers for: an injury at work with a claim, a crash with an insurer."""

import re
from collections.abc import Iterator, Sequence

from tracker.reading.passages import Passage

_AT_WORK = re.compile(
    r"\b(?:at work|on the job|while working|(?:work|job)[- ]?related|work(?:place)? injury|injured working|on (?:his|her|their|the)? ?shift|industrial injury)\b"
)
_WORK_CLAIM = re.compile(
    r"\bcomp(?:ensation)?[ ]claim|\bwork(?:er|man)?(?:'?s|s')?[ ]?comp\w*|\bw/?c claim|\bincident report|\bfirst report of injury|\badjuster\b|\bclaim (?:was )?(?:opened|filed|pending|reported)|\breported to (?:his|her|the|their) (?:supervisor|employer|foreman)"
)
_CRASH = re.compile(
    r"\b(?:mv[ac]|car (?:accident|crash)|auto accident|motor vehicle (?:accident|crash|collision)|rear[- ]ended)\b"
)
_CRASH_CLAIM = re.compile(
    r"\bno[- ]fault\b|\bpip\b|\bmed[- ]?pay\b|\bauto (?:claim|insurance|insurer|carrier)|\badjuster\b|\bclaim (?:was )?(?:opened|filed|pending)"
)
_SIGNS = ("claim", "comp", "incident report", "first report", "adjuster", "reported to", "fault", "pip", "pay", "auto ")
_NO = re.compile(r"\b(?:no|not|denies|denied|never|without|non)[ -](?:[a-z]+[ ]){0,3}$")
_OVER = re.compile(r"\b(?:claim|comp|case)[ ](?:was )?(?:closed|settled|denied)\b|\byears ago\b")


def accidents_of_others(low: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return where a note (in lower case) tells of an accident, then of the claim with another payer; nothing without both.

    An accident that is denied, settled or years past is none.
    """
    if not any(sign in low for sign in _SIGNS) or _OVER.search(low):
        return ()
    for accident, claim in ((_AT_WORK, _WORK_CLAIM), (_CRASH, _CRASH_CLAIM)):
        happened, claimed = list(_told(low, passages, accident)), list(_told(low, passages, claim))
        if happened and claimed:
            return tuple(dict.fromkeys((happened[0], claimed[0])))
    return ()


def _told(low: str, passages: Sequence[Passage], pattern: re.Pattern[str]) -> Iterator[Passage]:
    for passage in passages:
        match = pattern.search(low, passage.start, passage.end)
        if match is not None and not _NO.search(low, max(passage.start, match.start() - 40), match.start()):
            yield passage
