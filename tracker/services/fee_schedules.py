"""Contracted rates of a practice: what loading a list would do, loading it whole or not at all, removing a payer's."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tracker.day_counts import count_expected
from tracker.importers.errors import ImportProblem
from tracker.importers.fee_schedule import FeeSchedule, LoadedRate, read_fee_schedule
from tracker.models import ContractedRate, Denial, Event, Job, Payer, Practice
from tracker.models.base import new_public_id
from tracker.month_counts import month_of
from tracker.services.backlog import rows_in
from tracker.services.jobs import ask_for

COUNT = "rates.count"
"""The kind of job that works out what is expected of many denials."""

MAX_ROWS = 5_000
AT_ONCE = 2_000
"""So many denials of the payers are counted anew while the person waits; more are a job."""


def read_schedule(data: bytes, payers: Iterable[Payer]) -> FeeSchedule:
    """Return the rates of a CSV or XLSX file and what is to be mended in it. Raises ImportProblem if it is no such list."""
    found = read_fee_schedule(rows_in(data), [payer.name for payer in payers])
    if len(found.rates) > MAX_ROWS:
        why = f"The list holds {len(found.rates):,} rates. Up to {MAX_ROWS:,} can be loaded at once."
        raise ImportProblem("File", why, "Split it into smaller files.")
    return found


class Replaced(NamedTuple):
    """A rate that takes another's place: what it was."""

    loaded: LoadedRate
    cents_before: int
    last_before: date | None


@dataclass(slots=True)
class PayerChange:
    """What loading a list does to the rates of one payer."""

    new: int = 0
    same: int = 0
    replaced: list[Replaced] = field(default_factory=list)
    staying: int = 0


def changes(
    session: Session, practice_id: int, rates: Iterable[LoadedRate], payers: Iterable[Payer]
) -> Mapping[str, PayerChange]:
    """Return what loading these rates would do, by payer's name; ``staying`` counts rates that the list does not name."""
    known = _known(session, practice_id, payers)
    found = defaultdict[str, PayerChange](PayerChange)
    for loaded in rates:
        change, before = found[loaded.payer], known.get(loaded.key)
        if before is None:
            change.new += 1
        elif (before.cents, before.last_on) == (loaded.rate.cents, loaded.rate.last):
            change.same += 1
        else:
            change.replaced.append(Replaced(loaded, before.cents, before.last_on))
    held = Counter(payer for payer, *_ in known)
    for name, change in found.items():
        change.staying = held[name] - change.same - len(change.replaced)
    return found


def _known(
    session: Session, practice_id: int, payers: Iterable[Payer]
) -> dict[tuple[str, str, str, date], ContractedRate]:
    names = {payer.id: payer.name for payer in payers}
    query = select(ContractedRate).where(ContractedRate.practice_id == practice_id, ContractedRate.payer_id.in_(names))
    return {(names[row.payer_id], row.code, row.modifier, row.first_on): row for row in session.scalars(query)}


class By(NamedTuple):
    """Who changes rates, and when."""

    user_id: int
    now: datetime


def load_rates(
    session: Session,
    practice_id: int,
    rates: Sequence[LoadedRate],
    payers: Sequence[Payer],
    by: By,
    at_once: int = AT_ONCE,
) -> Job | None:
    """Keep rates, each in the place of the one with the same payer, code, modifier and first day.

    What is expected of the payers' denials is worked out in the same transaction, or by the job returned if they are more than ``at_once``.
    """
    session.get_one(Practice, practice_id, with_for_update=True)  # one list of a practice at a time
    known, ids = _known(session, practice_id, payers), {payer.name: payer.id for payer in payers}
    for loaded in rates:
        row = known.get(loaded.key)
        if row is None:
            row = ContractedRate(
                practice_id=practice_id, payer_id=ids[loaded.payer], code=loaded.code, modifier=loaded.rate.modifier,
                first_on=loaded.rate.first,
            )  # fmt: skip
            session.add(row)
        row.cents, row.last_on, row.loaded_at, row.loaded_by_id = (
            loaded.rate.cents,
            loaded.rate.last,
            by.now,
            by.user_id,
        )
    touched = sorted({ids[loaded.payer] for loaded in rates})
    _tell(session, practice_id, by, "rates_loaded", len(rates))
    session.flush()
    return _count(session, practice_id, touched, by, at_once)


def remove_rates(session: Session, practice_id: int, payer_id: int, by: By) -> tuple[int, Job | None]:
    """Remove a payer's rates; return how many, and the job that counts anew if there is one."""
    mine = (ContractedRate.practice_id == practice_id, ContractedRate.payer_id == payer_id)
    rows = session.scalars(select(ContractedRate.id).where(*mine)).all()
    session.execute(delete(ContractedRate).where(*mine).execution_options(synchronize_session=False))
    _tell(session, practice_id, by, "rates_removed", len(rows))
    session.flush()
    return len(rows), _count(session, practice_id, [payer_id], by, AT_ONCE) if rows else None


def _tell(session: Session, practice_id: int, by: By, kind: str, rows: int) -> None:
    session.add(
        Event(
            practice_id=practice_id, at=by.now, user_id=by.user_id, kind=kind, subject_kind="practice",
            subject_id=practice_id, details={"rows": rows},
        )
    )  # fmt: skip


def _count(session: Session, practice_id: int, payer_ids: Sequence[int], by: By, at_once: int) -> Job | None:
    mine = (Denial.practice_id == practice_id, Denial.payer_id.in_(payer_ids))
    denials = session.scalar(select(func.count()).select_from(Denial).where(*mine)) or 0
    if denials > at_once:
        return ask_for(
            session, COUNT, {"payers": list(payer_ids)}, f"{COUNT}:{new_public_id()}", by.now,
            practice_id=practice_id, user_id=by.user_id, total=len(months_with_denials(session, practice_id, payer_ids)),
        )  # fmt: skip
    expect_anew(session, practice_id, payer_ids)
    return None


def expect_anew(session: Session, practice_id: int, payer_ids: Collection[int]) -> None:
    """Work out anew what is expected of all denials by these payers."""
    for month in months_with_denials(session, practice_id, payer_ids):
        count_expected(session, practice_id, payer_ids, month)


def months_with_denials(session: Session, practice_id: int, payer_ids: Collection[int]) -> list[date]:
    """Return the months (first days) with denials by these payers, in time order."""
    query = select(Denial.denied_on).where(Denial.practice_id == practice_id, Denial.payer_id.in_(payer_ids))
    return sorted({month_of(day) for day in session.scalars(query.distinct())})
