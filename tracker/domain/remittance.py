"""What a payer said: one 835 transaction as frozen facts.

Amounts are integer cents, dates are dates, units are numbers as sent (a fraction is possible, never money).
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Problem(NamedTuple):
    """Something the reader noticed and did not hide: where it stands and what is wrong, in plain words."""

    where: str
    why: str


class Adjustment(NamedTuple):
    """One CAS triplet: group code, CARC, cents taken from the charge, quantity (units) if sent."""

    group: str
    carc: str
    amount_cents: int
    quantity: float | None = None


class Person(NamedTuple):
    """A patient or subscriber as a file names one."""

    last_name: str
    first_name: str = ""
    middle_name: str = ""
    member_id: str = ""
    birth_date: date | None = None
    sex: str = ""


class ServicePayment(NamedTuple):
    """One SVC loop: the payer's answer to one claim line."""

    code: str
    modifiers: tuple[str, ...]
    charge_cents: int
    paid_cents: int
    units_paid: float
    units_billed: float
    submitted_code: str | None
    submitted_modifiers: tuple[str, ...]
    revenue_code: str
    service_from: date | None
    service_to: date | None
    control_number: str
    policy: str
    allowed_cents: int | None
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]


class ClaimPayment(NamedTuple):
    """One CLP loop: the payer's answer to one claim. ``segment`` is the number of its CLP in the file, from 1."""

    control_number: str
    status: str
    charge_cents: int
    paid_cents: int
    patient_share_cents: int
    filing_code: str
    payer_claim_number: str
    facility_code: str
    frequency_code: str
    patient: Person
    subscriber: Person | None
    corrected_patient: Person | None
    rendering_npi: str
    rendering_name: str
    crossover_payer: str
    original_reference: str
    group_number: str
    statement_from: date | None
    statement_to: date | None
    received_on: date | None
    allowed_cents: int | None
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    services: tuple[ServicePayment, ...]
    segment: int
    content_hash: str

    @property
    def is_reversal(self) -> bool:
        """CLP02 22 takes an earlier answer back."""
        return self.status == "22"


class ProviderAdjustment(NamedTuple):
    """One PLB pair. Positive cents are money taken from the provider, negative money given (X12's sign)."""

    reason: str
    reference: str
    amount_cents: int
    provider_npi: str
    fiscal_date: date | None


@dataclass(frozen=True, slots=True)
class Remittance:
    """One ST..SE of an 835: who paid whom, when, how much, and for which claims."""

    control_number: str
    version: str
    payer_name: str
    payer_id: str
    payer_tin: str
    payee_name: str
    payee_npi: str
    payee_tin: str
    trace_number: str
    payment_date: date | None
    production_date: date | None
    method: str
    handling: str
    amount_cents: int
    claims: tuple[ClaimPayment, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    problems: tuple[Problem, ...]
    content_hash: str
    first_segment: int
    test: bool = False
