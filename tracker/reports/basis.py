"""What amounts are counted at: billed charges, or what contracted rates let expect (ux.md 3.1)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from tracker.models import DayCount, Denial


class Basis(StrEnum):
    """A basis of amounts. On ``EXPECTED`` a denial without a rate counts at what was billed and denied, and is said to."""

    BILLED = "billed"
    EXPECTED = "expected"


BASIS_WORDS: Mapping[Basis, str] = MappingProxyType(
    {Basis.BILLED: "billed charges", Basis.EXPECTED: "expected payments"}
)
EXPECTED_DEFINITION = (
    "The contracted rate of the payer and code at the date of service, times the units, no more than the charge and than "
    "what was denied. The patient's share is not taken off. Lines without a rate count at billed charges."
)


def amount(basis: Basis) -> ColumnElement[int]:
    """Return what a denial counts in cents."""
    if basis is Basis.EXPECTED:
        return func.coalesce(Denial.expected_cents, Denial.amount_cents)
    return Denial.amount_cents.expression


def kept_cents(basis: Basis) -> ColumnElement[int]:
    """Return what the denials of a kept count by day amount to in cents."""
    if basis is Basis.EXPECTED:
        return DayCount.denied_cents - DayCount.below_cents
    return DayCount.denied_cents.expression


def has_no_rate() -> ColumnElement[bool]:
    """Return the condition of denials that no contracted rate is for."""
    return Denial.expected_cents.is_(None)


def open_without_rate(session: Session, payer_ids: tuple[int, ...]) -> int:
    """Return how many open denials by these payers (none named: by all) no contracted rate is for."""
    payers = (Denial.payer_id.in_(payer_ids),) if payer_ids else ()
    query = select(func.count()).select_from(Denial)
    return session.scalar(query.where(and_(Denial.is_open.is_(True), has_no_rate(), *payers))) or 0


def lacking_words(without: int, denials: int) -> str:
    """Say how many denials no rate is for."""
    of_all = f"{denials:,} {'denial' if denials == 1 else 'denials'}"
    return f"{without:,} of {of_all} without a contracted rate, counted at billed charges"
