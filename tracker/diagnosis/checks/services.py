"""Checks of what was billed over time: repeated evaluations and first-visit codes, passive visits, diagnoses, providers."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from tracker.diagnosis.facts import LineFacts, discipline_of
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.quoting import sentence, sentences
from tracker.diagnosis.words import days_word, us_date
from tracker.knowledge.rules import Rule
from tracker.reading.lexicon import Sign
from tracker.reading.mentions import mentions
from tracker.reading.passages import Passage
from tracker.reading.services import MOST_PLACES
from tracker.reading.visits import later_encounters, read_visit_number, without_exercise

_ICD = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")
# With its point: a letter and two figures alone may be a vertebra.
_NAMED = re.compile(r"(?<![A-Za-z0-9])[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}(?![A-Za-z0-9])")
_NEEDS_SEVENTH = re.compile(r"[ST]\d\d")
_NO_SEVENTH = re.compile(r"T(?:3[6-9]|[4-6]\d|7[0-9]|8[0-7])")

# How a note names the disorder that a service of ``belongs`` treats.
_SWALLOWING = re.compile(r"\b(?:dysphagia|swallow\w*|feeding|aspirat\w+|oral phase|pharyngeal)\b")
_POSITIONAL = re.compile(r"\b(?:bppv|vertigo|canal\w*|nystagmus|hallpike)\b")
_TREATED_BY = {"92526": _SWALLOWING, "92610": _SWALLOWING, "92611": _SWALLOWING, "95992": _POSITIONAL}


def evaluation_not_repeated(facts: LineFacts, rule: Rule) -> Outcome:
    """No earlier evaluation of the discipline in the open episode."""
    window: int = rule.figures["days"]
    earlier = _billed_before(facts, rule.codes or frozenset(), window)
    if earlier is None:
        return NOT_APPLICABLE
    days = days_word((facts.day - earlier).days)
    reason = f"An evaluation of the same discipline was billed on {us_date(earlier)}, {days} before; a new one needs a new condition or episode."
    strength = Strength.LIKELY if facts.says(rule.payer_says) else Strength.WEAK
    same = [
        (number, sign) for number, _ in facts.notes for sign in facts.claim.read(number).progress if sign.kind == "same"
    ]
    return Outcome(Result.FAILED, reason, "cod_eval_unsupported", strength, sentences(facts.claim, same, 2))


def first_visit_code_once(facts: LineFacts, rule: Rule) -> Outcome:
    """The code for the first encounter is not billed again in the episode."""
    earlier = _billed_before(facts, frozenset({facts.code}), rule.figures["days"])
    later: str = rule.figures["later_code"]
    if earlier is None:
        return _told_as_later(facts, later)
    reason = (
        f"{facts.code} was billed on {us_date(earlier)} as well; it is for the first encounter, later ones are {later}."
    )
    return _later_code(facts, later, reason, Strength.LIKELY)


def _later_code(
    facts: LineFacts, later: str, reason: str, strength: Strength, quotes: tuple[Quote, ...] = ()
) -> Outcome:
    """Say that the code of later encounters stands in place of the first one's."""
    cure = f"{later} in place of {facts.code}."
    return Outcome(Result.FAILED, reason, "cod_wrong_code", strength, quotes, cure=cure)


def _told_as_later(facts: LineFacts, later: str) -> Outcome:
    """The note itself tells that the device was made and fitted at an earlier visit."""
    told = [(number, place) for number, _ in facts.notes for place in later_encounters(facts.claim.read(number).low)]
    if not told:
        return NOT_APPLICABLE
    sure = [(number, place) for number, place in told if place.is_sure]
    what = "tells of a device made at an earlier visit" if sure else "may speak of a device made at an earlier visit"
    reason = f"The note {what}; {facts.code} is for the first encounter, later ones are {later}."
    shown = [(number, Passage(place.start, place.end)) for number, place in sure or told[:1]]
    own = tuple(quote for content in facts.contents for quote in content.pieces(content.fitting, 2)) if sure else ()
    quotes = tuple(dict.fromkeys((*sentences(facts.claim, shown, 2), *own)))
    return _later_code(facts, later, reason, Strength.LIKELY if sure else Strength.WEAK, quotes[:3])


def _billed_before(facts: LineFacts, codes: frozenset[str], window: int) -> date | None:
    days = [
        line.service_date
        for claim in facts.case.history.other_claims
        for line in claim.lines
        if line.code in codes
        and 0 < (facts.day - line.service_date).days <= window
        and discipline_of(line) in {None, facts.discipline}
    ]
    return max(days, default=None)


def active_treatment(facts: LineFacts, rule: Rule) -> Outcome:
    """After the first visits a visit holds active treatment, not passive services alone."""
    passive = frozenset(rule.figures["passive"])
    codes = [line.code for line in facts.case.claim.lines if line.service_date == facts.day]
    visit = _visit_number(facts)
    if visit is None:
        return NOT_APPLICABLE
    if not passive.issuperset(codes):
        return passed("Active treatment was billed for the visit.")
    if visit <= rule.figures["after_visit"]:
        return NOT_APPLICABLE
    reason = (
        f"Visit {visit} holds passive services only ({', '.join(codes)}); by then active treatment is to predominate."
    )
    return Outcome(
        Result.FAILED,
        reason,
        "mn_excess_or_passive",
        Strength.LIKELY,
        (*tuple(_without_exercise(facts))[:2], *sentences(facts.claim, _carried_on(facts), 2)),
        whole_claim=False,
    )


