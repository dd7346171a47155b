"""What moves a deadline besides its rule: time the payer granted, the day its notice was proven to come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.business_days import business_day_on_or_before
from tracker.knowledge import Knowledge
from tracker.models import Denial, Event
from tracker.services.acting import Acting
from tracker.services.added_files import AddedFile
from tracker.services.clock_history import BY_HAND, recounted
from tracker.services.clock_moves import COUNTED, Running, counted_clock
from tracker.services.denial_files import keep_paper
from tracker.services.working import ChangeError, change_denials

MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Grant:
    """Time a payer granted: the days in all, who said so and when, the reference given, its letter."""

    days: int
    granted_on: date
    granted_by: str
    reference: str = ""
    letter: AddedFile | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day a notice came in, what proves it, and the paper that does."""

    on: date
    proof: str
    paper: AddedFile | None = None


def grant_extension(
    session: Session, denial: Denial, grant: Grant, knowledge: Knowledge, acting: Acting
) -> Event | None:
    """Move a denial's date by the days a payer granted; a date set by hand moves by the difference.

    Raises ChangeError, and nothing is changed, where no date of ours runs or the grant cannot be.
    """
    if denial.clock not in COUNTED or denial.file_by_legal is None:
        raise ChangeError("An extension needs a date to move. Set the deadline first")
    if not 1 <= grant.days <= MOST_DAYS:
        raise ChangeError(f"Days granted must be from 1 to {MOST_DAYS}")
    if not denial.notice_on <= grant.granted_on <= acting.today:
        raise ChangeError(f"Date granted must be from {_us(denial.notice_on)}, the notice, to today", "granted_on")
    if denial.clock_rule == BY_HAND:
        legal = denial.file_by_legal + timedelta(days=grant.days - denial.extension_days)
        values = {
            "file_by_legal": legal, "file_by_safe": business_day_on_or_before(legal, knowledge.closed_days),
            "extension_days": grant.days,
        }  # fmt: skip
    else:
        values = recounted(session, denial, knowledge, Running.of(denial)._replace(extension_days=grant.days))
    about = {"by": grant.granted_by, "on": grant.granted_on.isoformat(), "reference": grant.reference}
    return _change(session, denial, "extension", values, about, grant.letter, acting)


def prove_receipt(
    session: Session, denial: Denial, receipt: Receipt, knowledge: Knowledge, acting: Acting
) -> Event | None:
    """Count a denial's time from the proven receipt of the notice, in place of the presumption.

    Raises ChangeError, and nothing is changed, where the rule counts from the notice itself or the day cannot be.
    """
    due = counted_clock(session, denial, knowledge) if denial.clock_rule != BY_HAND else None
    if due is None:
        raise ChangeError("This date was not counted by a rule, so the day of receipt does not move it")
    if not due.rule.counts_receipt:
        raise ChangeError(
            f"This limit counts from {due.rule.counted_from}, so the day the notice came does not move it"
        )
    if not denial.notice_on <= receipt.on <= acting.today:
        raise ChangeError(f"Date received must be from {_us(denial.notice_on)}, the notice, to today")
    values = recounted(session, denial, knowledge, Running.of(denial)._replace(received_on=receipt.on))
    return _change(session, denial, "receipt", values, {"proof": receipt.proof}, receipt.paper, acting)


def _change(  # what changes, and what is to be remembered of it
    session: Session,
    denial: Denial,
    kind: str,
    values: dict[str, Any],
    about: dict[str, Any],
    paper: AddedFile | None,
    acting: Acting,
) -> Event | None:
    event = change_denials(session, [denial], kind, values, acting.now, acting.user_id, about)
    if event is not None and paper is not None:
        kept = keep_paper(session, denial, kind, paper, acting.now, acting.user_id)
        event.details = {**event.details, "file": kept.public_id}
        session.flush()
    return event


def facts_that_count(session: Session, denial: Denial) -> Sequence[Event]:
    """Return the entries behind a denial's extension and proven receipt as they stand, the newest of each kind."""
    wanted = [
        kind for kind, is_set in (("receipt", denial.received_on), ("extension", denial.extension_days)) if is_set
    ]
    query = select(Event).where(
        Event.practice_id == denial.practice_id,
        Event.subject_kind == "denial",
        Event.subject_id == denial.id,
        Event.kind.in_(wanted),
        Event.undone.is_(False),
    )
    newest = {event.kind: event for event in session.scalars(query.order_by(Event.at, Event.id))}
    return [newest[kind] for kind in wanted if kind in newest]


def _us(day: date) -> str:
    return f"{day:%m/%d/%Y}"
