"""The rules as people see them: what each says, how often it was behind a suggestion, and who does without it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge, Rule
from tracker.knowledge.ages import a_year_before
from tracker.models import Practice, RuleSwitch, User
from tracker.reports.rule_counts import SuggestionCounts, rule_counts
from tracker.reports.rule_words import area_of, codes_in_words, payers_in_words
from tracker.services.rule_switches import can_switch


class Switched(NamedTuple):
    """How a rule stands for a practice; ``by`` and ``at`` are of the last change, if there was one."""

    practice: Practice
    is_on: bool
    by: str = ""
    at: datetime | None = None


class RuleRow(NamedTuple):
    """A rule with its counts and the practices that do without it."""

    rule: Rule
    area: str
    codes: str
    payers: str
    counts: SuggestionCounts
    is_old: bool
    switches: tuple[Switched, ...]

    @property
    def off_for(self) -> tuple[str, ...]:
        """Return the names of the practices that do without the rule."""
        return tuple(each.practice.name for each in self.switches if not each.is_on)

    @property
    def can_switch(self) -> bool:
        """Whether a practice may do without the rule."""
        return can_switch(self.rule)


def rule_rows(
    session: Session, knowledge: Knowledge, practices: Iterable[Practice], today: date
) -> tuple[RuleRow, ...]:
    """Return all rules, in the order of their areas and ids."""
    counts, switches = rule_counts(session), _switches(session)
    own, oldest = tuple(practices), a_year_before(today)
    rows = (
        RuleRow(
            rule,
            area_of(rule),
            codes_in_words(rule, knowledge),
            payers_in_words(rule),
            counts.get(rule.id, SuggestionCounts()),
            rule.cited.checked_on < oldest,
            tuple(switches.get((practice.id, rule.id)) or Switched(practice, is_on=True) for practice in own),
        )
        for rule in knowledge.rules.values()
    )
    return tuple(sorted(rows, key=lambda row: (row.area, row.rule.id)))


def _switches(session: Session) -> Mapping[tuple[int, str], Switched]:
    query = (
        select(RuleSwitch, Practice, User.name)
        .join(Practice, Practice.id == RuleSwitch.practice_id)
        .join(User, User.id == RuleSwitch.changed_by_id)
    )
    return {
        (row.practice_id, row.rule_id): Switched(practice, row.is_on, name, row.changed_at)
        for row, practice, name in session.execute(query)
    }
