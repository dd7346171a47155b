"""Which open deadlines of a practice a change of a payer's limits moves, before it is saved and when it is."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import Result
from tracker.domain.deadlines import Clock
from tracker.knowledge import Knowledge
from tracker.models import Appeal, Denial, Outcome, Payer, PayerProfile
from tracker.services.barring import appeal_barred_by, is_late_medicare_claim
from tracker.services.clocks import Start, counted, counted_from_service, file_by, profile_of, rule_after, rule_in_use

COUNTED = ("file_by", "next_level", "records_due")


class Running(NamedTuple):
    """What a denial's clock counts from: its name, the notice, its proven receipt, the days the payer granted."""

    clock: str
    notice_on: date
    received_on: date | None
    extension_days: int

    @classmethod
    def of(cls, denial: Denial) -> "Running":
        """Return how a denial stands."""
        return cls(denial.clock, denial.notice_on, denial.received_on, denial.extension_days)


class Decided(NamedTuple):
    """The highest level decided on a denial, and whether the appeal was dismissed there."""

    level: int
    dismissed: bool


class ClockMove(NamedTuple):
    """A denial whose clock changes: its safe date now (None: no deadline), and the new clock."""

    denial: Denial
    before: date | None
    after: Clock | None


class CountedBy(NamedTuple):
    """Whose rules count deadlines: a payer and what the practice set for it, if anything."""

    payer: Payer
    profile: PayerProfile | None


def clock_moves(
    session: Session, practice_id: int, payer: Payer, now: CountedBy, then: CountedBy, knowledge: Knowledge
) -> Sequence[ClockMove]:
    """Return the open denials of ``payer`` that ``then`` counts otherwise than ``now``, nearest new date first.

    Dates set by hand, replies due and records due stay. The profile of ``then`` need not be stored.
    """
    own = Denial.practice_id == practice_id, Denial.payer_id == payer.id, Denial.is_open
    ours = Denial.clock.in_(("file_by", "next_level")), Denial.clock_rule != "by_hand"
    decided = _decided(session, practice_id, payer.id)
    moves = []
    for denial in session.scalars(select(Denial).where(*own, *ours).order_by(Denial.number)):
        last = decided.get(denial.id)
        running = Running.of(denial)
        before = _clock(denial, running, *now, knowledge, last)
        after = _clock(denial, running, *then, knowledge, last)
        if _dates(before) != _dates(after) != (denial.file_by_safe, denial.file_by_legal):
            moves.append(ClockMove(denial, denial.file_by_safe, after))
    return sorted(moves, key=lambda move: (move.after is None, move.after.safe if move.after else date.max))


def _dates(due: Clock | None) -> tuple[date | None, date | None]:
    return (due.safe, due.legal) if due is not None else (None, None)


def _clock(  # what counts for whom
    denial: Denial,
    running: Running,
    payer: Payer,
    profile: PayerProfile | None,
    knowledge: Knowledge,
    last: Decided | None,
) -> Clock | None:
    """Return a denial's clock as the rules count it; ``last`` is the highest level decided."""
    clock, notice_on, received_on, more = running
    if clock == "file_by":
        barred = appeal_barred_by(denial, knowledge) or ""
        start = Start(payer.kind, notice_on, denial.service_date, barred, denial.carc, received_on, more)
        return file_by(knowledge, start, profile)
    if clock == "records_due":
        rule = rule_in_use(knowledge, payer.kind, profile, "records", 0, notice_on)
    elif last is not None and not is_late_medicare_claim(payer.kind, denial.carc):
        rule = rule_after(knowledge, payer.kind, profile, last.level, notice_on, dismissed=last.dismissed)
    else:
        return None
    if rule is not None and rule.from_denial:
        return counted(rule, denial.denied_on, knowledge, extension_days=more)
    if rule is not None and rule.counts_service:
        return counted_from_service(rule, denial.service_date, knowledge, more)
    return counted(rule, notice_on, knowledge, received_on, more)


def counted_clock(
    session: Session, denial: Denial, knowledge: Knowledge, running: Running | None = None
) -> Clock | None:
    """Return how a denial's date is counted by its rule, as it stands or ``running`` otherwise.

    None where the clock that runs is not counted.
    """
    running = running or Running.of(denial)
    if running.clock not in COUNTED:
        return None
    payer = session.get_one(Payer, denial.payer_id)
    profile = profile_of(session, denial.practice_id, payer.id)
    decided = _decided(session, denial.practice_id, payer.id, denial.id) if running.clock == "next_level" else {}
    return _clock(denial, running, payer, profile, knowledge, decided.get(denial.id))


def _decided(session: Session, practice_id: int, payer_id: int, denial_id: int | None = None) -> dict[int, Decided]:
    """Return what was decided at the highest level on each denial of a payer, or on one of them."""
    query = (
        select(Outcome.denial_id, Appeal.level, Outcome.result)
        .join(Appeal, and_(Appeal.practice_id == Outcome.practice_id, Appeal.id == Outcome.appeal_id))
        .where(Outcome.practice_id == practice_id, Appeal.payer_id == payer_id)
        .order_by(Appeal.level)
    )
    if denial_id is not None:
        query = query.where(Outcome.denial_id == denial_id)
    return {row.denial_id: Decided(row.level, row.result == Result.DISMISSED) for row in session.execute(query)}


def move_clocks(session: Session, moves: Sequence[ClockMove]) -> None:
    """Set the new dates."""
    for denial, _, after in moves:
        denial.file_by_safe, denial.file_by_legal = _dates(after)
        denial.clock_rule = after.rule.id if after else ""
    session.flush()
