"""Checks of services that need details of their own: machines, water, tests, wounds, caregivers, positional vertigo."""

from collections.abc import Iterable, Iterator
from math import ceil

from tracker.diagnosis.checks.attendance import one_on_one
from tracker.diagnosis.contents import Content, family_of
from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.words import units_word
from tracker.knowledge.rules import Rule
from tracker.reading.settings import details, wound_areas

_FIRST_AREA = 20  # square centimetres of the first debridement code; each further unit is as much (code definitions)


def modality_described(facts: LineFacts, rule: Rule) -> Outcome:
    """A machine's service comes with two of these: settings or position, body area, response."""
    best: Outcome | None = None
    for content in facts.contents:
        places = tuple(_places(content))
        if not places:
            continue
        missing = [kind for kind in _MACHINE if not _shows(content, places, kind)]
        if len(missing) <= 1:
            return passed(f"The note gives settings, area or response for {facts.code}.", _quote(content, places[0]))
        reason = f"{facts.code} is named; {' and '.join(_MACHINE[kind] for kind in missing)} are not shown in the note."
        strength = Strength.LIKELY if facts.says(rule.payer_says) else Strength.WEAK
        best = Outcome(
            Result.NOT_SHOWN,
            reason,
            "doc_intervention_vague",
            strength,
            tuple(_quote(content, each) for each in places[:2]),
        )
    return best or NOT_APPLICABLE


_MACHINE = {"setting": "settings and position", "region": "the body area", "response": "the response"}


