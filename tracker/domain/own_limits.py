"""What a practice agreed with a payer, or checked itself, in place of the usual time limit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.domain.deadlines import ClockRule, MonthEnd

UNITS = {"days": "days", "business_days": "business days", "months": "months"}
FILED_WHEN = {
    "received": "When received",
    "postmarked": "When postmarked",
    "submitted": "When sent",
}
# What a practice can set: the limits of a claim, and the levels of appeal.
LIMITS = {
    "claim_filing-0": "First claim",
    "corrected_claim-0": "Corrected claim",
    "reopening-0": "Reopening",
    **{f"appeal-{level}": f"Level {level}" for level in range(1, 6)},
}


def limit_key(purpose: str, level: int) -> str:
    """Return the key of a limit: ``appeal-1``, ``claim_filing-0``."""
    return f"{purpose}-{level}"


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """A practice's word on one limit of a payer.

    With a ``length`` (in ``unit``, a key of UNITS) it is the practice's own; without one the usual rule, named by
    ``rule_id``, was looked at and found right. Empty ``counted_from`` and ``filed_when`` mean the usual ones.
    """

    length: int | None
    unit: str
    counted_from: str
    filed_when: str
    source: str
    checked_on: date | None
    checked_by: int | None
    rule_id: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the practice set a length of its own."""
        return self.length is not None

    def checks(self, rule: ClockRule) -> bool:
        """Whether somebody of the practice looked at the rule that counts."""
        return self.checked_on is not None and (self.is_own or self.rule_id == rule.id)


def read_limit(kept: Mapping[str, Any]) -> OwnLimit:
    """Return a limit from the values it is kept as."""
    checked = kept.get("checked_on")
    return OwnLimit(
        length=kept.get("length"),
        unit=kept.get("unit", "days"),
        counted_from=kept.get("counted_from", ""),
        filed_when=kept.get("filed_when", ""),
        source=kept.get("source", ""),
        checked_on=date.fromisoformat(checked) if checked else None,
        checked_by=kept.get("checked_by"),
        rule_id=kept.get("rule_id", ""),
    )


def kept_limit(limit: OwnLimit) -> dict[str, Any]:
    """Return the values to keep a limit as (JSON)."""
    return {
        "length": limit.length, "unit": limit.unit, "counted_from": limit.counted_from,
        "filed_when": limit.filed_when, "source": limit.source,
        "checked_on": limit.checked_on.isoformat() if limit.checked_on else None,
        "checked_by": limit.checked_by, "rule_id": limit.rule_id,
    }  # fmt: skip


def own_rule(purpose: str, level: int, limit: OwnLimit, usual: ClockRule | None, on: date) -> ClockRule:
    """Return the rule of a practice's own limit: no presumption of receipt, no roll forward.

    What it leaves open is as in the usual rule, or counts from the remittance and when received. ``on`` stands in for
    the day somebody checked it, while nobody has.
    """
    base = usual or _blank(purpose, level, on)
    return replace(
        base,
        id="OWN",
        payer_kinds=(),
        days=limit.length if limit.unit == "days" else None,
        business_days=limit.length if limit.unit == "business_days" else None,
        months=limit.length if limit.unit == "months" else None,
        counted_from=limit.counted_from or base.counted_from,
        filed_when=limit.filed_when or base.filed_when,
        receipt_days=0,
        safe_days=None,
        from_denial=base.from_denial and not limit.counted_from,
        rolls=False,
        month_end=MonthEnd.LAST_DAY,
        note="",
        source=limit.source or "This practice's own setting for the payer",
        checked_on=limit.checked_on or on,
        confidence="source",
    )


def _blank(purpose: str, level: int, on: date) -> ClockRule:
    counted_from = "the date of service" if purpose == "claim_filing" else "the remittance date"
    return ClockRule(
        id="", payer_kinds=(), purpose=purpose, level=level, step=LIMITS[limit_key(purpose, level)], payer="",
        counted_from=counted_from, days=None, months=None, receipt_days=0, rolls=False, month_end=MonthEnd.LAST_DAY,
        filed_when="received", answer_time="", note="", source="", checked_on=on, confidence="source",
    )  # fmt: skip
