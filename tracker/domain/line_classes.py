"""The words of classification: classes of adjustments and lines, and what goes in and comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tracker.domain.remittance import Adjustment

_FEE_SCHEDULE = "45"


class AdjustmentClass(StrEnum):
    """What one adjustment (CAS triplet) is."""

    DENIAL = "denial"
    CONTRACTUAL = "contractual"
    REDUCTION = "payment_reduction"
    PATIENT_SHARE = "patient_share"
    PRIOR_PAYER = "prior_payer"
    INFORMATION = "information"
    UNCLASSIFIED = "unclassified"


class LineClass(StrEnum):
    """What the payer's answer to a line is, all adjustments together."""

    PAID = "paid"
    REDUCED = "reduced"
    PATIENT_SHARE = "patient_share"
    PRIOR_PAYER = "prior_payer"
    DENIED = "denied"
    PARTLY_DENIED = "partly_denied"
    MISUSED_45 = "misused_45"
    UNCLASSIFIED = "unclassified"
    REVERSAL = "reversal"
    INFORMATION = "information"

    @property
    def opens_denial(self) -> bool:
        """Whether a person has to see the line: denied, in part or whole, or not understood."""
        return self in _OPENS_DENIAL


# A tuple: comparing members is quicker than hashing them.
_OPENS_DENIAL = (LineClass.DENIED, LineClass.PARTLY_DENIED, LineClass.MISUSED_45, LineClass.UNCLASSIFIED)


@dataclass(frozen=True, slots=True)
class AdjustmentTable:
    """The reason and remark codes as classification needs them.

    ``classes`` gives each CARC's default class; ``alerts`` are remarks that inform and are never a cause;
    ``appeal_stops`` are remarks that rule an appeal out, ``duplicate_only_stops`` those that do unless the line was
    denied as a duplicate.
    """

    classes: Mapping[str, AdjustmentClass]
    alerts: frozenset[str] = frozenset()
    appeal_stops: frozenset[str] = frozenset()
    duplicate_only_stops: frozenset[str] = frozenset()
    _memo: dict[tuple[str, str], AdjustmentClass] = field(default_factory=dict, repr=False, compare=False)

    def default_class(self, group: str, carc: str) -> AdjustmentClass:
        """Return the class of ``carc`` under ``group`` when nothing else on the line changes it."""
        key = (group, carc)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self._look_up(group, carc)
        return known

    def _look_up(self, group: str, carc: str) -> AdjustmentClass:
        found = self.classes.get(carc, AdjustmentClass.UNCLASSIFIED)
        # PR-45 is an out-of-network balance the patient owes, not a contractual discount.
        if group == "PR" and carc == _FEE_SCHEDULE:
            return AdjustmentClass.PATIENT_SHARE
        return found

    def causes(self, remarks: tuple[str, ...]) -> tuple[str, ...]:
        """Return the remarks that can explain a denial: all but the alerts."""
        return tuple(remark for remark in remarks if remark not in self.alerts)


class LineToClassify(NamedTuple):
    """One answered line, or one claim without lines. Cents and units as the payer sent them.

    ``modifiers`` are those on the payer's line (SVC01); ``claim_status`` is CLP02.
    """

    charge_cents: int
    paid_cents: int
    units_billed: float
    units_paid: float
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    modifiers: tuple[str, ...]
    payer_kind: str
    claim_status: str = "1"


class ClassifiedLine(NamedTuple):
    """The answer's class.

    ``denied_cents`` is the amount at stake: the sum of the denial adjustments, never charge minus paid (on an
    unclassified line the sum of the adjustments nobody has classified). ``primary`` is the adjustment with the
    largest amount at stake. ``adjustment_classes`` stands in the order of the line's adjustments. ``appeal_barred_by``
    is the remark that rules an appeal out. ``patient_billable``: the payer put the denied amount on the patient (PR).
    """

    line_class: LineClass
    denied_cents: int
    primary: Adjustment | None
    adjustment_classes: tuple[AdjustmentClass, ...]
    appeal_barred_by: str | None
    patient_billable: bool = False
