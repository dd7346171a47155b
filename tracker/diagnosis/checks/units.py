"""Checks of units: minutes against units by both ways of counting, and minutes that are missing or disagree."""

import re
from collections.abc import Mapping
from itertools import pairwise

from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.payers import means
from tracker.diagnosis.sessions import Session
from tracker.diagnosis.words import counted, units_word
from tracker.domain.units import UnitCount, units_for
from tracker.knowledge.rules import Rule

_CHARGES = re.compile(
    r"^[ \t]*(?:charges?|billed|billing|bill|units?|codes?|cpt)\b[^\n]{1,120}", re.IGNORECASE | re.MULTILINE
)
_UNREADABLE = ("[illegible", "[?]")
_ORIGINAL_RULE = frozenset({"medicare_b", "medicare_advantage"})


def _is_complete(session: Session, billed: Mapping[str, float]) -> bool:
    return all(code in session.by_code for code in billed)


def units_by_total(facts: LineFacts, _rule: Rule) -> Outcome:
    """The billed units of the day against what the total timed minutes make (CMS 8-minute rule)."""
    session = facts.session
    if session is None or session.most is None:
        return NOT_APPLICABLE
    billed = facts.timed_units
    total, units = session.most, sum(billed.values())
    count = session.count("cms") if _is_complete(session, billed) else None
    if units > units_for(total):
        return _too_many(facts, session, billed, count)
    if session.least is None or units > units_for(session.least):
        return NOT_APPLICABLE
    if count is not None and billed[facts.code] > count.of(facts.code) + (facts.code in count.tied):
        return _misplaced(facts, session, billed, count)
    reason = (
        f"Recomputed: {total} timed minutes make {units_word(units_for(total))} by the CMS 8-minute rule, "
        f"{counted(units)} billed."
    )
    if count is not None and facts.code in session.by_code:
        own = session.by_code[facts.code].minutes
        reason += f" {own} minutes of {facts.code} carry {units_word(billed[facts.code])} of them."
    return passed(reason, *_evidence(session), proves=_is_proof(facts, session, billed))


def _too_many(facts: LineFacts, session: Session, billed: Mapping[str, float], count: UnitCount | None) -> Outcome:
    assert session.most is not None
    allowed, units = units_for(session.most), sum(billed.values())
    strength = Strength.STRONG if session.least is not None else Strength.LIKELY
    if count is not None and billed[facts.code] <= count.of(facts.code):
        strength = Strength.LIKELY  # the excess lies on another line of the day
    told = f"{session.most} timed minutes" if session.least is not None else f"a session of {session.most} minutes"
    reason = (
        f"{told[0].upper()}{told[1:]} make {units_word(allowed)} by the CMS 8-minute rule; {counted(units)} billed "
        f"({_list(billed)})."
    )
    cure = f"Units that the minutes carry: {_list(dict(count.by_code))}." if count is not None and allowed else None
    return Outcome(
        Result.FAILED, reason, "unt_exceed_minutes", strength, _evidence(session), cure=cure, against=_against(session)
    )


def _misplaced(facts: LineFacts, session: Session, billed: Mapping[str, float], count: UnitCount) -> Outcome:
    reason = (
        f"The day's total fits, but {session.by_code[facts.code].minutes} minutes of {facts.code} carry "
        f"{units_word(count.of(facts.code))}; {counted(billed[facts.code])} billed."
    )
    cure = f"Units that the minutes carry: {_list(dict(count.by_code))}."
    return Outcome(
        Result.FAILED, reason, "unt_exceed_minutes", Strength.LIKELY, _evidence(session), cure=cure
    )  # fmt: skip


