"""The monthly report of a practice: the figures of the insights page, frozen on the day they were counted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.domain.money import dollars, whole_dollars
from tracker.domain.sheet import Cell, Column, Kind, Sheet
from tracker.knowledge import RootCause
from tracker.letters.report_page import Section
from tracker.models import Denial, ImportFile, Payer, Remittance
from tracker.reports.basis import BASIS_WORDS, Basis, amount, lacking_words
from tracker.reports.charts import Point
from tracker.reports.decided import decided_rate
from tracker.reports.figures import is_missed, recovered_share
from tracker.reports.insights import Insights, insights
from tracker.reports.months import Month
from tracker.reports.pareto import pareto_heading
from tracker.reports.payers import payers_heading
from tracker.reports.queue_conditions import Viewer
from tracker.reports.report_words import NOT_COUNTED, definitions
from tracker.reports.tallies import Asked, cohort, counted
from tracker.reports.trends import trend_chart, trend_heading

TREND = "trend"
_MONTHS = 12
_GAP = timedelta(days=10)
_LOOKS_BACK = 3
_MOST_MISSED = 40


class Counts(NamedTuple):
    """The numbers that are compared with those of today when a report is final."""

    denials: int
    cents: int


@dataclass(frozen=True, slots=True)
class MonthlyFigures:
    """What a report says of one practice and month: its lines below the title, sections, trend and counts."""

    below: tuple[str, ...]
    sections: tuple[Section, ...]
    points: tuple[Point, ...]
    counts: Counts
    basis: Basis = Basis.BILLED


def monthly_figures(
    session: Session,
    month: Month,
    viewer: Viewer,
    root_causes: Mapping[str, RootCause],
    basis: Basis = Basis.BILLED,
) -> MonthlyFigures:
    """Return the report of the one practice that the session sees, on a month that is over on the viewer's day."""
    asked = Asked(month.shifted(1 - _MONTHS), month, basis=basis)
    found = insights(session, asked, (), viewer, root_causes)
    last = found.trend.months[-1]
    points = tuple(replace(point, href=None) for point in trend_chart(found.trend, lambda _month: "").points)
    lacking = f"; {lacking_words(found.without_rate, found.trend.denials)}" if basis is Basis.EXPECTED else ""
    return MonthlyFigures(
        below=(
            f"Remittances dated {_us(month.first_day)} to {_us(month.last_day)}. Run on {_us(viewer.today)}"
            + (f" with data through {_us(found.data_through)}." if found.data_through else "; no 835 imported yet."),
            f"Amounts are {BASIS_WORDS[basis]} unless marked{lacking}.",
        ),
        sections=(
            _summary(found),
            _trend(found),
            _causes(found),
            _payers(found),
            _mature(session, found),
            _recovered(found),
            _missed(session, viewer.today, basis),
            Section("How these numbers are defined", terms=definitions(basis)),
            Section("Not counted", sentences=(NOT_COUNTED,)),
            _files(session, month, viewer.today),
        ),
        points=points,
        counts=Counts(last.denials, last.cents),
        basis=basis,
    )


