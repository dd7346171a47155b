"""Writes valid, balanced 835 (005010X221A1) and 837P (005010X222A1) files from plain facts.

For tests, benchmarks and demo data. Facts that do not balance raise ValueError: broken files are made by breaking good
ones.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from tracker.demo.x12_facts import Party, Payment, Sending, Style, dependent_of
from tracker.domain.claim import BilledClaim, BilledLine
from tracker.domain.remittance import Adjustment, ClaimPayment, Person, ServicePayment

_STANDARD = Style()
_CLEARINGHOUSE = "CLEARWATER"


def write_835(
    payments: Sequence[Payment],
    made_at: datetime,
    *,
    style: Style = _STANDARD,
    control_number: int = 1,
    test: bool = False,
) -> bytes:
    """Return an 835 file with one transaction per payment. Raises ValueError when the facts do not balance."""
    for payment in payments:
        _check_balance(payment)
    writer = _Writer(style)
    bodies = (_payment(writer, payment, made_at.date()) for payment in payments)
    return writer.file("HP", "835", "005010X221A1", bodies, made_at, control_number, test=test)


def write_837p(
    sendings: Sequence[Sending],
    made_at: datetime,
    *,
    style: Style = _STANDARD,
    control_number: int = 1,
    test: bool = False,
) -> bytes:
    """Return an 837P file with one transaction per sending."""
    writer = _Writer(style)
    bodies = (_sending(writer, sending) for sending in sendings)
    return writer.file("HC", "837", "005010X222A1", bodies, made_at, control_number, test=test)


class _Writer:
    """Puts elements together in one style."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._end = style.terminator + style.line_end

    def segment(self, *elements: str) -> str:
        """Return one segment, empty elements at its end left out."""
        return self.style.element.join(elements).rstrip(self.style.element) + self._end

    def composite(self, *parts: str) -> str:
        """Return one composite element."""
        return self.style.component.join(parts).rstrip(self.style.component)

    def file(
        self,
        group: str,
        kind: str,
        version: str,
        bodies: Iterable[list[str]],
        made_at: datetime,
        control_number: int,
        *,
        test: bool,
    ) -> bytes:
        """Return a whole interchange around the segments of each transaction."""
        day, time, control = f"{made_at:%Y%m%d}", f"{made_at:%H%M}", f"{control_number:09d}"
        sender, receiver = _CLEARINGHOUSE.ljust(15), "REHABBILLER".ljust(15)
        blank = " " * 10
        header = (
            "ISA", "00", blank, "00", blank, "ZZ", sender, "ZZ", receiver, day[2:], time, self.style.repetition,
            "00501", control, "0", "T" if test else "P", self.style.component,
        )  # fmt: skip
        parts = [self.style.element.join(header) + self._end]
        parts.append(
            self.segment("GS", group, _CLEARINGHOUSE, "REHABBILLER", day, time, str(control_number), "X", version)
        )
        count = 0
        for count, body in enumerate(bodies, start=1):
            number = f"{count:04d}"
            parts.append(self.segment("ST", kind, number, *([version] if kind == "837" else [])))
            parts += body
            parts.append(self.segment("SE", str(len(body) + 2), number))
        parts += [self.segment("GE", str(count), str(control_number)), self.segment("IEA", "1", control)]
        return "".join(parts).encode("latin-1")


def money(cents: int) -> str:
    """Return an amount as X12 has it, without zeros that are not needed: ``80``, ``12.5``, ``-0.04``."""
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if cents < 0 else text


def quantity(number: float) -> str:
    """Return a quantity as X12 has it: ``2``, ``1.5``."""
    return f"{number:.3f}".rstrip("0").rstrip(".")


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


# ---- 835 ----


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


