"""The check of maintenance care: why holding a level takes a therapist (MBPM chapter 15 s.220.2.D; Jimmo v. Sebelius)."""

from collections.abc import Mapping, Sequence

from tracker.diagnosis.facts import VISIT_NOTES, LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed
from tracker.diagnosis.on_file import measured_gains, notes_on_file
from tracker.diagnosis.quoting import sentences
from tracker.knowledge.rules import Rule
from tracker.reading.lexicon import Lexicon, Sign

_Signs = Mapping[str, Sequence[tuple[int, Sign]]]
_REPORTS = frozenset({"progress_report", "plan_of_care"})
# Words of a payer that makes improvement a condition.
_STANDARD = Lexicon(
    {
        "improve": (
            "not expected to improve", "no improvement", "no _ improvement", "not improving", "lack of improvement", "lack of progress", "lack of _ progress", "no significant progress", "no progress", "improvement potential", "potential for improvement", "potential to improve", "restorative potential", "plateau*", "maintenance is not", "maintenance therapy is not", "unlikely to improve", "will not improve",
        )
    }
)  # fmt: skip


def maintenance_justified(facts: LineFacts, rule: Rule) -> Outcome:
    """Care that holds a level tells why it takes a therapist: risk, complexity, what he judges and changes."""
    said = _said(facts)
    if not said["aim"]:
        return NOT_APPLICABLE
    if said["risk"] and said["therapist"]:
        return _justified(facts, rule, sentences(facts.claim, [*said["risk"][:2], *said["aim"][:1]], 3))
    idle = [*said["others"], *said["steady"]]
    gains = measured_gains(facts)
    if not idle and (gains or said["risk"] or said["therapist"]):
        return NOT_APPLICABLE
    reason = "The aim is to hold a level; not shown in the notes: why that takes a therapist (risk, complexity, what was judged and changed)."
    deciding = [*said["others"][:1], *said["aim"][:1], *said["steady"][:1], *said["aim"][1:2], *said["others"][1:2]]
    return Outcome(
        Result.NOT_SHOWN, reason, "mn_maintenance_not_justified", Strength.LIKELY, sentences(facts.claim, deciding, 4),
        (*gains[:1], *sentences(facts.claim, said["therapist"], 1)), whole_claim=True,
    )  # fmt: skip


def _said(facts: LineFacts) -> _Signs:
    """Return what the note of the visit says of maintenance, then what reports and the plan say."""
    numbers = [each.number for each in facts.notes]
    numbers += [
        note.number for note in notes_on_file(facts, VISIT_NOTES & _REPORTS | _REPORTS) if note.number not in numbers
    ]
    return {
        kind: [(number, sign) for number in numbers for sign in getattr(facts.claim.read(number).maintenance, kind)]
        for kind in ("aim", "risk", "therapist", "others", "steady")
    }


def _justified(facts: LineFacts, rule: Rule, quotes: tuple[Quote, ...]) -> Outcome:
    """Improvement is no condition of Medicare: a payer that asks for it errs."""
    bound = facts.payer.kind in rule.figures["improvement_not_needed"]
    standard = _payers_standard(facts) if bound else ()
    if standard:
        reason = "The payer asks for improvement; under Medicare rules care that holds a level is covered where it takes a therapist, and the note says why it does."
        return Outcome(
            Result.FAILED,
            reason,
            "pay_payer_error",
            Strength.LIKELY,
            (*quotes[:2], *standard),
            path="appeal",
            letter="L02",
            whole_claim=True,
        )
    reason = "The aim is to hold a level, and the note says why that takes a therapist."
    return passed(reason, *quotes, proves=bound, strength=Strength.LIKELY)


def _payers_standard(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the payer's own words that ask for improvement, from its letters on file."""
    letters = [index for index, note in enumerate(facts.case.notes) if note.kind == "other"]
    found = [(number, sign) for number in letters for sign in _STANDARD.find(facts.claim.read(number).low)]
    return sentences(facts.claim, found, 1)


CHECKS = {"maintenance_justified": maintenance_justified}
