"""What a payer's answer to one claim line means: paid, patient's share, denied, ...

Pure: the classes of the reason codes (CARC) come in as a table. The decision goes by (group, CARC) and never by the
claim status alone: a fully denied claim normally carries CLP02 1, 2 or 3 (X12 RFI 1423, 1885, 1079).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tracker.domain.remittance import Adjustment

# A cut at or above this part of the charge is no multiple-procedure reduction: it halves practice expense only
# (CMS Change Request 7564).
_MPPR_LIMIT_PERCENT = 60

_DUPLICATE = "18"
_MULTIPLE_PROCEDURE = "59"
_LIMIT_REACHED = "119"
_FEE_SCHEDULE = "45"
_OTHER_PAYER_FIRST = "22"
_BUNDLED = frozenset({"97", "236"})
_REDUCED_REMARKS = frozenset({"N851", "N936"})  # assistant at 85 %, second or later procedure
_CROSSOVER_REMARK = "N522"
_PRIMARY_UNKNOWN_REMARKS = frozenset({"MA04", "MA92", "N4", "N479"})  # the first payer's answer is missing
_SECONDARY = frozenset({"2", "3", "20", "21"})
_REVERSED = "22"
_NOT_AN_ANSWER = frozenset({"23", "25"})  # forwarded to the right payer; predetermination only
_MEDICARE = "medicare_b"


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


def classify_line(line: LineToClassify, table: AdjustmentTable) -> ClassifiedLine:
    """Return what the payer's answer to ``line`` means (rules D1 to D7 below). Total: every line has a class."""
    classes = _adjustment_classes(line, table)
    if _is_reversal(line):
        return ClassifiedLine(LineClass.REVERSAL, 0, None, classes, None)
    if line.claim_status in _NOT_AN_ANSWER:
        return ClassifiedLine(LineClass.INFORMATION, 0, None, classes, None)
    line_class, classes, at_stake = _decide(line, classes)
    if line_class not in _OPENS_DENIAL:
        return ClassifiedLine(line_class, 0, None, classes, None)
    primary, cents = _largest(line.adjustments, classes, at_stake)
    if line_class is LineClass.PARTLY_DENIED and primary is None:
        primary, cents = _cut_units(line)
    barred_by = _appeal_barred_by(line, primary, table) if line.remarks else None
    return ClassifiedLine(line_class, cents, primary, classes, barred_by, _patient_billable(line, primary))


def _adjustment_classes(line: LineToClassify, table: AdjustmentTable) -> tuple[AdjustmentClass, ...]:
    found = tuple([table.default_class(adjustment.group, adjustment.carc) for adjustment in line.adjustments])
    if _CONTEXT_CODES.isdisjoint([adjustment.carc for adjustment in line.adjustments]):
        return found
    priced = line.paid_cents > 0 or any(_cents(line, found, share) > 0 for share in _SHARES)
    return tuple(
        _in_context(line, adjustment, default, priced=priced)
        for adjustment, default in zip(line.adjustments, found, strict=True)
    )


_CONTEXT_CODES = frozenset({_DUPLICATE, _MULTIPLE_PROCEDURE, _OTHER_PAYER_FIRST, *_BUNDLED})
_SHARES = (AdjustmentClass.PATIENT_SHARE, AdjustmentClass.PRIOR_PAYER)


def _in_context(
    line: LineToClassify,
    adjustment: Adjustment,
    default: AdjustmentClass,
    *,
    priced: bool,
) -> AdjustmentClass:
    """The overrides that depend on the rest of the line; ``priced`` means that somebody owes or paid for the line."""
    carc, remarks = adjustment.carc, line.remarks
    if carc == _MULTIPLE_PROCEDURE:
        is_cut = adjustment.amount_cents * 100 < line.charge_cents * _MPPR_LIMIT_PERCENT
        return AdjustmentClass.CONTRACTUAL if priced and is_cut else AdjustmentClass.DENIAL
    if carc in _BUNDLED and line.paid_cents > 0 and not _REDUCED_REMARKS.isdisjoint(remarks):
        return AdjustmentClass.CONTRACTUAL
    if carc == _DUPLICATE and _CROSSOVER_REMARK in remarks:
        return AdjustmentClass.INFORMATION
    if carc == _OTHER_PAYER_FIRST and line.claim_status in _SECONDARY and _PRIMARY_UNKNOWN_REMARKS.isdisjoint(remarks):
        return AdjustmentClass.PRIOR_PAYER
    return default


def _is_reversal(line: LineToClassify) -> bool:
    """Signs decide as well as the status: some payers leave the charge of a reversal positive."""
    if line.claim_status == _REVERSED or line.charge_cents < 0 or line.paid_cents < 0:
        return True
    return line.paid_cents == 0 and sum([adjustment.amount_cents for adjustment in line.adjustments]) < 0


def _cents(line: LineToClassify, classes: tuple[AdjustmentClass, ...], wanted: AdjustmentClass) -> int:
    """Return the sum of the adjustments of one class."""
    if wanted not in classes:
        return 0
    return sum([each.amount_cents for each, found in zip(line.adjustments, classes, strict=True) if found is wanted])