def _payment(writer: _Writer, payment: Payment, made_on: date) -> list[str]:
    payer, payee, segment = payment.payer, payment.payee, writer.segment
    parts = [
        _bpr(writer, payment),
        segment("TRN", "1", payment.trace_number, f"1{payer.tin}"),
        segment("DTM", "405", _day(made_on)),
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


def _bpr(writer: _Writer, payment: Payment) -> str:
    day, amount = _day(payment.paid_on), money(payment.amount_cents)
    if payment.method == "NON" or payment.amount_cents == 0:
        return writer.segment("BPR", "H", "0", "C", "NON", *[""] * 11, day)
    if payment.method == "CHK":
        return writer.segment("BPR", "I", amount, "C", "CHK", *[""] * 11, day)
    ours, theirs = ("01", "071000013", "DA", "1000200300"), ("01", "091000019", "DA", "4000500600")
    return writer.segment("BPR", "I", amount, "C", "ACH", "CCP", *theirs, f"1{payment.payer.tin}", "", *ours, day)


def _claim_payment(writer: _Writer, claim: ClaimPayment) -> list[str]:
    segment = writer.segment
    share = money(claim.patient_share_cents) if claim.patient_share_cents else ""
    parts = [
        segment(
            "CLP", claim.control_number, claim.status, money(claim.charge_cents), money(claim.paid_cents), share,
            claim.filing_code, claim.payer_claim_number, claim.facility_code, claim.frequency_code,
        )
    ]  # fmt: skip
    parts += _adjustments(writer, claim.adjustments)
    parts.append(_named(writer, "QC", claim.patient))
    if claim.subscriber:
        parts.append(_named(writer, "IL", claim.subscriber))
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


def _references_and_dates(writer: _Writer, claim: ClaimPayment) -> list[str]:
    segment = writer.segment
    values = (
        ("REF", "1L", claim.group_number),
        ("REF", "F8", claim.original_reference),
        ("DTM", "232", _day(claim.statement_from)),
        ("DTM", "233", _day(claim.statement_to)),
        ("DTM", "050", _day(claim.received_on)),
        ("AMT", "AU", money(claim.allowed_cents) if claim.allowed_cents is not None else ""),
    )
    return [segment(*value) for value in values if value[2]]


def _named(writer: _Writer, entity: str, person: Person) -> str:
    member = ("MI", person.member_id) if person.member_id else ()
    return writer.segment(
        "NM1", entity, "1", person.last_name, person.first_name, person.middle_name, "", "", *member
    )  # fmt: skip


def _adjustments(writer: _Writer, adjustments: Sequence[Adjustment]) -> list[str]:
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


def _service(writer: _Writer, line: ServicePayment) -> list[str]:
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
        parts += [segment("DTM", "150", _day(line.service_from)), segment("DTM", "151", _day(line.service_to))]
    elif line.service_from:
        parts.append(segment("DTM", "472", _day(line.service_from)))
    parts += _adjustments(writer, line.adjustments)
    if line.control_number:
        parts.append(segment("REF", "6R", line.control_number))
    if line.policy:
        parts.append(segment("REF", "0K", line.policy))
    if line.allowed_cents is not None:
        parts.append(segment("AMT", "B6", money(line.allowed_cents)))
    return parts + [segment("LQ", "HE", remark) for remark in line.remarks]


def _provider_adjustments(writer: _Writer, payment: Payment) -> list[str]:
    parts = []
    pairs = payment.provider_adjustments
    year_end = date(payment.paid_on.year, 12, 31)
    for at in range(0, len(pairs), 6):
        values: list[str] = []
        for pair in pairs[at : at + 6]:
            values += [writer.composite(pair.reason, pair.reference), money(pair.amount_cents)]
        parts.append(writer.segment("PLB", payment.payee.id, _day(year_end), *values))
    return parts


# ---- 837P ----


def _sending(writer: _Writer, sending: Sending) -> list[str]:
    practice, segment = sending.practice, writer.segment
    parts = [
        segment("BHT", "0019", "00", sending.reference, _day(sending.sent_on), "0930", "CH"),
        segment("NM1", "41", "2", practice.name, "", "", "", "", "46", practice.tin),
        segment("PER", "IC", "BILLING OFFICE", "TE", practice.phone),
        segment("NM1", "40", "2", _CLEARINGHOUSE, "", "", "", "", "46", "CW0001"),
        segment("HL", "1", "", "20", "1"),
        segment("PRV", "BI", "PXC", practice.taxonomy or "261QP2000X"),
        segment("NM1", "85", "2", practice.name, "", "", "", "", "XX", practice.id),
        segment("N3", practice.street),
        segment("N4", practice.city, practice.state, practice.zip_code),
        segment("REF", "EI", practice.tin),
    ]
    level = 1
    for claim in sending.claims:
        loop, level = _people(writer, claim, sending.payer, level)
        parts += loop + _claim(writer, claim)
        for line in claim.lines:
            parts += _line(writer, line)
    return parts


def _people(writer: _Writer, claim: BilledClaim, payer: Party, level: int) -> tuple[list[str], int]:
    """Return the subscriber's loop, with the patient's under it when that is another person, and the last HL number."""
    segment = writer.segment
    other = dependent_of(claim)
    subscriber = other or claim.patient
    parts = [
        segment("HL", str(level + 1), "1", "22", "1" if other else "0"),
        segment("SBR", "P", "" if other else "18", "", "", "", "", "", "", claim.filing_code),
        _named(writer, "IL", subscriber),
        *_home(writer, subscriber),
        segment("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.id),
    ]
    if other is None:
        return parts, level + 1
    parts += [
        segment("HL", str(level + 2), str(level + 1), "23", "0"),
        segment("PAT", "19"),
        _named(writer, "QC", claim.patient._replace(member_id="")),
        *_home(writer, claim.patient),
    ]
    return parts, level + 2


def _home(writer: _Writer, person: Person) -> list[str]:
    """N3, N4 and DMG: X12 wants an address of the patient, so all live in one invented street."""
    born = person.birth_date or date(1970, 1, 1)
    return [
        writer.segment("N3", "12 Willow Ct"),
        writer.segment("N4", "Dayton", "OH", "45402"),
        writer.segment("DMG", "D8", _day(born), person.sex or "U"),
    ]


def _claim(writer: _Writer, claim: BilledClaim) -> list[str]:
    segment = writer.segment
    place = writer.composite(claim.place_of_service or "11", "B", claim.frequency_code or "1")
    parts = [segment("CLM", claim.control_number, money(claim.charge_cents), "", "", place, "Y", "A", "Y", "Y")]
    references = (("9F", claim.referral_number), ("G1", claim.prior_authorization), ("F8", claim.original_reference))
    parts += [segment("REF", qualifier, value) for qualifier, value in references if value]
    if claim.diagnoses:
        first, *others = (code.replace(".", "") for code in claim.diagnoses)  # X12 leaves the point out
        kinds = [writer.composite("ABK", first), *(writer.composite("ABF", code) for code in others)]
        parts.append(segment("HI", *kinds[:12]))
    for entity, provider in (("DN", claim.referring), ("82", claim.rendering)):
        if provider is not None:
            last, _, first_name = provider.name.partition(", ")
            parts.append(segment("NM1", entity, "1", last, first_name, "", "", "", "XX", provider.npi))
            if entity == "82" and provider.taxonomy:
                parts.append(segment("PRV", "PE", "PXC", provider.taxonomy))
    return parts


def _line(writer: _Writer, line: BilledLine) -> list[str]:
    segment = writer.segment
    procedure = writer.composite("HC", line.code, *line.modifiers)
    pointers = writer.composite(*(str(pointer) for pointer in line.diagnosis_pointers[:4]))
    parts = [
        segment("LX", str(line.line)),
        segment("SV1", procedure, money(line.charge_cents), "UN", quantity(line.units), "", "", pointers),
    ]
    if line.service_to:
        parts.append(segment("DTP", "472", "RD8", f"{_day(line.service_from)}-{_day(line.service_to)}"))
    else:
        parts.append(segment("DTP", "472", "D8", _day(line.service_from)))
    if line.control_number:
        parts.append(segment("REF", "6R", line.control_number))
    return parts
