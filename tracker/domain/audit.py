"""What the audit log knows: its two chains, the closed lists of acts and outcomes, and their words on a page."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Chain(StrEnum):
    """Which chain an entry is in: changes are kept with the change itself, everything else apart from it."""

    CHANGES = "changes"
    READS = "reads"


class Act(StrEnum):
    """What was done. A closed list: a new kind of act is a new line here."""

    READ = "read"
    LISTED = "listed"
    PRINTED = "printed"
    DOWNLOADED = "downloaded"
    EXPORTED = "exported"
    SENT = "sent"
    CHANGED = "changed"
    CONFIGURED = "configured"
    ACCOUNT = "account"
    IMPORTED = "imported"
    LETTERS = "letters"
    WORKED = "worked"
    MAILED = "mailed"
    SIGNED_IN = "signed_in"
    EMERGENCY = "emergency"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    PROVED = "proved"
    PROOF_FAILED = "proof_failed"
    REFUSED = "refused"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    KEYS = "keys"
    AUDIT_READ = "audit_read"
    AUDIT_REMOVED = "audit_removed"
    COMMAND = "command"


ACT_WORDS: Mapping[Act, str] = MappingProxyType(
    {
        Act.READ: "Opened",
        Act.LISTED: "Looked at a list",
        Act.PRINTED: "Opened as PDF",
        Act.DOWNLOADED: "Downloaded",
        Act.EXPORTED: "Exported",
        Act.SENT: "Sent a form",
        Act.CHANGED: "Changed",
        Act.CONFIGURED: "Changed settings",
        Act.ACCOUNT: "Changed an account of their own",
        Act.IMPORTED: "Imported",
        Act.LETTERS: "Made letters in a batch",
        Act.WORKED: "Done by the system",
        Act.MAILED: "Sent by e-mail",
        Act.SIGNED_IN: "Signed in",
        Act.EMERGENCY: "Used an emergency code",
        Act.SIGN_IN_FAILED: "Sign-in failed",
        Act.SIGNED_OUT: "Signed out",
        Act.PROVED: "Gave the password or a code again",
        Act.PROOF_FAILED: "Password or code was wrong",
        Act.REFUSED: "Refused",
        Act.BACKED_UP: "Made a backup",
        Act.RESTORED: "Restored a backup",
        Act.KEYS: "Changed keys",
        Act.AUDIT_READ: "Read the audit log",
        Act.AUDIT_REMOVED: "Removed old entries of the audit log",
        Act.COMMAND: "Ran a command",
    }
)


READS = frozenset({Act.READ, Act.LISTED, Act.PRINTED, Act.DOWNLOADED, Act.EXPORTED})
"""The acts that show patient data."""
LEAVES = frozenset({Act.DOWNLOADED, Act.EXPORTED, Act.PRINTED})
"""The acts that take patient data out of the tracker."""

_WORK_BEGINS, _WORK_ENDS, _SATURDAY = 7, 19, 5


def is_out_of_hours(local: datetime) -> bool:
    """Whether a moment of the place's own time is before 7 AM, from 7 PM on, or at a weekend."""
    return local.weekday() >= _SATURDAY or not _WORK_BEGINS <= local.hour < _WORK_ENDS


class Outcome(StrEnum):
    """How it ended."""

    OK = "ok"
    REFUSED = "refused"
    NOT_THERE = "not_there"
    FAILED = "failed"


OUTCOME_WORDS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.OK: "Done",
        Outcome.REFUSED: "Refused",
        Outcome.NOT_THERE: "Not there for them",
        Outcome.FAILED: "Failed",
    }
)