def _decide(
    line: LineToClassify,
    classes: tuple[AdjustmentClass, ...],
) -> tuple[LineClass, tuple[AdjustmentClass, ...], AdjustmentClass]:
    """Return the line's class, its adjustments' classes as then seen, and the class whose amount is at stake."""
    denial = AdjustmentClass.DENIAL
    if line.charge_cents > 0 and _cents(line, classes, denial) > 0:
        # D1 nothing paid, D4 part paid.
        return (LineClass.PARTLY_DENIED if line.paid_cents > 0 else LineClass.DENIED), classes, denial
    if _cents(line, classes, AdjustmentClass.UNCLASSIFIED) > 0:
        return LineClass.UNCLASSIFIED, classes, AdjustmentClass.UNCLASSIFIED  # D7
    if line.paid_cents > 0 or line.charge_cents == 0:
        return _when_paid(line, classes), classes, denial
    return _when_unpaid(line, classes)


def _when_paid(line: LineToClassify, classes: tuple[AdjustmentClass, ...]) -> LineClass:
    if _units_were_cut(line):
        return LineClass.PARTLY_DENIED  # D4
    return LineClass.REDUCED if _cents(line, classes, AdjustmentClass.REDUCTION) > 0 else LineClass.PAID  # D6


def _when_unpaid(
    line: LineToClassify,
    classes: tuple[AdjustmentClass, ...],
) -> tuple[LineClass, tuple[AdjustmentClass, ...], AdjustmentClass]:
    """Nothing paid and nothing from the denial list: somebody else owes it (D2, D3), or nobody says why (D5)."""
    denial = AdjustmentClass.DENIAL
    for other, line_class in _NOT_OURS:
        if _cents(line, classes, other) > 0:
            return line_class, classes, denial
    if _cents(line, classes, AdjustmentClass.REDUCTION) > 0:
        # A penalty that leaves nothing is a denial in all but name.
        return LineClass.DENIED, _reclassed(classes, AdjustmentClass.REDUCTION), denial
    if _cents(line, classes, AdjustmentClass.CONTRACTUAL) >= line.charge_cents:
        return LineClass.MISUSED_45, _reclassed(classes, AdjustmentClass.CONTRACTUAL), denial  # D5, X12 RFI 2052
    return LineClass.UNCLASSIFIED, classes, AdjustmentClass.UNCLASSIFIED


_NOT_OURS = (
    (AdjustmentClass.PATIENT_SHARE, LineClass.PATIENT_SHARE),  # D2
    (AdjustmentClass.PRIOR_PAYER, LineClass.PRIOR_PAYER),  # D3
    (AdjustmentClass.INFORMATION, LineClass.INFORMATION),
)


def _reclassed(classes: tuple[AdjustmentClass, ...], old: AdjustmentClass) -> tuple[AdjustmentClass, ...]:
    return tuple(AdjustmentClass.DENIAL if found is old else found for found in classes)


def _largest(
    adjustments: tuple[Adjustment, ...],
    classes: tuple[AdjustmentClass, ...],
    wanted: AdjustmentClass,
) -> tuple[Adjustment | None, int]:
    """Return the largest adjustment of the wanted class (the first of equals) and the sum of that class."""
    primary: Adjustment | None = None
    total = 0
    for adjustment, found in zip(adjustments, classes, strict=True):
        if found is not wanted:
            continue
        total += adjustment.amount_cents
        if adjustment.amount_cents > 0 and (primary is None or adjustment.amount_cents > primary.amount_cents):
            primary = adjustment
    return primary, total


def _units_were_cut(line: LineToClassify) -> bool:
    """Fewer units paid than billed, or an adjustment that takes some of them.

    A quantity of all the units on a paid line is no cut: some payers repeat the units on every adjustment.
    """
    if line.units_billed > line.units_paid > 0:
        return True
    return any(
        0 < (adjustment.quantity or 0) < line.units_billed and adjustment.group != "PR"
        for adjustment in line.adjustments
    )


def _cut_units(line: LineToClassify) -> tuple[Adjustment | None, int]:
    """Return the adjustment that took the cut units, and their part of it in cents.

    An adjustment that names a quantity is the one. Otherwise the largest one not on the patient is, for the cut
    units' share of the charge, never more than its own amount.
    """
    candidates = [each for each in line.adjustments if each.group != "PR" and each.amount_cents > 0]
    if not candidates:
        return None, 0
    largest = max(candidates, key=lambda each: ((each.quantity or 0) > 0, each.amount_cents))
    cut = max(line.units_billed - line.units_paid, largest.quantity or 0)
    if line.units_billed <= 0:
        return largest, largest.amount_cents
    share = round(line.charge_cents * min(cut / line.units_billed, 1))
    return largest, min(share, largest.amount_cents)


def _appeal_barred_by(line: LineToClassify, primary: Adjustment | None, table: AdjustmentTable) -> str | None:
    for remark in line.remarks:
        if remark in table.appeal_stops:
            return remark
        if remark in table.duplicate_only_stops and (primary is None or primary.carc != _DUPLICATE):
            return remark
    return None


def _patient_billable(line: LineToClassify, primary: Adjustment | None) -> bool:
    """Only PR amounts may be billed to the patient (remark MA13).

    Even under PR a Medicare limit denial without KX stays with the provider unless an ABN was given (GA):
    Social Security Act 1833(g)(8).
    """
    if primary is None or primary.group != "PR":
        return False
    if line.payer_kind == _MEDICARE and primary.carc == _LIMIT_REACHED and "KX" not in line.modifiers:
        return "GA" in line.modifiers
    return True