def units_by_code(facts: LineFacts, _rule: Rule) -> Outcome:
    """Each code's units against its own minutes (substantial portion method; a hybrid caps the total as well)."""
    session = facts.session
    if session is None:
        return NOT_APPLICABLE
    billed = facts.timed_units
    if facts.code not in session.by_code:
        return _by_blocks(facts, session, billed)
    count = session.count(facts.payer.counting_method)
    own, units = session.by_code[facts.code].minutes, billed[facts.code]
    allowed = count.of(facts.code) + (facts.code in count.tied)
    if units > allowed:
        reason = (
            f"{own} minutes of {facts.code} make {units_word(allowed)} where each code is counted alone; "
            f"{counted(units)} billed."
        )
        return Outcome(
            Result.FAILED,
            reason,
            _method_or_excess(session, billed),
            _per_code_strength(facts),
            _evidence(session, facts.code),
            cure=f"Units that the minutes carry: {_list(dict(count.by_code))}.",
        )
    reason = (
        f"Recomputed: {own} minutes of {facts.code} make {units_word(allowed)} counted alone, {counted(units)} billed."
    )
    return passed(reason, *_evidence(session, facts.code), proves=_is_proof(facts, session, billed))


def _by_blocks(facts: LineFacts, session: Session, billed: Mapping[str, float]) -> Outcome:
    """Where the note gives clock times without codes: no stretch may carry the units, whichever is the code's."""
    blocks = [block.minutes for block in session.minutes.blocks if units_for(block.minutes)]
    if session.by_code or len(blocks) != len(billed) or len(blocks) < 2:
        return NOT_APPLICABLE
    longest, units = max(blocks), billed[facts.code]
    if units <= units_for(longest):
        return NOT_APPLICABLE
    reason = (
        f"The longest stretch of the visit lasted {longest} minutes, which makes {units_word(units_for(longest))} where "
        f"each code is counted alone; {counted(units)} of {facts.code} billed."
    )
    strength = _per_code_strength(facts).at_most(Strength.LIKELY)
    return Outcome(
        Result.FAILED, reason, _method_or_excess(session, billed), strength, session.clock_quotes[:3]
    )  # fmt: skip


def _method_or_excess(session: Session, billed: Mapping[str, float]) -> str:
    """Units that only pooled minutes carry were counted the other way; units that no way carries are too many."""
    pooled = units_for(session.most) if session.most is not None else 0
    return "unt_method_mismatch" if sum(billed.values()) <= pooled else "unt_exceed_minutes"


def _per_code_strength(facts: LineFacts) -> Strength:
    return Strength.STRONG if facts.payer.counting_is_set else Strength.LIKELY


def _is_proof(facts: LineFacts, session: Session, billed: Mapping[str, float]) -> bool:
    """Proof needs a way of counting that is sure, or both ways agreeing, and minutes nobody else may have given."""
    if session.helper is not None or session.least is None:
        return False
    if facts.payer.counting_is_set or facts.payer.kind in _ORIGINAL_RULE:
        return True
    alone = session.count("spm")
    return sum(billed.values()) <= units_for(session.least) and billed[facts.code] <= alone.of(facts.code)


def units_underbilled(facts: LineFacts, _rule: Rule) -> Outcome:
    """More units supported than billed: no denial, but a sign of the wrong way of counting."""
    session, billed = facts.session, facts.timed_units
    if session is None or not _is_complete(session, billed) or session.least is None:
        return NOT_APPLICABLE
    count = session.count(facts.payer.counting_method)
    if sum(billed.values()) >= count.units:
        return passed(f"The minutes make {units_word(count.units)}, no more than billed.")
    reason = f"The minutes make {units_word(count.units)} by this payer's way of counting; {counted(sum(billed.values()))} billed."
    return Outcome(Result.FAILED, reason, "unt_method_mismatch", Strength.LIKELY, _evidence(session))


def one_service_under_8(facts: LineFacts, rule: Rule) -> Outcome:
    """A unit billed for a visit whose timed minutes make none."""
    session = facts.session
    least: int = rule.figures["least_minutes"]
    if session is None or session.most is None or session.least is None:
        return NOT_APPLICABLE
    if session.most >= least:
        return passed(f"{session.most} timed minutes, at least {least}.")
    reason = f"All timed services of the day lasted {session.most} minutes; a unit needs {least}."
    return Outcome(Result.FAILED, reason, "unt_exceed_minutes", evidence=_evidence(session))


