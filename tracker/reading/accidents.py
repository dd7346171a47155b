"""Accidents that another payer answers for: an injury at work with a claim, a crash with an insurer."""

import re
from collections.abc import Iterator, Sequence

from tracker.reading.beginnings import Sought
from tracker.reading.passages import Passage, passage_with

_AT_WORK = Sought(
    "at ind inj job on whi wor",
    r"(?:at work|on the job|while working|(?:work|job)[- ]?related|work(?:place)? injury|injured working|on (?:his|her|their|the)? ?shift|industrial injury)\b",
)
_WORK_CLAIM = Sought(
    "adj cla com fir inc rep w wc wor",
    r"comp(?:ensation)?[ ]claim|work(?:er|man)?(?:'?s|s')?[ ]?comp\w*|w/?c claim|incident report|first report of injury|adjuster\b|claim (?:was )?(?:opened|filed|pending|reported)|reported to (?:his|her|the|their) (?:supervisor|employer|foreman)",
)
_CRASH = Sought(
    "aut car mot mva mvc rea",
    r"(?:mv[ac]|car (?:accident|crash)|auto accident|motor vehicle (?:accident|crash|collision)|rear[- ]ended)\b",
)
_CRASH_CLAIM = Sought(
    "adj aut cla med no pip",
    r"no[- ]fault\b|pip\b|med[- ]?pay\b|auto (?:claim|insurance|insurer|carrier)|adjuster\b|claim (?:was )?(?:opened|filed|pending)",
)
_NO = re.compile(r"\b(?:no|not|denies|denied|never|without|non)[ -](?:[a-z]+[ ]){0,3}$")
_OVER = Sought("cas cla com yea", r"(?:claim|comp|case)[ ](?:was )?(?:closed|settled|denied)\b|years ago\b")


def accidents_of_others(low: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return where a note (in lower case) tells of an accident, then of the claim with another payer; nothing without both.

    An accident that is denied, settled or years past is none.
    """
    for accident, claim in ((_AT_WORK, _WORK_CLAIM), (_CRASH, _CRASH_CLAIM)):
        claimed = next(_told(low, passages, claim), None)
        happened = next(_told(low, passages, accident), None) if claimed is not None else None
        if claimed is not None and happened is not None and _OVER.search(low) is None:
            return tuple(dict.fromkeys((happened, claimed)))
    return ()


def _told(low: str, passages: Sequence[Passage], pattern: Sought) -> Iterator[Passage]:
    for match in pattern.finditer(low):
        passage = passage_with(passages, *match.span())
        if passage is not None and not _NO.search(low, max(passage.start, match.start() - 40), match.start()):
            yield passage
