"""Feedback for the people where denials begin: therapists about notes, the front desk about coverage. No names, no money.

A group of fewer than ten visits is merged with others, so that no number points at a patient or a colleague.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from tracker.domain.sheet import Cell, Column, Kind, Sheet
from tracker.knowledge import Knowledge, RootCause, Rule
from tracker.letters.report_page import Report, Section
from tracker.models import ClaimLine, Denial
from tracker.month_counts import is_counted
from tracker.reports.months import Month

LEAST_VISITS = 10  # ux.md 3.4
_DISCIPLINES = (("GP", "PT"), ("GO", "OT"), ("GN", "SLP"))
_UNKNOWN = "No discipline on the claim"
_MERGED = "Smaller groups, merged"
_MOST_RULES = 3
_NAMES_SOMETHING = re.compile(r"\b(Dr|Mr|Mrs|Ms)\.? |\d/\d+/\d")  # a person or a day: no example holds one


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a feedback is for: causes that start there, and the words around them."""

    starts_at: str
    title: str
    about: str
    denied: str
    missing: str
    wanted: str


AUDIENCES: Mapping[str, Audience] = MappingProxyType(
    {
        "documentation": Audience(
            "therapist",
            "Documentation feedback for therapists",
            "What payers did not find in the notes, and what a reviewer looks for",
            "documentation denial",
            "What the note did not show",
            "What a reviewer looks for",
        ),
        "front-desk": Audience(
            "front desk",
            "Front-desk feedback",
            "Denials that begin before the visit: coverage, authorization, registration",
            "front-desk denial",
            "What was missing",
            "What to have before the visit",
        ),
    }
)


