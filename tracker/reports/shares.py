"""Shares of the complete months' denials: unique dollars beside times denied, avoidable, the payer's fault, never worked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from tracker.knowledge import RootCause, load
from tracker.models import Denial
from tracker.reports.basis import amount
from tracker.reports.courses import OF_COURSE, CauseSums, MonthCourse
from tracker.reports.tallies import Asked, counted


@dataclass(frozen=True, slots=True)
class Share:
    """Some of the denials; ``only`` is what the queue's address calls their list."""

    label: str
    only: str
    denials: int
    cents: int


@dataclass(frozen=True, slots=True)
class Shares:
    """All denials of the months, how often their lines were denied in all, and shares of them."""

    denials: int
    cents: int
    times_denied: int
    repeated: int
    shares: tuple[Share, ...]


def avoidable_causes(root_causes: Mapping[str, RootCause]) -> frozenset[str]:
    """Return the root causes a practice can avoid (denials-appeals.md section 7)."""
    return frozenset(code for code, cause in root_causes.items() if cause.avoidable)


def payer_causes(root_causes: Mapping[str, RootCause]) -> frozenset[str]:
    """Return the root causes that start at the payer."""
    return frozenset(code for code, cause in root_causes.items() if cause.starts_at == "payer")


def has_cause(only: str) -> ColumnElement[bool]:
    """Return the condition of the denials that are avoidable or the payer's fault, by their root cause."""
    causes = avoidable_causes if only == "avoidable" else payer_causes
    return Denial.root_cause.in_(sorted(causes(load().root_causes)))


def is_never_worked(today: date) -> ColumnElement[bool]:
    """Return the condition of denials nobody acted on before the last day to file, and that the payer did not settle."""
    return and_(Denial.is_open.is_(True), Denial.file_by_legal < today, OF_COURSE["not-acted"])


def shares(
    session: Session, asked: Asked, courses: Sequence[MonthCourse], root_causes: Mapping[str, RootCause], today: date
) -> Shares:
    """Return the shares of the months asked for."""
    total = _sum(courses, None)
    found = [
        Share(label, only, sums.denials, sums.cents)
        for label, only, sums in (
            ("Avoidable", "avoidable", _sum(courses, avoidable_causes(root_causes))),
            ("Payer's fault", "payer-fault", _sum(courses, payer_causes(root_causes))),
        )
    ]
    # The months are looked at last: what is open past its last day is the smaller part, along an index of its own.
    within, *which = counted(asked)
    query = select(func.count(case((within, 1))), func.sum(case((within, amount(asked.basis)))))
    count, cents = session.execute(query.where(*which, is_never_worked(today))).one()
    found.append(Share("Never worked", "never-worked", count, int(cents or 0)))
    return Shares(total.denials, total.cents, total.times_denied, total.repeated, tuple(found))


def _sum(courses: Iterable[MonthCourse], causes: frozenset[str] | None) -> CauseSums:
    return CauseSums.together(
        sums for course in courses for cause, sums in course.causes.items() if causes is None or cause in causes
    )
