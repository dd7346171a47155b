"""Everything the page of one appeal shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import FORWARDED, METHODS, Forwarding, Result, forwarding
from tracker.domain.deadlines import Clock
from tracker.knowledge import Knowledge
from tracker.models import Appeal, Attachment, Denial, Event, Letter, Outcome, Payer, Practice
from tracker.reports.people import user_names
from tracker.reports.timeline import appeal_words
from tracker.services.appealed import denials_of, first_due
from tracker.services.appealing import newest_letter
from tracker.services.next_level import refused_denials
from tracker.services.outcomes import next_level_clock, outcomes_of


class LineOutcome(NamedTuple):
    """One denial of the appeal with what was decided on it, if anything."""

    denial: Denial
    outcome: Outcome | None


class Entry(NamedTuple):
    """One thing that happened to the appeal."""

    at: datetime
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class AppealPage:
    """One appeal. ``below`` and ``above`` are the appeals one level down and up; ``next_clock`` the next level's.

    ``first_due`` is the denial whose date is the appeal's, the first of all.
    """

    appeal: Appeal
    practice: Practice
    payer: Payer
    letter: Letter
    method: str
    lines: tuple[LineOutcome, ...]
    files: tuple[Attachment, ...]
    history: tuple[Entry, ...]
    below: Appeal | None
    above: Appeal | None
    next_clock: Clock | None
    can_go_up: bool
    forwarding: Forwarding | None
    first_due: Denial | None

    @property
    def undecided(self) -> tuple[LineOutcome, ...]:
        """Return the lines nothing has decided yet."""
        return tuple(line for line in self.lines if line.outcome is None or not Result(line.outcome.result).decides)

    @property
    def visits(self) -> int:
        """Return how many visits (claims) the appeal is about."""
        return len({line.denial.claim_id for line in self.lines})

    @property
    def denied_cents(self) -> int:
        """Return what the payer denied on all lines."""
        return sum(line.denial.amount_cents for line in self.lines)

    @property
    def refusal(self) -> str:
        """Return why the payer refused, as a person wrote it down."""
        return next((line.outcome.reason for line in self.lines if line.outcome and line.outcome.reason), "")

    @property
    def allowed_cents(self) -> int:
        """Return what the payer's decision allows."""
        return sum(line.outcome.amount_cents for line in self.lines if line.outcome)


def appeal_page(session: Session, appeal: Appeal, knowledge: Knowledge) -> AppealPage:
    """Return everything about an appeal."""
    outcomes = {outcome.denial_id: outcome for outcome in outcomes_of(session, appeal)}
    denials = denials_of(session, appeal)
    decided_on = max((outcome.decided_on for outcome in outcomes.values()), default=None)
    above = session.scalar(
        select(Appeal).where(Appeal.practice_id == appeal.practice_id, Appeal.previous_id == appeal.id)
    )
    dismissed = any(outcome.result == Result.DISMISSED for outcome in outcomes.values())
    following = next_level_clock(session, appeal, decided_on, knowledge, dismissed=dismissed) if decided_on else None
    payer = session.get_one(Payer, appeal.payer_id)
    has_refused = appeal.status == "decided" and bool(refused_denials(session, appeal))
    return AppealPage(
        appeal=appeal,
        practice=session.get_one(Practice, appeal.practice_id),
        payer=payer,
        letter=newest_letter(session, appeal),
        method="Sent on by the payer itself"
        if appeal.sent_method == FORWARDED
        else METHODS.get(appeal.sent_method, ""),
        lines=tuple(LineOutcome(denial, outcomes.get(denial.id)) for denial in denials),
        files=tuple(_files(session, appeal)),
        history=tuple(_history(session, appeal)),
        below=session.get(Appeal, (appeal.practice_id, appeal.previous_id)) if appeal.previous_id else None,
        above=above,
        next_clock=following,
        can_go_up=has_refused and following is not None and above is None,
        forwarding=forwarding(payer.kind, appeal.level + 1) if has_refused and above is None else None,
        first_due=first_due(denials),
    )


def _files(session: Session, appeal: Appeal) -> Sequence[Attachment]:
    query = select(Attachment).where(
        Attachment.practice_id == appeal.practice_id,
        Attachment.appeal_id == appeal.id,
        Attachment.kind.in_(("packet", "proof", "decision")),
    )
    return session.scalars(query.order_by(Attachment.added_at)).all()


def _history(session: Session, appeal: Appeal) -> Sequence[Entry]:
    query = select(Event).where(
        Event.practice_id == appeal.practice_id, Event.subject_kind == "appeal", Event.subject_id == appeal.id
    )
    events = session.scalars(query.order_by(Event.at.desc(), Event.id.desc()).limit(200)).all()
    names = user_names(session, (event.user_id for event in events))
    return [Entry(event.at, appeal_words(event), names.get(event.user_id or 0, "")) for event in events]
