"""Keeping the counts: a day, and a month, whose lines or denials change is counted anew before the commit, all of it.

The figures of appeals (``tracker/appeal_figures.py``), the courses of denials (``tracker/denial_courses.py``) and what is
expected of them (``tracker/expected_amounts.py``) are kept first, the months (``tracker/month_counts.py``) last. Rows
changed through the session are noticed. Whatever changes rows past it (bulk inserts and updates) says which days or
denials it touched. A page that asks for counts in a transaction with changes gets them counted first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, event, func, insert, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from tracker import appeal_figures, denial_courses, expected_amounts, month_counts
from tracker.appeal_figures import READS_FIGURES
from tracker.denial_courses import parts
from tracker.models import (
    Appeal,
    AppealDenial,
    ClaimLine,
    DayCount,
    Denial,
    DenialAnswer,
    DenialCourse,
    Event,
    LetterText,
    MonthCount,
    Outcome,
    Practice,
)
from tracker.models.base import take_ids
from tracker.month_counts import is_counted, month_of

_DAY_OF = {Denial: "denied_on", ClaimLine: "first_remit_on"}
_KEPT = (DayCount, DenialCourse, MonthCount)
# The columns of a denial or line that anything is counted by; owner, status or a date to file by change no count.
_COUNTED_BY = (
    "denied_on", "payer_id", "amount_cents", "times_denied", "root_cause", "close_reason", "claim_line_id", "recovered_cents", "is_open",
    "closed_on", "first_remit_on", "group_code", "carc", "expected_cents",
)  # fmt: skip
# The columns of a line that its expected amount is made of.
_PRICED_BY = ("code", "modifiers", "units", "charge_cents", "service_date")
_KEY = "tracker_touched_days"


class Counts(NamedTuple):
    """The counts of one day and payer; what the columns of DayCount of the same names say."""

    lines: int = 0
    denials: int = 0
    denied_cents: int = 0
    at_first_answer: int = 0
    paid_denials: int = 0
    recovered_cents: int = 0
    rated: int = 0
    below_cents: int = 0


Counted = dict[tuple[date, int], Counts]
"""Counts by day and payer id; none where all are zero."""


@dataclass(slots=True)
class _Touched:
    """What a transaction touched in one practice: days, and denials whose days are looked up in the end.

    ``course_ids`` are denials whose course may be another now, ``appeal_ids`` appeals with such denials, ``letter_ids``
    appeals whose letters were worked on, ``line_ids`` lines of denials that other amounts may be expected of.
    """

    days: set[date] = field(default_factory=set)
    denial_ids: set[int] = field(default_factory=set)
    course_ids: set[int] = field(default_factory=set)
    appeal_ids: set[int] = field(default_factory=set)
    letter_ids: set[int] = field(default_factory=set)
    line_ids: set[int] = field(default_factory=set)


def listen(session_class: type[Session]) -> None:
    """Keep the counts for every session of a class."""
    event.listen(session_class, "before_flush", _note_rows)
    event.listen(session_class, "do_orm_execute", _count_before_reading)
    event.listen(session_class, "before_commit", _count_before_commit)
    event.listen(session_class, "after_rollback", _forget)


def touch_days(session: Session, practice_id: int, days: Iterable[date | None]) -> None:
    """Say that lines first answered, or denials first denied, on these days change."""
    _touched(session)[practice_id].days.update(day for day in days if day is not None)


def touch_denials(session: Session, practice_id: int, ids: Iterable[int]) -> None:
    """Say that these denials change; they stay, and so does the day of each."""
    _touched(session)[practice_id].denial_ids.update(ids)


def touch_courses(session: Session, practice_id: int, denial_ids: Iterable[int]) -> None:
    """Say that appeals, decisions or answers about these denials change."""
    _touched(session)[practice_id].course_ids.update(denial_ids)


def touch_lines(session: Session, practice_id: int, line_ids: Iterable[int]) -> None:
    """Say that code, modifiers, units, charge or date of these claim lines change."""
    _touched(session)[practice_id].line_ids.update(line_ids)


def note_inserted(
    session: Session, model: type[Any], columns: Collection[str], rows: Collection[tuple[Any, ...]]
) -> None:
    """Note rows that are inserted past the session, each with its values in the order of ``columns``."""
    name, order = _DAY_OF.get(model), list(columns)
    if model in {DenialAnswer, AppealDenial, Outcome, Event}:
        _note_courses(session, model, order, rows)
    if model in {LetterText, Event}:
        _note_letters(session, model, order, rows)
    if name is None or name not in columns:
        return
    practice, day = order.index("practice_id"), order.index(name)
    for practice_id, on in {(row[practice], row[day]) for row in rows}:
        touch_days(session, practice_id, (on,))


def _note_courses(session: Session, model: type[Any], order: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    subject = order.index("subject_id" if model is Event else "denial_id")
    practice, kind = order.index("practice_id"), order.index("subject_kind") if model is Event else None
    for row in rows:
        if kind is None or row[kind] == "denial":
            touch_courses(session, row[practice], (row[subject],))


def _note_letters(session: Session, model: type[Any], order: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    practice, subject = order.index("practice_id"), order.index("subject_id" if model is Event else "appeal_id")
    kind = order.index("kind") if model is Event else None
    for row in rows:
        if kind is None or row[kind] in appeal_figures.STEPS:
            _touched(session)[row[practice]].letter_ids.add(row[subject])


def differing_days(session: Session, practice_id: int) -> list[date]:
    """Return the days of a practice whose kept counts, or expected amounts, are not what its rows say, in time order."""
    columns = (getattr(DayCount, name) for name in Counts._fields)
    kept = select(DayCount.day, DayCount.payer_id, *columns).where(DayCount.practice_id == practice_id)
    found = {(day, payer_id): Counts(*counts) for day, payer_id, *counts in session.execute(kept)}
    counted = _counted(session, practice_id)
    return sorted({*_differing(found, counted), *expected_amounts.differing(session, practice_id)})


def differing_months(session: Session, practice_id: int) -> list[date]:
    """Return the months (first days) of a practice whose kept counts, or the courses of denials, are not what the rows say."""
    found = set(_differing(month_counts.kept(session, practice_id), month_counts.count(session, practice_id)))
    days = select(Denial.id, Denial.denied_on).where(Denial.practice_id == practice_id).order_by(Denial.id)
    for part in parts([tuple(row) for row in session.execute(days)]):
        ids = [denial_id for denial_id, _ in part]
        before = denial_courses.kept(session, practice_id, ids)
        after = denial_courses.derived(session, practice_id, ids)
        found.update(month_of(day) for denial_id, day in part if before.get(denial_id) != after.get(denial_id))
    return sorted(found)


def recount_days(session: Session, practice_id: int, days: Collection[date]) -> None:
    """Work out anew what is expected of the denials of some days, and count the days."""
    _lock(session, practice_id)
    for part in parts(sorted(days)):
        expected_amounts.keep(session, practice_id, Denial.denied_on.in_(part))
    recount(session, practice_id, days)


def recount_months(session: Session, practice_id: int, months: Collection[date]) -> None:
    """Derive the courses of the denials of some months anew, and count the months."""
    _lock(session, practice_id)
    spans = [(month, month_counts.last_day(month)) for month in sorted(months)]
    denial_courses.keep(session, practice_id, denial_courses.denials_of_months(session, practice_id, spans))
    month_counts.recount(session, practice_id, months)


def uncounted_months(session: Session, practice_id: int) -> list[date]:
    """Return the months with lines or denials that no counts are kept of: an upgrade leaves those to be counted."""
    days = select(DayCount.day).where(DayCount.practice_id == practice_id).distinct()
    known = select(MonthCount.month).where(MonthCount.practice_id == practice_id).distinct()
    return sorted({month_of(day) for day in session.scalars(days)} - set(session.scalars(known)))


def _differing(found: Mapping[tuple[date, Any], Any], counted: Mapping[tuple[date, Any], Any]) -> list[date]:
    return sorted({key[0] for key in found.keys() | counted.keys() if found.get(key) != counted.get(key)})


def _lock(session: Session, practice_id: int) -> None:
    session.connection().execute(select(Practice.id).where(Practice.id == practice_id).with_for_update(key_share=True))


def recount(session: Session, practice_id: int, days: Collection[date]) -> None:
    """Count days of a practice anew from its lines and denials, in this transaction.

    Two transactions that touch the same practice count one after the other, so that the second sees the first's rows.
    """
    _lock(session, practice_id)
    connection = session.connection()
    for part in parts(sorted(days)):
        here = (DayCount.practice_id == practice_id, DayCount.day.in_(part))
        connection.execute(delete(DayCount).where(*here))
        counted = _counted(session, practice_id, part)
        rows = [
            {"practice_id": practice_id, "id": row_id, "day": day, "payer_id": payer_id, **counts._asdict()}
            for row_id, ((day, payer_id), counts) in zip(take_ids(len(counted)), counted.items(), strict=True)
        ]
        if rows:
            connection.execute(insert(DayCount), rows)


def _counted(session: Session, practice_id: int, days: Collection[date] | None = None) -> Counted:
    connection, found = session.connection(), defaultdict[tuple[Any, int], Counts](Counts)
    for day, payer_id, *denial_counts in connection.execute(_denials_query(practice_id, days)):
        found[day, payer_id] = Counts(0, *map(int, denial_counts))
    lines = (
        select(ClaimLine.first_remit_on, ClaimLine.payer_id, func.count())
        .where(ClaimLine.practice_id == practice_id, _on(ClaimLine.first_remit_on, days))
        .group_by(ClaimLine.first_remit_on, ClaimLine.payer_id)
    )
    for day, payer_id, count in connection.execute(lines):
        found[day, payer_id] = found[day, payer_id]._replace(lines=count)
    return dict(found)


def _rated() -> ColumnElement[bool]:
    return Denial.expected_cents.is_not(None)


def _denials_query(practice_id: int, days: Collection[date] | None) -> Any:
    line = and_(ClaimLine.practice_id == Denial.practice_id, ClaimLine.id == Denial.claim_line_id)
    return (
        select(
            Denial.denied_on,
            Denial.payer_id,
            func.count(),
            func.sum(Denial.amount_cents),
            func.sum(case((ClaimLine.first_remit_on == Denial.denied_on, 1), else_=0)),
            func.sum(case((Denial.recovered_cents > 0, 1), else_=0)),
            func.sum(Denial.recovered_cents),
            func.sum(case((_rated(), 1), else_=0)),
            func.sum(case((_rated(), Denial.amount_cents - Denial.expected_cents), else_=0)),
        )
        .outerjoin(ClaimLine, line)
        .where(Denial.practice_id == practice_id, _on(Denial.denied_on, days), is_counted())
        .group_by(Denial.denied_on, Denial.payer_id)
    )


def _on(column: Any, days: Collection[date] | None) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.is_not(None) if days is None else column.in_(days)
    return found


def count_expected(session: Session, practice_id: int, payer_ids: Collection[int], month: date) -> None:
    """Keep what is expected of the denials by some payers in one month, whose rates were loaded or removed, and count it."""
    _lock(session, practice_id)
    within = Denial.denied_on.between(month, month_counts.last_day(month))
    days = expected_amounts.keep(session, practice_id, within, Denial.payer_id.in_(payer_ids))
    if days:
        recount(session, practice_id, days)
        month_counts.recount(session, practice_id, [month])


def _touched(session: Session) -> defaultdict[int, _Touched]:
    found: defaultdict[int, _Touched] = session.info.setdefault(_KEY, defaultdict(_Touched))
    return found


def _note_rows(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        name = _DAY_OF.get(type(row))
        if name is not None and (row not in session.dirty or _has_changed(row, _COUNTED_BY)):
            before = inspect(row).attrs[name].history.deleted or ()
            touch_days(session, row.practice_id, (getattr(row, name), *before))
        if isinstance(row, ClaimLine) and row in session.dirty and _has_changed(row, _PRICED_BY):
            touch_lines(session, row.practice_id, (row.id,))
        if isinstance(row, DenialAnswer | AppealDenial | Outcome):
            touch_courses(session, row.practice_id, (row.denial_id,))
        elif isinstance(row, Event) and row.subject_kind == "denial":
            touch_courses(session, row.practice_id, (row.subject_id,))
        elif isinstance(row, LetterText) or (isinstance(row, Event) and row.kind in appeal_figures.STEPS):
            worked_on = row.appeal_id if isinstance(row, LetterText) else row.subject_id
            _touched(session)[row.practice_id].letter_ids.add(worked_on)
        elif isinstance(row, Appeal) and row.id is not None:  # a new one has its denials noted
            _touched(session)[row.practice_id].appeal_ids.add(row.id)


def _has_changed(row: Any, columns: Collection[str]) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in columns if name in attributes)


def _count_before_reading(state: ORMExecuteState) -> None:
    if state.is_select and state.session.info.get(_KEY) and _reads_kept(state):
        _settle(state.session)


def _reads_kept(state: ORMExecuteState) -> bool:
    return READS_FIGURES in state.execution_options or any(m.class_ in _KEPT for m in state.all_mappers)


def _count_before_commit(session: Session) -> None:
    if not session.in_nested_transaction():  # a savepoint's release: the whole is still to come
        _settle(session)


def _settle(session: Session) -> None:
    session.flush()
    found: dict[int, _Touched] = session.info.pop(_KEY, {})
    for practice_id in sorted(found):
        _settle_practice(session, practice_id, found[practice_id])


def _settle_practice(session: Session, practice_id: int, touched: _Touched) -> None:
    _lock(session, practice_id)
    of_appeals = denial_courses.denials_of_appeals(session, practice_id, touched.appeal_ids)
    of_denials = appeal_figures.appeals_of_denials(session, practice_id, touched.course_ids)
    appeal_figures.keep(session, practice_id, touched.letter_ids | touched.appeal_ids | of_denials)
    moved = denial_courses.keep(session, practice_id, touched.course_ids | of_appeals)
    days = touched.days | _days_of(session, practice_id, touched.denial_ids)
    days |= _keep_expected(session, practice_id, days, touched.line_ids)
    months = set(map(month_of, days | _days_of(session, practice_id, moved)))
    if days:
        recount(session, practice_id, days)
    if months:
        month_counts.recount(session, practice_id, months)


def _keep_expected(session: Session, practice_id: int, days: Iterable[date], line_ids: Iterable[int]) -> set[date]:
    """Keep what is expected of the denials of these days and lines; return the days on which it is another now."""
    if not expected_amounts.has_rates(session, [practice_id]):
        return set()
    found: set[date] = set()
    for column, values in ((Denial.denied_on, days), (Denial.claim_line_id, line_ids)):
        for part in parts(sorted(values)):
            found |= expected_amounts.keep(session, practice_id, column.in_(part))
    return found


def _days_of(session: Session, practice_id: int, denial_ids: Iterable[int]) -> set[date]:
    days: set[date] = set()
    for part in parts(sorted(denial_ids)):
        query = select(Denial.denied_on).where(Denial.practice_id == practice_id, Denial.id.in_(part))
        days.update(session.connection().scalars(query.distinct()))
    return days


def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_KEY, None)
