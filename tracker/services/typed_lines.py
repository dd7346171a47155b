"""Lines of claims that a person typed: they can be put right as long as no file has brought the claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.knowledge import Knowledge
from tracker.models import Claim, ClaimLine, Denial, Event, Payer
from tracker.services.clocks import profile_of
from tracker.services.coverage import EditConflict
from tracker.services.diagnosing import diagnose_claims
from tracker.services.linking import link_claims
from tracker.services.logging_denials import start_clock


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as typed; ``modifiers`` are words with a space between."""

    code: str
    modifiers: str
    units: float
    charge_cents: int
    service_date: date


class Edit(NamedTuple):
    """Who edits, when, and the claim's version when the form was opened."""

    seen_version: int
    at: datetime
    today: date
    user_id: int


def edit_line(session: Session, claim: Claim, line: ClaimLine, typed: TypedLine, edit: Edit, data: Knowledge) -> bool:
    """Set a typed line's facts, carry them to its denials and look for causes again; return whether any changed.

    Raises EditConflict when somebody else was quicker, or when a file has brought the claim since.
    """
    if claim.version != edit.seen_version or claim.source != "hand":
        raise EditConflict
    values = {name: getattr(typed, name) for name in TypedLine.__slots__}
    changed = [name for name, value in values.items() if getattr(line, name) != value]
    if not changed:
        return False
    before = line.charge_cents
    _set(line, values | {"service_to": typed.service_date})
    session.flush()
    _follow(session, claim, typed.charge_cents - before)
    for denial in _denials(session, line):
        _carry(session, denial, before, typed, data)
    session.add(
        Event(
            practice_id=claim.practice_id, at=edit.at, user_id=edit.user_id, kind="line_edited", subject_kind="claim",
            subject_id=claim.id, details={"line": line.line, "facts": changed},
        )
    )  # fmt: skip
    session.flush()
    link_claims(session, claim.practice_id, [claim.id])
    diagnose_claims(session, claim.practice_id, [claim.id], data, edit.today)
    return True


def _set(row: ClaimLine, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _follow(session: Session, claim: Claim, more_cents: int) -> None:
    """Keep the claim's total and days those of its lines; its version tells a second writer."""
    days = select(func.min(ClaimLine.service_date), func.max(ClaimLine.service_to)).where(
        ClaimLine.practice_id == claim.practice_id, ClaimLine.claim_id == claim.id
    )
    claim.service_from, claim.service_to = session.execute(days).one()
    claim.charge_cents += more_cents
    flag_modified(claim, "charge_cents")


def _denials(session: Session, line: ClaimLine) -> list[Denial]:
    query = select(Denial).where(Denial.practice_id == line.practice_id, Denial.claim_line_id == line.id)
    return list(session.scalars(query))


def _carry(session: Session, denial: Denial, before_cents: int, typed: TypedLine, knowledge: Knowledge) -> None:
    """A denial of the whole charge stays one; a date to file by that a person set stays too."""
    denial.code, denial.service_date, denial.billed_cents = typed.code, typed.service_date, typed.charge_cents
    is_whole = denial.amount_cents == before_cents
    denial.amount_cents = typed.charge_cents if is_whole else min(denial.amount_cents, typed.charge_cents)
    if denial.clock == "file_by" and denial.clock_rule != "by_hand":
        payer = session.get_one(Payer, denial.payer_id)
        profile = profile_of(session, denial.practice_id, payer.id)
        start_clock(denial, payer, profile, None, knowledge)
