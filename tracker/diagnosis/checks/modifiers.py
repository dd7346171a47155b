"""Checks of modifiers: discipline, KX, notices, habilitative and those misused."""

import re
from datetime import date
from itertools import islice

from tracker.diagnosis.facts import DISCIPLINE_MODIFIERS, LineFacts, discipline_of
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.quoting import sentence
from tracker.diagnosis.words import us_date
from tracker.domain.money import dollars
from tracker.knowledge.rules import Rule
from tracker.reading.lines import lines_with
from tracker.reading.passages import Passage
from tracker.reading.services import MOST_PLACES

_THERAPISTS = frozenset({"PT", "OT", "SLP"})
_MODIFIER_OF = {discipline: modifier for modifier, discipline in DISCIPLINE_MODIFIERS.items()}
# Habilitative and rehabilitative: plans under the ACA count their visits apart (45 CFR 156.115(a)(5)).
_APART = frozenset({"96", "97"})
_HABILITATIVE = re.compile(
    r"\b(?:(?<!re)habilitati(?:ve|on)|(?:skills?|milestones?)[ ](?:(?:was|were|has been|have been)[ ])?(?:never|not(?: yet)?)[ ](?:acquired|learned|met|reached|attained|developed)"
    r"|(?:never|not yet)[ ](?:acquired|learned|mastered|walked|talked|spoken|crawled|dressed)|(?:gross|fine)[ ]motor delay|delayed[ ](?:(?:motor|language|speech)[ ])?(?:milestones?|development)|developmental(?:ly)?[ ]delay(?:ed|s)?)\b",
    re.IGNORECASE,
)
_DAY_OF_SEPARATE_POOLS = {"PT": "pt_slp", "SLP": "pt_slp", "OT": "ot"}


def discipline_modifier(facts: LineFacts, rule: Rule) -> Outcome:
    """Exactly one of GP, GO and GN stands on a therapy line."""
    found = [modifier for modifier in facts.line.modifiers if modifier in DISCIPLINE_MODIFIERS]
    if len(set(found)) > 1:
        reason = f"The line carries {' and '.join(found)}; exactly one of GP, GO and GN belongs on it."
        return Outcome(Result.FAILED, reason, "mod_discipline")
    if found:
        return passed(f"{found[0]} is on the line, and no other discipline.")
    if not _needs_discipline(facts):
        return NOT_APPLICABLE
    wanted = _MODIFIER_OF.get(facts.discipline or "")
    cure = f"{wanted} on the line." if wanted else None
    if facts.payer.requires_discipline_modifier:
        reason = "None of GP, GO and GN is on the line, and this payer wants one on every therapy line."
        sure = facts.payer.discipline_is_sure or facts.says(rule.payer_says)
        strength = Strength.STRONG if sure else Strength.LIKELY
        return Outcome(Result.FAILED, reason, "mod_discipline", strength, cure=cure)
    paid = _paid_with_discipline(facts)
    if paid is None:
        return NOT_APPLICABLE
    reason = f"None of GP, GO and GN is on the line; on {us_date(paid)} this payer paid {facts.code} with one."
    return Outcome(Result.FAILED, reason, "mod_discipline", Strength.LIKELY, cure=cure)


def _needs_discipline(facts: LineFacts) -> bool:
    """Always-therapy codes need it whoever bills; sometimes-therapy codes when a therapist does."""
    status = facts.procedure.therapy_status if facts.procedure is not None else "none"
    return status == "always" or (status == "sometimes" and facts.discipline in _THERAPISTS)


def _paid_with_discipline(facts: LineFacts) -> date | None:
    """Return the day of a paid line with the same code and a discipline, or None."""
    paid = (line for claim in facts.case.history.other_claims if claim.outcome == "paid" for line in claim.lines)
    return next(
        (line.service_date for line in paid if line.code == facts.code and discipline_of(line) is not None), None
    )


def discipline_fits(facts: LineFacts, rule: Rule) -> Outcome:
    """The discipline modifier fits the code and the clinician."""
    found = next((modifier for modifier in facts.line.modifiers if modifier in DISCIPLINE_MODIFIERS), None)
    if found is None:
        return NOT_APPLICABLE
    wanted = next((modifier for modifier, codes in rule.figures["codes"].items() if facts.code in codes), None)
    if wanted is not None and found != wanted:
        return Outcome(
            Result.FAILED,
            f"{facts.code} belongs to {wanted}; the line carries {found}.",
            "mod_discipline",
            cure=f"{wanted} in place of {found}.",
        )
    rendering = facts.case.claim.rendering_provider
    if (
        rendering is not None
        and rendering.discipline in _THERAPISTS
        and rendering.discipline != DISCIPLINE_MODIFIERS[found]
    ):
        right = _MODIFIER_OF[rendering.discipline]
        reason = f"The rendering clinician is {rendering.discipline}; the line carries {found}."
        return Outcome(Result.FAILED, reason, "mod_discipline", cure=f"{right} in place of {found}.")
    return passed(f"{found} fits the code and the clinician.")


