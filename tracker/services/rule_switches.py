"""Switching a rule off, or on again, for one practice."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.diagnosis.diagnosing import NOT_A_DENIAL_RULE
from tracker.knowledge import Knowledge, Rule
from tracker.models import Event, Practice, RuleSwitch, User


def can_switch(rule: Rule) -> bool:
    """Whether a practice may do without the rule; the one that tells denials from other adjustments always holds."""
    return rule.id != NOT_A_DENIAL_RULE


def rules_off(session: Session, practice_id: int) -> frozenset[str]:
    """Return the ids of the rules a practice does without."""
    query = select(RuleSwitch.rule_id).where(RuleSwitch.practice_id == practice_id, RuleSwitch.is_on.is_(False))
    return frozenset(session.scalars(query))


def knowledge_key(knowledge: Knowledge, off: Collection[str]) -> str:
    """Return what a denial is diagnosed with: the version of the knowledge and the rules a practice does without."""
    if not off:
        return knowledge.version
    return f"{knowledge.version}-{hashlib.sha256(' '.join(sorted(off)).encode()).hexdigest()[:8]}"


def switch_rule(session: Session, practice: Practice, rule: Rule, user: User, now: datetime, *, on: bool) -> bool:
    """Use a rule for a practice's denials, or do without it; return whether that is a change.

    Raises ValueError for a rule that always holds.
    """
    if not can_switch(rule):
        raise ValueError(f"{rule.id} always holds")
    row = session.scalar(select(RuleSwitch).where(RuleSwitch.practice_id == practice.id, RuleSwitch.rule_id == rule.id))
    if on is (row is None or row.is_on):
        return False
    if row is None:
        row = RuleSwitch(practice_id=practice.id, rule_id=rule.id)
        session.add(row)
    row.is_on, row.changed_by_id, row.changed_at = on, user.id, now
    details = {"rule": rule.id, "on": on}
    session.add(
        Event(
            practice_id=practice.id, at=now, user_id=user.id, kind="rule_switched", subject_kind="practice",
            subject_id=practice.id, details=details,
        )
    )  # fmt: skip
    session.flush()
    return True
