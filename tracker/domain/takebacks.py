"""Money a payer takes back at provider level (PLB): which of it is a takeback that somebody has to look at.

A takeback is no denial line; it has a task and a clock of its own (x12.md rule 40).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tracker.domain.remittance import ProviderAdjustment

TASKS: Mapping[str, str] = MappingProxyType(
    {"open": "To look at", "disputed": "Dispute sent", "accepted": "Accepted", "": "None"}
)
# WO: recovery of an overpayment; CS: an adjustment without a reason of its own (x12.md rules 36, 39).
_TAKES = frozenset({"WO", "CS"})
_OWN_REFUND = "72"


def takebacks(pairs: Sequence[ProviderAdjustment]) -> list[bool]:
    """Return for each pair of a remittance whether it is a takeback: money taken (positive) for an overpayment.

    A recovery that only balances a refund check of ours (72 of the same amount, rule 37) is none.
    """
    refunds = Counter(-pair.amount_cents for pair in pairs if pair.reason == _OWN_REFUND)
    found = []
    for pair in pairs:
        taken = pair.reason in _TAKES and pair.amount_cents > 0
        if taken and refunds[pair.amount_cents] > 0:
            refunds[pair.amount_cents] -= 1
            taken = False
        found.append(taken)
    return found
