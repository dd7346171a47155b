"""What is due for one person: the own denials within a month, and for a lead all of the practice within a week."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from tracker.domain.access import Action, Role, may
from tracker.domain.alerts import LADDER, LEAD_FROM, is_alert, rung
from tracker.domain.asking import Asked
from tracker.domain.due import CLOCKS
from tracker.models import Denial, Job, RecordsRequest, TherapistAsk, User
from tracker.reports.open_asks import is_late

_TITLES = {0: "Today or passed", 1: "Tomorrow", 3: "Within 3 days", 7: "Within 7 days", 14: "Within 14 days", 30: "Within 30 days"}  # fmt: skip


class DueThing(NamedTuple):
    """A denial, or a request for records, with a date ahead: nothing in it names a patient, a claim or a payer.

    ``page`` is the part of its address before its id; a request has no amount.
    """

    page: str
    name: str
    public_id: str
    clock: str
    safe: date
    legal: date | None
    cents: int
    owner: str
    is_new: bool


class LateAnswer(NamedTuple):
    """A denial whose therapist was asked and has not answered in time; no name of anybody in it."""

    number: int
    public_id: str
    words: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class DueGroup:
    """What stands on one rung of the ladder, nearest first."""

    rung: int
    things: tuple[DueThing, ...]

    @property
    def title(self) -> str:
        """Return the words over the group."""
        return _TITLES[self.rung]

    @property
    def cents(self) -> int:
        """Return what the group is about."""
        return sum(thing.cents for thing in self.things)


@dataclass(frozen=True, slots=True)
class Digest:
    """What is due for a person on a day, by rung, nearest first; and the answers of therapists that are late."""

    today: date
    groups: tuple[DueGroup, ...]
    late_answers: tuple[LateAnswer, ...] = ()

    @property
    def news(self) -> tuple[DueThing, ...]:
        """Return what came to another rung since the person was last told."""
        return tuple(thing for group in self.groups for thing in group.things if thing.is_new)

    @property
    def late_news(self) -> tuple[LateAnswer, ...]:
        """Return the answers that became late since the person was last told."""
        return tuple(answer for answer in self.late_answers if answer.is_new)


def digest(
    session: Session, user_id: int, roles: Mapping[int, Role], today: date, told_on: date | None = None
) -> Digest:
    """Return what is due for a person; ``roles`` are those in the practices in view, by practice id.

    Snoozed denials are among them: a snooze does not stop a deadline.
    """
    things = [*_denials(session, user_id, roles, today, told_on), *_requests(session, user_id, roles, today, told_on)]
    found: dict[int, list[DueThing]] = {}
    for thing in sorted(things, key=lambda thing: (thing.safe, -thing.cents)):
        found.setdefault(rung(thing.safe, today) or 0, []).append(thing)
    groups = tuple(DueGroup(step, tuple(found[step])) for step in sorted(found))
    return Digest(today, groups, tuple(_late_answers(session, user_id, roles, today, told_on)))


def mail_problem(session: Session, user_id: int) -> str:
    """Return why a person's newest digest did not go out by e-mail, or an empty text."""
    newest = select(Job.state, Job.error).where(Job.kind == "digest.send", Job.asked_by_id == user_id)
    row = session.execute(newest.order_by(Job.id.desc()).limit(1)).first()
    return row.error if row is not None and row.state == "failed" else ""


def _denials(
    session: Session, user_id: int, roles: Mapping[int, Role], today: date, told_on: date | None
) -> list[DueThing]:
    query = (
        select(Denial, User.name)
        .outerjoin(User, User.id == Denial.owner_id)
        .where(Denial.is_open, Denial.practice_id.in_(roles), _concerns(Denial, Denial.due_on, user_id, roles, today))
        .order_by(Denial.id)
    )
    return [
        DueThing(
            "denials", f"D-{denial.number}", denial.public_id, CLOCKS[denial.running_clock], denial.due_on or today,
            denial.running_legal, denial.amount_cents, owner or "", is_alert(denial.due_on or today, today, told_on),
        )
        for denial, owner in session.execute(query)
    ]  # fmt: skip


def _late_answers(
    session: Session, user_id: int, roles: Mapping[int, Role], today: date, told_on: date | None
) -> Iterator[LateAnswer]:
    """Yield the late answers about the person's own denials, and all of a practice's for its lead, the oldest first."""
    own = or_(Denial.owner_id == user_id, Denial.practice_id.in_(_led(roles)))
    query = (
        select(Denial, TherapistAsk)
        .join(TherapistAsk, and_(TherapistAsk.practice_id == Denial.practice_id, TherapistAsk.denial_id == Denial.id))
        .where(Denial.is_open, Denial.practice_id.in_(roles), own, is_late(today))
        .order_by(TherapistAsk.answer_by, Denial.id)
    )
    for denial, ask in session.execute(query):
        words = Asked(ask.asked_of, ask.asked_on, ask.answer_by).words(today)
        yield LateAnswer(denial.number, denial.public_id, words, told_on is None or ask.answer_by >= told_on)


def _led(roles: Mapping[int, Role]) -> list[int]:
    return [practice_id for practice_id, role in roles.items() if may(role, Action.ASSIGN)]


def _requests(
    session: Session, user_id: int, roles: Mapping[int, Role], today: date, told_on: date | None
) -> list[DueThing]:
    """Return the open requests for records, but for those that a denial's own clock stands for."""
    clock = "records_due"
    shown = exists().where(
        Denial.practice_id == RecordsRequest.practice_id, Denial.claim_id == RecordsRequest.claim_id, Denial.is_open,
        Denial.clock == clock,
    )  # fmt: skip
    near = _concerns(RecordsRequest, RecordsRequest.due_safe, user_id, roles, today)
    query = (
        select(RecordsRequest, User.name)
        .outerjoin(User, User.id == RecordsRequest.owner_id)
        .where(RecordsRequest.closed_on.is_(None), RecordsRequest.practice_id.in_(roles), ~shown, near)
        .order_by(RecordsRequest.id)
    )
    return [
        DueThing(
            "records-requests", f"R-{row.number}", row.public_id, CLOCKS[clock], row.due_safe or today, row.due_legal,
            0, owner or "", is_alert(row.due_safe or today, today, told_on),
        )
        for row, owner in session.execute(query)
    ]  # fmt: skip


def _concerns(
    of: type[Denial | RecordsRequest], due: Any, user_id: int, roles: Mapping[int, Role], today: date
) -> ColumnElement[bool]:
    own = and_(of.owner_id == user_id, due <= today + timedelta(days=max(LADDER)))
    all_near = and_(of.practice_id.in_(_led(roles)), due <= today + timedelta(days=LEAD_FROM))
    return or_(own, all_near)
