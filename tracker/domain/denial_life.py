"""The life of a denial: what follows from everything the payer said about one line.

One denial, one chain, one dollar: a repeat adds to "times denied", never to an amount, and what was recovered is what
the payer paid in all after the first denial (x12.md rules 11 to 15; denials-appeals.md 3.6 point 6).
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from tracker.domain.classification import LineClass


class AnswerKind(StrEnum):
    """What one answer meant for the denial."""

    FIRST = "first"
    REPEAT = "repeat"
    PAYMENT = "payment"
    SETTLED = "settled"
    REVERSAL = "reversal"
    TAKE_BACK = "take_back"


class Answer(NamedTuple):
    """One answer of the payer: its kind and the cents it moved towards the practice (negative: taken back)."""

    kind: AnswerKind
    paid_cents: int


class Standing(NamedTuple):
    """Where a denial stands by the payer's answers alone.

    ``close_reason`` is empty while open, else recovered, patient_share or superseded. ``reopened`` says that the last
    answer opened a denial that had been closed.
    """

    is_open: bool
    close_reason: str
    reopened: bool
    times_denied: int
    recovered_cents: int


def next_kind(line_class: LineClass, paid_cents: int, standing: Standing | None) -> AnswerKind | None:
    """Return what a new answer means for a line, or None when it is of no concern to any denial.

    ``standing`` is None while the line has no denial.
    """
    if line_class.opens_denial:
        return AnswerKind.FIRST if standing is None else AnswerKind.REPEAT
    if standing is None or line_class is LineClass.INFORMATION:
        return None
    if line_class is LineClass.REVERSAL:
        recovered = standing.close_reason == "recovered" or (standing.is_open and standing.recovered_cents > 0)
        return AnswerKind.TAKE_BACK if recovered and paid_cents < 0 else AnswerKind.REVERSAL
    return AnswerKind.PAYMENT if paid_cents > 0 else AnswerKind.SETTLED


def standing_after(answers: Iterable[Answer]) -> Standing:
    """Return where a denial stands after ``answers``, oldest first; the first one opened it."""
    standing = Standing(is_open=True, close_reason="", reopened=False, times_denied=0, recovered_cents=0)
    for answer in answers:
        standing = _after(standing, answer)
    return standing


def begins_anew(answers: Sequence[Answer]) -> bool:
    """Whether the time to appeal counts again from the newest answer (x12.md rule 35).

    It does when money is taken back, or when what was closed or taken back is denied. A line that is merely denied once
    more keeps its time.
    """
    *before, newest = answers
    if newest.kind is AnswerKind.TAKE_BACK:
        return True
    if newest.kind is not AnswerKind.REPEAT:
        return False
    return not standing_after(before).is_open or before[-1].kind is AnswerKind.TAKE_BACK


def _after(standing: Standing, answer: Answer) -> Standing:
    if answer.kind is AnswerKind.FIRST:
        return standing._replace(times_denied=1)
    recovered = standing.recovered_cents + answer.paid_cents
    if answer.kind is AnswerKind.REPEAT:
        times = standing.times_denied + 1
        return Standing(True, "", not standing.is_open, times, recovered)
    if answer.kind is AnswerKind.TAKE_BACK:
        return Standing(True, "", not standing.is_open, standing.times_denied, recovered)
    reasons = {AnswerKind.PAYMENT: "recovered", AnswerKind.SETTLED: "patient_share", AnswerKind.REVERSAL: "superseded"}
    return Standing(False, reasons[answer.kind], False, standing.times_denied, recovered)
