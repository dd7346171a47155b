"""A claim as billed: one CLM of an 837P as frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from tracker.domain.remittance import Person, Problem

# Specialty taxonomies of the three disciplines (first four characters of the NUCC code).
DISCIPLINE_OF_TAXONOMY: Mapping[str, str] = MappingProxyType(
    {"2251": "PT", "2252": "PT", "225X": "OT", "224Z": "OT", "235Z": "SLP", "2355": "SLP"}
)


class Provider(NamedTuple):
    """A clinician or organisation on a claim."""

    name: str
    npi: str
    taxonomy: str = ""


class BilledLine(NamedTuple):
    """One service line (LX/SV1) as billed. Pointers count diagnoses from 1."""

    line: int
    code: str
    modifiers: tuple[str, ...]
    units: float
    charge_cents: int
    diagnosis_pointers: tuple[int, ...]
    service_from: date | None
    service_to: date | None
    control_number: str


@dataclass(frozen=True, slots=True)
class BilledClaim:
    """One claim (CLM) as billed. ``segment`` is the number of its CLM in the file, from 1."""

    control_number: str
    charge_cents: int
    place_of_service: str
    frequency_code: str
    original_reference: str
    prior_authorization: str
    referral_number: str
    filing_code: str
    diagnoses: tuple[str, ...]
    patient: Person
    subscriber: Person | None
    payer_name: str
    payer_id: str
    billing: Provider
    billing_tin: str
    rendering: Provider | None
    referring: Provider | None
    submitted_on: date | None
    lines: tuple[BilledLine, ...]
    segment: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class ClaimBatch:
    """One ST..SE of an 837P. ``stray_lines`` counts service lines outside of any claim, which were left out.

    ``group_control`` and ``control_number`` are GS06 and ST02, by which a 999 names the file.
    """

    control_number: str
    version: str
    submitted_on: date | None
    billing: Provider
    claims: tuple[BilledClaim, ...]
    problems: tuple[Problem, ...]
    content_hash: str
    first_segment: int
    stray_lines: int = 0
    group_control: str = ""
