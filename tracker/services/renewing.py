"""Diagnosing open denials again when the knowledge, or a practice's choice of rules, has changed since."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.models import Denial, Job, Practice
from tracker.services.clock_history import BY_HAND, recounted
from tracker.services.clock_moves import Running
from tracker.services.diagnosing import diagnose_claims
from tracker.services.jobs import ask_for
from tracker.services.rule_switches import knowledge_key, rules_off
from tracker.services.working import change_denials

KIND = "causes.renew"
CLAIMS_AT_ONCE = 200


def count_behind(session: Session, practice_id: int, knowledge: Knowledge) -> int:
    """Return how many open denials of a practice were diagnosed with other knowledge or other rules than today's."""
    return session.scalar(select(func.count()).select_from(Denial).where(_behind(session, practice_id, knowledge))) or 0


def _behind(session: Session, practice_id: int, knowledge: Knowledge) -> ColumnElement[bool]:
    key = knowledge_key(knowledge, rules_off(session, practice_id))
    return and_(Denial.practice_id == practice_id, Denial.is_open, Denial.diagnosed_with != key)


class Renewed(NamedTuple):
    """One step of the work: how many denials were diagnosed, the last claim (None: there was nothing left), whose deadlines moved."""

    denials: int
    last_claim_id: int | None
    moved: tuple[int, ...] = ()


def renew_some(  # whose denials, from which claim on, by which rules and on which day
    session: Session, practice_id: int, after: int, knowledge: Knowledge, today: date, now: datetime
) -> Renewed:
    """Diagnose the next claims that are behind, those with ids above ``after``, and count their deadlines anew.

    What was done stays done when the work is interrupted: begun again from 0 it finds only what is still behind.
    """
    query = select(Denial.claim_id).where(_behind(session, practice_id, knowledge), Denial.claim_id > after)
    claims = session.scalars(query.distinct().order_by(Denial.claim_id).limit(CLAIMS_AT_ONCE)).all()
    moved = _recount(session, practice_id, claims, knowledge, now)
    done = diagnose_claims(session, practice_id, claims, knowledge, today)
    return Renewed(done, claims[-1] if claims else None, moved)


def _recount(
    session: Session, practice_id: int, claims: Sequence[int], knowledge: Knowledge, now: datetime
) -> tuple[int, ...]:
    """Count the "File by" dates of claims by newer rules; return the numbers of the denials whose dates moved.

    A date that a person set or took away stays, as do denials that only a practice's choice of rules left behind.
    """
    query = select(Denial).where(
        Denial.practice_id == practice_id, Denial.is_open, Denial.claim_id.in_(claims), Denial.clock == "file_by",
        Denial.clock_rule.not_in(("", BY_HAND)), Denial.diagnosed_with.not_like(f"{knowledge.version}%"),
    )  # fmt: skip
    moved = []
    for denial in session.scalars(query.order_by(Denial.number)).all():
        values = recounted(session, denial, knowledge, Running.of(denial))
        if (values["file_by_safe"], values["file_by_legal"]) != (denial.file_by_safe, denial.file_by_legal):
            change_denials(session, [denial], "recounted", values, now, None)
            moved.append(denial.number)
    return tuple(moved)


def ask_for_renewal(session: Session, practice_id: int, knowledge: Knowledge, now: datetime) -> Job | None:
    """Return the job that brings a practice's open denials up to date: the one under way, else a new one.

    None when no denial is behind.
    """
    under_way = session.scalar(
        select(Job).where(Job.kind == KIND, Job.practice_id == practice_id, Job.state.in_(("queued", "running")))
    )
    if under_way is not None:
        return under_way
    behind = count_behind(session, practice_id, knowledge)
    if not behind:
        return None
    key = f"{KIND}:{practice_id}:{now.isoformat()}"
    return ask_for(session, KIND, {}, key, now, practice_id=practice_id, total=behind)


def ask_for_all_renewals(session: Session, knowledge: Knowledge, now: datetime) -> None:
    """Ask for the work for every practice that is behind; at the start of the server and now and then."""
    for practice_id in session.scalars(
        select(Practice.id).where(Practice.deleted_at.is_(None)).order_by(Practice.id)
    ).all():
        ask_for_renewal(session, practice_id, knowledge, now)
