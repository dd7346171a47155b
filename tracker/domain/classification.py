"""What a payer's answer to one claim line means: paid, patient's share, denied, ...

Pure: the classes of the reason codes (CARC) come in as a table. The decision goes by (group, CARC) and never by the
claim status alone: a fully denied claim normally carries CLP02 1, 2 or 3 (X12 RFI 1423, 1885, 1079).
"""

from tracker.domain.line_classes import (
    AdjustmentClass,
    AdjustmentTable,
    ClassifiedLine,
    LineClass,
    LineToClassify,
)
from tracker.domain.remittance import Adjustment

__all__ = ["AdjustmentClass", "AdjustmentTable", "ClassifiedLine", "LineClass", "LineToClassify", "classify_line"]

# A cut at or above this part of the charge is no multiple-procedure reduction: it halves practice expense only
# (CMS Change Request 7564).
_MPPR_LIMIT_PERCENT = 60

_DUPLICATE = "18"
_MULTIPLE_PROCEDURE = "59"
_LIMIT_REACHED = "119"
_OTHER_PAYER_FIRST = "22"
_BUNDLED = frozenset({"97", "236"})
_REDUCED_REMARKS = frozenset({"N851", "N936"})  # assistant at 85 %, second or later procedure
_CROSSOVER_REMARK = "N522"
_PRIMARY_UNKNOWN_REMARKS = frozenset({"MA04", "MA92", "N4", "N479"})  # the first payer's answer is missing
_SECONDARY = frozenset({"2", "3", "20", "21"})
_REVERSED = "22"
_NOT_AN_ANSWER = frozenset({"23", "25"})  # forwarded to the right payer; predetermination only
_MEDICARE = "medicare_b"


def classify_line(line: LineToClassify, table: AdjustmentTable) -> ClassifiedLine:
    """Return what the payer's answer to ``line`` means (rules D1 to D7 below). Total: every line has a class."""
    classes = _adjustment_classes(line, table)
    if _is_reversal(line):
        return ClassifiedLine(LineClass.REVERSAL, 0, None, classes, None)
    if line.claim_status in _NOT_AN_ANSWER:
        return ClassifiedLine(LineClass.INFORMATION, 0, None, classes, None)
    line_class, classes, at_stake = _decide(line, classes)
    if not line_class.opens_denial:
        return ClassifiedLine(line_class, 0, None, classes, None)
    if at_stake is None:
        primary, cents = _cut_units(line, classes)
    else:
        primary, cents = _largest(line.adjustments, classes, at_stake)
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
    if carc == _DUPLICATE and _CROSSOVER_REMARK in remarks and line.payer_kind != _MEDICARE:
        return AdjustmentClass.INFORMATION  # Medicare sends crossover claims and gets none: there it is a duplicate
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
) -> tuple[LineClass, tuple[AdjustmentClass, ...], AdjustmentClass | None]:
    """Return the line's class, its adjustments' classes as then seen, and the class whose amount is at stake.

    None stands for the cut units' part of an ordinary adjustment.
    """
    denial = AdjustmentClass.DENIAL
    if line.charge_cents > 0 and _cents(line, classes, denial) > 0:
        # D1 nothing paid, D4 part paid.
        return (LineClass.PARTLY_DENIED if line.paid_cents > 0 else LineClass.DENIED), classes, denial
    if _cents(line, classes, AdjustmentClass.UNCLASSIFIED) > 0:
        return LineClass.UNCLASSIFIED, classes, AdjustmentClass.UNCLASSIFIED  # D7
    if line.paid_cents > 0 or line.charge_cents == 0:
        if _units_were_cut(line) and _cut_units(line, classes)[1] > 0:
            return LineClass.PARTLY_DENIED, classes, None  # D4
        is_reduced = _cents(line, classes, AdjustmentClass.REDUCTION) > 0
        return (LineClass.REDUCED if is_reduced else LineClass.PAID), classes, denial  # D6
    return _when_unpaid(line, classes)


def _when_unpaid(
    line: LineToClassify,
    classes: tuple[AdjustmentClass, ...],
) -> tuple[LineClass, tuple[AdjustmentClass, ...], AdjustmentClass]:
    """Nothing paid and nothing from the denial list: somebody else owes it (D2, D3), or nobody says why (D5)."""
    denial = AdjustmentClass.DENIAL
    for other, line_class in _NOT_OURS:
        if _cents(line, classes, other) > 0:
            return line_class, classes, denial
    # A penalty that leaves nothing is a denial in all but name.
    penalized = _reclassed(classes, AdjustmentClass.REDUCTION)
    if _cents(line, penalized, denial) > 0:
        return LineClass.DENIED, penalized, denial
    discounted = _reclassed(classes, AdjustmentClass.CONTRACTUAL)
    if _cents(line, discounted, denial) >= line.charge_cents:
        return LineClass.MISUSED_45, discounted, denial  # D5, X12 RFI 2052
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


def _cut_units(
    line: LineToClassify,
    classes: tuple[AdjustmentClass, ...],
) -> tuple[Adjustment | None, int]:
    """Return the adjustment that took the cut units of a paid line, and their part of it in cents.

    An adjustment that names a quantity is the one. Otherwise the largest one that neither the patient nor a prior payer
    bears is, for the cut units' share of the charge, never more than its own amount.
    """
    candidates = [
        each
        for each, found in zip(line.adjustments, classes, strict=True)
        if each.group != "PR" and each.amount_cents > 0 and found not in _SHARES
    ]
    if not candidates or line.units_billed <= 0:
        return None, 0
    largest = max(candidates, key=lambda each: ((each.quantity or 0) > 0, each.amount_cents))
    cut = max(line.units_billed - line.units_paid, largest.quantity or 0)
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
