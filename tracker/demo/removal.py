"""Taking the demo away: every row of its practices, its users where they see nothing else, its payers nobody else needs.

The audit log keeps its entries of the demo, as it keeps all (they name no patient).
"""

from sqlalchemy import Column, Select, delete, func, or_, select, union, update
from sqlalchemy.orm import Session

from tracker.models import Claim, Membership, Payer, PayerAlias, Practice, User
from tracker.models.base import Base, PracticeOwned
from tracker.services.practice_tables import remove_rows, tables_with_rows_of_practices


def remove(session: Session) -> None:
    """Delete the demo's rows. A demo user who sees another practice too, or a payer another practice has, stays."""
    practices = list(session.scalars(select(Practice.id).where(Practice.is_demo)))
    remove_rows(session, practices)
    _remove_users(session)
    session.execute(delete(Practice).where(Practice.id.in_(practices)))
    _remove_payers(session)


def _remove_users(session: Session) -> None:
    """A demo user who sees another practice, or whose name stands in another practice's records, stays."""
    elsewhere = [select(Membership.user_id), *_named_in_records()]
    stays = or_(*[User.id.in_(ids) for ids in elsewhere])
    session.execute(update(User).where(User.is_demo, stays).values(is_demo=False))
    users = list(session.scalars(select(User.id).where(User.is_demo)))
    for column in _columns_of_users(owned=False):
        session.execute(delete(column.table).where(column.in_(users)))
    session.execute(delete(User).where(User.id.in_(users)))


def _named_in_records() -> list[Select[int]]:
    return [select(column).where(column.is_not(None)) for column in _columns_of_users(owned=True)]


def _columns_of_users(*, owned: bool) -> list[Column[int]]:
    """Return the columns that name a user: of the practices' own records, or of sign-ins, searches and jobs."""
    tables = [
        mapper.class_.__table__ for mapper in Base.registry.mappers if issubclass(mapper.class_, PracticeOwned) is owned
    ]
    return [key.parent for table in tables for key in table.foreign_keys if key.column.table is User.__table__]


def _remove_payers(session: Session) -> None:
    used = union(select(Claim.payer_id), select(PayerAlias.payer_id), select(PayerAlias.stays_id))
    session.execute(update(Payer).where(Payer.is_demo, Payer.id.in_(used)).values(is_demo=False))
    session.execute(delete(Payer).where(Payer.is_demo))


def rows_left(session: Session) -> int:
    """Return how many rows of the demo there are: practices, users, payers, and whatever is a practice's own."""
    practices = select(Practice.id).where(Practice.is_demo)
    count = 0
    for model in (Practice, User, Payer):
        count += session.scalar(select(func.count()).select_from(model).where(model.is_demo)) or 0
    for table in tables_with_rows_of_practices():
        owned = select(func.count()).select_from(table).where(table.c.practice_id.in_(practices))
        count += session.scalar(owned) or 0
    return count
