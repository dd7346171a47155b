"""The list of appeals, those to work on first."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, case, func, select, true
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import STATUSES, Result
from tracker.models import Appeal, AppealDenial, Denial, Letter, Outcome, Payer, Practice

_MOST = 500


class AppealRow(NamedTuple):
    """One appeal with its amount, its nearest file-by date and its newest letter's version."""

    appeal: Appeal
    payer: str
    practice: str
    denials: int
    cents: int
    due_on: date | None
    edition: int
    packet_id: int | None


def count_appeals(session: Session, status: str = "") -> int:
    """Return how many appeals there are, in a status or in all."""
    query = select(func.count()).select_from(Appeal)
    return session.scalar(query.where(Appeal.status == status) if status else query) or 0


def appeals_list(session: Session, status: str = "", skip: int = 0, most: int = _MOST) -> Sequence[AppealRow]:
    """Return the appeals of the session's practices, in a status or in all, ``most`` of them after the first ``skip``.

    Drafts come first, then those ready, sent, decided; among them those with the nearest date.
    """
    order = case({status: place for place, status in enumerate(STATUSES)}, value=Appeal.status, else_=9)
    sums = (
        select(
            AppealDenial.practice_id,
            AppealDenial.appeal_id,
            func.count().label("denials"),
            func.sum(Denial.amount_cents).label("cents"),
            func.min(Denial.file_by_safe).label("due_on"),
        )
        .join(Denial, and_(Denial.practice_id == AppealDenial.practice_id, Denial.id == AppealDenial.denial_id))
        .group_by(AppealDenial.practice_id, AppealDenial.appeal_id)
        .subquery()
    )
    newest = (
        select(Letter.practice_id, Letter.appeal_id, func.max(Letter.edition).label("edition"))
        .group_by(Letter.practice_id, Letter.appeal_id)
        .subquery()
    )
    query = (
        select(
            Appeal, Payer.name, Practice.name, sums.c.denials, sums.c.cents, sums.c.due_on, Letter.edition,
            Letter.packet_id,
        )
        .join(Payer, Payer.id == Appeal.payer_id)
        .join(Practice, Practice.id == Appeal.practice_id)
        .join(sums, and_(sums.c.practice_id == Appeal.practice_id, sums.c.appeal_id == Appeal.id))
        .outerjoin(newest, and_(newest.c.practice_id == Appeal.practice_id, newest.c.appeal_id == Appeal.id))
        .outerjoin(
            Letter,
            and_(
                Letter.practice_id == Appeal.practice_id,
                Letter.appeal_id == Appeal.id,
                Letter.edition == newest.c.edition,
            ),
        )
        .order_by(order, sums.c.due_on.is_(None), sums.c.due_on, Appeal.number)
        .where(Appeal.status == status if status else true())
        .offset(skip)
        .limit(most)
    )  # fmt: skip
    return [
        AppealRow(appeal, payer, practice, denials, int(cents), due_on, edition or 0, packet_id)
        for appeal, payer, practice, denials, cents, due_on, edition, packet_id in session.execute(query)
    ]


def decisions_of(session: Session, appeals: Sequence[Appeal]) -> dict[tuple[int, int], str]:
    """Return what payers decided, by practice and appeal: ``Overturned``, or ``1 overturned, 2 upheld`` by lines."""
    query = (
        select(Outcome.practice_id, Outcome.appeal_id, Outcome.result, func.count())
        .where(Outcome.appeal_id.in_([appeal.id for appeal in appeals]))
        .group_by(Outcome.practice_id, Outcome.appeal_id, Outcome.result)
    )
    counts: dict[tuple[int, int], dict[Result, int]] = {}
    for practice_id, appeal_id, result, count in session.execute(query):
        counts.setdefault((practice_id, appeal_id), {})[Result(result)] = count
    return {key: _decided(lines) for key, lines in counts.items()}


def _decided(lines: dict[Result, int]) -> str:
    if len(lines) == 1:
        return next(iter(lines)).label
    return ", ".join(f"{lines[result]} {result.label.lower()}" for result in Result if result in lines)
