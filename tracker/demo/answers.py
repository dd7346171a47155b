"""How payers of the demo answer a claim, at first and again: paid, refused in whole, or cut by a unit."""

from dataclasses import replace
from datetime import timedelta

from tracker.demo.visits import Refusal, Visit
from tracker.demo.x12_facts import answer, service
from tracker.domain.claim import BilledClaim, BilledLine
from tracker.domain.remittance import Adjustment, ClaimPayment, ServicePayment


def answer_to(visit: Visit, billed: BilledClaim, refusal: Refusal | None, icn: str, original: str = "") -> ClaimPayment:
    """Return the payer's answer to a visit as billed: paid, or refused as ``refusal`` says."""
    received = (billed.submitted_on or visit.day) + timedelta(days=1)
    if refusal is not None and refusal.for_whole_claim:
        group, carc = refusal.reason.split("-")
        whole = [Adjustment(group, carc, billed.charge_cents)]
        return answer(billed, [], icn, status="4", adjustments=whole, remarks=refusal.remarks, received_on=received)
    lines = [_line(visit, line, refusal) for line in billed.lines]
    status, remarks, onward = "1", tuple(refusal.claim_remarks if refusal else ()), ""
    if visit.episode.payer.key == "medicare":
        remarks = ("MA01", *remarks) if "MA01" not in remarks and "MA130" not in remarks else remarks
        if refusal is None and visit.number % 5 == 2:
            status, remarks, onward = "19", ("MA01", "MA18"), "EXAMPLE MEDIGAP"
    return answer(
        billed, lines, icn, status=status, remarks=remarks, crossover_payer=onward, original_reference=original,
        received_on=received,
    )  # fmt: skip


def _line(visit: Visit, line: BilledLine, refusal: Refusal | None) -> ServicePayment:
    found, allowed = visit.adjustments(line)
    place = line.line - 1
    if refusal is None or (refusal.lines and place not in refusal.lines):
        return service(line, found, allowed_cents=allowed)
    group, carc = refusal.reason.split("-")
    if refusal.units and line.units > refusal.units:
        fewer = line._replace(
            units=line.units - refusal.units,
            charge_cents=line.charge_cents * int(line.units - refusal.units) // int(line.units),
        )
        found, allowed = visit.adjustments(fewer)
        cut = Adjustment(group, carc, line.charge_cents - fewer.charge_cents, float(refusal.units))
        return service(line, [*found, cut], refusal.remarks, allowed_cents=allowed, units_paid=fewer.units)
    return service(line, [Adjustment(group, carc, line.charge_cents)], refusal.remarks, allowed_cents=0)


def icn_of(visit: Visit, version: int) -> str:
    """Return the payer's number of its first or second answer to a visit."""
    return f"{visit.episode.payer.key[:2].upper()}{visit.day:%y%j}{visit.control[2:]}{version}"


def refused_still(visit: Visit) -> Refusal | None:
    """Return what an appeal that is won in part leaves refused: one unit of a line of several."""
    refused = visit.refusal
    if refused is None or visit.course != "paid_in_part" or visit.lines[refused.lines[0]].units == 1:
        return None
    return replace(refused, units=1)


def put_right(visit: Visit) -> Visit:
    """Return the visit as the corrected claim tells it."""
    lines = [replace(line, modifiers=list(line.modifiers)) for line in visit.lines]
    refused = visit.refusal.lines if visit.refusal and visit.refusal.lines else range(len(lines))
    for place in refused:
        line = lines[place]
        if visit.trouble == "units_over_minutes":
            line.units = max(line.minutes // 15, 1)
        elif visit.trouble == "no_therapy_modifier":
            line.modifiers.insert(0, visit.lines[0].modifiers[0] if len(visit.lines) > 1 else "GP")
        elif visit.trouble == "no_kx":
            line.modifiers.append("KX")
        elif visit.trouble == "pair_without_59":
            line.modifiers.append("59")
    return replace(visit, lines=lines)
