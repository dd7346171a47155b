"""What speaks for a cause before the record is looked at: the payer's codes, and what billers chose. Breaks ties only."""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.stated import stated_causes


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
    if any(stated.root_cause == cause for stated in stated_causes(facts)):
        return Prior.STATED
    knowledge = facts.knowledge
    carcs = facts.said & knowledge.carc.keys()
    plays = (knowledge.play(facts.group, carc, facts.remarks, facts.payer.kind) for carc in carcs)
    near = {play.category for play in plays if play is not None}
    near |= {knowledge.rarc[code].category for code in facts.said & knowledge.rarc.keys()}
    if _is_about(facts, near, cause):
        return Prior.BY_PLAY_OR_REMARK
    reasons = {knowledge.carc[code].category for code in carcs}
    return Prior.BY_REASON if _is_about(facts, reasons, cause) else Prior.NONE


def _is_about(facts: LineFacts, categories: set[str], cause: str) -> bool:
    about = facts.knowledge.category_causes
    return any(category in about and cause in about[category].root_causes for category in categories)


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
