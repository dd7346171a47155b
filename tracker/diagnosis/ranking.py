"""From the rules' answers to causes: best first, three at most.

Facts of the claim outrank arithmetic, arithmetic outranks missing certifications and reports, those outrank what a
note's content suggests. The payer's codes order causes of one rank and never decide alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from tracker.diagnosis.answers import Answer
from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import MOST_QUOTES, Quote, ReasonKind, Result, Strength, Suggestion, reasons, strongest
from tracker.diagnosis.mentions import words_about
from tracker.diagnosis.paths import way_of
from tracker.diagnosis.payers import KnowledgeKey
from tracker.diagnosis.priors import NO_CHOICES, Choices, Prior, choices_in_words, leaning, prior_of
from tracker.diagnosis.proofs import PAYER_ERROR, payer_errors
from tracker.diagnosis.stated import stated_suggestions
from tracker.knowledge.rules import BASES, SEVERITIES, Rule

MOST_SUGGESTIONS = 3
_RESTS_ON = {
    "fact": "it is a fact of the claim",
    "arithmetic": "the minutes and units were counted",
    "record": "it is about a record that has to be there",
    "content": "the note itself shows it",
}


class Causes(NamedTuple):
    """What is suggested and what is ruled out."""

    suggestions: tuple[Suggestion, ...]
    ruled_out: tuple[Suggestion, ...]


def causes_of(facts: LineFacts, answers: Sequence[Answer], choices: Mapping[str, Choices] = NO_CHOICES) -> Causes:
    """Return the causes of one denied line, best first, and those its facts rule out.

    ``choices`` are the counts of what billers accepted and rejected with this payer, by cause: they break ties.
    """
    failed = _without_doubtful_errors(facts, [answer for answer in answers if _can_explain(facts, answer)])
    passed = [answer for answer in answers if answer.outcome.result is Result.PASSED and _speaks(facts, answer)]
    if all(_strength(facts, answer) is Strength.WEAK for answer in failed):
        failed = payer_errors(facts, answers) or failed
    ranked = sorted(failed, key=lambda answer: _rank(facts, answer, choices))
    suggestions = _merged(facts, ranked, answers, choices)
    ruled_out = frozenset(answer.cause for answer in passed).difference(each.root_cause for each in suggestions)
    if not suggestions:
        suggestions = stated_suggestions(facts, ruled_out)
    if any(each.strength is Strength.STRONG for each in suggestions):
        suggestions = [each for each in suggestions if each.strength is not Strength.WEAK]
    return Causes(
        tuple(suggestions[:MOST_SUGGESTIONS]), _ruled_out(answer for answer in passed if answer.cause in ruled_out)
    )


def _can_explain(facts: LineFacts, answer: Answer) -> bool:
    """Whether an answer is a failure, or something not shown, that can be the cause of the denial."""
    rule, outcome = answer
    if outcome.result is Result.PASSED or not rule.explains_denials:
        return False
    said = facts.says(rule.payer_says)
    if not said and (rule.only_when_said or outcome.strength is Strength.WEAK):
        return False
    # A cause that lies on the whole visit does not explain why the payer paid its other lines.
    return said or not (outcome.whole_claim and facts.has_paid_sibling)


def _without_doubtful_errors(facts: LineFacts, failed: Sequence[Answer]) -> list[Answer]:
    """Leave out an error of the payer that is only likely beside a failure that the payer's codes can mean."""
    solid = any(
        answer.cause != PAYER_ERROR
        and _strength(facts, answer) is not Strength.WEAK
        and facts.says(answer.rule.payer_says)
        for answer in failed
    )
    return [
        answer
        for answer in failed
        if not (solid and answer.cause == PAYER_ERROR and _strength(facts, answer) is not Strength.STRONG)
    ]


def _speaks(facts: LineFacts, answer: Answer) -> bool:
    """Whether a pass is worth saying: the payer claimed the opposite, or minutes were recomputed."""
    rule = answer.rule
    return rule.rules_out and (answer.basis == "arithmetic" or facts.says(rule.speaks_of))


def _strength(facts: LineFacts, answer: Answer) -> Strength:
    """Records and contents that the payer did not name are likely at most."""
    rule, outcome = answer
    if answer.basis == "content" or (answer.basis == "record" and not facts.says(rule.payer_says)):
        return outcome.strength.at_most(Strength.LIKELY)
    return outcome.strength


def _rank(facts: LineFacts, answer: Answer, choices: Mapping[str, Choices]) -> tuple[object, ...]:
    rule, outcome = answer
    return (
        outcome.strength is Strength.WEAK,
        BASES.index(answer.basis),
        not facts.says(rule.payer_says),
        outcome.whole_claim,
        _strength(facts, answer).rank,
        prior_of(facts, answer.cause),
        -leaning(choices, answer.cause),
        SEVERITIES.index(rule.severity),
        rule.id,
    )


