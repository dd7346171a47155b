"""What follows from the facts of single letters: days outside an approval, short payments, the schedule of visits."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from tracker.letters.facts import LetterFacts, LineFacts, exhibit_label
from tracker.letters.subject_facts import SessionFacts
from tracker.letters.words import and_list, long_date

# Modifiers that say something of the treatment itself: only the record can support them.
_SAID_BY_RECORD = frozenset({"KX", "59", "XE", "XP", "XS", "XU", "CQ", "CO", "76", "77", "22", "52", "GW"})
# CPT components of the evaluation levels in our words: history, examination, presentation, decision making
# (physician fee schedule rule for 2017, table 23, as therapy guides retell it; checked 2026-11-22).
_COMPONENTS = ("history", "examination", "presentation", "decision")
EVALUATION_LEVELS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "97161": ("no factor that affects the plan", "1 to 2 elements", "stable", "low complexity"),
        "97162": ("1 to 2 factors that affect the plan", "3 or more elements", "evolving", "moderate complexity"),
        "97163": ("3 or more factors that affect the plan", "4 or more elements", "unstable", "high complexity"),
        "97165": ("brief profile and history", "1 to 3 performance deficits", "no comorbidity that affects function, no modified tasks", "low complexity, limited options"),
        "97166": ("expanded profile and history", "3 to 5 performance deficits", "comorbidities possible, tasks modified a little", "moderate complexity, several options"),
        "97167": ("extensive profile and history", "5 or more performance deficits", "comorbidities, tasks modified a great deal", "high complexity, multiple options"),
    }
)  # fmt: skip

# Reason codes and remarks by what they say of coverage (tracker/knowledge/carc.tsv and rarc.tsv).
_NOT_COVERED = frozenset({"26", "27", "31"})
_OTHER_INSURANCE = frozenset({"22", "109"})
_ACCIDENT = frozenset({"19", "20", "21"})
_ACCIDENT_REMARKS = frozenset({"N743", "N744", "N725", "N727", "N728"})
_REFERRAL = frozenset({"287", "288"})
_DIAGNOSIS = frozenset({"11", "167"})


def visit_days(facts: LetterFacts) -> list[dict[str, Any]]:
    """Return the denied lines by day of service, each day with its codes, units, amounts and the notes enclosed."""
    days = sorted({line.service_date for line in facts.lines if line.service_date})
    return [_visit_day(facts, day) for day in days]


def _visit_day(facts: LetterFacts, day: date) -> dict[str, Any]:
    lines = [line for line in facts.lines if line.service_date == day]
    return {
        "day": day,
        "codes": and_list(list(dict.fromkeys(line.code for line in lines))),
        "units": sum(line.units for line in lines),
        "billed_cents": sum(line.billed_cents for line in lines),
        "denied_cents": sum(line.denied_cents for line in lines),
        "notes": and_list(note_labels(facts, day)),
    }


def note_labels(facts: LetterFacts, day: date) -> list[str]:
    """Return the labels of the enclosed notes of a day's visit: its daily notes, or what else was written that day."""
    notes = [
        (exhibit_label(number), each.key) for number, each in enumerate(facts.exhibits) if each.service_date == day
    ]
    daily = [label for label, key in notes if key == "note"]
    return daily or [label for label, _ in notes]


def outside_authorization(facts: LetterFacts) -> list[str]:
    """Return in words what of the denied lines the approval on file does not cover by date or by code."""
    approval = facts.authorization
    if approval is None:
        return []
    found = []
    for line in facts.lines:
        day = line.service_date
        if day and (
            (approval.valid_from and day < approval.valid_from) or (approval.valid_to and day > approval.valid_to)
        ):
            found.append(f"line {line.line} of {long_date(day)}")
        elif approval.codes and line.code not in approval.codes:
            found.append(f"line {line.line}, code {line.code}")
    return found


def rate_rows(facts: LetterFacts) -> list[dict[str, Any]]:
    """Return one row for each line with a known contract amount and allowed amount: what it is short of, in cents."""
    lines = {line.line: line for line in facts.lines}
    return [
        _rate_row(lines[rate.line], rate.contract_cents, rate.section)
        for rate in facts.rates
        if rate.line in lines and rate.contract_cents is not None and lines[rate.line].allowed_cents is not None
    ]


def _rate_row(line: LineFacts, contract_cents: int, section: str) -> dict[str, Any]:
    allowed = line.allowed_cents or 0
    return {
        "line": line.line, "code": line.code, "units": line.units, "billed_cents": line.billed_cents,
        "contract_cents": contract_cents, "allowed_cents": allowed, "short_cents": contract_cents - allowed,
        "section": section,
    }  # fmt: skip


def lines_without_rate(facts: LetterFacts) -> list[int]:
    """Return the numbers of the lines for which the contract's or the payer's allowed amount is not known."""
    known = {row["line"] for row in rate_rows(facts)}
    return [line.line for line in facts.lines if line.line not in known]


