"""What follows from the facts of letters above the first level and of late ones: amounts in controversy, days late."""

from datetime import timedelta
from typing import Any

from tracker.letters.facts import LetterFacts, LineFacts

# Deductible, coinsurance and copayment: what the beneficiary owes is no part of the amount (42 CFR 405.1006).
_PATIENT_SHARE = frozenset({"1", "2", "3"})
# The day of the demand letter is day 1: a rebuttal by day 15, a redetermination by day 30 (42 CFR 405.379(d);
# First Coast timeline, checked 2026-11-22).
_REBUTTAL, _HOLD = timedelta(days=14), timedelta(days=29)


def controversy_rows(facts: LetterFacts) -> list[dict[str, Any]]:
    """Return for each line, in cents, what of its charge is in controversy: less payments and the patient's share."""
    return [_controversy_row(line) for line in facts.lines]


def _controversy_row(line: LineFacts) -> dict[str, Any]:
    share = sum(each.amount_cents for each in line.reasons if each.group == "PR" and each.carc in _PATIENT_SHARE)
    return {
        "line": line.line, "code": line.code, "billed_cents": line.billed_cents, "paid_cents": line.paid_cents,
        "share_cents": share, "open_cents": max(line.billed_cents - line.paid_cents - share, 0),
    }  # fmt: skip


def days_late(facts: LetterFacts) -> int | None:
    """Return the days from the last day to the filing of a late request; None when either is not known."""
    said = facts.lateness
    last = (said.last_day if said else None) or facts.appeal.due
    filed = (said.filed_on if said else None) or facts.letter_date
    return (filed - last).days if last else None


def inside_stay(facts: LetterFacts) -> list[int]:
    """Return the numbers of the lines whose day lies inside the stay the letter names."""
    stay = facts.stay
    if stay is None or stay.began_on is None or stay.ended_on is None:
        return []
    return [
        line.line for line in facts.lines if line.service_date and stay.began_on < line.service_date < stay.ended_on
    ]


def levels(facts: LetterFacts) -> dict[str, Any]:
    """Return everything of this module by the name templates use."""
    rows = controversy_rows(facts)
    demand_on = facts.audit.demand_on if facts.audit else None
    late = days_late(facts)
    return {
        "controversy_rows": rows,
        "open_cents": sum(row["open_cents"] for row in rows),
        "late_days": late,
        "on_time": late is not None and late <= 0,
        "inside_stay": inside_stay(facts),
        "rebuttal_by": demand_on + _REBUTTAL if demand_on else None,
        "hold_by": demand_on + _HOLD if demand_on else None,
        "rebuttal_late": demand_on is not None and facts.letter_date > demand_on + _REBUTTAL,
        "quoted": bool(facts.quotes or facts.answers),
    }
