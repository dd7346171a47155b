"""The appeal one level up: for the lines a payer refused, with its own letter and what the refusal said."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.domain.appeal_life import Result, forwarding
from tracker.knowledge import Knowledge
from tracker.letters.catalog import templates
from tracker.models import Appeal, Denial, Payer
from tracker.services.appeal_sending import record_forwarded
from tracker.services.appealed import denials_of, standings
from tracker.services.appealing import AppealRefused, letter_choices, start_appeal
from tracker.services.clocks import level_rule
from tracker.services.outcomes import asks_for_exception, outcomes_of

# The letter of a level, by kind of payer; elsewhere the letter that answers the denial serves again.
LETTERS_OF_LEVELS = {("medicare_b", 2): "L23", ("medicare_b", 3): "L24", ("commercial", 3): "L25"}


def refused_denials(session: Session, appeal: Appeal) -> Sequence[Denial]:
    """Return the open denials of an appeal that the payer upheld, dismissed or only partly paid."""
    refused = {outcome.denial_id for outcome in outcomes_of(session, appeal) if outcome.result != Result.OVERTURNED}
    return [denial for denial in denials_of(session, appeal) if denial.is_open and denial.id in refused]


def open_next_level(
    session: Session, appeal: Appeal, knowledge: Knowledge, now: datetime, today: date, user_id: int
) -> Appeal:
    """Open the appeal one level up for the refused lines that are in none yet, or return the one they are in.

    Where the payer itself sends its refusal on, the appeal is with the next reviewer from the day of the refusal.

    Raises AppealRefused when nothing was refused or no further level is known for this kind of payer.
    """
    denials = refused_denials(session, appeal)
    if appeal.status != "decided" or not denials:
        raise AppealRefused("There is no refused line to take to the next level")
    where = standings(session, denials)
    pending = {denial.id: where[denial.id].pending for denial in denials}
    free = [denial for denial in denials if pending[denial.id] is None]
    existing = pending[denials[0].id]
    if existing is not None and not free:
        return existing
    payer = session.get_one(Payer, appeal.payer_id)
    if asks_for_exception(session, appeal, payer.kind):
        raise AppealRefused("Medicare's refusal of an exception for a late claim has no next level (42 CFR 405.926(n))")
    level = appeal.level + 1
    by = forwarding(payer.kind, level)
    if by is None and level_rule(session, appeal.practice_id, payer.id, level, today, knowledge) is None:
        raise AppealRefused(f"No level {level} is known for this payer. Check its contract or the refusal letter")
    wanted = templates().get(LETTERS_OF_LEVELS.get((payer.kind, level), ""))
    choices = letter_choices(session, free[0])
    template = wanted or (choices[0].template if choices else None)
    if template is None:
        raise AppealRefused("No letter answers this denial by itself. Choose one on the denial's page")
    following = start_appeal(session, free, template, now, today, user_id, previous=appeal)
    if by is not None:
        decided_on = max(outcome.decided_on for outcome in outcomes_of(session, appeal))
        record_forwarded(session, following, by, decided_on, now, today, user_id)
    return following
