"""The states of a denial as people see them: nine statuses, why one closes, how the next step is called."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "new": "New",
        "in_review": "In review",
        "needs_note": "Needs note",
        "ready_to_send": "Ready to send",
        "waiting_on_payer": "Waiting on payer",
        "corrected_claim_sent": "Corrected claim sent",
        "reopened": "Reopened",
        "closed_paid": "Closed: paid",
        "closed_not_paid": "Closed: not paid",
    }
)
OPEN_STATUSES = tuple(status for status in STATUSES if not status.startswith("closed_"))

CLOSE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "recovered": "The payer paid",
        "overturned": "Overturned on appeal",
        "partly": "Partly overturned",
        "written_off": "Written off",
        "patient_share": "Patient responsibility",
        "duplicate": "Duplicate",
        "not_a_denial": "Not a denial",
        "superseded": "Replaced by a corrected answer",
    }
)
# What a person may say when closing; the other reasons follow from the payer's answers.
TYPED_CLOSE_REASONS = ("overturned", "partly", "written_off", "patient_share", "duplicate", "not_a_denial")
PAID_REASONS = frozenset({"recovered", "overturned", "partly"})

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "corrected_claim": "Send a corrected claim",
        "reopening": "Ask for a reopening",
        "appeal": "Appeal",
        "send_records": "Send the records",
        "bill_other_payer": "Bill the other payer",
        "bill_patient": "Bill the patient",
        "write_off": "Write off",
        "none": "Nothing to do",
    }
)

# The same path under another name, where the payer's codes say so: MA130 is no processed claim (42 CFR 405.926(s)), and
# Medicare's late claim is no determination that could be reopened without an exception (42 CFR 424.44(b)).
_OTHER_NAMES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("corrected_claim", "MA130"): "Send a new claim",
        ("reopening", "29"): "Ask for a timely-filing exception",
    }
)


def path_words(path: str, codes: Iterable[str]) -> str:
    """Return a path in words for a denial whose reason and remark codes are ``codes``; empty for no path."""
    return next((_OTHER_NAMES[path, code] for code in codes if (path, code) in _OTHER_NAMES), PATHS.get(path, ""))


STRENGTHS: Mapping[str, str] = MappingProxyType(
    {"strong": "Strong evidence", "likely": "Likely", "weak": "Weak", "ruled_out": "Ruled out"}
)


def status_after_closing(reason: str) -> str:
    """Return the closed status that a close reason means."""
    return "closed_paid" if reason in PAID_REASONS else "closed_not_paid"