def days_to_pay(facts: LetterFacts) -> int | None:
    """Return the calendar days from receipt of the claim to its payment."""
    paid = facts.prompt_pay
    return (paid.paid_on - paid.received_on).days if paid and paid.received_on and paid.paid_on else None


def sessions_overlap(sessions: tuple[SessionFacts, ...]) -> bool:
    """Return whether the recorded times of the first two sessions share a minute."""
    if len(sessions) < 2:  # one against the other
        return False
    one, other = sessions[:2]
    if one.start is None or one.stop is None or other.start is None or other.stop is None:
        return False
    return one.start < other.stop and other.start < one.stop


def unsupported_corrections(facts: LetterFacts) -> list[str]:
    """Return the modifiers a correction adds that the record has to support, while no place of it is named."""
    return [
        modifier
        for each in facts.corrections
        if not each.source
        for modifier in each.correct.replace(",", " ").split()
        if modifier in _SAID_BY_RECORD and modifier not in each.billed
    ]


def level_rows(facts: LetterFacts) -> list[dict[str, Any]]:
    """Return the components of the first denied evaluation code: what the level asks for, by topic of quotation."""
    code = next((line.code for line in facts.lines if line.code in EVALUATION_LEVELS), "")
    if not code:
        return []
    return [
        {"code": code, "topic": topic, "asks": asks}
        for topic, asks in zip(_COMPONENTS, EVALUATION_LEVELS[code], strict=True)
    ]


def missing_components(facts: LetterFacts) -> list[str]:
    """Return the components of the level that no quotation shows."""
    shown = {quote.about for quote in facts.quotes}
    return [row["topic"] for row in level_rows(facts) if row["topic"] not in shown]


def subjects(facts: LetterFacts) -> dict[str, Any]:
    """Return everything of this module by the name templates use."""
    rates = rate_rows(facts)
    return {
        "visit_days": visit_days(facts),
        "outside_authorization": outside_authorization(facts),
        "rate_rows": rates,
        "rate_word": "fee schedule" if facts.payer.kind == "medicare_b" else "contract",
        "short_cents": sum(row["short_cents"] for row in rates),
        "lines_without_rate": lines_without_rate(facts),
        "days_to_pay": days_to_pay(facts),
        "sessions_overlap": sessions_overlap(facts.sessions),
        "unsupported_corrections": unsupported_corrections(facts),
        "level_rows": level_rows(facts),
        "missing_components": missing_components(facts),
        "visits_in_period": visits_in_period(facts),
        "line_codes": list(dict.fromkeys(line.code for line in facts.lines if line.code)),
        "diagnoses": list(dict.fromkeys(each for line in facts.lines for each in line.diagnoses if each)),
        "two_sessions": len(facts.sessions) > 1,
        **_coverage(facts),
        **_said(facts),
    }


def _said(facts: LetterFacts) -> dict[str, Any]:
    """Return what kind of refusal the first reason codes and the remarks of the lines are."""
    codes = {line.reasons[0].carc for line in facts.lines if line.reasons}
    remarks = {remark.code for line in facts.lines for remark in line.remarks}
    accident = bool(codes & _ACCIDENT or remarks & _ACCIDENT_REMARKS)
    other = bool(codes & _OTHER_INSURANCE) or facts.other_payer is not None
    return {
        "remarks_known": sorted(remarks),
        "accident_denied": accident,
        "other_named": other,
        "coverage_denied": bool(codes & _NOT_COVERED) or not (accident or other),
        "approval_word": "referral" if codes & _REFERRAL else "approval",
        "diagnosis_denied": bool(codes & _DIAGNOSIS),
    }


def _coverage(facts: LetterFacts) -> dict[str, bool]:
    """Return what the dates of coverage, of other insurance and of enrolment say of the days of service."""
    days = [line.service_date for line in facts.lines if line.service_date]
    eligible = facts.eligibility
    ended_on = facts.other_payer.ended_on if facts.other_payer else None
    effective_on = facts.enrollment.effective_on if facts.enrollment else None
    return {
        "active": eligible is not None and all(_within(day, eligible.active_from, eligible.active_to) for day in days),
        "other_ended": ended_on is not None and all(ended_on < day for day in days),
        "enrolled_late": effective_on is not None and any(day < effective_on for day in days),
    }


def visits_in_period(facts: LetterFacts) -> list[dict[str, Any]]:
    """Return the paid visits of the benefit period before the first denied day, by our records, in order."""
    days = [line.service_date for line in facts.lines if line.service_date]
    if (benefit := facts.benefit) is None or not days:
        return []
    return [
        {"on": visit.on, "discipline": visit.discipline, "control_number": visit.control_number}
        for visit in facts.visits
        if _within(visit.on, benefit.period_from, benefit.period_to) and visit.on < min(days)
    ]


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or day >= first) and (last is None or day <= last)