class Quarter(NamedTuple):
    """Three months of a year; ``number`` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, code: str) -> "Quarter | None":
        """Return the quarter written like ``2026-Q3``, or None when it is not one."""
        year, _, number = code.partition("-Q")
        is_one = year.isascii() and year.isdigit() and len(year) == 4 and number in {"1", "2", "3", "4"}
        return cls(int(year), int(number)) if is_one else None

    @property
    def code(self) -> str:
        """The quarter as addresses carry it: ``2026-Q3``."""
        return f"{self.year:04d}-Q{self.number}"

    @property
    def first(self) -> Month:
        """Its first month."""
        return Month(self.year, 3 * self.number - 2)

    @property
    def last(self) -> Month:
        """Its last month."""
        return self.first.shifted(2)

    @property
    def label(self) -> str:
        """Its months in words: ``July to September 2026``."""
        return f"{self.first.name} to {self.last.name} {self.year}"

    def shifted(self, by: int) -> "Quarter":
        """Return the quarter ``by`` quarters later (earlier when negative)."""
        year, number = divmod(self.year * 4 + self.number - 1 + by, 4)
        return Quarter(year, number + 1)


class _Group(NamedTuple):
    name: str
    visits: int
    denied: int


class _CauseVisits(NamedTuple):
    cause: RootCause
    visits: int


def feedback(
    session: Session, audience: Audience, quarter: Quarter, practice: str, knowledge: Knowledge, today: date
) -> Report:
    """Return the feedback of the one practice that the session sees, by remittance dates of a quarter."""
    causes = {code: cause for code, cause in knowledge.root_causes.items() if cause.starts_at == audience.starts_at}
    groups = _groups(session, quarter, list(causes))
    by_cause = [_CauseVisits(causes[code], visits) for code, visits in _by_cause(session, quarter, list(causes))]
    visits, denied = sum(one.visits for one in groups), sum(one.denied for one in groups)
    rate = f" ({100 * denied / visits:.1f} per 100 visits)" if visits >= LEAST_VISITS and denied else ""
    counted = f"{denied:,} of {visits:,} visits had a {audience.denied}{rate}. " if visits >= LEAST_VISITS else ""
    end = f" The quarter ends {quarter.last.last_day:%m/%d/%Y}." if today <= quarter.last.last_day else ""
    return Report(
        title=audience.title,
        practice=practice,
        above=f"{practice}, {quarter.label}",
        below=(f"{audience.about}. {counted}Names and dates are left out.{end}",),
        sections=(*_cause_sections(by_cause, audience, knowledge), _by_discipline(groups, audience), _how()),
    )


def _denied(quarter: Quarter, causes: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    between = Denial.denied_on.between(quarter.first.first_day, quarter.last.last_day)
    return between, Denial.root_cause.in_(causes), is_counted()


def _by_cause(session: Session, quarter: Quarter, causes: Sequence[str]) -> list[tuple[str, int]]:
    """Return the visits of each cause, most first. Lines of one claim on one day are one visit."""
    visits = select(Denial.root_cause, Denial.claim_id, Denial.service_date).where(*_denied(quarter, causes)).distinct()
    inner = visits.subquery()
    count = func.count()
    query = select(inner.c.root_cause, count).group_by(inner.c.root_cause).order_by(count.desc(), inner.c.root_cause)
    return [(cause, number) for cause, number in session.execute(query)]


def _groups(session: Session, quarter: Quarter, causes: Sequence[str]) -> list[_Group]:
    """Return visits and denied visits by discipline, most visits first; groups under ten visits are merged."""
    discipline = case(
        *((ClaimLine.modifiers.contains(modifier), name) for modifier, name in _DISCIPLINES), else_=_UNKNOWN
    )
    all_visits = (
        select(ClaimLine.claim_id, ClaimLine.service_date, discipline.label("discipline"))
        .where(ClaimLine.first_remit_on.between(quarter.first.first_day, quarter.last.last_day))
        .distinct()
    )
    denied_visits = (
        select(Denial.claim_id, Denial.service_date, discipline.label("discipline"))
        .join(ClaimLine, (ClaimLine.practice_id == Denial.practice_id) & (ClaimLine.id == Denial.claim_line_id))
        .where(*_denied(quarter, causes))
        .distinct()
    )
    visits, denied = _counts(session, all_visits), _counts(session, denied_visits)
    groups = [_Group(name, max(visits.get(name, 0), count), count) for name, count in denied.items()]
    groups += [_Group(name, count, 0) for name, count in visits.items() if name not in denied]
    return _merged(sorted(groups, key=lambda group: (-group.visits, group.name)))


def _counts(session: Session, visits: Select[Any]) -> dict[str, int]:
    inner = visits.subquery()
    query = select(inner.c.discipline, func.count().label("visits")).group_by(inner.c.discipline)
    return {row.discipline: row.visits for row in session.execute(query)}


def _merged(groups: Iterable[_Group]) -> list[_Group]:
    kept = list(groups)
    small = [group for group in kept if group.visits < LEAST_VISITS]
    large = [group for group in kept if group.visits >= LEAST_VISITS]
    if small and large and sum(group.visits for group in small) < LEAST_VISITS:
        small.append(large.pop())  # the rest alone would still be too few
    if not small:
        return large
    return [*large, _Group(_MERGED, sum(group.visits for group in small), sum(group.denied for group in small))]


def _by_discipline(groups: Sequence[_Group], audience: Audience) -> Section:
    columns = (
        Column("Discipline"), Column("Visits", Kind.COUNT), Column(f"With a {audience.denied}", Kind.COUNT),
        Column("Per 100 visits", Kind.NUMBER),
    )  # fmt: skip
    if sum(group.visits for group in groups) < LEAST_VISITS:
        too_few = f"Fewer than {LEAST_VISITS} visits were answered in the quarter: too few to count."
        return Section("By discipline", sentences=(too_few,))
    rows: list[tuple[Cell, ...]] = [
        (group.name, group.visits, group.denied, round(100 * group.denied / group.visits, 1)) for group in groups
    ]
    return Section("By discipline", table=Sheet("By discipline", columns, rows))


def _cause_sections(found: Sequence[_CauseVisits], audience: Audience, knowledge: Knowledge) -> list[Section]:
    """One section for each cause of ten visits or more; the smaller ones without a number of their own."""
    if not found:
        return [Section("Nothing to report", sentences=(f"No visit of the quarter had a {audience.denied}.",))]
    large = [one for one in found if one.visits >= LEAST_VISITS]
    small = [one for one in found if one.visits < LEAST_VISITS]
    sections = [
        _cause(f"{place}. {one.cause.title}", f"{one.visits:,} visits. ", one.cause, audience, knowledge)
        for place, one in enumerate(large, 1)
    ]
    visits = sum(one.visits for one in small)
    if small:
        count = (
            f"{visits:,} visits together" if visits >= LEAST_VISITS else f"fewer than {LEAST_VISITS} visits together"
        )
        names = "; ".join(sorted(one.cause.title for one in small))
        sections.append(Section("Causes with few visits, merged", sentences=(f"{count.capitalize()}: {names}.",)))
        sections += [
            _cause(one.cause.title, "", one.cause, audience, knowledge)
            for one in sorted(small, key=lambda one: one.cause.title)
        ]
    return sections


def _cause(title: str, count: str, cause: RootCause, audience: Audience, knowledge: Knowledge) -> Section:
    rules = [rule for rule in knowledge.rules.values() if rule.root_causes[0] == cause.code and rule.explains_denials]
    columns = (Column(audience.missing), Column(audience.wanted))
    rows = [(rule.title, rule.requirement) for rule in rules[:_MOST_RULES]] or [(cause.title, cause.definition)]
    return Section(
        title, sentences=(f"{count}{cause.definition}.",), table=Sheet(title, columns, rows), notes=_example(rules)
    )


def _example(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return one good note of a rule's own examples, marked as an example of form."""
    notes = (
        " ".join(example.facts["note"].split())
        for rule in rules
        for example in rule.examples
        if example.result == "passed" and isinstance(example.facts.get("note"), str)
    )
    note = next((note for note in notes if not _NAMES_SOMETHING.search(note)), None)
    if note is None:
        return ()
    return (f"Example of form, invented: “{note}”. Write only what you did and saw in your own visit.",)


def _how() -> Section:
    terms = (
        ("Visit", "The lines of one claim on one day, first answered by a payer in the quarter."),
        ("Cause", "One main cause for each denied line: the one a person chose, or else the first suggestion."),
        ("Small groups", f"A group of fewer than {LEAST_VISITS} visits is merged with others. Nobody is ranked."),
    )
    return Section("How this is counted", terms=terms)
