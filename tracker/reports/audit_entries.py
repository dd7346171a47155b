"""Entries of the audit log for a page, a report or a file: those of practices, of their people, and of the system."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select
from sqlalchemy.orm import Session

from tracker.auditing.appending import engine_of
from tracker.domain.audit import Act, Chain, Outcome
from tracker.models import AuditEntry, Membership, User

PAGE_SIZE = 50
_BATCH = 2_000


class Asked(NamedTuple):
    """What is looked for; None and "" mean all. ``since`` and ``until`` are moments, the second is not included."""

    actor_id: int | None = None
    act: Act | None = None
    outcome: Outcome | None = None
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Entry(NamedTuple):
    """An entry as a page shows it; ``name`` is the person's today, or the one kept with the entry."""

    row: Any
    act: Act
    outcome: Outcome
    name: str
    practice: str
    detail: Mapping[str, Any]


class Found(NamedTuple):
    """One page of entries, newest first, and how many there are."""

    entries: list[Entry]
    total: int
    page: int


def visible_to(practice_ids: frozenset[int], people: frozenset[int]) -> ColumnElement[bool]:
    """What may be seen by auditors of practices: their entries; of no practice, those of their people and the system."""
    of_nobody = and_(AuditEntry.practice_id.is_(None), AuditEntry.actor_id.is_(None))
    of_people = and_(AuditEntry.practice_id.is_(None), AuditEntry.actor_id.in_(people))
    return or_(AuditEntry.practice_id.in_(practice_ids), of_people, of_nobody)


def people_of(session: Session, practice_ids: frozenset[int]) -> dict[int, str]:
    """Return the names of the people of practices by id."""
    query = select(User.id, User.name).join(Membership, Membership.user_id == User.id)
    rows = session.execute(query.where(Membership.practice_id.in_(practice_ids)).order_by(User.name))
    return {row.id: row.name for row in rows}


def places_of(engine: Engine) -> list[tuple[Engine, list[str]]]:
    """Return where chains are kept, and which: both in one database, or each in its own."""
    reads = engine_of(engine, Chain.READS)
    names = [chain.value for chain in Chain]
    if reads.dialect is engine.dialect:
        return [(engine, names)]
    return [(engine, [Chain.CHANGES.value]), (reads, [Chain.READS.value])]


def asked_for(asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions of what is looked for."""
    conditions: list[ColumnElement[bool]] = []
    if asked.actor_id is not None:
        conditions.append(AuditEntry.actor_id == asked.actor_id)
    if asked.act is not None:
        conditions.append(AuditEntry.action == asked.act.value)
    if asked.outcome is not None:
        conditions.append(AuditEntry.outcome == asked.outcome.value)
    if asked.object_id:
        conditions.append(AuditEntry.object_id == asked.object_id)
    if asked.since is not None:
        conditions.append(AuditEntry.at >= asked.since)
    if asked.until is not None:
        conditions.append(AuditEntry.at < asked.until)
    return conditions


def find_entries(session: Session, engine: Engine, practices: Mapping[int, str], asked: Asked, page: int) -> Found:
    """Return a page of the entries of practices (their names by id), newest first; a page beyond the last is the last."""
    people = people_of(session, frozenset(practices))
    conditions = [visible_to(frozenset(practices), frozenset(people)), *asked_for(asked)]
    total = sum(_count(own, chains, conditions) for own, chains in places_of(engine))
    page = max(1, min(page, -(-total // PAGE_SIZE)))
    places = places_of(engine)
    keys = [key for own, names in places for key in _newest_keys(own, names, conditions, page * PAGE_SIZE)]
    wanted = sorted(keys, reverse=True)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = [row for own, _ in places for row in _rows(own, wanted)]
    rows.sort(key=lambda row: (row.at, row.chain, row.seq), reverse=True)
    return Found([_entry(row, people, practices) for row in rows], total, page)


def all_entries(session: Session, engine: Engine, practices: Mapping[int, str], asked: Asked) -> list[Entry]:
    """Return all entries of practices (their names by id) that are looked for, newest first."""
    people = people_of(session, frozenset(practices))
    conditions = [visible_to(frozenset(practices), frozenset(people)), *asked_for(asked)]
    rows: list[Any] = []
    for own, chains in places_of(engine):
        query = select(AuditEntry.__table__).where(AuditEntry.chain.in_(chains), *conditions)
        with own.execution_options(writes=False).connect() as connection:
            rows.extend(connection.execute(query))
    rows.sort(key=lambda row: (row.at, row.chain, row.seq), reverse=True)
    return [_entry(row, people, practices) for row in rows]


def _count(own: Engine, chains: list[str], conditions: list[ColumnElement[bool]]) -> int:
    query = select(func.count()).select_from(AuditEntry).where(AuditEntry.chain.in_(chains), *conditions)
    with own.execution_options(writes=False).connect() as connection:
        return connection.scalar(query) or 0


def _newest_keys(
    own: Engine, chains: list[str], conditions: list[ColumnElement[bool]], limit: int
) -> list[tuple[datetime, str, int]]:
    query = select(AuditEntry.at, AuditEntry.chain, AuditEntry.seq).where(AuditEntry.chain.in_(chains), *conditions)
    newest = query.order_by(AuditEntry.at.desc(), AuditEntry.chain.desc(), AuditEntry.seq.desc()).limit(limit)
    with own.execution_options(writes=False).connect() as connection:
        return [(row.at, row.chain, row.seq) for row in connection.execute(newest)]


def _rows(own: Engine, wanted: list[tuple[datetime, str, int]]) -> list[Any]:
    of_chains = [
        and_(
            AuditEntry.chain == chain.value, AuditEntry.seq.in_([seq for _, name, seq in wanted if name == chain.value])
        )
        for chain in Chain
    ]
    with own.execution_options(writes=False).connect() as connection:
        return list(connection.execute(select(AuditEntry.__table__).where(or_(*of_chains))))


def _entry(row: Any, people: Mapping[int, str], practices: Mapping[int, str]) -> Entry:
    name = people.get(row.actor_id) or row.actor or ("Nobody known" if row.actor_id is None else "Name taken away")
    practice = practices.get(row.practice_id, "")
    return Entry(row, Act(row.action), Outcome(row.outcome), name, practice, json.loads(row.detail))


def exported(engine: Engine, practice_id: int | None, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Give the entries as JSON objects, chain by chain in their order: all, or those of a practice and its people."""
    conditions = asked_for(Asked(since=since))
    if practice_id is not None:
        with Session(engine.execution_options(writes=False)) as session:
            people = people_of(session, frozenset({practice_id}))
        conditions.append(visible_to(frozenset({practice_id}), frozenset(people)))
    for chain in Chain:
        after = 0
        while rows := _next_rows(engine_of(engine, chain), chain, after, conditions):
            for row in rows:
                found = dict(zip(row._fields, row, strict=True))
                yield found | {"at": row.at.isoformat(), "mac": row.mac.hex(), "detail": json.loads(row.detail)}
            after = rows[-1].seq


def _next_rows(own: Engine, chain: Chain, after: int, conditions: list[ColumnElement[bool]]) -> list[Any]:
    query = select(AuditEntry.__table__).where(AuditEntry.chain == chain.value, AuditEntry.seq > after, *conditions)
    with own.execution_options(writes=False).connect() as connection:
        return list(connection.execute(query.order_by(AuditEntry.seq).limit(_BATCH)))
