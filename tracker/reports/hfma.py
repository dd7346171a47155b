"""The HFMA basis of the initial denial rate: denied claims of the average claims submitted in the 3 months before.

The formula is known from a third party's page that quotes the report of HFMA's Claim Integrity Task Force (2021); the
report itself was not seen (ux.md section 7). A claim counts once, in the month of its first denial.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.models import Denial, Practice
from tracker.month_counts import is_counted
from tracker.reports.figures import LEAST_LINES, Rate
from tracker.reports.months import Month

MONTHS_BEFORE = 3


@dataclass(frozen=True, slots=True)
class HfmaMonth:
    """Claims first denied in a month, and the claims submitted in the three before; None where a count is missing."""

    month: Month
    denied_claims: int
    submitted_before: int | None

    @property
    def rate(self) -> Rate:
        """Denied claims of the average submitted: of three times as many, so that it stays whole numbers."""
        return Rate(MONTHS_BEFORE * self.denied_claims, self.submitted_before or 0, MONTHS_BEFORE * LEAST_LINES)

    @property
    def average(self) -> Decimal | None:
        """The average claims submitted in the three months before, with one decimal; None where it is not known."""
        if self.submitted_before is None:
            return None
        tenths = (self.submitted_before * 20 + MONTHS_BEFORE) // (2 * MONTHS_BEFORE)
        return Decimal(tenths).scaleb(-1)


def has_submitted(practices: Iterable[Practice]) -> bool:
    """Whether any of the practices has counts of submitted claims, so that the basis can be offered."""
    return any(practice.submitted_claims for practice in practices)


def submitted_before(practices: Sequence[Practice], month: Month) -> int | None:
    """Return the claims all the practices submitted in the three months before; None where one did not say so."""
    total = 0
    for practice in practices:
        counts = practice.submitted_claims or {}
        for back in range(1, MONTHS_BEFORE + 1):
            count = counts.get(month.shifted(-back).code)
            if count is None:
                return None
            total += count
    return total


def hfma_months(session: Session, practices: Sequence[Practice], months: Sequence[Month]) -> Mapping[Month, HfmaMonth]:
    """Return the figures of each month, for the practices in the session's scope."""
    first_denied = func.min(Denial.denied_on).label("first_denied")
    query = select(first_denied).where(is_counted()).group_by(Denial.practice_id, Denial.claim_id)
    claims = query.having(first_denied.between(months[0].first_day, months[-1].last_day)).subquery()
    denied = Counter[Month]()
    for day, count in session.execute(select(claims.c.first_denied, func.count()).group_by(claims.c.first_denied)):
        denied[Month.of(day)] += count
    return {month: HfmaMonth(month, denied[month], submitted_before(practices, month)) for month in months}
