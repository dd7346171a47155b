"""Patients who may be the same person stored twice."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.models import Patient
from tracker.services.merging_patients import why_not

_MOST = 100


class Pair(NamedTuple):
    """Two patients of a practice, the older row first, and what is the same."""

    first: Patient
    second: Patient
    same: str


def likely_pairs(session: Session, of: Patient | None = None) -> Sequence[Pair]:
    """Return pairs with the same name or member id that could be merged, at most 100; only those ``of`` a patient."""
    one, other = aliased(Patient), aliased(Patient)
    same_name = one.name_key == other.name_key
    same_member = and_(one.member_key == other.member_key, one.member_key != "")
    query = (
        select(one, other)
        .join(other, and_(other.practice_id == one.practice_id, other.id > one.id, or_(same_name, same_member)))
        .where(one.merged_into_id.is_(None), other.merged_into_id.is_(None))
        .order_by(one.practice_id, one.id, other.id)
        .limit(_MOST)
    )
    if of is not None:
        query = query.where(one.practice_id == of.practice_id, or_(one.id == of.id, other.id == of.id))
    return [Pair(a, b, _same(a, b)) for a, b in session.execute(query) if not why_not(a, b)]


def _same(one: Patient, other: Patient) -> str:
    parts = [
        ("name", one.name_key == other.name_key),
        ("date of birth", one.birth_date is not None and one.birth_date == other.birth_date),
        ("member id", bool(one.member_key) and one.member_key == other.member_key),
    ]
    return ", ".join(name for name, is_same in parts if is_same)