def _merged(
    facts: LineFacts, ranked: Sequence[Answer], answers: Sequence[Answer], choices: Mapping[str, Choices]
) -> list[Suggestion]:
    """Join the answers that speak of one cause; the best one gives path, cure and letter."""
    return [
        _suggestion(
            facts, found, _against(cause, answers),
            (ReasonKind.CODES, _of_the_codes(facts, found[0], first=number == 0)),
            (ReasonKind.CHOICES, choices_in_words(choices, cause)),
        )
        for number, (cause, found) in enumerate(_by_cause(ranked).items())
    ]  # fmt: skip


def _by_cause(answers: Iterable[Answer]) -> Mapping[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.cause, []).append(answer)
    return found


def _against(cause: str, answers: Iterable[Answer]) -> list[Answer]:
    """Return the rules about a cause that are kept: they speak against it."""
    return [
        answer
        for answer in answers
        if answer.outcome.result is Result.PASSED and answer.rule.rules_out and cause in answer.rule.root_causes
    ]


def _suggestion(
    facts: LineFacts, found: Sequence[Answer], against: Sequence[Answer], *remarks: tuple[ReasonKind, str]
) -> Suggestion:
    (rule, outcome), cause = found[0], found[0].cause
    way = way_of(outcome.path or _path(facts, rule, cause), cause, facts)
    told = [(ReasonKind.FINDING, answer.outcome.reason) for answer in found]
    told += [(ReasonKind.AGAINST, answer.outcome.reason) for answer in against[:1]]
    return Suggestion(
        root_cause=cause,
        path=way.path,
        strength=strongest(_strength(facts, answer) for answer in found),
        rules=tuple(answer.rule.id for answer in found),
        reasons=reasons(*told, *remarks, (ReasonKind.WAY, way.why)),
        evidence=_quotes(answer.outcome.evidence for answer in found) or words_about(facts, cause),
        against=_quotes(
            [*(answer.outcome.against for answer in found), *(answer.outcome.evidence for answer in against)]
        ),
        cure=outcome.cure or rule.cure,
        letter=outcome.letter or rule.letter,
    )


def _path(facts: LineFacts, rule: Rule, cause: str) -> str:
    """Return the rule's path; for a cause that is not its usual one where most rules about that cause lead."""
    if cause == rule.root_causes[0] or cause == PAYER_ERROR:
        return rule.path
    return _usual_path(KnowledgeKey(facts.knowledge), cause) or rule.path


@lru_cache(maxsize=256)
def _usual_path(key: KnowledgeKey, cause: str) -> str | None:
    paths = Counter(rule.path for rule in key.knowledge.rules.values() if rule.root_causes[0] == cause)
    return paths.most_common(1)[0][0] if paths else None


def _of_the_codes(facts: LineFacts, answer: Answer, *, first: bool) -> str:
    """Say that the payer's codes can mean the cause, or why it stands first although they point elsewhere."""
    if answer.cause == PAYER_ERROR or not facts.said:
        return ""
    named = sorted(facts.said & answer.rule.payer_says)
    if named:
        return f"The payer's {_codes(named)} can mean this."
    if not first or prior_of(facts, answer.cause) is not Prior.NONE:
        return ""
    return f"The payer's {_codes(sorted(facts.said))} would mean something else; this stands first because {_RESTS_ON[answer.basis]}."


def _codes(named: Sequence[str]) -> str:
    return f"{'codes' if len(named) > 1 else 'code'} {', '.join(named)}"


def _quotes(groups: Iterable[Iterable[Quote]]) -> tuple[Quote, ...]:
    """Return the quotes of several answers: the first of each, then the rest, four at most, none within another."""
    listed = [[each for each in group if each.quote] for group in groups]
    in_turn = [group[at] for at in range(max(map(len, listed), default=0)) for group in listed if at < len(group)]
    kept: list[Quote] = []
    for each in in_turn:
        if len(kept) < MOST_QUOTES and not any(each.is_within(other) for other in kept):
            kept = [*(other for other in kept if not other.is_within(each)), each]
    return tuple(kept)


def _ruled_out(passed: Iterable[Answer]) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(
            root_cause=cause,
            path="none",
            strength=strongest(answer.outcome.strength for answer in found),
            rules=tuple(answer.rule.id for answer in found),
            reasons=reasons(*((ReasonKind.FINDING, answer.outcome.reason) for answer in found)),
            against=_quotes(answer.outcome.evidence for answer in found),
        )
        for cause, found in _by_cause(passed).items()
    )