def _us(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _count(number: int, word: str, many: str = "") -> str:
    return f"{number:,} {word if number == 1 else many or word + 's'}"


def _summary(found: Insights) -> Section:
    """Four sentences, each from a fixed template; none of them claims why."""
    last, before = found.trend.months[-1], found.trend.before_last
    rate = f"The denial rate was {last.rate.text()} ({last.denied_lines:,} of {last.lines:,} lines)"
    if last.rate.share is None:
        rate = f"There is no denial rate: {last.denied_lines:,} of {last.lines:,} lines are too few"
    elif before is not None and before.rate.share is not None:
        rate += f"; in {before.month.name} it was {before.rate.text()}"
    top = next((cause for cause in found.pareto.causes if cause.code), None)
    largest = f"{top.title}: {_count(top.denials, 'denial')}, {whole_dollars(top.cents)}" if top else "none named yet"
    span = f"{found.cohort_months.first.label} to {found.cohort_months.last.label}"
    return Section(
        "Summary",
        items=(
            f"{_count(last.denials, 'denial')}, {whole_dollars(last.cents)}. {rate}.",
            f"Largest cause: {largest}.",
            f"{whole_dollars(found.cohort.recovered_cents)} recovered so far on denials of {span}.",
            f"{_count(found.missed.denials, 'deadline')} missed, {dollars(found.missed.cents)}.",
        ),
    )


def _trend(found: Insights) -> Section:
    columns = (
        Column("Month"), Column("Denials", Kind.COUNT), Column("Denied", Kind.CENTS), Column("Denied lines", Kind.COUNT),
        Column("Lines", Kind.COUNT), Column("Rate", Kind.SHARE),
    )  # fmt: skip
    rows = tuple(
        (row.month.label, row.denials, row.cents, row.denied_lines, row.lines, row.rate.share)
        for row in found.trend.months
    )
    return Section(
        "Twelve-month trend", sentences=(f"{trend_heading(found.trend)}.",), drawing=TREND,
        table=Sheet("Twelve-month trend", columns, rows),
    )  # fmt: skip


def _causes(found: Insights) -> Section:
    columns = (
        Column("Root cause"), Column("Where it starts"), Column("Denials", Kind.COUNT), Column("Denied", Kind.CENTS),
        Column("Running share", Kind.SHARE),
    )  # fmt: skip
    whole = found.pareto.cents
    rows = tuple(
        (cause.title, cause.starts_at.capitalize() or "Unknown", cause.denials, cause.cents,
         cause.running_cents / whole if whole else None)
        for cause in found.pareto.causes
    )  # fmt: skip
    total: tuple[Cell, ...] = ("Total", None, found.pareto.denials, whole, None) if rows else ()
    return Section(
        "Root causes", sentences=(f"{pareto_heading(found.pareto)}.",),
        table=Sheet("Root causes", columns, rows) if rows else None, total=total,
    )  # fmt: skip


def _payers(found: Insights) -> Section:
    columns = (
        Column("Payer"), Column("Denials", Kind.COUNT), Column("Denied", Kind.CENTS), Column("Rate", Kind.SHARE),
        Column("Lines", Kind.COUNT), Column("Overturned", Kind.SHARE), Column("Decided", Kind.COUNT),
        Column("Median days", Kind.COUNT),
    )  # fmt: skip
    rows = tuple(
        (row.name, row.denials, row.cents, row.rate.share, row.rate.whole, row.overturned.share, row.overturned.whole,
         row.median_days)
        for row in found.payers
    )  # fmt: skip
    return Section(
        "Payers",
        sentences=(f"{payers_heading(found.month, found.payers)}.",),
        table=Sheet("Payers", columns, rows) if rows else None,
        notes=(
            (
                f"Denials, amounts and rates are of {found.month.name}; appeals decided and days to decide are of the twelve "
                f"months. {_count(found.pending_appeals, 'appeal')} still pending on the day of the run."
            ),
        )
        if rows
        else (),
    )


def _mature(session: Session, found: Insights) -> Section:
    """What came of the last month whose outcomes are in: nearly all decided, or long over (``MonthCourse.is_open``)."""
    month = next((cohort.month for cohort in reversed(found.curve.months) if not cohort.is_open), None)
    if month is None:
        return Section("Outcomes", sentences=("No month of the twelve with denials is mature yet.",))
    asked = found.asked.only(month)
    denied, decided = cohort(session, asked), decided_rate(session, *counted(asked))
    is_open = select(func.count()).where(*counted(asked), Denial.is_open.is_(True))
    rows = (
        ("Denied", denied.denials, denied.cents),
        ("Decided on appeal", decided.whole, None),
        ("Overturned, fully or partly", decided.part, None),
        ("Paid something since", denied.paid_denials, denied.recovered_cents),
        ("Still open", session.scalar(is_open) or 0, None),
    )
    columns = (Column(f"Denials of {month.label}"), Column("Denials", Kind.COUNT), Column("Amount", Kind.CENTS))
    return Section(
        "Outcomes",
        sentences=(f"{month.label} is the last mature month: what is decided of its denials, and what came back.",),
        table=Sheet("Outcomes", columns, tuple((name, count, cents if cents is not None else "") for name, count, cents in rows)),
    )  # fmt: skip


def _recovered(found: Insights) -> Section:
    span = f"{found.cohort_months.first.label} to {found.cohort_months.last.label}"
    return Section(
        "Recovered",
        sentences=(
            (
                f"Payers have paid {dollars(found.cohort.recovered_cents)} on {_count(found.cohort.paid_denials, 'denial')} of "
                f"{span}: {recovered_share(found.cohort)} of {dollars(found.cohort.cents)} denied."
            ),
        ),
    )


def _missed(session: Session, today: date, basis: Basis) -> Section:
    query = (
        select(Denial.number, Denial.file_by_legal, amount(basis))
        .where(*is_missed(today))
        .order_by(Denial.file_by_legal, Denial.number)
    )
    found = session.execute(query).all()
    if not found:
        return Section("Missed deadlines", sentences=(f"No deadline was missed as of {_us(today)}.",))
    columns = (Column("Denial"), Column("Last day to file", Kind.DATE), Column("Denied", Kind.CENTS))
    rows = tuple((f"D-{number}", day, cents) for number, day, cents in found[:_MOST_MISSED])
    more = len(found) - len(rows)
    return Section(
        "Missed deadlines", table=Sheet("Missed deadlines", columns, rows),
        notes=(f"and {more:,} more with a later date.",) if more else (),
    )  # fmt: skip


def _files(session: Session, month: Month, today: date) -> Section:
    """The 835 of the month by payer, and payers whose last one lies well before its end."""
    latest = (
        select(Payer.name, func.max(Remittance.payment_date), func.count().filter(_within(month)))
        .join(Payer, Payer.id == Remittance.payer_id)
        .join(ImportFile, (ImportFile.practice_id == Remittance.practice_id) & (ImportFile.id == Remittance.import_id))
        .where(ImportFile.state == "stored", Remittance.payment_date >= month.shifted(-_LOOKS_BACK).first_day)
        .group_by(Payer.id, Payer.name)
        .order_by(Payer.name)
    )
    rows = [(name, count, last) for name, last, count in session.execute(latest)]
    end = min(month.last_day, today)
    columns = (Column("Payer"), Column(f"Remittances in {month.name}", Kind.COUNT), Column("Last one dated", Kind.DATE))
    gaps = tuple(f"No 835 for {name} after {_us(last)}." for name, _, last in rows if last < end - _GAP)
    if not rows:
        nothing = f"No 835 for {month.name} or the three months before it was imported."
        return Section("Files imported and gaps", sentences=(nothing,))
    return Section(
        "Files imported and gaps", table=Sheet("Files imported", columns, tuple(rows)), notes=gaps or ("No gaps.",)
    )


def _within(month: Month) -> ColumnElement[bool]:
    return Remittance.payment_date.between(month.first_day, month.last_day)
