"""Checks of code pairs (NCCI), codes that are never paid, add-on codes and codes that exclude each other."""

from collections.abc import Iterator

from tracker.diagnosis.facts import DISTINCT_MODIFIERS, LineFacts, Pair
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Result, Strength, passed
from tracker.diagnosis.mentions import services_of_the_pair
from tracker.diagnosis.words import table_word, us_date
from tracker.knowledge import NcciEdit
from tracker.knowledge.rules import Rule

_BUNDLED_BY_STATUS = frozenset({"B", "N", "I"})
_CONSOLIDATED = frozenset({"N70", "N88", "N106", "N116", "N121", "N538", "190"})
_NEVER_IN_FORCE = 9


def _second_of(facts: LineFacts, indicator: int) -> Pair | None:
    """Return the first pair with that indicator in which this line is the one not paid (column 2)."""
    for pair in facts.pairs:
        edit = pair.edit
        if edit is not None and edit.indicator == indicator and edit.column2 == facts.code:
            return pair
    return None


def _strength(facts: LineFacts, edit: NcciEdit, rule: Rule) -> Strength:
    """An older quarter's table makes a finding likely at most, unless the remittance says the same."""
    return Strength.STRONG if edit.exact_quarter or facts.says(rule.payer_says) else Strength.LIKELY


def _table(facts: LineFacts, edit: NcciEdit) -> str:
    table = table_word(edit.quarter, facts.day, exact=edit.exact_quarter)
    return f"NCCI pair {edit.column1}/{edit.column2} ({table})"


def pair_never_paid(facts: LineFacts, rule: Rule) -> Outcome:
    """The line is column 2 of a pair with indicator 0."""
    pair = _second_of(facts, 0)
    if pair is None or pair.edit is None:
        return _no_pair(facts, 0)
    reason = f"{_table(facts, pair.edit)} has indicator 0: {facts.code} is never paid beside {pair.other.line.code}, whatever the modifier."
    return Outcome(Result.FAILED, reason, "bun_not_separable", _strength(facts, pair.edit, rule))


def _no_pair(facts: LineFacts, indicator: int) -> Outcome:
    if not facts.pairs or any(pair.edit is not None and pair.edit.indicator == indicator for pair in facts.pairs):
        return NOT_APPLICABLE
    codes = ", ".join(dict.fromkeys(pair.other.line.code for pair in facts.pairs))
    newest = f"newest table loaded for {us_date(facts.day)}"
    return passed(f"No NCCI pair with indicator {indicator} joins {facts.code} with {codes} ({newest}).")


def pair_with_modifier(facts: LineFacts, rule: Rule) -> Outcome:
    """The line is column 2 of a pair with indicator 1 and one of the two carries 59 or an X modifier."""
    pair = _second_of(facts, 1)
    if pair is None or pair.edit is None:
        return _no_pair(facts, 1)
    modifiers = DISTINCT_MODIFIERS.intersection((*facts.line.modifiers, *pair.other.line.modifiers))
    session = facts.session
    times = session.clock_quotes[:3] if session is not None else ()
    if modifiers:
        proves = len(times) > 1
        reason = f"{_table(facts, pair.edit)} has indicator 1 and modifier {min(modifiers)} is on the claim" + (
            "; the note gives each its own time." if proves else "."
        )
        return passed(reason, *times, proves=proves, strength=Strength.LIKELY)
    shown = "The note gives separate times." if len(times) > 1 else "Separate time has to be shown in the note."
    reason = f"{_table(facts, pair.edit)} has indicator 1: {facts.code} is paid beside {pair.other.line.code} only with 59 or an X modifier; the claim has none. {shown}"
    return Outcome(
        Result.FAILED, reason, "bun_modifier_needed", _strength(facts, pair.edit, rule), times if len(times) > 1 else ()
    )


def no_current_pair(facts: LineFacts, rule: Rule) -> Outcome:
    """The payer bundled the line, and no current edit joins it with anything billed that day."""
    status = facts.procedure.medicare_status if facts.procedure is not None else ""
    if facts.procedure is None or status in _BUNDLED_BY_STATUS or facts.says(_CONSOLIDATED):
        return NOT_APPLICABLE
    if not facts.says(rule.payer_says) or facts.procedure.add_on_to:
        return NOT_APPLICABLE
    found = facts.pairs
    if not found or any(pair.edit is not None for pair in found):
        return NOT_APPLICABLE
    ended = [_ended(facts, pair.other.line.code) for pair in found]
    codes = ", ".join(dict.fromkeys(pair.other.line.code for pair in found))
    reason = f"No NCCI pair joins {facts.code} with {codes} (newest table loaded for {us_date(facts.day)})."
    session = facts.session
    times = session.clock_quotes[:3] if session is not None else ()
    shown = times if len(times) > 1 else services_of_the_pair(facts)
    return Outcome(
        Result.FAILED,
        " ".join([reason, *filter(None, ended)]),
        "pay_payer_error",
        Strength.LIKELY if facts.payer.does("uses_ncci") else Strength.WEAK,
        shown,
    )


