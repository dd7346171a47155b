"""By owner: what runs out within a week, and who has how much on the desk. Workload, not a league table."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from tracker.domain.money import whole_dollars
from tracker.models import Denial, User
from tracker.month_counts import is_counted
from tracker.reports.basis import Basis, amount

NONE = "none"
WEEK = 7
DONE_DAYS = 30
NOBODY = "Nobody"


class Owned(NamedTuple):
    """The denials of one owner; ``owner`` is what the queue's address calls them."""

    owner: str
    name: str
    denials: int
    cents: int


class Workload(NamedTuple):
    """What an owner has open, of that what is overdue or due within a week, and what was closed in 30 days."""

    owner: str
    name: str
    open: int
    overdue: int
    due: int
    done: int


def expiring(
    session: Session, payer_ids: tuple[int, ...], today: date, basis: Basis = Basis.BILLED
) -> tuple[Owned, ...]:
    """Return the open denials with a clock that runs out within a week, by owner, most dollars first."""
    due = Denial.due_on.between(today, today + timedelta(days=WEEK))
    sums = _by_owner(session, payer_ids, Denial.is_open.is_(True), due, basis=basis)
    names = _names(session, sums)
    rows = [Owned(*names[owner], *each) for owner, each in sums.items()]
    return tuple(sorted(rows, key=lambda row: (-row.cents, row.name)))


def workload(session: Session, payer_ids: tuple[int, ...], today: date) -> tuple[Workload, ...]:
    """Return everybody with open denials, or with any closed within 30 days, by name."""
    due, week = Denial.due_on, today + timedelta(days=WEEK)
    counts = func.count(), func.count(case((due < today, 1))), func.count(case((due.between(today, week), 1)))
    query: Any = select(Denial.owner_id, *counts).where(Denial.is_open.is_(True), *_of(payer_ids))
    still_open = {row[0]: (row[1], row[2], row[3]) for row in session.execute(query.group_by(Denial.owner_id))}
    done = _by_owner(session, payer_ids, is_counted(), is_done(today))
    names = _names(session, {*still_open, *done})
    rows = [Workload(*names[owner], *still_open.get(owner, (0, 0, 0)), done=done[owner][0]) for owner in names]
    return tuple(sorted(rows, key=lambda row: (row.owner == NONE, row.name)))


def is_done(today: date) -> ColumnElement[bool]:
    """Return the condition of denials closed within the last 30 days."""
    return Denial.closed_on.between(today - timedelta(days=DONE_DAYS), today)


def _by_owner(
    session: Session, payer_ids: tuple[int, ...], *conditions: ColumnElement[bool], basis: Basis = Basis.BILLED
) -> defaultdict[int | None, tuple[int, int]]:
    query: Any = select(Denial.owner_id, func.count(), func.sum(amount(basis))).where(*conditions, *_of(payer_ids))
    found: defaultdict[int | None, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for owner, count, cents in session.execute(query.group_by(Denial.owner_id)):
        found[owner] = count, int(cents)
    return found


def _of(payer_ids: tuple[int, ...]) -> tuple[ColumnElement[bool], ...]:
    return (Denial.payer_id.in_(payer_ids),) if payer_ids else ()


def _names(session: Session, owners: Iterable[int | None]) -> dict[int | None, tuple[str, str]]:
    ids = list(owners)
    query = select(User.id, User.public_id, User.name).where(User.id.in_([one for one in ids if one is not None]))
    names: dict[int | None, tuple[str, str]] = {
        one: (public_id, name) for one, public_id, name in session.execute(query)
    }
    return names | ({None: (NONE, NOBODY)} if None in ids else {})


def expiring_heading(rows: Iterable[Owned]) -> str:
    """Return how much runs out within the week, from fixed sentences with checks."""
    cents = sum(row.cents for row in rows)
    return f"{whole_dollars(cents)} runs out within 7 days" if cents else "Nothing runs out within 7 days"
