"""Checks of who signed the note of a visit."""

from collections.abc import Iterator

from tracker.diagnosis.facts import LineFacts, NoteOfVisit
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.knowledge.rules import Rule
from tracker.reading.people import author_of
from tracker.reading.signatures import OpenKind

_CAUSE = "doc_signature_invalid"
_NOT_CLOSED = (OpenKind.UNSIGNED, OpenKind.STATUS)
_INITIALLED = frozenset({"flowsheet"})  # kept by initials beside a signed note


def signature(facts: LineFacts, rule: Rule) -> Outcome:
    """The note is signed by its author: legibly, with credentials, neither by stamp nor by somebody else."""
    outcomes = [_Signing(facts, rule, each).outcome() for each in facts.notes if each.note.kind not in _INITIALLED]
    wrong = [each for each in outcomes if each.result in {Result.FAILED, Result.NOT_SHOWN}]
    if wrong:
        return min(wrong, key=lambda outcome: outcome.strength.rank)
    return next((each for each in outcomes if each.result is Result.PASSED), NOT_APPLICABLE)


class _Signing:
    """The questions about one note's signature; the first that has an answer gives it."""

    def __init__(self, facts: LineFacts, rule: Rule, visit: NoteOfVisit) -> None:
        self._facts, self._rule, self._number = facts, rule, visit.number
        self._read = facts.claim.read(visit.number)
        self._found = self._read.signatures
        self._author_has_letters = author_of(visit.note.author or "") is not None
        self._named = any(person.rank in {"therapist", "assistant"} for person in self._read.clinicians)

    def outcome(self) -> Outcome:
        return next(self._outcomes(), NOT_APPLICABLE)

    def _outcomes(self) -> Iterator[Outcome]:
        found = self._found
        if found.marked(OpenKind.STAMP):
            yield self._wrong("The signature is a stamp, which does not count.", Strength.STRONG, OpenKind.STAMP)
        if found.marked(OpenKind.BEHALF):
            yield self._wrong("Somebody else signed for the author.", Strength.LIKELY, OpenKind.BEHALF)
        yield from self._left_open()
        yield from self._by_clinician()
        if found.marked(OpenKind.BLANK):
            yield self._wrong("The line for the signature is empty.", Strength.STRONG, OpenKind.BLANK)
        if not self._named:
            yield from self._nobody_named()

    def _left_open(self) -> Iterator[Outcome]:
        closed = any(each.explicit and each.day is not None for each in self._found.by_clinicians)
        if self._found.marked(*_NOT_CLOSED) and not closed:
            kinds = (*_NOT_CLOSED, OpenKind.SAVED, OpenKind.BLANK)
            yield self._wrong("The note was left open and is not signed.", Strength.STRONG, *kinds)

    def _by_clinician(self) -> Iterator[Outcome]:
        for first in self._found.by_clinicians[:1]:
            if self._found.marked(OpenKind.BLANK) and not (first.explicit or first.day):
                yield self._wrong("The line for the signature is empty.", Strength.LIKELY, OpenKind.BLANK)
            yield passed("The note is signed with name and credentials.", self._at(first.start, first.end))

    def _nobody_named(self) -> Iterator[Outcome]:
        """Answer for a note that names no therapist with credentials; pasted notes often lack the signature block."""
        if self._found.marked(OpenKind.ILLEGIBLE):
            reason = "The signature cannot be read and no printed name with credentials stands beside it."
            yield self._wrong(reason, Strength.STRONG, OpenKind.ILLEGIBLE)
        known = Strength.LIKELY if self._author_has_letters else Strength.STRONG
        if self._found.marked(OpenKind.INITIALS):
            reason = "The note ends in initials; name and credentials are not shown."
            yield self._wrong(reason, known, OpenKind.SAVED, OpenKind.INITIALS)
        for signed in self._found.signed[:1]:
            reason = "Who signed shows no credentials of a therapist or assistant."
            yield self._not_shown(reason, known, self._at(signed.start, signed.end))
        reason = "No signature with name and credentials is shown in the note."
        if not self._author_has_letters:
            yield self._not_shown(reason, Strength.LIKELY, *self._last_line())
        elif self._facts.says(frozenset(self._rule.figures["incomplete_records"])):
            yield self._not_shown(reason, Strength.WEAK)

    def _wrong(self, reason: str, strength: Strength, *kinds: OpenKind) -> Outcome:
        quotes = tuple(self._at(mark.start, mark.end) for mark in self._found.marked(*kinds)[:3])
        return Outcome(Result.FAILED, reason, _CAUSE, strength, quotes, whole_claim=True)

    def _not_shown(self, reason: str, strength: Strength, *quotes: Quote) -> Outcome:
        return Outcome(Result.NOT_SHOWN, reason, _CAUSE, strength, quotes, whole_claim=True)

    def _last_line(self) -> tuple[Quote, ...]:
        """Return the end of the note, where a signature would stand."""
        return tuple(self._at(start, end) for start, end in self._read.passages[-1:])

    def _at(self, start: int, end: int) -> Quote:
        return quote(self._number, self._read.text, start, end)


CHECKS = {"signature": signature}
