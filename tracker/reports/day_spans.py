"""Days between two days in a query, on both databases; and the denials that took, or wait, longer than so many."""

import re
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement, coalesce

from tracker.models import Denial, DenialCourse
from tracker.reports.courses import has_course

# What an address says for "more than 12 days to the first act": slow-acted-12.
_SLOW = re.compile(r"slow-(acted|filed|closed)-(\d{1,4})", re.ASCII)
_WORDS = {"acted": "to a first action", "filed": "to an appeal or corrected claim", "closed": "to a resolution"}


class _DaysBetween(FunctionElement[int]):
    """The days from the second date to the first."""

    type = Integer()
    inherit_cache = True


@compiles(_DaysBetween)
def _minus(element: _DaysBetween, compiler: Any, **options: Any) -> str:
    later, earlier = element.clauses
    return f"({compiler.process(later, **options)} - {compiler.process(earlier, **options)})"


@compiles(_DaysBetween, "sqlite")
def _julian(element: _DaysBetween, compiler: Any, **options: Any) -> str:
    later, earlier = element.clauses
    return f"(julianday({compiler.process(later, **options)}) - julianday({compiler.process(earlier, **options)}))"


def slow(name: str, days: int) -> str:
    """Return what an address calls the denials for which something took longer than so many days."""
    return f"slow-{name}-{days}"


def slow_words(only: str) -> str:
    """Return the words of such a name, empty when it is none."""
    found = _SLOW.fullmatch(only)
    return f"More than {int(found[2])} days {_WORDS[found[1]]}" if found else ""


def is_slow(only: str, today: date) -> ColumnElement[bool]:
    """Return the condition behind such a name: it happened later, or is still open and has waited longer."""
    found = _SLOW.fullmatch(only)
    assert found is not None, only
    name, days = found[1], int(found[2])
    waits = and_(Denial.is_open.is_(True), Denial.denied_on < today - timedelta(days=days))
    if name == "closed":
        late = and_(Denial.is_open.is_(False), _DaysBetween(Denial.closed_on, Denial.denied_on) > days)
        return or_(late, waits)
    if name == "acted":
        on: Any = DenialCourse.acted_on
        there: ColumnElement[bool] = DenialCourse.acted_on.is_not(None)
    else:
        on = _first_filed()
        there = or_(DenialCourse.appealed_on.is_not(None), DenialCourse.corrected_on.is_not(None))
    return or_(has_course(there, _DaysBetween(on, Denial.denied_on) > days), and_(waits, ~has_course(there)))


def _first_filed() -> ColumnElement[Any]:
    """Return the earlier of the days of filing: of two, whichever is; of one, that one."""
    appealed, corrected = DenialCourse.appealed_on, DenialCourse.corrected_on
    return _Earlier(coalesce(appealed, corrected), coalesce(corrected, appealed))


class _Earlier(FunctionElement[date]):
    """The earlier of two dates."""

    type = DenialCourse.acted_on.type
    inherit_cache = True


@compiles(_Earlier)
def _least(element: _Earlier, compiler: Any, **options: Any) -> str:
    return f"least({compiler.process(element.clauses, **options)})"


@compiles(_Earlier, "sqlite")
def _min(element: _Earlier, compiler: Any, **options: Any) -> str:
    return f"min({compiler.process(element.clauses, **options)})"
