"""Why data leaves the tracker: a closed list, so that the audit log holds no free words (security.md C-37)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Reason(StrEnum):
    """Why somebody takes a list or everything out."""

    WORK = "work"
    REPORT = "report"
    PAYER = "payer"
    AUDIT = "audit"
    HANDOVER = "handover"
    MOVE = "move"
    COPY = "copy"
    OTHER = "other"


REASON_WORDS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.WORK: "Working the denials",
        Reason.REPORT: "A report",
        Reason.PAYER: "For a payer",
        Reason.AUDIT: "For an audit, a lawyer or a court",
        Reason.HANDOVER: "The practice takes its data along",
        Reason.MOVE: "Moving to another installation",
        Reason.COPY: "A copy to keep elsewhere",
        Reason.OTHER: "Another reason",
    }
)

OF_LISTS = (Reason.WORK, Reason.REPORT, Reason.PAYER, Reason.AUDIT, Reason.OTHER)
"""Why lists are exported; the first is the usual one."""
OF_EVERYTHING = (Reason.HANDOVER, Reason.MOVE, Reason.COPY, Reason.AUDIT, Reason.OTHER)
"""Why everything of a practice is exported."""


def reason_of(typed: str) -> Reason:
    """Return the reason a form or address names; what is not on the list is another reason, and none is the usual one."""
    if not typed:
        return Reason.WORK
    return Reason(typed) if typed in OF_LISTS else Reason.OTHER
