"""Writes valid, balanced 835 files (005010X221A1) from plain facts, for tests, benchmarks and demo data.

Facts that do not balance raise ValueError: broken files are made by breaking good ones.
"""

from collections.abc import Sequence
from datetime import date, datetime

from tracker.demo.x12_facts import Payment, Style
from tracker.demo.x12_segments import STANDARD, SegmentWriter, day_text, money, named, quantity
from tracker.domain.remittance import Adjustment, ClaimPayment, ServicePayment


def write_835(
    payments: Sequence[Payment],
    made_at: datetime,
    *,
    style: Style = STANDARD,
    control_number: int = 1,
    test: bool = False,
) -> bytes:
    """Return an 835 file with one transaction per payment. Raises ValueError when the facts do not balance."""
    for payment in payments:
        _check_balance(payment)
    writer = SegmentWriter(style)
    bodies = (_payment(writer, payment, made_at.date()) for payment in payments)
    return writer.file("HP", "835", "005010X221A1", bodies, made_at, control_number, test=test)


def _check_balance(payment: Payment) -> None:
    if payment.amount_cents < 0:
        raise ValueError(f"payment {payment.trace_number} is negative: add a PLB that carries the balance forward")
    for claim in payment.claims:
        adjusted = sum(each.amount_cents for each in claim.adjustments)
        for line in claim.services:
            of_line = sum(each.amount_cents for each in line.adjustments)
            if line.charge_cents - of_line != line.paid_cents:
                raise ValueError(f"a line of claim {claim.control_number} does not balance")
            adjusted += of_line
        if claim.charge_cents - adjusted != claim.paid_cents:
            raise ValueError(f"claim {claim.control_number} does not balance")


def _payment(writer: SegmentWriter, payment: Payment, made_on: date) -> list[str]:
    payer, payee, segment = payment.payer, payment.payee, writer.segment
    parts = [
        _bpr(writer, payment),
        segment("TRN", "1", payment.trace_number, f"1{payer.tin}"),
        segment("DTM", "405", day_text(made_on)),
        segment("N1", "PR", payer.name),
        segment("N3", payer.street),
        segment("N4", payer.city, payer.state, payer.zip_code),
        segment("REF", "2U", payer.id),
        segment("PER", "BL", "PROVIDER SERVICES", "TE", payer.phone),
        segment("N1", "PE", payee.name, "XX", payee.id),
        segment("REF", "TJ", payee.tin),
    ]
    if payment.claims:
        parts.append(segment("LX", "1"))
    for claim in payment.claims:
        parts += _claim_payment(writer, claim)
    parts += _provider_adjustments(writer, payment)
    return parts


def _bpr(writer: SegmentWriter, payment: Payment) -> str:
    day, amount = day_text(payment.paid_on), money(payment.amount_cents)
    if payment.method == "NON" or payment.amount_cents == 0:
        return writer.segment("BPR", "H", "0", "C", "NON", *[""] * 11, day)
    if payment.method == "CHK":
        return writer.segment("BPR", "I", amount, "C", "CHK", *[""] * 11, day)
    ours, theirs = ("01", "071000013", "DA", "1000200300"), ("01", "091000019", "DA", "4000500600")
    return writer.segment("BPR", "I", amount, "C", "ACH", "CCP", *theirs, f"1{payment.payer.tin}", "", *ours, day)


def _claim_payment(writer: SegmentWriter, claim: ClaimPayment) -> list[str]:
    segment = writer.segment
    share = money(claim.patient_share_cents) if claim.patient_share_cents else ""
    parts = [
        segment(
            "CLP", claim.control_number, claim.status, money(claim.charge_cents), money(claim.paid_cents), share,
            claim.filing_code, claim.payer_claim_number, claim.facility_code, claim.frequency_code,
        )
    ]  # fmt: skip
    parts += _adjustments(writer, claim.adjustments)
    parts.append(named(writer, "QC", claim.patient))
    if claim.subscriber:
        parts.append(named(writer, "IL", claim.subscriber))
    if claim.corrected_patient:
        fixed = claim.corrected_patient
        parts.append(segment("NM1", "74", "1", fixed.last_name, fixed.first_name, fixed.middle_name))
    if claim.rendering_npi:
        last, _, first = claim.rendering_name.partition(", ")
        parts.append(segment("NM1", "82", "1", last, first, "", "", "", "XX", claim.rendering_npi))
    if claim.crossover_payer:
        parts.append(segment("NM1", "TT", "2", claim.crossover_payer, "", "", "", "", "PI", "30999"))
    if claim.remarks:
        parts.append(segment("MOA", "", "", *claim.remarks[:5]))
    parts += _references_and_dates(writer, claim)
    for line in claim.services:
        parts += _service(writer, line)
    return parts


def _references_and_dates(writer: SegmentWriter, claim: ClaimPayment) -> list[str]:
    segment = writer.segment
    values = (
        ("REF", "1L", claim.group_number),
        ("REF", "F8", claim.original_reference),
        ("DTM", "232", day_text(claim.statement_from)),
        ("DTM", "233", day_text(claim.statement_to)),
        ("DTM", "050", day_text(claim.received_on)),
        ("AMT", "AU", money(claim.allowed_cents) if claim.allowed_cents is not None else ""),
    )
    return [segment(*value) for value in values if value[2]]


def _adjustments(writer: SegmentWriter, adjustments: Sequence[Adjustment]) -> list[str]:
    """One CAS per group and six adjustments, in the order the groups first appear."""
    parts = []
    for group in dict.fromkeys(each.group for each in adjustments):
        same = [each for each in adjustments if each.group == group]
        for at in range(0, len(same), 6):
            values: list[str] = []
            for each in same[at : at + 6]:
                units = "" if each.quantity is None else quantity(each.quantity)
                values += [each.carc, money(each.amount_cents), units]
            parts.append(writer.segment("CAS", group, *values))
    return parts


def _service(writer: SegmentWriter, line: ServicePayment) -> list[str]:
    segment = writer.segment
    procedure = writer.composite("HC", line.code, *line.modifiers)
    sent = writer.composite("HC", line.submitted_code, *line.submitted_modifiers) if line.submitted_code else ""
    billed = quantity(line.units_billed) if line.units_billed != line.units_paid else ""
    parts = [
        segment(
            "SVC", procedure, money(line.charge_cents), money(line.paid_cents), line.revenue_code,
            quantity(line.units_paid), sent, billed,
        )
    ]  # fmt: skip
    if line.service_to:
        parts += [segment("DTM", "150", day_text(line.service_from)), segment("DTM", "151", day_text(line.service_to))]
    elif line.service_from:
        parts.append(segment("DTM", "472", day_text(line.service_from)))
    parts += _adjustments(writer, line.adjustments)
    if line.control_number:
        parts.append(segment("REF", "6R", line.control_number))
    if line.policy:
        parts.append(segment("REF", "0K", line.policy))
    if line.allowed_cents is not None:
        parts.append(segment("AMT", "B6", money(line.allowed_cents)))
    return parts + [segment("LQ", "HE", remark) for remark in line.remarks]


def _provider_adjustments(writer: SegmentWriter, payment: Payment) -> list[str]:
    parts = []
    pairs = payment.provider_adjustments
    year_end = date(payment.paid_on.year, 12, 31)
    for at in range(0, len(pairs), 6):
        values: list[str] = []
        for pair in pairs[at : at + 6]:
            values += [writer.composite(pair.reason, pair.reference), money(pair.amount_cents)]
        parts.append(writer.segment("PLB", payment.payee.id, day_text(year_end), *values))
    return parts
