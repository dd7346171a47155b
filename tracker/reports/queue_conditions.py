"""What makes a denial part of a view: each part of the queue's filter as a condition."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select
from sqlalchemy.orm import Session

from tracker.domain.ages import Age
from tracker.domain.turns import Holder
from tracker.domain.write_offs import ASKED
from tracker.models import ClaimLine, Denial, Payer, PayerAlias, Search, User
from tracker.models.denial import ACTED_ON
from tracker.month_counts import is_counted
from tracker.reports.basis import has_no_rate
from tracker.reports.courses import OF_COURSE
from tracker.reports.day_spans import is_slow, slow_words
from tracker.reports.decided import was_decided
from tracker.reports.figures import is_missed
from tracker.reports.months import Month
from tracker.reports.open_asks import has_late_ask
from tracker.reports.owners import is_done
from tracker.reports.queue_filter import ME, NONE, QueueFilter, code_parts
from tracker.reports.queue_search import found_by
from tracker.reports.shares import has_cause, is_never_worked
from tracker.reports.tallies import is_confirmed, was_appealed
from tracker.reports.turns import whose_turn

_OVER_CENTS = 50_000
# Whether in the last twelve months alone, and whether for the practice.
_DECIDED = {"decided": (False, False), "won": (False, True), "decided-year": (True, False), "won-year": (True, True)}


class Viewer(NamedTuple):
    """Who looks, and when."""

    user_id: int
    today: date
    now: datetime


def conditions(session: Session, asked: QueueFilter, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter, all but the bucket of its due date."""
    found = [*_of_view(asked, viewer), *_of_facts(asked), *_of_only(asked, viewer)]
    if asked.payers:
        found.append(_of_payers(session, asked.payers))
    if asked.owner:
        found.append(_owned_by(session, asked.owner, viewer))
    if asked.who:
        found.append(whose_turn(Holder(asked.who), viewer.today))
    if asked.months:
        found.append(or_(*_denied_in(asked.months)))
    if asked.age:
        found.append(_is_of_age(Age(asked.age), viewer.today))
    if asked.search:
        found.append(_searched(session, asked.search, viewer))
    return found


def _of_payers(session: Session, public_ids: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition of some payers; one that a practice merged into another means that other there."""
    ids = session.scalars(select(Payer.id).where(Payer.public_id.in_(public_ids))).all()
    merged = session.scalars(select(PayerAlias).where(PayerAlias.payer_id.in_(ids))).all()
    stay = (and_(Denial.practice_id == one.practice_id, Denial.payer_id == one.stays_id) for one in merged)
    return or_(Denial.payer_id.in_(ids), *stay)


def _of_view(asked: QueueFilter, viewer: Viewer) -> Iterable[ColumnElement[bool]]:
    if asked.view == "all":
        # What a search finds is shown even when the reports do not count it.
        return () if asked.search else (is_counted(),)
    awake = or_(Denial.snoozed_to.is_(None), Denial.snoozed_to <= viewer.today)
    more: dict[str, tuple[ColumnElement[bool], ...]] = {
        "mine": (Denial.owner_id == viewer.user_id, awake),
        "due14": (Denial.due_on <= viewer.today + timedelta(days=14),),
        "over500": (Denial.amount_cents > _OVER_CENTS,),
        "needs-note": (Denial.status == "needs_note",),
        "waiting": (Denial.status.in_(ACTED_ON),),
        "no-deadline": (Denial.due_on.is_(None),),
        "new-week": (Denial.created_at >= viewer.now - timedelta(days=7),),
        "unassigned": (Denial.owner_id.is_(None),),
        "to-approve": (Denial.write_off == ASKED,),
    }
    return (Denial.is_open.is_(True), *more.get(asked.view, ()))


def _of_facts(asked: QueueFilter) -> Iterable[ColumnElement[bool]]:
    if asked.code:
        yield or_(*(_has_reason(group, carcs) for group, carcs in code_parts(asked.code).items()))
    if asked.cause:
        yield Denial.root_cause == ("" if asked.cause == NONE else asked.cause)
    if asked.status:
        yield Denial.status == asked.status


def _has_reason(group: str, carcs: Sequence[str]) -> ColumnElement[bool]:
    if not group:
        return Denial.carc == ""
    return and_(Denial.group_code == group, Denial.carc == carcs[0] if len(carcs) == 1 else Denial.carc.in_(carcs))


def _of_only(asked: QueueFilter, viewer: Viewer) -> Iterable[ColumnElement[bool]]:
    """Return what some figures of the insights page count beyond their month (their links lead here)."""
    if asked.only == "first-answer":
        same_line = ClaimLine.practice_id == Denial.practice_id, ClaimLine.id == Denial.claim_line_id
        return (exists().where(*same_line, ClaimLine.first_remit_on == Denial.denied_on),)
    if asked.only in _DECIDED:
        in_year, for_us = _DECIDED[asked.only]
        return (was_decided(viewer.today if in_year else None, for_us=for_us),)
    if asked.only == "missed":
        return is_missed(viewer.today)
    single = {
        "paid": Denial.recovered_cents > 0,
        "appealed": was_appealed(),
        "confirmed": is_confirmed(),
        "suggested": not_(is_confirmed()),
        "no-answer": has_late_ask(viewer.today),
        "no-rate": has_no_rate(),
    }
    return (single[asked.only],) if asked.only in single else _of_figures(asked.only, viewer.today)


def _is_of_age(age: Age, today: date) -> ColumnElement[bool]:
    """Return the condition of an age; what is dated after today is of the youngest."""
    first, last = age.days(today)
    if first is None:
        return Denial.denied_on <= last
    return Denial.denied_on >= first if last == today else Denial.denied_on.between(first, last)


def _of_figures(only: str, today: date) -> Iterable[ColumnElement[bool]]:
    if only in OF_COURSE:
        return (OF_COURSE[only],)
    if only in {"avoidable", "payer-fault"}:
        return (has_cause(only),)
    if only == "never-worked":
        return (is_never_worked(today),)
    if only == "done-lately":
        return (is_done(today),)
    return (is_slow(only, today),) if slow_words(only) else ()


def _owned_by(session: Session, owner: str, viewer: Viewer) -> ColumnElement[bool]:
    if owner == NONE:
        return Denial.owner_id.is_(None)
    if owner == ME:
        return Denial.owner_id == viewer.user_id
    return Denial.owner_id == session.scalar(select(User.id).where(User.public_id == owner))


def _denied_in(codes: Sequence[str]) -> Iterable[ColumnElement[bool]]:
    months = [month for month in map(Month.parse, codes) if month is not None]
    return [Denial.denied_on.between(month.first_day, month.last_day) for month in months]


def _searched(session: Session, search: str, viewer: Viewer) -> ColumnElement[bool]:
    """Return what the stored words find; nothing when they are somebody else's or too old."""
    words = search_words(session, search, viewer)
    return found_by(session, words) if words else false()


def search_words(session: Session, search: str, viewer: Viewer) -> str:
    """Return the words of a search of this user that has not expired, else nothing."""
    found = session.scalar(
        select(Search.words).where(
            Search.public_id == search, Search.user_id == viewer.user_id, Search.expires_at > viewer.now
        )
    )
    return found or ""
