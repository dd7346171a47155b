"""How a letter speaks of its claim, or of its claims where it is about several visits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tracker.letters.derived import service_days
from tracker.letters.derived_subjects import note_labels
from tracker.letters.facts import LetterFacts
from tracker.letters.gaps import Collector, Missing
from tracker.letters.words import and_list, counted, date_range, long_date, short_date


def claims_in_words(
    facts: LetterFacts, seen: dict[str, Any], labels: Mapping[str, str], collector: Collector
) -> dict[str, Any]:
    """Return the claims as templates see them, their lines, and how sentences name them.

    ``claim_words()`` is ``claim 2226181004470`` or ``12 claims (listed below)``; ``remittance_words()`` is ``on`` the
    remittance's day, or ``between`` the first and the last. They are asked for when they are printed, so that a fact a
    letter does not name is no gap in it. ``claim_history`` are the sending and the denial, with the days they took.
    """
    claims = [seen["claim"], *seen["more_claims"]]
    for line in seen["lines"]:
        line["claim_number"] = claims[line["claim"]]["payer_claim_number"]
        line["note_letters"] = ", ".join(
            label.removeprefix("Exhibit ") for label in note_labels(facts, line["service_date"])
        )
    for place, claim in enumerate(claims):
        claim["lines"] = [line for line in seen["lines"] if line["claim"] == place]
    dates = [claim.remittance_date for claim in (facts.claim, *facts.more_claims) if claim.remittance_date]
    return {
        "claims": claims,
        "claim_words": _claim_words(claims),
        "remittance_words": lambda: _between(dates, collector),
        "remittance_dates": date_range(dates) or Missing("claim.remittance_date", collector),
        "remittance_day_list": _day_list(dates),
        "service_day_list": _day_list(service_days(facts)),
        "claim_number_list": lambda: and_list([claim["payer_claim_number"] for claim in claims]),
        "services": _services(facts),
        "meanings": list({line.code: line.meaning for line in facts.lines if line.code}.items()),
        "claim_history": [row for row in (_sent(facts), _denied(facts, labels)) if row],
    }


def _sent(facts: LetterFacts) -> dict[str, Any]:
    days = [claim.submitted_on for claim in (facts.claim, *facts.more_claims) if claim.submitted_on]
    what = "the claims were sent" if facts.more_claims else "the claim was sent"
    return {"on": min(days), "dates": date_range(days), "what": what, "proof": "", "label": ""} if days else {}


def _denied(facts: LetterFacts, labels: Mapping[str, str]) -> dict[str, Any]:
    claims = [claim for claim in (facts.claim, *facts.more_claims) if claim.remittance_date]
    days = [claim.remittance_date for claim in claims if claim.remittance_date]
    first = [line.reasons[0] for line in facts.lines if line.reasons]
    codes = and_list(list(dict.fromkeys(f"{reason.group}-{reason.carc}" for reason in first)))
    said = "remittances denied these lines" if len(set(days)) > 1 else "the remittance denied these lines"
    return {
        "on": min(days), "dates": date_range(days), "what": f"{said} with {codes}" if codes else said,
        "proof": and_list(list(dict.fromkeys(claim.trace_number for claim in claims if claim.trace_number))),
        "label": labels.get("remittance", ""),
    } if days else {}  # fmt: skip


def _day_list(days: Iterable[date]) -> str:
    """Return every day: ``April 6, 2026``, or ``04/06/2026 and 04/08/2026``."""
    each = sorted(set(days))
    return long_date(each[0]) if len(each) == 1 else and_list([short_date(day) for day in each])


def _claim_words(claims: list[dict[str, Any]]) -> Callable[[], str]:
    if len(claims) > 1:
        return lambda: f"{counted(len(claims), 'claim')} (listed below)"
    return lambda: f"claim {claims[0]['payer_claim_number']}"


def _between(dates: Sequence[date], collector: Collector) -> str:
    if not dates:
        return f"on {Missing('claim.remittance_date', collector)}"
    first, last = min(dates), max(dates)
    return f"on {long_date(first)}" if first == last else f"between {long_date(first)} and {long_date(last)}"


def _services(facts: LetterFacts) -> list[tuple[str, str]]:
    """Return the codes with their modifiers and what they mean, each once, in the order of the lines."""
    found = {" ".join((line.code, *line.modifiers)): line.meaning for line in facts.lines if line.code}
    return list(found.items())
