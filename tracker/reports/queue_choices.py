"""What the filters of the queue offer: the payers, codes, causes and people there are.

The statements are made once and ask the tables directly, jumping along an index from one value to the next: reading
every denial, or building such statements anew, would take most of the time a page has. They take the practices of the
session's scope, as every query of the product does.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    bindparam,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from tracker.knowledge import RootCause
from tracker.models import Denial, Membership, Payer, Practice, User

_GROUPS = ("CO", "CR", "OA", "PI", "PR")
_denials, _practices = Denial.__table__, Practice.__table__
_in_scope = _practices.c.id.in_(bindparam("scope", expanding=True))


class Choices(NamedTuple):
    """Values with their words."""

    payers: list[tuple[str, str]]
    codes: list[tuple[str, str]]
    causes: list[tuple[str, str]]
    owners: list[tuple[str, str]]


def choices(session: Session, scope: frozenset[int], root_causes: Mapping[str, RootCause]) -> Choices:
    """Return what the filters offer for the practices in ``scope``."""
    ids = {"scope": sorted(scope)}
    payers = session.execute(_PAYERS, ids)
    codes = {f"{group}-{carc}" for group, carc in session.execute(_CODES, ids)}
    causes = {cause for _, cause in session.execute(_CAUSES, ids)}
    titles = sorted((root_causes[cause].title if cause in root_causes else cause, cause) for cause in causes if cause)
    return Choices(
        [(public_id, name) for public_id, name in payers],
        [(code, code) for code in sorted(codes, key=_code_order)],
        [(cause, title) for title, cause in titles],
        [(public_id, name) for _, public_id, name in people(session, scope)],
    )


def people(session: Session, scope: frozenset[int]) -> list[tuple[int, str, str]]:
    """Return id, public id and name of the people of the practices in ``scope``."""
    members = select(Membership.user_id).where(Membership.practice_id.in_(scope))
    rows = session.execute(
        select(User.id, User.public_id, User.name).where(User.id.in_(members), User.is_active).order_by(User.name)
    )
    return [(user_id, public_id, name) for user_id, public_id, name in rows]


def _distinct(name: str, group: str) -> Select[Any]:
    """Ask for the different values of a column, of one group code if given."""
    first, later = _denials.alias(), _denials.alias()
    least = select(func.min(first.c[name])).where(*_among(first, _practices.c.id, group)).scalar_subquery()
    start = select(_practices.c.id.label("practice"), least.label("value")).where(_in_scope)
    seen = start.cte(f"seen_{name}_{group.lower()}", recursive=True)
    beyond = *_among(later, seen.c.practice, group), later.c[name] > seen.c.value
    following = select(func.min(later.c[name])).where(*beyond).scalar_subquery()
    seen = seen.union_all(select(seen.c.practice, following).where(seen.c.value.is_not(None)))
    return select(literal(group), seen.c.value).where(seen.c.value.is_not(None)).distinct()


def _among(denials: FromClause, practice: ColumnElement[int], group: str) -> list[ColumnElement[bool]]:
    return [denials.c.practice_id == practice, *([denials.c.group_code == group] if group else [])]


def _payers() -> Select[Any]:
    payers = Payer.__table__
    used = exists().where(_denials.c.practice_id == _practices.c.id, _denials.c.payer_id == payers.c.id)
    used = used.correlate(_practices, payers)
    somewhere = exists().where(_in_scope, used)
    return select(payers.c.public_id, payers.c.name).where(somewhere).order_by(payers.c.name)


_PAYERS: Select[Any] = _payers()
_CODES: CompoundSelect[Any] = union_all(*(_distinct("carc", group) for group in _GROUPS))
_CAUSES: Select[Any] = _distinct("root_cause", "")


def _code_order(code: str) -> tuple[str, int, str]:
    group, _, carc = code.partition("-")
    return group, int(carc) if carc.isdigit() else 10_000, carc
