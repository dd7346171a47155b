"""Keeping what contracted rates let expect of each denial: worked out anew when a denial, its line or a rate changes.

``tracker/day_counts.py`` calls this before it counts, so that counts and amounts change in one transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, select, update
from sqlalchemy.orm import Session

from tracker.domain.expected_amounts import PricedLine, Rate, expected_cents
from tracker.models import ClaimLine, ContractedRate, Denial

Rates = defaultdict[tuple[int, str], list[Rate]]
"""Rates by payer id and code."""


def has_rates(session: Session, practice_ids: Collection[int]) -> bool:
    """Whether any of these practices loaded contracted rates."""
    mine = exists().where(ContractedRate.practice_id.in_(practice_ids))
    return bool(session.connection().scalar(select(mine)))


def keep(session: Session, practice_id: int, *which: ColumnElement[bool]) -> set[date]:
    """Work out anew what is expected of the denials ``which`` holds; return the days of first denial of those that differ."""
    connection = session.connection()
    found = connection.execute(_query(practice_id, which)).all()
    rates = _rates(session, practice_id, {row.payer_id for row in found})
    rows, days = [], set[date]()
    for row in found:
        expected = _expected(rates, row)
        if expected != row.expected_cents:
            rows.append({"denial": row.id, "expected": expected})
            days.add(row.denied_on)
    if rows:
        mine = (Denial.practice_id == practice_id, Denial.id == bindparam("denial"))
        connection.execute(update(Denial).where(*mine).values(expected_cents=bindparam("expected")), rows)
    return days


def differing(session: Session, practice_id: int) -> set[date]:
    """Return the days of first denial with a denial whose kept amount is not what lines and rates say."""
    found = session.connection().execute(_query(practice_id, ())).all()
    rates = _rates(session, practice_id, {row.payer_id for row in found})
    return {row.denied_on for row in found if _expected(rates, row) != row.expected_cents}


def _query(practice_id: int, which: Iterable[ColumnElement[bool]]) -> Any:
    line = and_(ClaimLine.practice_id == Denial.practice_id, ClaimLine.id == Denial.claim_line_id)
    return (
        select(
            Denial.id, Denial.payer_id, Denial.denied_on, Denial.amount_cents, Denial.expected_cents,
            ClaimLine.code, ClaimLine.modifiers, ClaimLine.units, ClaimLine.charge_cents, ClaimLine.service_date,
        )
        .outerjoin(ClaimLine, line)
        .where(Denial.practice_id == practice_id, *which)
    )  # fmt: skip


def _rates(session: Session, practice_id: int, payer_ids: Collection[int]) -> Rates:
    columns = (ContractedRate.modifier, ContractedRate.first_on, ContractedRate.last_on, ContractedRate.cents)
    query = select(ContractedRate.payer_id, ContractedRate.code, *columns).where(
        ContractedRate.practice_id == practice_id, ContractedRate.payer_id.in_(payer_ids)
    )
    found: Rates = defaultdict(list)
    for payer_id, code, modifier, first, last, cents in session.connection().execute(query):
        found[payer_id, code].append(Rate(modifier, first, last, cents))
    return found


def _expected(rates: Rates, row: Any) -> int | None:
    if row.code is None or row.service_date is None:  # a whole claim without lines, or a line without a day
        return None
    line = PricedLine(row.modifiers.split(), row.units, row.charge_cents, row.amount_cents, row.service_date)
    return expected_cents(rates[row.payer_id, row.code], line)