def kx_modifier(facts: LineFacts, rule: Rule) -> Outcome:
    """KX stands on the line once the year's allowed amount is above the threshold of the pool."""
    pool = _DAY_OF_SEPARATE_POOLS.get(facts.discipline or "")
    spent = facts.case.history.therapy_allowed_year_to_date_cents
    figure = facts.knowledge.kx_threshold(facts.day.year, pool) if pool else None
    said = facts.says(rule.payer_says)
    if figure is None or spent is None:
        return NOT_APPLICABLE
    told = f"{dollars(spent)} of the {facts.day.year} {'OT' if pool == 'ot' else 'PT and SLP'} amount ({dollars(figure.cents)}) was used before this claim"
    if "KX" in facts.line.modifiers:
        return passed(f"KX is on the line; {told}.", proves=said)
    if spent >= figure.cents:
        return Outcome(Result.FAILED, f"{told}; the line carries no KX.", "mod_kx")
    billed = sum(line.charge_cents for line in facts.case.claim.lines if line.service_date <= facts.day)
    if spent + billed <= figure.cents:
        return passed(f"{told}; even the whole charge of this claim does not reach it.", proves=said)
    if not said:
        return NOT_APPLICABLE
    reason = f"{told}; the visit's allowed amount can cross it, and the line carries no KX."
    return Outcome(Result.FAILED, reason, "mod_kx")


def liability_modifiers(facts: LineFacts, rule: Rule) -> Outcome:
    """GA, GX, GY and GZ agree with each other, with the notice on file and with the group code."""
    found = [modifier for modifier in facts.line.modifiers if modifier in rule.figures["modifiers"]]
    if not found:
        return NOT_APPLICABLE
    notice = facts.case.history.abn
    for first, second in rule.figures["contradict"]:
        if first in facts.line.modifiers and second in facts.line.modifiers:
            return Outcome(Result.FAILED, f"{first} and {second} contradict each other on one line.", "mod_other")
    if "GA" in found and notice is not None and notice.signed_on is not None and notice.signed_on > facts.day:
        reason = f"The notice (ABN) was signed on {us_date(notice.signed_on)}, after the visit."
        return Outcome(Result.FAILED, reason, "mod_other", path="write_off")
    if facts.group == "PR" and ("GA" in found or "GY" in found):
        which = "GA" if "GA" in found else "GY"
        reason = (
            f"{which} is on the line and the payer put the amount on the patient (PR): the patient chose and owes it."
        )
        return Outcome(Result.FAILED, reason, "pt_responsibility", evidence=_notice(facts), path="bill_patient")
    if facts.group == "CO" and (why := _borne_by_provider(facts, rule)) is not None:
        quotes = _notice(facts) if "GA" in found else ()
        return Outcome(Result.FAILED, why, "mod_other", evidence=quotes, path="write_off")
    return passed(f"{', '.join(found)} agrees with the group code.")


def _borne_by_provider(facts: LineFacts, rule: Rule) -> str | None:
    """Return why the provider bears a denial under CO although the line tells of a notice, or of none."""
    if "GA" in facts.line.modifiers and not frozenset(rule.figures["notice_denied"]).isdisjoint(facts.remarks):
        return (
            "GA says that a valid notice (ABN) is on file; the payer found none, so the provider bears the denial (CO)."
        )
    if "GZ" in facts.line.modifiers:
        return "GZ says that no notice was given, so the provider bears the denial (CO)."
    return None


