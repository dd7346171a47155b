"""What speaks for a cause before the record is looked at: the payer's codes, and what billers chose. Breaks ties only."""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.payers import KnowledgeKey
from tracker.knowledge import Knowledge


class Choices(NamedTuple):
    """How often billers accepted and rejected a cause with this payer; counts, never a probability."""

    accepted: int = 0
    rejected: int = 0


NO_CHOICES: Mapping[str, Choices] = {}


class Prior(IntEnum):
    """How plainly the payer's codes point at a cause, the plainest first."""

    STATED = 0
    BY_PLAY_OR_REMARK = 1
    BY_REASON = 2
    NONE = 3


def prior_of(facts: LineFacts, cause: str) -> Prior:
    """Return how the payer's codes point at a cause.

    A code can state it (``stated_causes.tsv``), or be of a category that is about it (``category_causes.tsv``): that
    of a remark or of the playbook's row for the combination, which says more, or that of the reason code.
    """
    key = KnowledgeKey(facts.knowledge)
    return _priors(key, facts.said, facts.group, facts.remarks, facts.payer.kind).get(cause, Prior.NONE)


@lru_cache(maxsize=4096)
def _priors(
    key: KnowledgeKey, said: frozenset[str], group: str, remarks: tuple[str, ...], payer_kind: str
) -> Mapping[str, Prior]:
    """Return the causes the codes of a denial point at; a practice sees few combinations."""
    knowledge = key.knowledge
    carcs = said & knowledge.carc.keys()
    plays = (knowledge.play(group, carc, remarks, payer_kind) for carc in carcs)
    near = {play.category for play in plays if play is not None}
    near |= {knowledge.rarc[code].category for code in said & knowledge.rarc.keys()}
    found = dict.fromkeys(_about(knowledge, {knowledge.carc[code].category for code in carcs}), Prior.BY_REASON)
    found |= dict.fromkeys(_about(knowledge, near), Prior.BY_PLAY_OR_REMARK)
    stated = (each for code in said for each in knowledge.stated_causes.get(code, ()))
    fitting = [each.root_cause for each in stated if not each.payer_kinds or payer_kind in each.payer_kinds]
    return found | dict.fromkeys(fitting, Prior.STATED)


def _about(knowledge: Knowledge, categories: set[str]) -> Iterator[str]:
    for category in categories & knowledge.category_causes.keys():
        yield from knowledge.category_causes[category].root_causes


def leaning(choices: Mapping[str, Choices], cause: str) -> int:
    """Return how far billers' choices lean to a cause: accepted less rejected, 0 where nobody chose."""
    found = choices.get(cause, Choices())
    return found.accepted - found.rejected


def choices_in_words(choices: Mapping[str, Choices], cause: str) -> str:
    """Return what billers chose with this payer as a sentence, or nothing."""
    if cause not in choices:
        return ""
    found = choices[cause]
    return f"With this payer billers accepted this cause {_times(found.accepted)} and rejected it {_times(found.rejected)}."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