def _visit_number(facts: LineFacts) -> int | None:
    on_file, plan = facts.case.history.authorization, facts.case.history.plan_of_care
    if on_file is not None and on_file.visits_used is not None:
        return on_file.visits_used
    if plan is not None and plan.treatment_days_since_progress_report is not None:
        return plan.treatment_days_since_progress_report
    told = (read_visit_number(facts.claim.read(each.number).low) for each in facts.notes)
    return next((number.visit for number in told if number is not None), None)


def _carried_on(facts: LineFacts) -> Iterator[tuple[int, Sign]]:
    """Yield where the notes of the visit say that the same is done at each visit."""
    for number, _ in facts.notes:
        read = facts.claim.read(number)
        yield from ((number, sign) for sign in read.skill.routine if read.low.startswith("same", sign.start))


def _without_exercise(facts: LineFacts) -> Iterator[Quote]:
    for each in facts.notes:
        read = facts.claim.read(each.number)
        for start, end in without_exercise(read.low)[:2]:
            yield quote(each.number, read.text, start, end)


def diagnosis_is_specific(facts: LineFacts, rule: Rule) -> Outcome:
    """Every diagnosis the line points to is complete and was valid on the day."""
    listed = facts.case.claim.diagnoses
    for code in [listed[at - 1] for at in facts.line.diagnosis_pointers if 0 < at <= len(listed)]:
        why = _what_is_wrong(code, facts.day, rule)
        if why is not None:
            return Outcome(Result.FAILED, f"{code} {why}.", "cod_diagnosis")
    return passed("The diagnoses of the line are complete.") if facts.line.diagnosis_pointers else NOT_APPLICABLE


def _what_is_wrong(code: str, day: date, rule: Rule) -> str | None:
    if not _ICD.fullmatch(code):
        return "is not written like an ICD-10-CM code"
    ended = rule.figures["ended"].get(code)
    if ended is not None and day >= ended:
        return f"ended on {us_date(ended)} and was divided into finer codes"
    injury = _NEEDS_SEVENTH.match(code) and not _NO_SEVENTH.match(code)
    if injury and len(code.replace(".", "")) < 7:
        return "is an injury code without its seventh character (A, D or S)"
    return None


def diagnosis_is_linked(facts: LineFacts, rule: Rule) -> Outcome:
    """The line points to diagnoses the claim lists, and to the one the note of the visit names as treated."""
    listed, pointers = facts.case.claim.diagnoses, facts.line.diagnosis_pointers
    if not pointers:
        return NOT_APPLICABLE if not listed else _unlinked("The line points to no diagnosis.")
    wrong = [at for at in pointers if not 0 < at <= len(listed)]
    if wrong:
        return _unlinked(f"The line points to diagnosis {wrong[0]}; the claim lists {len(listed)}.")
    pointed = [listed[at - 1] for at in pointers]
    named = list(_codes_named(facts))
    treated = [(number, match) for number, match in named if match[0] in listed]
    if treated and not any(match[0][:3] == code[:3] for _, match in named for code in pointed):
        return _treats_another(facts, pointed, *treated[0])
    if facts.says(frozenset(rule.figures["doubted_by"])) and (why := _of_another_kind(facts, rule, pointed, named)):
        return why
    return passed(f"The line points to {', '.join(pointed)}.")


def _codes_named(facts: LineFacts) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the diagnosis codes that the notes of the visit name, with the note's number."""
    for number, note in facts.notes:
        yield from ((number, match) for match in islice(_NAMED.finditer(note.text), MOST_PLACES))


def _treats_another(facts: LineFacts, pointed: Sequence[str], number: int, match: re.Match[str]) -> Outcome:
    reason = (
        f"The line points to {', '.join(pointed)}; the note of the visit names {match[0]}, which the claim lists too."
    )
    place = Passage(*match.span())
    return Outcome(
        Result.FAILED, reason, "cod_diagnosis", Strength.LIKELY, (sentence(facts.claim, number, place),),
        cure=f"The pointer to {match[0]}, if the record holds it.",
    )  # fmt: skip


