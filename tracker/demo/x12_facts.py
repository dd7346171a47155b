"""The facts the writer of 835 and 837P files takes, and short ways to state them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tracker.domain.claim import BilledClaim, BilledLine
from tracker.domain.remittance import Adjustment, ClaimPayment, Person, ProviderAdjustment, ServicePayment


class Party(NamedTuple):
    """A payer or practice: ``id`` is the payer id or the NPI, ``tin`` nine digits."""

    name: str
    id: str
    tin: str
    street: str = "100 Main St"
    city: str = "Dayton"
    state: str = "OH"
    zip_code: str = "454020001"
    phone: str = "8005550100"
    taxonomy: str = ""


class Style(NamedTuple):
    """The separators a sender uses and what it puts after each segment."""

    element: str = "*"
    component: str = ":"
    terminator: str = "~"
    line_end: str = "\n"
    repetition: str = "^"


@dataclass(frozen=True, slots=True)
class Payment:
    """One 835 transaction. What is paid is what its claims add up to less the provider adjustments."""

    payer: Party
    payee: Party
    trace_number: str
    paid_on: date
    claims: tuple[ClaimPayment, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    method: str = "ACH"

    @property
    def amount_cents(self) -> int:
        """BPR02."""
        taken = sum(pair.amount_cents for pair in self.provider_adjustments)
        return sum(claim.paid_cents for claim in self.claims) - taken


@dataclass(frozen=True, slots=True)
class Sending:
    """One 837P transaction: claims of one practice to one payer, sent on one day."""

    practice: Party
    payer: Party
    sent_on: date
    reference: str
    claims: tuple[BilledClaim, ...]


def adjustment(text: str, cents: int, quantity: float | None = None) -> Adjustment:
    """Return an adjustment stated like ``CO-45``."""
    group, carc = text.split("-", 1)
    return Adjustment(group, carc, cents, quantity)


def service(
    billed: BilledLine,
    adjustments: Sequence[Adjustment] = (),
    remarks: Sequence[str] = (),
    *,
    allowed_cents: int | None = None,
    units_paid: float | None = None,
    policy: str = "",
) -> ServicePayment:
    """Return the payer's answer to a billed line: paid is the charge less all adjustments."""
    paid = billed.charge_cents - sum(each.amount_cents for each in adjustments)
    return ServicePayment(
        billed.code, billed.modifiers, billed.charge_cents, paid, billed.units if units_paid is None else units_paid,
        billed.units, None, (), "", billed.service_from, None, billed.control_number, policy, allowed_cents,
        tuple(adjustments), tuple(remarks),
    )  # fmt: skip


def answer(  # noqa: PLR0913  # one keyword per thing a payer may say
    billed: BilledClaim,
    services: Sequence[ServicePayment],
    payer_claim_number: str,
    *,
    status: str = "1",
    adjustments: Sequence[Adjustment] = (),
    remarks: Sequence[str] = (),
    crossover_payer: str = "",
    original_reference: str = "",
    received_on: date | None = None,
) -> ClaimPayment:
    """Return the payer's answer to a claim; the sums follow from its lines and the adjustments of the claim."""
    every = [*adjustments, *(each for line in services for each in line.adjustments)]
    adjusted = sum(each.amount_cents for each in every)
    charge = sum(line.charge_cents for line in services) or billed.charge_cents
    days = [line.service_from for line in billed.lines if line.service_from]
    return ClaimPayment(
        billed.control_number, status, charge, charge - adjusted,
        sum(each.amount_cents for each in every if each.group == "PR"), billed.filing_code, payer_claim_number,
        billed.place_of_service, billed.frequency_code, billed.patient, None, None,
        billed.rendering.npi if billed.rendering else "", billed.rendering.name if billed.rendering else "",
        crossover_payer, original_reference, "", min(days, default=None), max(days, default=None), received_on, None,
        tuple(adjustments), tuple(remarks), tuple(services), 0, "",
    )  # fmt: skip


def reversal(paid: ClaimPayment) -> ClaimPayment:
    """Return the reversal of an answer: status 22, every amount negated, groups as they were (X12 RFI 1147, 2442)."""
    services = tuple(
        line._replace(
            charge_cents=-line.charge_cents,
            paid_cents=-line.paid_cents,
            allowed_cents=None,
            adjustments=_negated(line.adjustments),
            remarks=(),
        )
        for line in paid.services
    )
    return paid._replace(
        status="22",
        charge_cents=-paid.charge_cents,
        paid_cents=-paid.paid_cents,
        patient_share_cents=-paid.patient_share_cents,
        adjustments=_negated(paid.adjustments),
        remarks=(),
        services=services,
    )


def _negated(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(each._replace(amount_cents=-each.amount_cents, quantity=None) for each in adjustments)


def dependent_of(billed: BilledClaim) -> Person | None:
    """Return the subscriber when the patient is somebody else."""
    return billed.subscriber if billed.subscriber and billed.subscriber != billed.patient else None
