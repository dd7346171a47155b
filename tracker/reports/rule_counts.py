"""How often a rule, or a root cause, was suggested, and what people then said: counts, never a probability."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Text, and_, case, cast, func, select
from sqlalchemy.orm import Session

from tracker.models import CauseDecision, Denial, Suggestion


class SuggestionCounts(NamedTuple):
    """Denials for which something is suggested today, and of those, the ones a person decided on.

    ``accepted``: a person picked the suggested cause. ``rejected``: said it is not it. ``another``: picked another
    cause and left this one alone. The rest of ``suggested`` waits for somebody.
    """

    suggested: int = 0
    accepted: int = 0
    rejected: int = 0
    another: int = 0

    @property
    def decided(self) -> int:
        """Return on how many of the suggestions a person decided."""
        return self.accepted + self.rejected + self.another


class _Group(NamedTuple):
    root_cause: str
    rules: tuple[str, ...]
    verdict: str
    denials: int


def rule_counts(session: Session, payer_id: int | None = None) -> Mapping[str, SuggestionCounts]:
    """Return the counts of every rule (its id, like ``CLM_KX``) that is behind a suggestion, of one payer or all.

    Within the session's practices. A rule behind two causes of one denial counts for each. Suggestions are those of
    today's knowledge and notes; a decision outlives them and counts again as soon as its cause is suggested again.
    """
    return _summed((rule, group) for group in _groups(session, payer_id) for rule in group.rules)


def cause_counts(session: Session, payer_id: int | None = None) -> Mapping[str, SuggestionCounts]:
    """Return the counts of every root cause that is suggested, of one payer or all; as ``rule_counts`` otherwise."""
    return _summed((group.root_cause, group) for group in _groups(session, payer_id))


def decided_cause_counts(
    session: Session, payer_id: int, root_causes: Collection[str]
) -> Mapping[str, SuggestionCounts]:
    """Return the counts of some root causes for one payer over the denials somebody decided on, and no others.

    Cheap enough for a page: it reads only those denials, so ``suggested`` equals ``decided``.
    """
    groups = _groups(session, payer_id, root_causes)
    return _summed((group.root_cause, group) for group in groups)


def _groups(session: Session, payer_id: int | None, decided_causes: Collection[str] | None = None) -> Iterable[_Group]:
    verdict = case(
        (CauseDecision.decision.is_not(None), CauseDecision.decision),
        (Denial.cause_chosen_by_id.is_not(None), "another"),
        else_="",
    )
    rules = cast(Suggestion.rules, Text)
    query = (
        select(Suggestion.root_cause, rules, verdict, func.count())
        .join(Denial, and_(Denial.practice_id == Suggestion.practice_id, Denial.id == Suggestion.denial_id))
        .outerjoin(
            CauseDecision,
            and_(
                CauseDecision.practice_id == Suggestion.practice_id,
                CauseDecision.denial_id == Suggestion.denial_id,
                CauseDecision.root_cause == Suggestion.root_cause,
            ),
        )
        .where(Suggestion.ruled_out.is_(False))
        .group_by(Suggestion.root_cause, rules, verdict)
    )
    if payer_id is not None:
        query = query.where(Denial.payer_id == payer_id)
    if decided_causes is not None:
        decided = select(CauseDecision.denial_id).distinct()
        query = query.where(Suggestion.root_cause.in_(decided_causes), verdict != "", Denial.id.in_(decided))
    for root_cause, names, said, denials in session.execute(query):
        yield _Group(root_cause, tuple(json.loads(names)), said, denials)


def _summed(groups: Iterable[tuple[str, _Group]]) -> Mapping[str, SuggestionCounts]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, group in groups:
        sums[key]["suggested"] += group.denials
        if group.verdict:
            sums[key][group.verdict] += group.denials
    return {key: SuggestionCounts(**each) for key, each in sums.items()}
