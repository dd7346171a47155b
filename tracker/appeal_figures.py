"""Keeping what pages sum up of each appeal: the minutes of work on it, and the payer's last decision.

Worked out anew, both, whenever a save of its letters, an outcome or the appeal itself changes. What a job did for many
appeals at once is no work of a person's hand and is left out of the minutes.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Table, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from tracker.denial_courses import parts
from tracker.domain.time_spent import minutes_spent
from tracker.models import Appeal, AppealDenial, Event, Letter, LetterText, Outcome

STEPS = ("letter_saved", "letter_taken_back", "letter_signed")
FOR_US = ("overturned", "partly")
DECISIONS = (*FOR_US, "upheld", "dismissed")
# The option of a query that reads the figures: changes of the transaction are worked out before it.
READS_FIGURES = "tracker_reads_figures"


class Figures(NamedTuple):
    """What the columns of an appeal of the same names say."""

    minutes_spent: int = 0
    decided_on: date | None = None
    decided_for_us: bool | None = None
    decision_days: int | None = None


def derived(session: Session, practice_id: int, appeal_ids: Collection[int]) -> dict[int, Figures]:
    """Return the figures of each of these appeals as the rows say."""
    minutes = _minutes(session, practice_id, appeal_ids)
    decisions = _decisions(session, practice_id, appeal_ids)
    nothing = (None, None, None)
    return {one: Figures(minutes[one], *decisions.get(one, nothing)) for one in appeal_ids}


def keep(session: Session, practice_id: int, appeal_ids: Iterable[int]) -> None:
    """Work the figures of appeals out anew and keep them; those that are gone are passed over."""
    table = Appeal.__table__
    assert isinstance(table, Table)
    mine = (table.c.practice_id == practice_id, table.c.id == bindparam("key_id"))
    statement = update(table).where(*mine).values({name: bindparam(f"new_{name}") for name in Figures._fields})
    for part in parts(sorted(appeal_ids)):
        rows = [
            {"key_id": one} | {f"new_{name}": value for name, value in found._asdict().items()}
            for one, found in derived(session, practice_id, part).items()
        ]
        session.connection().execute(statement, rows)


def unknown(session: Session, practice_id: int) -> list[int]:
    """Return the appeals with a letter or a decision whose figures were never worked out: an upgrade leaves those."""
    letter = exists().where(Letter.practice_id == Appeal.practice_id, Letter.appeal_id == Appeal.id)
    mine = (Appeal.practice_id == practice_id, Appeal.minutes_spent.is_(None))
    return list(session.scalars(select(Appeal.id).where(*mine, or_(letter, Appeal.status == "decided"))))


def differing(session: Session, practice_id: int) -> list[int]:
    """Return the appeals whose kept figures are not what the rows say."""
    columns = (getattr(Appeal, name) for name in Figures._fields)
    kept = select(Appeal.id, *columns).where(Appeal.practice_id == practice_id).order_by(Appeal.id)
    found: list[int] = []
    for part in parts([tuple(row) for row in session.execute(kept)]):
        right = derived(session, practice_id, [appeal for appeal, *_ in part])
        found += [
            appeal for appeal, minutes, *decision in part if Figures(minutes or 0, *decision) != right[appeal]
        ]  # fmt: skip
    return found


def appeals_of_denials(session: Session, practice_id: int, denial_ids: Iterable[int]) -> set[int]:
    """Return the appeals about denials."""
    found: set[int] = set()
    for part in parts(sorted(denial_ids)):
        mine = (AppealDenial.practice_id == practice_id, AppealDenial.denial_id.in_(part))
        found.update(session.connection().scalars(select(AppealDenial.appeal_id).where(*mine)))
    return found


def _minutes(session: Session, practice_id: int, appeal_ids: Collection[int]) -> dict[int, int]:
    """Return the whole minutes of each appeal as the saves of its letters say; 0 where nothing is measured."""
    connection = session.connection()
    moments: dict[int, list[tuple[int, datetime]]] = {one: [] for one in appeal_ids}
    saves = select(LetterText.appeal_id, LetterText.saved_by_id, LetterText.saved_at).where(
        LetterText.practice_id == practice_id, LetterText.appeal_id.in_(appeal_ids)
    )
    for appeal, person, at in connection.execute(saves):
        if person is not None:
            moments[appeal].append((person, at))
    steps = select(Event.subject_id, Event.user_id, Event.at, Event.details).where(
        Event.practice_id == practice_id,
        Event.subject_kind == "appeal",
        Event.subject_id.in_(appeal_ids),
        Event.kind.in_(STEPS),
    )
    for appeal, person, at, details in connection.execute(steps):
        if person is not None and "batch" not in details:
            moments[appeal].append((person, at))
    return {appeal: minutes_spent(own) for appeal, own in moments.items()}


def _decisions(
    session: Session, practice_id: int, appeal_ids: Collection[int]
) -> dict[int, tuple[date, bool, int | None]]:
    """Return the last decision of each appeal that is decided, whether any was for the practice, and the days it took.

    A partial win counts for us; a request for more information is not a decision.
    """
    decided_on, for_us = func.max(Outcome.decided_on), func.max(case((Outcome.result.in_(FOR_US), 1), else_=0))
    query = (
        select(Appeal.id, Appeal.sent_on, decided_on, for_us)
        .join(Outcome, and_(Outcome.practice_id == Appeal.practice_id, Outcome.appeal_id == Appeal.id))
        .where(Appeal.practice_id == practice_id, Appeal.id.in_(appeal_ids))
        .where(Appeal.status == "decided", Outcome.result.in_(DECISIONS))
        .group_by(Appeal.practice_id, Appeal.id, Appeal.sent_on)
    )
    return {
        appeal: (decided, bool(won), (decided - sent).days if sent else None)
        for appeal, sent, decided, won in session.connection().execute(query)
    }