def _ended(facts: LineFacts, code: str) -> str:
    edit = facts.knowledge.ended_ncci_edit(facts.code, code, facts.day, facts.case.practice.setting)
    if edit is None:
        return ""
    in_force = [day for day, indicator in edit.ended if indicator != _NEVER_IN_FORCE]
    if not in_force:
        return f"The pair {edit.column1}/{edit.column2} was deleted back to its start."
    return f"The pair {edit.column1}/{edit.column2} ended on {us_date(max(in_force))}."


def code_is_payable(facts: LineFacts, rule: Rule) -> Outcome:
    """The payer pays this code at all: not bundled by status, not invalid for it, not excluded."""
    why = facts.payer.nonpayable_codes.get(facts.code)
    if why is None:
        return _bundled_by_status(facts, rule)
    if why.startswith("bundled"):
        reason = (
            f"{facts.code} is always bundled with this payer; no modifier opens it and the patient does not owe it."
        )
        return Outcome(Result.FAILED, reason, "cod_code_not_payable", path="write_off")
    if why.startswith("not valid"):
        reason = f"{facts.code} is {why}."
        return Outcome(Result.FAILED, reason, "cod_code_not_payable", path="corrected_claim")
    reason = f"{facts.code} is {why} with this payer."
    path = "bill_patient" if facts.group == "PR" else "write_off"
    return Outcome(Result.FAILED, reason, "mn_noncovered_service", path=path)


def _bundled_by_status(facts: LineFacts, rule: Rule) -> Outcome:
    """A payer that bundles a code as Medicare does says so; without its word that is only likely."""
    if facts.procedure is None or facts.procedure.medicare_status != "B":
        return NOT_APPLICABLE
    said = facts.says(frozenset(rule.figures["bundling_codes"]))
    this_payer = "this payer bundles it too" if said else "most payers bundle it too"
    reason = f"{facts.code} is bundled by its fee schedule status (B), and {this_payer}; no modifier opens it."
    strength = Strength.STRONG if said else Strength.LIKELY
    return Outcome(Result.FAILED, reason, "cod_code_not_payable", strength, path="write_off")


def primary_of_add_on(facts: LineFacts, _rule: Rule) -> Outcome:
    """The code an add-on belongs to is billed for the same day."""
    primary = facts.procedure.add_on_to if facts.procedure is not None else ""
    if not primary:
        return NOT_APPLICABLE
    if any(other.line.code == primary for other in facts.same_day):
        return passed(f"{primary} is billed for the same day.")
    reason = f"{facts.code} is an add-on to {primary}, which is not billed for that day."
    return Outcome(Result.FAILED, reason, "cod_wrong_code", cure=f"{primary} together with {facts.code}.")


def first_code_once(facts: LineFacts, _rule: Rule) -> Outcome:
    """The code for the first minutes is billed once; more time goes to its add-on."""
    add_ons = [each.code for each in facts.knowledge.codes.values() if each.add_on_to == facts.code]
    if not add_ons:
        return NOT_APPLICABLE
    if facts.line.units <= 1:
        return passed(f"{facts.code} is billed once.")
    reason = f"{facts.code} covers the first minutes and is billed once a day; further time is {add_ons[0]}."
    return Outcome(Result.FAILED, reason, "unt_over_limit", cure=f"{facts.code} x 1 and {add_ons[0]} for the rest.")


def exclusive_codes(facts: LineFacts, rule: Rule) -> Outcome:
    """Of codes that exclude each other only one is billed in a calendar month."""
    for group in rule.figures["one_of_a_month"]:
        if facts.code not in group:
            continue
        clash = next((code for code in _codes_of_month(facts) if code in group and code != facts.code), None)
        if clash is not None:
            reason = f"{facts.code} and {clash} stand in the same month; only one of {' and '.join(group)} is paid."
            return Outcome(Result.FAILED, reason, "cod_wrong_code", Strength.LIKELY)
    return passed(f"No code that excludes {facts.code} is billed in the month.")


def _codes_of_month(facts: LineFacts) -> Iterator[str]:
    month = (facts.day.year, facts.day.month)
    lines = [line for claim in facts.case.history.other_claims for line in claim.lines]
    for line in (*facts.case.claim.lines, *lines):
        if (line.service_date.year, line.service_date.month) == month:
            yield line.code


CHECKS = {
    "pair_never_paid": pair_never_paid,
    "pair_with_modifier": pair_with_modifier,
    "no_current_pair": no_current_pair,
    "code_is_payable": code_is_payable,
    "primary_of_add_on": primary_of_add_on,
    "first_code_once": first_code_once,
    "exclusive_codes": exclusive_codes,
}
