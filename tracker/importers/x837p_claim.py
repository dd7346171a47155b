"""A claim and its lines while an 837P is read, and what can be wrong with the whole of it."""

from dataclasses import dataclass, field
from datetime import date

from tracker.domain.claim import BilledClaim, BilledLine, Provider
from tracker.domain.money import dollars
from tracker.domain.remittance import Person, Problem

NOBODY = Provider("", "")


@dataclass(slots=True)
class OpenLine:
    """A service line: opened by its LX, filled by SV1, DTP and REF."""

    number: int
    code: str = ""
    modifiers: tuple[str, ...] = ()
    units: float = 1.0
    charge_cents: int = 0
    pointers: tuple[int, ...] = ()
    service_from: date | None = None
    service_to: date | None = None
    control_number: str = ""
    has_service: bool = False

    def done(self) -> BilledLine:
        """Return the line as a fact."""
        return BilledLine(
            self.number, self.code, self.modifiers, self.units, self.charge_cents, self.pointers, self.service_from,
            self.service_to, self.control_number,
        )  # fmt: skip


@dataclass(slots=True)
class OpenClaim:
    """A claim: opened by its CLM. ``first`` is the place of the CLM in the transaction."""

    control_number: str
    charge_cents: int
    place_of_service: str
    frequency_code: str
    first: int
    diagnoses: list[str] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    lines: list[OpenLine] = field(default_factory=list)
    others: bool = False
    """Whether another payer's loop (2320) has begun."""


def complaints(billed: BilledClaim) -> list[Problem]:
    """Return what is wrong with a claim as a whole."""
    where, lines = f"Segment {billed.segment} (CLM)", sum(line.charge_cents for line in billed.lines)
    found = []
    if lines != billed.charge_cents:
        why = f"The lines add up to {dollars(lines)}, the claim says {dollars(billed.charge_cents)}."
        found.append(Problem(where, why))
    if not billed.patient.last_name:
        found.append(Problem(where, "The claim names no patient."))
    return found


def read_person(elements: list[str]) -> Person:
    """Return the person an NM1 names."""
    return Person(elements[3].strip(), elements[4].strip(), elements[5].strip(), elements[9].strip())


def read_provider(elements: list[str], taxonomy: str = "") -> Provider:
    """Return the clinician or organisation an NM1 names; an id that is no NPI is left out."""
    last, first = elements[3].strip(), elements[4].strip()
    npi = elements[9].strip() if elements[8].strip() == "XX" else ""
    return Provider(f"{last}, {first}" if first else last, npi, taxonomy)
