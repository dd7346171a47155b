"""The appeal one level up: for the lines a payer refused, with its own letter and what the refusal said."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.domain.appeal_life import Result
from tracker.knowledge import Knowledge
from tracker.letters.catalog import templates
from tracker.models import Appeal, Denial, Payer
from tracker.services.appeal_sending import denials_of
from tracker.services.appealing import AppealRefused, letter_choices, live_appeal, start_appeal
from tracker.services.clocks import level_rule
from tracker.services.outcomes import outcomes_of

# The letter of a level, by kind of payer; elsewhere the letter that answers the denial serves again.
_LETTERS = {("medicare_b", 2): "L23", ("medicare_b", 3): "L24", ("commercial", 3): "L25"}


def refused_denials(session: Session, appeal: Appeal) -> Sequence[Denial]:
    """Return the open denials of an appeal that the payer upheld, dismissed or only partly paid."""
    refused = {outcome.denial_id for outcome in outcomes_of(session, appeal) if outcome.result != Result.OVERTURNED}
    return [denial for denial in denials_of(session, appeal) if denial.is_open and denial.id in refused]


def open_next_level(
    session: Session, appeal: Appeal, knowledge: Knowledge, now: datetime, today: date, user_id: int
) -> Appeal:
    """Open the appeal one level up for the refused lines, or return the one there is.

    Raises AppealRefused when nothing was refused or no further level is known for this kind of payer.
    """
    denials = refused_denials(session, appeal)
    if appeal.status != "decided" or not denials:
        raise AppealRefused("There is no refused line to take to the next level")
    existing = live_appeal(session, denials[0])
    if existing is not None:
        return existing
    payer = session.get_one(Payer, appeal.payer_id)
    level = appeal.level + 1
    if level_rule(session, appeal.practice_id, payer.id, level, today, knowledge) is None:
        raise AppealRefused(f"No level {level} is known for this payer. Check its contract or the refusal letter")
    wanted = templates().get(_LETTERS.get((payer.kind, level), ""))
    choices = letter_choices(session, denials[0])
    template = wanted or (choices[0].template if choices else None)
    if template is None:
        raise AppealRefused("No letter answers this denial by itself. Choose one on the denial's page")
    return start_appeal(session, denials, template, now, today, user_id, previous=appeal)
