"""What a clearinghouse or payer says when a claim arrives: the 277CA claim by claim, the 999 file by file."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.domain.remittance import Problem


class Arrival(StrEnum):
    """What became of a claim or file on arrival."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOTED = "noted"  # received or passed on, without a decision


# Claim status categories of the 277CA (X12 code list 507, our words): A2 and A5 took the claim in for adjudication;
# A3, A4, A6, A7, A8 returned, did not find or rejected it; A0 and A1 forwarded or received it. x12.org, code list 507.
_CATEGORIES = {
    "A0": Arrival.NOTED,
    "A1": Arrival.NOTED,
    "A2": Arrival.ACCEPTED,
    "A3": Arrival.REJECTED,
    "A4": Arrival.REJECTED,
    "A5": Arrival.ACCEPTED,
    "A6": Arrival.REJECTED,
    "A7": Arrival.REJECTED,
    "A8": Arrival.REJECTED,
}
# IK501 and AK901: A accepted, E accepted with errors, P partly; M, R, W, X rejected (999 guide 005010X231A1).
_FILE_CODES = {"A": Arrival.ACCEPTED, "E": Arrival.ACCEPTED, "P": Arrival.NOTED}


def arrival_of_category(category: str) -> Arrival:
    """Return what a claim status category of a 277CA says; an unknown one decides nothing."""
    return _CATEGORIES.get(category, Arrival.NOTED)


def arrival_of_file(code: str) -> Arrival:
    """Return what an acknowledgment code of a 999 says of a file; an unknown one is a rejection."""
    return _FILE_CODES.get(code, Arrival.REJECTED)


def batch_key(group_control: str, transaction_control: str) -> str:
    """Return what a 999 and the 837P it answers have in common; leading zeros do not matter. Empty without numbers."""
    numbers = [number.strip().lstrip("0") for number in (group_control, transaction_control)]
    return "/".join(numbers)[:40] if all(numbers) else ""


@dataclass(frozen=True, slots=True)
class ClaimReceipt:
    """One claim of a 277CA. ``codes`` are category and status as written (``A7:562``), the deciding one first."""

    control_number: str
    arrival: Arrival
    codes: tuple[str, ...]
    day: date | None
    payer_claim_number: str
    charge_cents: int
    payer: str
    segment: int
    provider_npi: str = ""
    provider_tin: str = ""


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """One file (ST) of ours in a 999, by the group (GS06) and transaction (ST02) control numbers we gave it."""

    group_control: str
    transaction_control: str
    arrival: Arrival
    day: date | None
    segment: int


@dataclass(frozen=True, slots=True)
class Receipts:
    """What one ST..SE of a 277CA or 999 says. ``claims`` or ``files`` is filled, never both."""

    kind: str
    claims: tuple[ClaimReceipt, ...] = ()
    files: tuple[FileReceipt, ...] = ()
    problems: tuple[Problem, ...] = ()
