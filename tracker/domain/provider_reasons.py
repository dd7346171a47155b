"""What the reasons of provider-level adjustments (PLB) mean, in our words (x12.md rules 36 to 39)."""

from collections.abc import Mapping
from types import MappingProxyType

PROVIDER_REASONS: Mapping[str, str] = MappingProxyType({
    "WO": "Overpayment recovered",
    "72": "Refund we sent, acknowledged",
    "FB": "Balance carried between payments",
    "L6": "Interest",
    "CS": "Adjustment",
    "J1": "Not reimbursed",
    "LE": "Levy",
    "IR": "Tax withheld",
    "50": "Late filing",
    "90": "Early payment",
    "AP": "Advance recovered",
    "L3": "Penalty",
})  # fmt: skip


def words_for(reason: str, amount_cents: int) -> str:
    """Return a PLB reason in words with its direction: a positive amount was taken, a negative one given."""
    meaning = PROVIDER_REASONS.get(reason, f"Provider adjustment {reason}")
    return f"{meaning}, {'taken from' if amount_cents > 0 else 'added to'} the payment"
