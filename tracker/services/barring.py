"""What rules an appeal out."""

from datetime import date

from tracker.knowledge import Knowledge
from tracker.models import Denial

_LATE_CLAIM = "29"
LATE_CLAIM_SOURCE = "42 CFR 405.926(n) and 424.44(b)"
LATE_CLAIM_LOOKED_ON = date(2026, 11, 28)
NO_TIME_FOR_LATE_CLAIMS = (
    "No day is counted: Medicare's denial of a late claim is no initial determination, so it has no appeal and no "
    "120 days. Ask for an exception to the filing limit. If it is granted, the claim may be filed up to the last day "
    "of the sixth calendar month after the month of the event that allows it"
)


def is_late_medicare_claim(payer_kind: str, carc: str) -> bool:
    """Whether Medicare Part B denied a claim as filed too late, which leaves no appeal at any level.

    Source: 42 CFR 405.926(n); the exceptions are those of 42 CFR 424.44(b).
    """
    return payer_kind == "medicare_b" and carc == _LATE_CLAIM


def appeal_barred_by(denial: Denial, knowledge: Knowledge) -> str | None:
    """Return the remark that rules an appeal out (such as MA130: the claim was never adjudicated), if there is one."""
    for code in denial.remarks.split():
        remark = knowledge.rarc.get(code)
        if remark is None:
            continue
        if remark.bars_appeal == "always" or (remark.bars_appeal == "unless_duplicate" and denial.carc != "18"):
            return code
    return None
