"""What a payer's code itself says, for lines no rule explains: a weak suggestion, never a verdict."""

from collections.abc import Iterator

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import ReasonKind, Strength, Suggestion, reasons
from tracker.diagnosis.mentions import words_about
from tracker.diagnosis.paths import way_of
from tracker.knowledge.stated import StatedCause


def stated_causes(facts: LineFacts) -> Iterator[StatedCause]:
    """Yield the causes the line's codes state, remarks before reason codes: they say more."""
    codes = sorted(facts.said, key=lambda code: (code in facts.knowledge.carc, code))
    for code in codes:
        for stated in facts.knowledge.stated_causes.get(code, ()):
            if not stated.payer_kinds or facts.payer.kind in stated.payer_kinds:
                yield stated


def stated_suggestions(facts: LineFacts, ruled_out: frozenset[str]) -> list[Suggestion]:
    """Return weak suggestions from the payer's codes, without the causes that are ruled out."""
    found: dict[str, Suggestion] = {}
    for stated in stated_causes(facts):
        if stated.root_cause in ruled_out or stated.root_cause in found:
            continue
        play = facts.knowledge.play(facts.group, stated.code, facts.remarks, facts.payer.kind)
        path = stated.path or (play.path if play is not None else "none")
        way = way_of(path, stated.root_cause, facts)
        code = f"The payer's code {stated.code} says so; nothing on file confirms it."
        found[stated.root_cause] = Suggestion(
            root_cause=stated.root_cause,
            path=way.path,
            strength=Strength.WEAK,
            rules=(),
            reasons=reasons((ReasonKind.CODES, code), (ReasonKind.WAY, way.why)),
            evidence=words_about(facts, stated.root_cause),
            cure=play.response if play is not None else None,
            letter=next(iter(play.letters), None) if play is not None else None,
        )
    return list(found.values())
