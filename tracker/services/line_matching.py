"""Which claim line an answer is about, and which part of a claim-level adjustment belongs to which line."""

from collections.abc import Iterator, Sequence

from tracker.domain.remittance import Adjustment, ClaimPayment, ServicePayment
from tracker.services.known_claims import KnownLine


def match_line(free: Sequence[KnownLine], service: ServicePayment) -> KnownLine | None:
    """Return the line, among those not matched yet, that a service payment answers (x12.md rule 29).

    By REF*6R, by the LX number that payers send on splits, else by code, modifiers, date and charge, ever looser.
    """
    number = service.control_number
    if number:
        for line in free:
            if line.control_number == number:
                return line
    code = service.submitted_code or service.code
    alike = [line for line in free if line.code == code]
    return _by_number(alike, number) or _by_content(alike, service) if alike else None


def _by_number(alike: Sequence[KnownLine], number: str) -> KnownLine | None:
    if not number.isdigit():
        return None
    return next((line for line in alike if line.line == int(number)), None)


def _by_content(alike: Sequence[KnownLine], service: ServicePayment) -> KnownLine | None:
    modifiers = " ".join(service.submitted_modifiers if service.submitted_code else service.modifiers)
    charge = abs(service.charge_cents)
    same_charge = [line for line in alike if line.charge_cents == charge and _same_day(line, service)]
    exact = next((line for line in same_charge if line.modifiers == modifiers), None)
    if exact is not None or same_charge:
        return exact or same_charge[0]
    return next((line for line in alike if line.service_date == service.service_from), None)


def _same_day(line: KnownLine, service: ServicePayment) -> bool:
    return service.service_from is None or line.service_date is None or line.service_date == service.service_from


def spread_claim_adjustments(paid: ClaimPayment) -> list[tuple[Adjustment, ...]]:
    """Return, for each service of a claim, its part of the claim-level adjustments.

    They are spread only when they add up to exactly what the lines leave unexplained (charge - paid - own
    adjustments); otherwise they stay with the claim.
    """
    nothing: list[tuple[Adjustment, ...]] = [() for _ in paid.services]
    if not paid.adjustments or not paid.services:
        return nothing
    gaps = [
        service.charge_cents - service.paid_cents - sum(a.amount_cents for a in service.adjustments)
        for service in paid.services
    ]
    if sum(gaps) != sum(a.amount_cents for a in paid.adjustments) or any(gap < 0 for gap in gaps):
        return nothing
    if any(adjustment.amount_cents < 0 for adjustment in paid.adjustments):
        return nothing
    left = [[adjustment.amount_cents, place] for place, adjustment in enumerate(paid.adjustments)]
    return [tuple(_take(gap, left, paid.adjustments)) for gap in gaps]


def _take(gap: int, left: list[list[int]], adjustments: Sequence[Adjustment]) -> Iterator[Adjustment]:
    """Yield adjustments worth ``gap`` cents from what is ``left`` of them (cents, place), in their order."""
    for entry in left:
        taken = min(gap, entry[0])
        if taken > 0:
            yield adjustments[entry[1]]._replace(amount_cents=taken, quantity=None)
            entry[0] -= taken
            gap -= taken
