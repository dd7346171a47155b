"""Facts of letters above the first level: what was decided below, and the amount a hearing request must reach."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.letters.level_facts import ControversyFacts, DecisionFacts
from tracker.models import Appeal, Letter, Outcome, Payer
from tracker.services.appealing import newest_letter
from tracker.services.outcomes import outcomes_of
from tracker.services.own_templates import template_of

_WITH_A_LEAST_AMOUNT = frozenset({"medicare_b", "medicare_advantage"})


def decisions_below(session: Session, appeal: Appeal) -> tuple[DecisionFacts, ...]:
    """Return the decisions of the levels below an appeal, lowest first; a level not decided yet is left out."""
    found: list[DecisionFacts] = []
    below = _below(session, appeal)
    while below is not None:
        if outcomes := outcomes_of(session, below):
            found.insert(0, _decision(session, below, outcomes))
        below = _below(session, below)
    return tuple(found)


def _below(session: Session, appeal: Appeal) -> Appeal | None:
    return session.get_one(Appeal, (appeal.practice_id, appeal.previous_id)) if appeal.previous_id else None


def _decision(session: Session, appeal: Appeal, outcomes: Sequence[Outcome]) -> DecisionFacts:
    """Return an appeal's decision; of lines decided differently, the refusal counts."""
    refused = [one for one in outcomes if one.result != "overturned"] or outcomes
    letter: Letter = newest_letter(session, appeal)
    kind = session.get_one(Payer, appeal.payer_id).kind
    return DecisionFacts(
        level=appeal.level,
        name=template_of(session, letter).request_name(kind),
        result=refused[0].result,
        decided_on=max(one.decided_on for one in refused),
        reference="; ".join(dict.fromkeys(one.reference for one in refused if one.reference)),
        reason="; ".join(dict.fromkeys(one.reason for one in refused if one.reason)),
    )


def least_amount(payer_kind: str, level: int, filed_on: date, knowledge: Knowledge) -> ControversyFacts | None:
    """Return the least amount in controversy of a level, which follows the year of filing; None where there is none.

    For a year without a published amount only the year is said, and the letter asks for the figure.
    """
    if payer_kind not in _WITH_A_LEAST_AMOUNT or level not in {3, 5}:
        return None
    figure = knowledge.amount_in_controversy(level, filed_on.year)
    if figure is None:
        return ControversyFacts(year=filed_on.year)
    return ControversyFacts(filed_on.year, figure.cents, figure.source)
