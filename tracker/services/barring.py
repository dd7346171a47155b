"""What rules an appeal out."""

from tracker.knowledge import Knowledge
from tracker.models import Denial


def appeal_barred_by(denial: Denial, knowledge: Knowledge) -> str | None:
    """Return the remark that rules an appeal out (such as MA130: the claim was never adjudicated), if there is one."""
    for code in denial.remarks.split():
        remark = knowledge.rarc.get(code)
        if remark is None:
            continue
        if remark.bars_appeal == "always" or (remark.bars_appeal == "unless_duplicate" and denial.carc != "18"):
            return code
    return None
