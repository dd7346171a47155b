"""What is due for one person: the own denials within a month, and for a lead all of the practice within a week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from tracker.domain.alerts import LADDER, LEAD_FROM, is_alert, rung
from tracker.domain.due import CLOCKS
from tracker.models import Denial, User

LEAD_ROLE = "owner"
_TITLES = {0: "Today or passed", 1: "Tomorrow", 3: "Within 3 days", 7: "Within 7 days", 14: "Within 14 days", 30: "Within 30 days"}  # fmt: skip


class DueDenial(NamedTuple):
    """A denial with a date ahead: nothing in it names a patient, a claim or a payer."""

    number: int
    public_id: str
    clock: str
    safe: date
    legal: date | None
    cents: int
    owner: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class DueGroup:
    """The denials on one rung of the ladder, nearest first."""

    rung: int
    denials: tuple[DueDenial, ...]

    @property
    def title(self) -> str:
        """Return the words over the group."""
        return _TITLES[self.rung]

    @property
    def cents(self) -> int:
        """Return what the group is about."""
        return sum(denial.cents for denial in self.denials)


@dataclass(frozen=True, slots=True)
class Digest:
    """What is due for a person on a day, by rung, nearest first."""

    today: date
    groups: tuple[DueGroup, ...]

    @property
    def denials(self) -> tuple[DueDenial, ...]:
        """Return all of them."""
        return tuple(denial for group in self.groups for denial in group.denials)

    @property
    def news(self) -> tuple[DueDenial, ...]:
        """Return those that came to another rung since the person was last told."""
        return tuple(denial for denial in self.denials if denial.is_new)


def digest(
    session: Session, user_id: int, roles: Mapping[int, str], today: date, told_on: date | None = None
) -> Digest:
    """Return what is due for a person; ``roles`` are those in the practices in view, by practice id.

    Snoozed denials are among them: a snooze does not stop a deadline.
    """
    query = (
        select(Denial, User.name)
        .outerjoin(User, User.id == Denial.owner_id)
        .where(Denial.is_open, Denial.practice_id.in_(roles), _concerns(user_id, roles, today))
        .order_by(Denial.due_on, Denial.amount_cents.desc(), Denial.id)
    )
    found: dict[int, list[DueDenial]] = {}
    for denial, owner in session.execute(query):
        due = _due(denial, owner or "", today, told_on)
        found.setdefault(rung(due.safe, today) or 0, []).append(due)
    return Digest(today, tuple(DueGroup(step, tuple(found[step])) for step in sorted(found)))


def _concerns(user_id: int, roles: Mapping[int, str], today: date) -> ColumnElement[bool]:
    led = [practice_id for practice_id, role in roles.items() if role == LEAD_ROLE]
    own = and_(Denial.owner_id == user_id, Denial.due_on <= today + timedelta(days=max(LADDER)))
    all_near = and_(Denial.practice_id.in_(led), Denial.due_on <= today + timedelta(days=LEAD_FROM))
    return or_(own, all_near)


def _due(denial: Denial, owner: str, today: date, told_on: date | None) -> DueDenial:
    safe = denial.due_on or today
    return DueDenial(
        denial.number, denial.public_id, CLOCKS[denial.clock], safe, denial.file_by_legal, denial.amount_cents, owner,
        is_alert(safe, today, told_on),
    )  # fmt: skip
