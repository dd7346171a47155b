"""A rule's answer for one line."""

from typing import NamedTuple

from tracker.diagnosis.findings import Outcome
from tracker.knowledge.rules import Rule


class Answer(NamedTuple):
    """A rule with what it found for a line."""

    rule: Rule
    outcome: Outcome

    @property
    def cause(self) -> str:
        """Return the root cause the answer speaks of."""
        return self.outcome.cause or self.rule.root_causes[0]

    @property
    def basis(self) -> str:
        """Return what the answer rests on: ``fact``, ``arithmetic``, ``record`` or ``content``."""
        return self.outcome.basis or self.rule.basis