def _sentences(content: Content, codes: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield the sentences with words of other codes that mean the same machine unattended."""
    families = {family_of(code) for code in codes}
    for each in content.read.techniques:
        if families & each.shows:
            yield from ((part.start, part.end) for part in content.read.passages if part.start <= each.start < part.end)


def _places(content: Content) -> Iterator[tuple[int, int]]:
    """Yield the stretches that speak of the service: its own, and the sentences with its words."""
    if content.is_labelled:
        yield from ((block.start, block.end) for block in content.blocks)
    for each in content.read.techniques:
        if content.family in each.shows:
            yield from ((part.start, part.end) for part in content.read.passages if part.start <= each.start < part.end)


def _shows(content: Content, places: tuple[tuple[int, int], ...], kind: str) -> bool:
    if kind == "region":
        return any(
            each.fits("region") and start <= each.start < end
            for start, end in places
            for each in content.read.techniques
        )
    return any(start <= found.start < end for start, end in places for found in details(content.read.low, kind))


def _quote(content: Content, place: tuple[int, int]) -> Quote:
    text = content.read.text
    line_end = text.find("\n", place[0] + 1, place[1])
    stop = line_end if line_end > 0 else place[1]
    return quote(content.number, text, place[0], min(stop, place[0] + 140))


def attended(facts: LineFacts, rule: Rule) -> Outcome:
    """A machine that needs the therapist's hand was attended, with its settings."""
    for content in facts.contents:
        places = (*_places(content), *_sentences(content, rule.figures["unattended"].get(facts.code, {}).values()))
        away = [each for each in content.read.idle if each.is_unattended and _touches(places, each.start, each.end)]
        if away and not any(each.is_excluded for each in away):
            cure = rule.figures["unattended"].get(facts.code)
            quotes = tuple(_quote(content, (each.start, each.end)) for each in away[:2])
            if cure is None:
                return NOT_APPLICABLE
            code = cure["medicare"] if facts.payer.kind in _MEDICARE else cure["others"]
            reason = f"The machine ran while nobody attended the patient; that is {code}, {facts.code} needs constant attendance."
            return Outcome(
                Result.FAILED,
                reason,
                "cod_wrong_code",
                Strength.STRONG,
                quotes,
                cure=f"{code} in place of {facts.code}.",
            )
    return modality_described(facts, rule)


_MEDICARE = frozenset({"medicare_b", "medicare_advantage"})


def _touches(places: tuple[tuple[int, int], ...], start: int, end: int) -> bool:
    return any(begin < end and start < stop for begin, stop in places)


def aquatic(facts: LineFacts, rule: Rule) -> Outcome:
    """Exercise in water is one-on-one, and the note says why in water."""
    shared = one_on_one(facts, rule)
    if shared.result is Result.FAILED:
        return shared
    if not facts.contents:
        return NOT_APPLICABLE
    for content in facts.contents:
        why = details(content.read.low, "reason for water")
        if why:
            return passed("The note gives a reason for water.", _sentence(content, why[0].start))
    reason = "Why exercise on land would not do is not shown in the note."
    return Outcome(
        Result.NOT_SHOWN, reason, "mn_skill_not_shown", Strength.WEAK, facts.contents[0].label_quotes()[:1]
    )  # fmt: skip


def _sentence(content: Content, place: int) -> Quote:
    part = next((each for each in content.read.passages if each.start <= place < each.end), None)
    start, end = (part.start, part.end) if part is not None else (place, place + 60)
    start = max(start, place - 60)
    return quote(content.number, content.read.text, start, min(end, start + 140))


def performance_tested(facts: LineFacts, _rule: Rule) -> Outcome:
    """A performance test is a named test with its result, not a round of measuring."""
    for content in facts.contents:
        if tests := [each for each in (*content.fitting, *content.elsewhere) if content.family in each.shows]:
            return passed("The note names the tests.", *content.pieces(tests, 2))
    for content in facts.contents:
        if measured := details(content.read.low, "measured"):
            reason = f"Range, strength or girth were measured; a named performance test, which {facts.code} is, is not shown."
            quotes = tuple(dict.fromkeys(_sentence(content, each.start) for each in measured[:2]))
            return Outcome(Result.FAILED, reason, "cod_wrong_code", Strength.LIKELY, quotes)
    if not facts.contents:
        return NOT_APPLICABLE
    return Outcome(
        Result.NOT_SHOWN, "No test with its result is shown in the note.", "doc_intervention_vague", Strength.WEAK
    )


def wound_described(facts: LineFacts, rule: Rule) -> Outcome:
    """Wound care comes with the wound's size, and the further units with the area for them."""
    if not facts.contents:
        return NOT_APPLICABLE
    content = max(facts.contents, key=lambda each: len(wound_areas(each.read.low)))
    areas = wound_areas(content.read.low)
    further: str = rule.figures["further_code"]
    if areas and facts.code == further:
        total = max(each.square_cm for each in areas)
        allowed = max(ceil((total - _FIRST_AREA) / _FIRST_AREA), 0)
        if facts.line.units > allowed:
            reason = f"{total:g} square cm carry {units_word(allowed)} of {further} beside the first {_FIRST_AREA}; {facts.line.units:g} billed."
            return Outcome(
                Result.FAILED, reason, "unt_over_limit", Strength.LIKELY, (_sentence(content, areas[0].start),)
            )
    kinds = ("tool", "tissue")
    there = [each for kind in kinds for each in details(content.read.low, kind)]
    if areas:
        return passed("The note gives the wound's size.", _sentence(content, areas[0].start))
    words = [each for each in content.read.techniques if content.family in each.proves or "97597" in each.shows]
    quotes = tuple(dict.fromkeys(_sentence(content, each.start) for each in words))[:2]
    strength = Strength.WEAK if len(there) > 1 else Strength.LIKELY
    reason = "The wound's size, and with it the area treated, is not shown in the note."
    return Outcome(Result.NOT_SHOWN, reason, "doc_intervention_vague", strength, quotes)


def caregiver_alone(facts: LineFacts, _rule: Rule) -> Outcome:
    """A caregiver is trained without the patient, with the patient's consent."""
    if not facts.contents:
        return NOT_APPLICABLE
    content = facts.contents[0]
    low = content.read.low
    absent, present = details(low, "absent"), details(low, "present")
    if present and not absent:
        reason = f"The patient took part; {facts.code} is for training a caregiver without the patient."
        quotes = tuple(dict.fromkeys(_sentence(content, each.start) for each in present))[:2]
        return Outcome(
            Result.FAILED,
            reason,
            "cod_wrong_code",
            Strength.LIKELY,
            quotes,
            cure="The code of what the patient was trained in (97530, 97535).",
        )
    if absent and details(low, "consent"):
        return passed("The patient consented and was not there.", _sentence(content, absent[0].start))
    what = "that the patient was not there" if not absent else "the patient's consent"
    reason = f"The note does not show {what}."
    return Outcome(Result.NOT_SHOWN, reason, "mn_noncovered_service", Strength.WEAK)


_SIGNS_OF_ABSENCE = (
    "not present",
    "absent",
    "asleep",
    "did not ",
    "didn",
    "stayed ",
    "waited in",
    "not there",
    "not in ",
    "without ",
)


def patient_took_part(facts: LineFacts, rule: Rule) -> Outcome:
    """The patient was there: minutes with a caregiver alone are no treatment of the patient."""
    if facts.code in rule.figures["without_patient"]:
        return NOT_APPLICABLE
    for content in facts.contents:
        low = content.read.low
        missed = details(low, "missed") if any(sign in low for sign in _SIGNS_OF_ABSENCE) else ()
        if missed and (met := details(low, "carer met")):
            reason = f"The note says that the patient took no part; {facts.code} is for treatment of the patient."
            quotes = tuple(dict.fromkeys(_sentence(content, each.start) for each in (missed[0], met[0])))
            return Outcome(Result.FAILED, reason, "cod_wrong_code", Strength.LIKELY, quotes)
    return NOT_APPLICABLE


def repositioning(facts: LineFacts, _rule: Rule) -> Outcome:
    """A manoeuvre for positional vertigo follows a positional test and a diagnosis of it."""
    if not facts.contents:
        return NOT_APPLICABLE
    content = facts.contents[0]
    found = [each for each in (*content.fitting, *content.elsewhere) if "95992" in each.shows]
    if found:
        return passed("The note names test or manoeuvre.", *content.pieces(found, 2))
    return Outcome(
        Result.NOT_SHOWN, "No positional test or manoeuvre is shown in the note.", "bun_modifier_needed", Strength.WEAK
    )


CHECKS = {
    "modality_described": modality_described,
    "attended": attended,
    "aquatic": aquatic,
    "performance_tested": performance_tested,
    "wound_described": wound_described,
    "caregiver_alone": caregiver_alone,
    "patient_took_part": patient_took_part,
    "repositioning": repositioning,
}