def timed_total(facts: LineFacts, rule: Rule) -> Outcome:
    """The note states timed minutes: a total, or minutes per code."""
    session = facts.session
    if session is None:
        return NOT_APPLICABLE
    if session.least is not None:
        # Minutes per code are voluntary for Medicare; where each code is counted alone a total may not be enough.
        proves = facts.payer.counting_method == "cms" or _is_complete(session, facts.timed_units)
        return passed("The note states the timed minutes.", *_evidence(session), proves=proves)
    minutes = session.minutes
    blanks = tuple(_blank(session, start, end) for start, end in minutes.blanks[:2])
    if minutes.none_found:
        # A long stretch that stands by itself may be the session; then only its purpose is not said.
        strength = Strength.STRONG if minutes.loose < 8 else Strength.LIKELY if minutes.loose < 15 else Strength.WEAK
        if any(mark in session.text for mark in _UNREADABLE):
            strength = Strength.WEAK  # they may stand where nobody could read them
        if strength is Strength.WEAK and not facts.says(frozenset(rule.figures["about_time"])):
            return NOT_APPLICABLE
        reason = "No timed or total minutes are shown in the note, so its timed units cannot be counted."
        return Outcome(Result.NOT_SHOWN, reason, "doc_minutes_missing", strength, blanks or _charges(session))
    return _only_session(facts, session, blanks, rule)


def _only_session(facts: LineFacts, session: Session, blanks: tuple[Quote, ...], rule: Rule) -> Outcome:
    """Return the finding for a note that tells how long the visit was, but not its timed minutes."""
    if blanks:
        line = _line_of(session, blanks[0])
        reason = "The field for the timed minutes is empty in the note."
        return Outcome(Result.NOT_SHOWN, reason, "doc_minutes_missing", Strength.LIKELY, (line,))
    if not facts.says(frozenset(rule.figures["about_time"])):
        return NOT_APPLICABLE
    reason = "Total timed minutes are not shown in the note, only the session or some of the services."
    return Outcome(Result.NOT_SHOWN, reason, "doc_minutes_missing", Strength.WEAK, blanks)


def _blank(session: Session, start: int, end: int) -> Quote:
    return Quote(session.note, start, end, session.text[start:end])


def _charges(session: Session) -> tuple[Quote, ...]:
    """Return the line that gives units or charges where minutes belong."""
    match = _CHARGES.search(session.text)
    return (quote(session.note, session.text, *match.span()),) if match is not None else ()


def _line_of(session: Session, blank: Quote) -> Quote:
    start = session.text.rfind("\n", 0, blank.start) + 1
    end = session.text.find("\n", blank.end)
    return quote(session.note, session.text, max(start, blank.start - 60), end if end >= 0 else len(session.text))


def treatment_total(facts: LineFacts, _rule: Rule) -> Outcome:
    """The note states the total treatment time beside the timed minutes."""
    session = facts.session
    if session is None or session.minutes.none_found:
        return NOT_APPLICABLE
    if session.minutes.treatment is not None or session.minutes.session is not None or session.minutes.blocks:
        return passed("The note states how long the treatment took.")
    reason = "The note states timed minutes; the total treatment time is not shown."
    return Outcome(Result.NOT_SHOWN, reason, "doc_minutes_missing", Strength.WEAK, _evidence(session))


