"""What is in a file, in numbers: the object that `tracker read --json` prints."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from tracker.domain.remittance import Adjustment, Problem, Remittance
from tracker.importers.errors import ImportProblem
from tracker.importers.recognition import recognise
from tracker.importers.x835 import read_835
from tracker.importers.x837p import read_837p

_WORDS = {
    "837I": "institutional claims (837I)",
    "837D": "dental claims (837D)",
    "999": "a receipt (999)",
    "997": "a receipt (997)",
    "TA1": "a receipt (TA1)",
    "277CA": "a claim acknowledgment (277CA)",
    "277": "a claim status answer (277)",
}


# Receipts have no amounts to read; an import puts them to their claims.
_INSTEAD = dict.fromkeys(("999", "277CA"), "`tracker import` puts it to its claims.")

Report = Callable[[int], None]
"""Told how many claims were read so far."""


def _to_nobody(_claims: int) -> None:
    """Report to nobody."""


def summarise(filename: str, data: bytes, report: Report = _to_nobody) -> dict[str, Any]:
    """Read a file without storing it and return its counts and sums in cents.

    A file that is refused has format None, zeros, and the reason among its problems.
    """
    try:
        return _READERS[_format_to_read(filename, data)](filename, data, report)
    except ImportProblem as refusal:
        problem = Problem(refusal.where, f"{refusal.why} {refusal.what_to_do}".strip())
        return _summary(filename, None, problems=[problem])


def _format_to_read(filename: str, data: bytes) -> str:
    found = recognise(data, filename)
    if found not in _READERS:
        what = _WORDS.get(found, f"an X12 {found}")
        raise ImportProblem("File", f"This file holds {what}.", _INSTEAD.get(found, "Choose an 835 or an 837P."))
    return found


def _summary(
    filename: str, file_format: str | None, problems: Iterable[Problem] = (), **numbers: Any
) -> dict[str, Any]:
    return {
        "file": filename,
        "format": file_format,
        "transactions": 0,
        "claims": 0,
        "lines": 0,
        "adjustments": 0,
        "charged_cents": 0,
        "paid_cents": 0,
        "adjusted_cents": 0,
        "plb_cents": 0,
        "by_reason": {},
        **numbers,
        "problems": [{"where": problem.where, "why": problem.why} for problem in problems],
    }


def _of_835(filename: str, data: bytes, report: Report) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    by_reason: Counter[str] = Counter()
    problems: list[Problem] = []
    for remittance in read_835(data):
        _count(remittance, counts, by_reason)
        problems += remittance.problems
        report(counts["claims"])
    return _summary(filename, "835", problems, **counts, by_reason=dict(sorted(by_reason.items())))


def _count(remittance: Remittance, counts: Counter[str], by_reason: Counter[str]) -> None:
    counts["transactions"] += 1
    counts["claims"] += len(remittance.claims)
    counts["plb_cents"] += sum(pair.amount_cents for pair in remittance.provider_adjustments)
    for claim in remittance.claims:
        counts["charged_cents"] += claim.charge_cents
        counts["paid_cents"] += claim.paid_cents
        counts["lines"] += len(claim.services)
        _add(claim.adjustments, counts, by_reason)
        for service in claim.services:
            _add(service.adjustments, counts, by_reason)


def _add(adjustments: tuple[Adjustment, ...], counts: Counter[str], by_reason: Counter[str]) -> None:
    counts["adjustments"] += len(adjustments)
    for group, carc, cents, _ in adjustments:
        counts["adjusted_cents"] += cents
        by_reason[f"{group}-{carc}"] += cents


def _of_837p(filename: str, data: bytes, report: Report) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    for batch in read_837p(data):
        counts["transactions"] += 1
        counts["claims"] += len(batch.claims)
        counts["charged_cents"] += sum(claim.charge_cents for claim in batch.claims)
        counts["lines"] += batch.stray_lines + sum(len(claim.lines) for claim in batch.claims)
        problems += batch.problems
        report(counts["claims"])
    return _summary(filename, "837P", problems, **counts)


_READERS = {"835": _of_835, "837P": _of_837p}
