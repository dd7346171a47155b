"""What makes a denial part of a view: each part of the queue's filter as a condition."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from tracker.models import ClaimLine, Denial, Payer, Search, User
from tracker.models.denial import ACTED_ON
from tracker.reports.figures import is_missed
from tracker.reports.months import Month
from tracker.reports.queue_filter import ME, NONE, QueueFilter, code_parts
from tracker.reports.queue_search import found_by
from tracker.reports.tallies import is_counted

_OVER_CENTS = 50_000


class Viewer(NamedTuple):
    """Who looks, and when."""

    user_id: int
    today: date
    now: datetime


def conditions(session: Session, asked: QueueFilter, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter, all but the bucket of its due date."""
    found = [*_of_view(asked, viewer), *_of_facts(asked), *_of_only(asked, viewer)]
    if asked.payers:
        found.append(
            Denial.payer_id.in_(session.scalars(select(Payer.id).where(Payer.public_id.in_(asked.payers))).all())
        )
    if asked.owner:
        found.append(_owned_by(session, asked.owner, viewer))
    if asked.months:
        found.append(or_(*_denied_in(asked.months)))
    if asked.search:
        found.append(_searched(session, asked.search, viewer))
    return found


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
    }
    return (Denial.is_open.is_(True), *more.get(asked.view, ()))


def _of_facts(asked: QueueFilter) -> Iterable[ColumnElement[bool]]:
    if asked.code:
        group, carc = code_parts(asked.code)
        yield and_(Denial.group_code == group, Denial.carc == carc)
    if asked.cause:
        yield Denial.root_cause == ("" if asked.cause == NONE else asked.cause)
    if asked.status:
        yield Denial.status == asked.status


def _of_only(asked: QueueFilter, viewer: Viewer) -> Iterable[ColumnElement[bool]]:
    """Return what some figures of the insights page count beyond their month (their links lead here)."""
    if asked.only == "first-answer":
        same_line = ClaimLine.practice_id == Denial.practice_id, ClaimLine.id == Denial.claim_line_id
        return (exists().where(*same_line, ClaimLine.first_remit_on == Denial.denied_on),)
    if asked.only == "paid":
        return (Denial.recovered_cents > 0,)
    return is_missed(viewer.today) if asked.only == "missed" else ()


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
    return found_by(words) if words else false()


def search_words(session: Session, search: str, viewer: Viewer) -> str:
    """Return the words of a search of this user that has not expired, else nothing."""
    found = session.scalar(
        select(Search.words).where(
            Search.public_id == search, Search.user_id == viewer.user_id, Search.expires_at > viewer.now
        )
    )
    return found or ""