def minutes_agree(facts: LineFacts, rule: Rule) -> Outcome:
    """Minutes per service, the timed total and time in and out do not contradict each other."""
    session = facts.session
    if session is None or session.stated is None:
        return NOT_APPLICABLE
    tolerance: int = rule.figures["tolerance_minutes"]
    whole = session.minutes.session
    if session.listed is not None and session.listed > session.stated + tolerance:
        reason = f"The services listed add up to {session.listed} minutes, the timed total says {session.stated}."
        return Outcome(Result.FAILED, reason, "doc_minutes_missing", Strength.LIKELY, _evidence(session))
    if whole is not None and whole.minutes + tolerance < session.stated:
        reason = f"Time in and out leave {whole.minutes} minutes, the timed total says {session.stated}."
        quotes = (*session.clock_quotes[:1], *_evidence(session))[:4]
        return Outcome(Result.FAILED, reason, "doc_minutes_missing", Strength.LIKELY, quotes)
    complete = _is_complete(session, facts.timed_units) and not any(each.inferred for each in session.by_code.values())
    if complete and session.listed is not None and session.listed < session.stated - tolerance:
        reason = f"The services listed add up to {session.listed} minutes, the timed total says {session.stated}."
        return Outcome(Result.FAILED, reason, "doc_minutes_missing", Strength.WEAK, _evidence(session))
    return passed("The minutes in the note agree with each other.", *_evidence(session))


def minutes_per_code(facts: LineFacts, rule: Rule) -> Outcome:
    """Minutes, or times, stand at each code: where the payer's policy wants it, or it counts each code alone and asks."""
    session = facts.session
    if session is None:
        return NOT_APPLICABLE
    if not means(("wants_minutes_per_code",), facts.payer) and not (
        facts.says(frozenset(rule.figures["asks"])) and len(facts.timed_units) > 1
    ):
        return NOT_APPLICABLE
    own = session.by_code.get(facts.code)
    if own is not None and not own.inferred:
        return passed(f"The note gives minutes for {facts.code}.", *own.quotes)
    reason = f"This payer wants minutes or times per code; none are shown for {facts.code}."
    return Outcome(Result.NOT_SHOWN, reason, "doc_minutes_missing", Strength.LIKELY, session.total_quote)


def services_overlap(facts: LineFacts, rule: Rule) -> Outcome:
    """No two timed services of the visit share minutes of the clock."""
    session = facts.session
    if session is None:
        return NOT_APPLICABLE
    clocks = sorted(
        (service.clock.begins, service.clock.ends, service)
        for service in session.minutes.services
        if service.clock is not None and service.codes[0] in session.by_code
    )
    if len(clocks) < 2:
        return NOT_APPLICABLE
    for (_, ends, first), (begins, _, second) in pairwise(clocks):
        if ends - begins > rule.figures["tolerance_minutes"] and first.codes != second.codes:
            reason = "Two timed services stand in the note with the same minutes of the clock."
            quotes = tuple(_blank(session, each.start, each.end) for each in (first, second))
            return Outcome(Result.FAILED, reason, "cod_one_on_one_vs_group", Strength.LIKELY, quotes)
    return passed("The times of the services do not overlap.", *session.clock_quotes[:2])


def _evidence(session: Session, code: str | None = None) -> tuple[Quote, ...]:
    own = session.by_code[code].quotes if code is not None and code in session.by_code else ()
    if not own:
        return session.quotes[:4]
    others = [each for other, at in session.by_code.items() if other != code for each in at.quotes]
    return (*own, *others)[:3] + session.total_quote


def _against(session: Session) -> tuple[Quote, ...]:
    """A total that differs from the list of services speaks against the count."""
    if session.stated is None or session.listed is None or session.stated == session.listed:
        return ()
    return session.total_quote


def _list(units: Mapping[str, float]) -> str:
    return ", ".join(f"{code} x {count:g}" for code, count in units.items())


CHECKS = {
    "units_by_total": units_by_total,
    "units_by_code": units_by_code,
    "units_underbilled": units_underbilled,
    "one_service_under_8": one_service_under_8,
    "timed_total": timed_total,
    "treatment_total": treatment_total,
    "minutes_agree": minutes_agree,
    "minutes_per_code": minutes_per_code,
    "services_overlap": services_overlap,
}
