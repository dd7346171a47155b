"""Checks of the most units a day: untimed services, CMS's medically unlikely edits, caps of payers."""

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed
from tracker.diagnosis.words import counted, table_word, units_word
from tracker.knowledge.rules import Rule


def one_unit_a_day(facts: LineFacts, rule: Rule) -> Outcome:
    """An untimed service is one unit a day however long it lasts."""
    if facts.code in rule.figures["except"]:
        return NOT_APPLICABLE
    if facts.line.units <= 1:
        return passed(f"{facts.code} is untimed and billed once.")
    reason = f"{facts.code} is untimed: one unit a day however long the session; {counted(facts.line.units)} billed."
    return Outcome(Result.FAILED, reason, "unt_over_limit", cure=f"{facts.code} with 1 unit.")


def within_mue(facts: LineFacts, _rule: Rule) -> Outcome:
    """The day's units of a code against CMS's medically unlikely edit."""
    limit = facts.knowledge.mue(facts.code, facts.day, facts.case.practice.setting)
    if limit is None or limit.units == 0:
        return NOT_APPLICABLE
    units = facts.line.units + sum(
        other.line.units for other in facts.same_day if other.claim is None and other.line.code == facts.code
    )
    table = table_word(limit.quarter, facts.day, exact=limit.exact_quarter)
    table = f"CMS's limit for {facts.code} is {units_word(limit.units)} a day ({table})"
    if units <= limit.units:
        return passed(f"{table}; {counted(units)} billed.", strength=_table_strength(exact=limit.exact_quarter))
    absolute = limit.mai == 2
    delivered = _delivered(facts, units) if limit.mai == _CLINICAL else ()
    return Outcome(
        Result.FAILED,
        f"{table}; {counted(units)} billed." + (" The limit is absolute." if absolute else ""),
        "unt_over_limit",
        _table_strength(exact=limit.exact_quarter, agrees=facts.says(_UNIT_LIMIT_CODES)),
        path="write_off" if absolute and not _may_be_typing_error(facts) else "appeal" if delivered else None,
        evidence=delivered,
    )


def _delivered(facts: LineFacts, units: float) -> tuple[Quote, ...]:
    """Return the minutes that carry all units of the code, where the note gives them."""
    session = facts.session
    own = session.by_code.get(facts.code) if session is not None else None
    if session is None or own is None or own.inferred or session.count("cms").of(facts.code) < units:
        return ()
    return (*own.quotes[:2], *session.total_quote)


_CLINICAL = 3  # a limit that records can overturn (MUE adjudication indicator)
_UNIT_LIMIT_CODES = frozenset({"151", "222", "N362", "N430"})


def _may_be_typing_error(facts: LineFacts) -> bool:
    """An untimed service with several units is one service counted wrongly."""
    return facts.procedure is not None and not facts.procedure.timed


def _table_strength(*, exact: bool, agrees: bool = False) -> Strength:
    """An older quarter's table makes a finding likely at most, unless the remittance says the same."""
    return Strength.STRONG if exact or agrees else Strength.LIKELY


def daily_cap(facts: LineFacts, rule: Rule) -> Outcome:
    """The day's timed units and modalities against the payer's own cap, else the timed units against the usual one."""
    if (modalities := _too_many_modalities(facts)) is not None:
        return modalities
    if facts.procedure is None or not facts.procedure.timed:
        return NOT_APPLICABLE
    own = facts.payer.limit("max_timed_units")
    cap: int = rule.figures["timed_units_a_day"] if own is None else own
    units = sum(facts.timed_units.values())
    if units <= cap:
        return NOT_APPLICABLE
    whose = "payers of this kind often stop" if own is None else "this payer stops"
    reason = f"{counted(units).capitalize()} billed; {whose} at {units_word(cap)} a day."
    return Outcome(Result.FAILED, reason, "unt_over_limit", Strength.WEAK if own is None else Strength.STRONG)


def _too_many_modalities(facts: LineFacts) -> Outcome | None:
    cap = facts.payer.limit("max_modalities")
    if cap is None or not _is_modality(facts.code):
        return None
    count = 1 + sum(_is_modality(other.line.code) for other in facts.same_day)
    if count <= cap:
        return None
    return Outcome(Result.FAILED, f"{count} modalities that day; this payer stops at {cap}.", "unt_over_limit")


def _is_modality(code: str) -> bool:
    """Whether a code is a modality: 97010 to 97039, G0281, G0283, G0329."""
    return "97010" <= code <= "97039" or code in {"G0281", "G0283", "G0329"}


CHECKS = {"one_unit_a_day": one_unit_a_day, "within_mue": within_mue, "daily_cap": daily_cap}
