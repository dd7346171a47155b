"""Keeping the courses of denials: derived anew, whole, whenever an act, an appeal, a decision or an answer changes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import Result
from tracker.domain.denial_course import NOTHING, Course, Sent, course
from tracker.models import Appeal, AppealDenial, Denial, DenialAnswer, DenialCourse, Event, Outcome
from tracker.models.base import take_ids

# Arranging is no act on a denial: who has it, when it comes up again, which date runs.
_NO_ACTS = ("owner", "snooze", "deadline", "records_asked", "undone")
_FOR_US = (Result.OVERTURNED, Result.PARTLY)
AT_ONCE = 500


def derived(session: Session, practice_id: int, denial_ids: Collection[int]) -> dict[int, Course]:
    """Return the courses of denials as the rows say; nothing for one that nothing happened to, or that is gone."""
    mine = (Denial.practice_id == practice_id, Denial.id.in_(denial_ids))
    denial_ids = session.connection().scalars(select(Denial.id).where(*mine)).all()
    acts, corrected = _acts(session, practice_id, denial_ids)
    appeals = _appeals(session, practice_id, denial_ids, acts)
    answers = _answers(session, practice_id, [one for one in denial_ids if one in corrected])
    found = {one: course(acts[one], appeals[one], corrected.get(one), answers[one]) for one in denial_ids}
    return {one: each for one, each in found.items() if each != NOTHING}


def kept(session: Session, practice_id: int, denial_ids: Collection[int]) -> dict[int, Course]:
    """Return the courses of denials as they are kept."""
    columns = (getattr(DenialCourse, name) for name in Course._fields)
    mine = (DenialCourse.practice_id == practice_id, DenialCourse.denial_id.in_(denial_ids))
    rows = session.connection().execute(select(DenialCourse.denial_id, *columns).where(*mine))
    return {denial_id: Course(*days) for denial_id, *days in rows}


def keep(session: Session, practice_id: int, denial_ids: Iterable[int]) -> set[int]:
    """Derive the courses of denials anew and keep them; return the denials whose course is another than before."""
    changed: set[int] = set()
    for part in parts(sorted(denial_ids)):
        before, after = kept(session, practice_id, part), derived(session, practice_id, part)
        differing = [one for one in part if before.get(one) != after.get(one)]
        _write(session, practice_id, differing, after)
        changed.update(differing)
    return changed


def parts(values: list[Any]) -> Iterable[list[Any]]:
    """Return the values some at a time, as many as a statement takes."""
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _write(session: Session, practice_id: int, denial_ids: list[int], courses: dict[int, Course]) -> None:
    if not denial_ids:
        return
    connection = session.connection()
    mine = (DenialCourse.practice_id == practice_id, DenialCourse.denial_id.in_(denial_ids))
    connection.execute(delete(DenialCourse).where(*mine))
    told = [one for one in denial_ids if one in courses]
    rows = [
        {"practice_id": practice_id, "id": row_id, "denial_id": one, **courses[one]._asdict()}
        for row_id, one in zip(take_ids(len(told)), told, strict=True)
    ]
    if rows:
        connection.execute(insert(DenialCourse), rows)


def _acts(
    session: Session, practice_id: int, denial_ids: Collection[int]
) -> tuple[defaultdict[int, list[date]], dict[int, date]]:
    """Return the days on which people acted on each denial, and on which a corrected claim was first sent."""
    acts, corrected = defaultdict[int, list[date]](list), dict[int, date]()
    query = select(Event.subject_id, Event.kind, Event.at, Event.details).where(
        Event.practice_id == practice_id,
        Event.subject_kind == "denial",
        Event.subject_id.in_(denial_ids),
        Event.user_id.is_not(None),
        Event.kind.not_in(_NO_ACTS),
        Event.undone.is_(False),
    )
    for denial_id, kind, at, details in session.execute(query.order_by(Event.at)):
        day = at.astimezone().date()
        acts[denial_id].append(day)
        if kind == "status" and details.get("changes", {}).get("status", [""])[-1] == "corrected_claim_sent":
            corrected.setdefault(denial_id, day)
    return acts, corrected


def _appeals(
    session: Session, practice_id: int, denial_ids: Collection[int], acts: defaultdict[int, list[date]]
) -> defaultdict[int, list[Sent]]:
    """Return the appeals sent about each denial; opening one is an act too."""
    sent = defaultdict[int, list[Sent]](list)
    for denial_id, opened_at, opened_by, status, sent_on, result, decided_on in session.execute(
        _appeals_query(practice_id, denial_ids)
    ):
        if opened_by is not None:
            acts[denial_id].append(opened_at.astimezone().date())
        if status in {"sent", "decided"} and sent_on is not None:
            decides = result is not None and Result(result).decides
            sent[denial_id].append(Sent(sent_on, decided_on if decides else None, result in _FOR_US))
    return sent


def _appeals_query(practice_id: int, denial_ids: Collection[int]) -> Any:
    outcome = and_(
        Outcome.practice_id == AppealDenial.practice_id,
        Outcome.appeal_id == AppealDenial.appeal_id,
        Outcome.denial_id == AppealDenial.denial_id,
    )
    appeal = and_(Appeal.practice_id == AppealDenial.practice_id, Appeal.id == AppealDenial.appeal_id)
    columns = Appeal.opened_at, Appeal.opened_by_id, Appeal.status, Appeal.sent_on, Outcome.result, Outcome.decided_on
    return (
        select(AppealDenial.denial_id, *columns)
        .join(Appeal, appeal)
        .outerjoin(Outcome, outcome)
        .where(AppealDenial.practice_id == practice_id, AppealDenial.denial_id.in_(denial_ids))
        .order_by(Appeal.id)
    )


def _answers(session: Session, practice_id: int, denial_ids: Collection[int]) -> defaultdict[int, list[date]]:
    found = defaultdict[int, list[date]](list)
    query = select(DenialAnswer.denial_id, DenialAnswer.answered_on).where(
        DenialAnswer.practice_id == practice_id,
        DenialAnswer.denial_id.in_(denial_ids),
        DenialAnswer.kind != "first",
    )
    for denial_id, answered_on in session.execute(query) if denial_ids else ():
        found[denial_id].append(answered_on)
    return found


def denials_of_appeals(session: Session, practice_id: int, appeal_ids: Iterable[int]) -> set[int]:
    """Return the denials that appeals are about."""
    found: set[int] = set()
    for part in parts(sorted(appeal_ids)):
        mine = (AppealDenial.practice_id == practice_id, AppealDenial.appeal_id.in_(part))
        found.update(session.connection().scalars(select(AppealDenial.denial_id).where(*mine)))
    return found


def denials_of_months(session: Session, practice_id: int, months: Iterable[tuple[date, date]]) -> list[int]:
    """Return the denials first denied between the days given."""
    found: list[int] = []
    for first, last in months:
        mine = (Denial.practice_id == practice_id, Denial.denied_on.between(first, last))
        found += session.connection().scalars(select(Denial.id).where(*mine))
    return found
