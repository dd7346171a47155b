"""Taking the demo away: every row of its practices, its users where they see nothing else, its payers nobody else needs."""

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from tracker.models import Claim, Membership, Payer, Practice, User
from tracker.models.base import Base


def remove(session: Session) -> None:
    """Delete the demo's rows. A demo user who sees another practice too, or a payer another practice has, stays."""
    practices = list(session.scalars(select(Practice.id).where(Practice.is_demo)))
    for table in reversed(Base.metadata.sorted_tables):
        if "practice_id" in table.c:
            session.execute(delete(table).where(table.c.practice_id.in_(practices)))
    _remove_users(session)
    session.execute(delete(Practice).where(Practice.id.in_(practices)))
    _remove_payers(session)


def _remove_users(session: Session) -> None:
    elsewhere = select(Membership.user_id)
    session.execute(update(User).where(User.is_demo, User.id.in_(elsewhere)).values(is_demo=False))
    users = list(session.scalars(select(User.id).where(User.is_demo)))
    for table in reversed(Base.metadata.sorted_tables):
        if "user_id" in table.c and "practice_id" not in table.c:
            session.execute(delete(table).where(table.c.user_id.in_(users)))
    session.execute(delete(User).where(User.id.in_(users)))


def _remove_payers(session: Session) -> None:
    used = select(Claim.payer_id).distinct()
    session.execute(update(Payer).where(Payer.is_demo, Payer.id.in_(used)).values(is_demo=False))
    session.execute(delete(Payer).where(Payer.is_demo))


def rows_left(session: Session) -> int:
    """Return how many rows of the demo there are: practices, users, payers, and whatever is a practice's own."""
    practices = select(Practice.id).where(Practice.is_demo)
    count = 0
    for model in (Practice, User, Payer):
        count += session.scalar(select(func.count()).select_from(model).where(model.is_demo)) or 0
    for table in Base.metadata.sorted_tables:
        if isinstance(table, Table) and "practice_id" in table.c:
            owned = select(func.count()).select_from(table).where(table.c.practice_id.in_(practices))
            count += session.scalar(owned) or 0
    return count