def _notice(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the lines of the signed notice: the option chosen and the signature's date."""
    for index, note in enumerate(facts.case.notes):
        if "R-131" in note.text or "ABN" in note.text:
            places = [*lines_with(note.text, "", "[X]", "[x]"), *lines_with(note.text, "", "Date")]
            places = places or lines_with(note.text, "", "ABN")
            return tuple(quote(index, note.text, *place) for place in places[:2])
    return ()


def habilitative(facts: LineFacts, rule: Rule) -> Outcome:
    """96 and 97 agree with the diagnosis: skills never acquired, or skills lost."""
    if _APART.isdisjoint(facts.line.modifiers):
        return _habilitative_missing(facts, rule)
    diagnoses = _diagnoses(facts)
    developmental = [code for code in diagnoses if code.startswith(tuple(rule.figures["developmental"]))]
    acquired = [code for code in diagnoses if code.startswith(tuple(rule.figures["acquired"]))]
    quotes = _habilitation(facts)
    if "97" in facts.line.modifiers and developmental and not acquired:
        reason = f"97 (rehabilitative) stands with {developmental[0]}, a disorder of development: skills never acquired are habilitative (96), and plans count the two apart."
        return Outcome(Result.FAILED, reason, "mod_other", evidence=quotes[:2], cure="96 in place of 97.")
    if "96" in facts.line.modifiers and acquired and not developmental:
        reason = f"96 (habilitative) stands with {acquired[0]}: skills lost and restored are rehabilitative (97)."
        return Outcome(Result.FAILED, reason, "mod_other", Strength.LIKELY, quotes[:2], cure="97 in place of 96.")
    return passed("96 or 97 agrees with the diagnosis.")


def _habilitative_missing(facts: LineFacts, rule: Rule) -> Outcome:
    """Where the payer misses a modifier and the discipline's is there, a disorder of development may ask for 96.

    The diagnosis alone says little, for most plans do not count apart: likely only where the payer is known to, or the
    note or another line shows habilitative care.
    """
    missed = facts.says(frozenset(rule.figures["modifier_missing"])) and discipline_of(facts.line) is not None
    developmental = [code for code in _diagnoses(facts) if code.startswith(tuple(rule.figures["developmental"]))]
    if not missed or not developmental:
        return NOT_APPLICABLE
    quotes = _habilitation(facts)
    why = _counted_apart(facts) or ("the note tells of skills not acquired before" if quotes else None)
    known = f"and {why}" if why else "but neither note nor claim shows that this plan counts such visits apart"
    reason = (
        f"The payer says that a modifier is missing; {developmental[0]} is a disorder of development, {known}. "
        "Plans that count habilitative visits apart know them by 96."
    )
    cure = "96 beside the discipline's modifier where this plan asks for it."
    strength = Strength.LIKELY if why else Strength.WEAK
    return Outcome(Result.FAILED, reason, "mod_other", strength, quotes[:2], cure=cure)


def _counted_apart(facts: LineFacts) -> str | None:
    """Say what shows that habilitative visits are counted apart: the payer's profile, other lines; None if nothing does."""
    if facts.payer.does("counts_habilitative_apart"):
        return "this payer counts habilitative visits apart"
    if any(not _APART.isdisjoint(line.modifiers) for line in facts.case.claim.lines):
        return "another line of the claim carries 96 or 97"
    paid = (line for claim in facts.case.history.other_claims if claim.outcome == "paid" for line in claim.lines)
    day = next((line.service_date for line in paid if not _APART.isdisjoint(line.modifiers)), None)
    return f"on {us_date(day)} this payer paid a line with 96 or 97" if day is not None else None


def _habilitation(facts: LineFacts) -> tuple[Quote, ...]:
    """Return the sentences that tell of skills never acquired, the last of each note."""
    found = []
    for index, note in enumerate(facts.case.notes):
        told = list(islice(_HABILITATIVE.finditer(note.text), MOST_PLACES))
        found += [sentence(facts.claim, index, Passage(*match.span())) for match in told[-1:]]
    return tuple(found)


def _diagnoses(facts: LineFacts) -> list[str]:
    listed = facts.case.claim.diagnoses
    pointed = [listed[at - 1] for at in facts.line.diagnosis_pointers if 0 < at <= len(listed)]
    return pointed or list(listed)


def misused_modifier(facts: LineFacts, rule: Rule) -> Outcome:
    """No evaluation and management code by a therapist, and no 25, 52, 53, 76 or 77 where it cannot stand."""
    therapist = facts.discipline in _THERAPISTS
    if facts.code.startswith(tuple(rule.figures["management_codes"])):
        if not therapist:
            return NOT_APPLICABLE
        reason = f"{facts.code} is an evaluation and management code, which therapists do not bill."
        return Outcome(Result.FAILED, reason, "cod_wrong_code")
    timed = facts.procedure is not None and facts.procedure.timed
    for modifier in facts.line.modifiers:
        if modifier == "25" or (timed and modifier in rule.figures["not_on_timed"]):
            reason = f"Modifier {modifier} cannot stand on {facts.code}."
            return Outcome(
                Result.FAILED, reason, "mod_other", Strength.LIKELY, cure=f"{facts.code} without {modifier}."
            )
    return NOT_APPLICABLE


CHECKS = {
    "discipline_modifier": discipline_modifier,
    "discipline_fits": discipline_fits,
    "kx_modifier": kx_modifier,
    "liability_modifiers": liability_modifiers,
    "habilitative": habilitative,
    "misused_modifier": misused_modifier,
}
