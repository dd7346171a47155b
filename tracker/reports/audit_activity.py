"""The activity report of a month: per person how much was seen, changed and taken out, and what stands out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tracker.auditing.appending import engine_of
from tracker.domain.audit import LEAVES, READS, Act, Chain, is_out_of_hours
from tracker.models import AuditEntry
from tracker.reports.audit_entries import Asked, asked_for, people_of, visible_to
from tracker.reports.months import Month

_CHANGES = frozenset({Act.CHANGED, Act.CONFIGURED, Act.ACCOUNT, Act.IMPORTED, Act.LETTERS})


@dataclass(slots=True)
class Activity:
    """What one person did in a month; out of hours are reads before 7 AM, from 7 PM on and at weekends."""

    name: str
    reads: int = 0
    changes: int = 0
    taken_out: int = 0
    failed_sign_ins: int = 0
    refusals: int = 0
    out_of_hours: int = 0

    def add(self, act: Act, at: datetime) -> None:
        """Count an act of a moment in the place's own time."""
        self.reads += act in READS
        self.changes += act in _CHANGES
        self.taken_out += act in LEAVES
        self.failed_sign_ins += act in {Act.SIGN_IN_FAILED, Act.PROOF_FAILED}
        self.refusals += act is Act.REFUSED
        self.out_of_hours += act in READS and is_out_of_hours(at)


class Report(NamedTuple):
    """The people of a month by name, and what nobody known or the system did."""

    month: Month
    people: list[Activity]
    others: list[Activity]


def activity(session: Session, engine: Engine, practices: Mapping[int, str], month: Month) -> Report:
    """Return the report of a month for auditors of practices, their names by id."""
    people = people_of(session, frozenset(practices))
    by_person: dict[int, Activity] = {}
    others: dict[str, Activity] = defaultdict(lambda: Activity(""))
    for row in _rows(engine, frozenset(practices), frozenset(people), month):
        if row.actor_id in people:
            found = by_person.setdefault(row.actor_id, Activity(people[row.actor_id]))
        else:
            found = others[row.actor or "Nobody known"]
        found.add(Act(row.action), row.at.astimezone())
    for name, found in others.items():
        found.name = name
    by_name = sorted(by_person.values(), key=lambda one: one.name)
    return Report(month, by_name, sorted(others.values(), key=lambda one: one.name))


def _rows(engine: Engine, practices: frozenset[int], people: frozenset[int], month: Month) -> Iterator[Any]:
    asked = Asked(since=_begin(month), until=_begin(month.shifted(1)))
    query = select(AuditEntry.actor_id, AuditEntry.actor, AuditEntry.action, AuditEntry.at)
    for chain in Chain:
        own = query.where(AuditEntry.chain == chain.value, visible_to(practices, people), *asked_for(asked))
        with engine_of(engine, chain).execution_options(writes=False).connect() as connection:
            yield from connection.execute(own)


def _begin(month: Month) -> datetime:
    """Return the first midnight of a month at this computer's place."""
    return datetime.combine(month.first_day, time()).astimezone()
