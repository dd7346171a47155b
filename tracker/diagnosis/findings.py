"""What the checker says: answers of rules with their evidence, and the causes they lead to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tracker.domain.statuses import PATHS

LONGEST_QUOTE = 200
MOST_QUOTES = 4


class Result(StrEnum):
    """A rule's answer for one line. ``not_shown``: the note or the file does not show what the rule asks for."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_SHOWN = "not_shown"
    NOT_APPLICABLE = "not_applicable"


class Strength(StrEnum):
    """How sure a cause is, in the words of screens."""

    STRONG = "strong"
    LIKELY = "likely"
    WEAK = "weak"

    def at_most(self, limit: "Strength") -> "Strength":
        """Return this strength, or the limit when that is weaker."""
        return self if self.rank >= limit.rank else limit

    @property
    def rank(self) -> int:
        """Return the place among the strengths, the strongest 0."""
        return _RANKS[self]


_RANKS = {strength: rank for rank, strength in enumerate(Strength)}


def strongest(strengths: Iterable[Strength]) -> Strength:
    """Return the strongest of at least one strength."""
    return min(strengths, key=_RANKS.__getitem__)


class Quote(NamedTuple):
    """A piece of a note: ``quote`` is ``text[start:end]`` of the case's note number ``note`` (from 0)."""

    note: int
    start: int
    end: int
    quote: str

    def is_within(self, other: "Quote") -> bool:
        """Whether it is a part of another quote, or the same."""
        return self.note == other.note and other.start <= self.start and self.end <= other.end


def quote(note: int, text: str, start: int, end: int) -> Quote:
    """Return the piece of a note's text from start to end, without spaces around it and 200 characters at most."""
    end = min(end, start + LONGEST_QUOTE, len(text))
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return Quote(note, start, start + len(piece), piece)


class Outcome(NamedTuple):
    """What a check found.

    ``cause`` is one of the rule's root causes (None: its first). ``strength`` is the most this answer can claim.
    ``path``, ``cure`` and ``letter`` replace the rule's. ``whole_claim`` marks a cause that lies on all lines of the
    visit alike. ``proves`` says of a pass that it is proof against the payer's reason. ``basis`` replaces the rule's
    where this answer rests on less.
    """

    result: Result
    reason: str = ""
    cause: str | None = None
    strength: Strength = Strength.STRONG
    evidence: tuple[Quote, ...] = ()
    against: tuple[Quote, ...] = ()
    path: str | None = None
    cure: str | None = None
    letter: str | None = None
    whole_claim: bool = False
    proves: bool = False
    basis: str | None = None


NOT_APPLICABLE = Outcome(Result.NOT_APPLICABLE)


class Finding(NamedTuple):
    """One rule's answer for one line."""

    rule_id: str
    result: Result
    reason: str
    evidence: tuple[Quote, ...] = ()


class ReasonKind(StrEnum):
    """What a reason of a suggestion rests on."""

    FINDING = "finding"  # what a rule found
    AGAINST = "against"  # a rule about the cause that is kept
    CODES = "codes"  # what the payer's codes say of the cause
    CHOICES = "choices"  # what billers chose with this payer before
    WAY = "way"  # why the way out is not the rule's own


class Reason(NamedTuple):
    """One sentence beside a suggestion and what it rests on."""

    kind: ReasonKind
    words: str

    @property
    def told(self) -> str:
        """Return the sentence as a list without headings tells it."""
        return f"Against it: {self.words}" if self.kind is ReasonKind.AGAINST else self.words


def reasons(*said: tuple[ReasonKind, str]) -> tuple[Reason, ...]:
    """Return what was said of a cause, each sentence once; empty words are left out."""
    return tuple(Reason(*each) for each in dict.fromkeys(said) if each[1])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cause with what speaks for it and what to do.

    For a cause that is ruled out ``path`` is ``none`` and ``strength`` says how surely it is ruled out.
    """

    root_cause: str
    path: str
    strength: Strength
    rules: tuple[str, ...]
    reasons: tuple[Reason, ...]
    evidence: tuple[Quote, ...] = ()
    against: tuple[Quote, ...] = ()
    cure: str | None = None
    letter: str | None = None

    def __post_init__(self) -> None:
        assert self.path in PATHS, self.path


@dataclass(frozen=True, slots=True)
class LineDiagnosis:
    """Everything said about one claim line; suggestions best first, three at most."""

    line: int
    findings: tuple[Finding, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    ruled_out: tuple[Suggestion, ...] = field(default=())


def passed(reason: str, *evidence: Quote, proves: bool = False, strength: Strength = Strength.STRONG) -> Outcome:
    """Return the answer that the rule is kept; with ``proves`` it is proof against the payer's reason."""
    return Outcome(Result.PASSED, reason, evidence=evidence, proves=proves, strength=strength)
