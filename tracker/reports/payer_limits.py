"""A payer's levels and limits as its page shows them: what counts, where it comes from, who looked at it and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.deadlines import ClockRule
from tracker.domain.own_limits import FILED_WHEN, LIMITS, OwnLimit
from tracker.knowledge import Knowledge
from tracker.knowledge.ages import a_year_before
from tracker.knowledge.entries import Figure
from tracker.models import Denial, Payer, PayerProfile, User
from tracker.services.clocks import own_limit, rule_in_use

# Shown even where nothing is known: a practice can always say what it agreed.
_ALWAYS = ("claim_filing-0", "corrected_claim-0", "appeal-1", "appeal-2")
_MEDICARE = ("medicare_b", "medicare_advantage")


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit: the rule that counts (None: nothing is known), who checked it, the least amount of the level."""

    key: str
    label: str
    rule: ClockRule | None
    is_own: bool
    checked_on: date | None
    checked_by: str
    is_old: bool
    minimum: Figure | None

    @property
    def filed_when(self) -> str:
        """Return in words when something counts as filed."""
        return FILED_WHEN[self.rule.filed_when] if self.rule is not None else ""


def split_key(key: str) -> tuple[str, int]:
    """Return the purpose and level of a limit's key. Raises KeyError for a word that is none."""
    if key not in LIMITS:
        raise KeyError(key)
    purpose, _, level = key.rpartition("-")
    return purpose, int(level)


def limit_rows(
    session: Session, payer: Payer, profile: PayerProfile | None, knowledge: Knowledge, today: date
) -> tuple[LimitRow, ...]:
    """Return a practice's limits for a payer in the order of a claim's life."""
    rows = (_row(session, payer, profile, key, knowledge, today) for key in LIMITS)
    return tuple(row for row in rows if row.rule is not None or row.key in _ALWAYS)


def _row(
    session: Session, payer: Payer, profile: PayerProfile | None, key: str, knowledge: Knowledge, today: date
) -> LimitRow:
    purpose, level = split_key(key)
    rule = rule_in_use(knowledge, payer.kind, profile, purpose, level, today)
    own = own_limit(profile, purpose, level)
    checked = own if own is not None and rule is not None and own.checks(rule) else None
    checked_on = checked.checked_on if checked is not None else None
    return LimitRow(
        key=key,
        label=LIMITS[key],
        rule=rule,
        is_own=own is not None and own.is_own,
        checked_on=checked_on,
        checked_by=_name(session, checked),
        is_old=checked_on is not None and checked_on < a_year_before(today),
        minimum=knowledge.amount_in_controversy(level, today.year) if payer.kind in _MEDICARE else None,
    )


def _name(session: Session, checked: OwnLimit | None) -> str:
    person = session.get(User, checked.checked_by) if checked is not None and checked.checked_by else None
    return person.name if person is not None else ""


def other_limits(
    payer: Payer, profile: PayerProfile | None, rows: Sequence[LimitRow], knowledge: Knowledge, today: date
) -> tuple[ClockRule, ...]:
    """Return what else is known of the time limits of this payer or its kind; none of it counts by itself."""
    counted = {row.rule.id for row in rows if row.rule is not None}
    named = profile.named if profile is not None else ""
    known = knowledge.clocks_of(payer.kind, named)
    return tuple(rule for rule in known if rule.id not in counted and rule.in_force(today))


def open_denials(session: Session, payer: Payer) -> tuple[int, int]:
    """Return how many denials of a payer are open, and their cents."""
    query = select(func.count(), func.coalesce(func.sum(Denial.amount_cents), 0))
    count, cents = session.execute(query.where(Denial.payer_id == payer.id, Denial.is_open)).one()
    return count, int(cents)