def _of_another_kind(
    facts: LineFacts, rule: Rule, pointed: Sequence[str], named: Sequence[tuple[int, re.Match[str]]]
) -> Outcome | None:
    """Return what a payer that doubts the diagnosis can mean: the service's own is not on the line, or the note's is not."""
    begins = tuple(rule.figures["belongs"].get(facts.code, ()))
    if begins and not any(code.startswith(begins) for code in pointed):
        reason = f"{facts.code} treats what none of {', '.join(pointed)} names; the diagnosis it belongs to is not on the line."
        told = _TREATED_BY[facts.code]
        places = [
            (number, Passage(*match.span()))
            for number, _ in facts.notes
            for match in islice(told.finditer(facts.claim.read(number).low), 1)
        ]
        return Outcome(
            Result.FAILED, reason, "cod_diagnosis", Strength.LIKELY, sentences(facts.claim, places, 1),
            cure="The diagnosis of the disorder that was treated, if the record holds it.",
        )  # fmt: skip
    if named and not any(match[0][:3] == code[:3] for _, match in named for code in pointed):
        number, match = named[0]
        reason = f"The note of the visit names {match[0]}; the line points to {', '.join(pointed)} and the claim does not list it."
        return Outcome(
            Result.FAILED, reason, "cod_diagnosis", Strength.LIKELY,
            (sentence(facts.claim, number, Passage(*match.span())),),
            cure=f"{match[0]} on the claim and the line's pointer to it, if the record holds it.",
        )  # fmt: skip
    return None


def _unlinked(reason: str) -> Outcome:
    return Outcome(Result.FAILED, reason, "cod_diagnosis", Strength.LIKELY)


def certifier_on_claim(facts: LineFacts, _rule: Rule) -> Outcome:
    """The certifying physician stands on the claim as referring provider, with an NPI."""
    referring = facts.case.claim.referring_provider
    if referring is None:
        reason = "The claim names no referring provider; the certifying physician belongs there with an NPI."
    elif not referring.npi:
        reason = f"The NPI of {referring.name}, the certifying physician, is empty on the claim."
    else:
        return passed(f"{referring.name} stands on the claim with an NPI.")
    return Outcome(Result.FAILED, reason, "prov_enrolment_or_npi", whole_claim=True)


# Remarks on what kind of person gave the service, not on the enrolment of a therapist.
_PROVIDER_TYPE = frozenset({"N95", "M136"})
# Codes that doubt the person who gave the service.
_PERSON = frozenset({"170", "171", "185", "B7", "8", "208", "299", "N95", "N290", "N257", "N570", "N198"})
_PENDING = re.compile(
    r"\b(?:pending|not (?:yet|complete\w*|final\w*|approved|active|effective)|in process|awaiting|applied|until|effective (?:on[ ])?\d)\b"
)


def rendering_identified(facts: LineFacts, rule: Rule) -> Outcome:
    """The rendering clinician stands on the claim with an NPI; whether the payer has him enrolled only it can say."""
    rendering = facts.case.claim.rendering_provider
    said = facts.says(rule.payer_says)
    if pending := _enrolment_pending(facts):
        reason = "The note tells of an enrolment with the payer that was not complete on the day."
        return Outcome(Result.FAILED, reason, "prov_enrolment_or_npi", Strength.LIKELY, pending, whole_claim=True)
    if rendering is None or not rendering.npi:
        if not said:
            return NOT_APPLICABLE
        reason = "The claim names no rendering clinician with an NPI."
        return Outcome(Result.FAILED, reason, "prov_enrolment_or_npi", whole_claim=True)
    if not said or facts.says(_PROVIDER_TYPE) or _treated_by_aide(facts) or _is_of_another_discipline(facts):
        return NOT_APPLICABLE
    reason = f"The payer does not have {rendering.name} (NPI {rendering.npi}) enrolled or linked for the day."
    return Outcome(
        Result.NOT_SHOWN, reason, "prov_enrolment_or_npi", Strength.LIKELY,
        cure="The payer's approval with its effective date.", whole_claim=True,
    )  # fmt: skip


def _enrolment_pending(facts: LineFacts) -> tuple[Quote, ...]:
    """Return where the notes of the visit say that the clinician's enrolment was still open."""
    if not facts.says(_PERSON):
        return ()
    reads = ((number, facts.claim.read(number)) for number, _ in facts.notes)
    told = ((number, each) for number, read in reads for each in mentions(read.low, read.passages, "enrolment"))
    found = [(number, each) for number, each in told if _PENDING.search(facts.claim.read(number).low, *each)]
    return sentences(facts.claim, found, 2)


def _is_of_another_discipline(facts: LineFacts) -> bool:
    """Whether the line's therapy modifier is not the clinician's: then the payer may mean that, and nothing else is known."""
    rendering, billed = facts.case.claim.rendering_provider, discipline_of(facts.line)
    return rendering is not None and None not in {billed, rendering.discipline} and billed != rendering.discipline


def _treated_by_aide(facts: LineFacts) -> bool:
    """Whether the note names somebody else who treated: then the payer need not mean the therapist."""
    return any(facts.claim.read(number).helpers.treating_aides for number, _ in facts.notes)


CHECKS = {
    "evaluation_not_repeated": evaluation_not_repeated,
    "first_visit_code_once": first_visit_code_once,
    "active_treatment": active_treatment,
    "diagnosis_is_specific": diagnosis_is_specific,
    "diagnosis_is_linked": diagnosis_is_linked,
    "certifier_on_claim": certifier_on_claim,
    "rendering_identified": rendering_identified,
}
