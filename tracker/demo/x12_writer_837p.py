"""Writes valid 837P files (005010X222A1) from plain facts, for tests, benchmarks and demo data."""

from collections.abc import Sequence
from datetime import date, datetime

from tracker.demo.x12_facts import Party, Sending, Style, dependent_of
from tracker.demo.x12_segments import CLEARINGHOUSE, STANDARD, SegmentWriter, day_text, money, named, quantity
from tracker.domain.claim import BilledClaim, BilledLine
from tracker.domain.remittance import Person


def write_837p(
    sendings: Sequence[Sending],
    made_at: datetime,
    *,
    style: Style = STANDARD,
    control_number: int = 1,
    test: bool = False,
) -> bytes:
    """Return an 837P file with one transaction per sending."""
    writer = SegmentWriter(style)
    bodies = (_sending(writer, sending) for sending in sendings)
    return writer.file("HC", "837", "005010X222A1", bodies, made_at, control_number, test=test)


def _sending(writer: SegmentWriter, sending: Sending) -> list[str]:
    practice, segment = sending.practice, writer.segment
    parts = [
        segment("BHT", "0019", "00", sending.reference, day_text(sending.sent_on), "0930", "CH"),
        segment("NM1", "41", "2", practice.name, "", "", "", "", "46", practice.tin),
        segment("PER", "IC", "BILLING OFFICE", "TE", practice.phone),
        segment("NM1", "40", "2", CLEARINGHOUSE, "", "", "", "", "46", "CW0001"),
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


def _people(writer: SegmentWriter, claim: BilledClaim, payer: Party, level: int) -> tuple[list[str], int]:
    """Return the subscriber's loop, with the patient's under it when that is another person, and the last HL number."""
    segment = writer.segment
    other = dependent_of(claim)
    subscriber = other or claim.patient
    parts = [
        segment("HL", str(level + 1), "1", "22", "1" if other else "0"),
        segment("SBR", "P", "" if other else "18", "", "", "", "", "", "", claim.filing_code),
        named(writer, "IL", subscriber),
        *_home(writer, subscriber),
        segment("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.id),
    ]
    if other is None:
        return parts, level + 1
    parts += [
        segment("HL", str(level + 2), str(level + 1), "23", "0"),
        segment("PAT", "19"),
        named(writer, "QC", claim.patient._replace(member_id="")),
        *_home(writer, claim.patient),
    ]
    return parts, level + 2


def _home(writer: SegmentWriter, person: Person) -> list[str]:
    """N3, N4 and DMG: X12 wants an address of the patient, so all live in one invented street."""
    born = person.birth_date or date(1970, 1, 1)
    return [
        writer.segment("N3", "12 Willow Ct"),
        writer.segment("N4", "Dayton", "OH", "45402"),
        writer.segment("DMG", "D8", day_text(born), person.sex or "U"),
    ]


def _claim(writer: SegmentWriter, claim: BilledClaim) -> list[str]:
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


def _line(writer: SegmentWriter, line: BilledLine) -> list[str]:
    segment = writer.segment
    procedure = writer.composite("HC", line.code, *line.modifiers)
    pointers = writer.composite(*(str(pointer) for pointer in line.diagnosis_pointers[:4]))
    parts = [
        segment("LX", str(line.line)),
        segment("SV1", procedure, money(line.charge_cents), "UN", quantity(line.units), "", "", pointers),
    ]
    if line.service_to:
        parts.append(segment("DTP", "472", "RD8", f"{day_text(line.service_from)}-{day_text(line.service_to)}"))
    else:
        parts.append(segment("DTP", "472", "D8", day_text(line.service_from)))
    if line.control_number:
        parts.append(segment("REF", "6R", line.control_number))
    return parts
