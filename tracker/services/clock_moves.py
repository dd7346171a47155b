"""Which open deadlines of a practice a change of a payer's limits moves, before it is saved and when it is."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.deadlines import Clock, clock
from tracker.knowledge import Knowledge
from tracker.models import Appeal, Denial, Outcome, Payer, PayerProfile
from tracker.services.barring import appeal_barred_by
from tracker.services.clocks import Start, file_by, rule_in_use


class ClockMove(NamedTuple):
    """A denial whose clock changes: its safe date now (None: no deadline), and the new clock."""

    denial: Denial
    before: date | None
    after: Clock | None


def clock_moves(
    session: Session,
    practice_id: int,
    payer: Payer,
    now: PayerProfile | None,
    then: PayerProfile,
    knowledge: Knowledge,
) -> Sequence[ClockMove]:
    """Return the open denials that ``then`` counts otherwise than ``now``, nearest new date first.

    Dates set by hand, replies due and records due stay. ``then`` need not be stored.
    """
    own = Denial.practice_id == practice_id, Denial.payer_id == payer.id, Denial.is_open
    ours = Denial.clock.in_(("file_by", "next_level")), Denial.clock_rule != "by_hand"
    decided = _decided(session, practice_id, payer.id)
    moves = []
    for denial in session.scalars(select(Denial).where(*own, *ours).order_by(Denial.number)):
        decision = decided.get(denial.id)
        before = _clock(denial, payer, now, knowledge, decision)
        after = _clock(denial, payer, then, knowledge, decision)
        if _dates(before) != _dates(after) != (denial.file_by_safe, denial.file_by_legal):
            moves.append(ClockMove(denial, denial.file_by_safe, after))
    return sorted(moves, key=lambda move: (move.after is None, move.after.safe if move.after else date.max))


def _dates(due: Clock | None) -> tuple[date | None, date | None]:
    return (due.safe, due.legal) if due is not None else (None, None)


def _clock(
    denial: Denial, payer: Payer, profile: PayerProfile | None, knowledge: Knowledge, decided: "_Decided | None"
) -> Clock | None:
    if denial.clock == "file_by":
        barred = appeal_barred_by(denial, knowledge) or ""
        return file_by(knowledge, Start(payer.kind, denial.denied_on, denial.service_date, barred), profile)
    if decided is None:
        return None
    rule = rule_in_use(knowledge, payer.kind, profile, "appeal", decided.level + 1, decided.on)
    return clock(rule, decided.on, closed=knowledge.closed_days) if rule is not None else None


def counted_clock(
    session: Session, denial: Denial, payer: Payer, profile: PayerProfile | None, knowledge: Knowledge
) -> Clock | None:
    """Return how a denial's date to file by, or for its next level, is counted; None for any other clock."""
    if denial.clock not in ("file_by", "next_level"):
        return None
    decided = _decided(session, denial.practice_id, payer.id, denial.id) if denial.clock == "next_level" else {}
    return _clock(denial, payer, profile, knowledge, decided.get(denial.id))


class _Decided(NamedTuple):
    level: int
    on: date


def _decided(session: Session, practice_id: int, payer_id: int, denial_id: int | None = None) -> dict[int, _Decided]:
    """Return the newest decision on each denial of a payer, or on one of them."""
    query = (
        select(Outcome.denial_id, Appeal.level, Outcome.decided_on)
        .join(Appeal, and_(Appeal.practice_id == Outcome.practice_id, Appeal.id == Outcome.appeal_id))
        .where(Outcome.practice_id == practice_id, Appeal.payer_id == payer_id)
        .order_by(Appeal.level)
    )
    if denial_id is not None:
        query = query.where(Outcome.denial_id == denial_id)
    return {found: _Decided(level, on) for found, level, on in session.execute(query)}


def move_clocks(session: Session, moves: Sequence[ClockMove]) -> None:
    """Set the new dates."""
    for denial, _, after in moves:
        denial.file_by_safe, denial.file_by_legal = _dates(after)
        denial.clock_rule = after.rule.id if after else ""
    session.flush()
