"""The life of an appeal: its states and the moves between them, and what a payer's decision means for each line.

Overturned means that the payer gave in on the line, partly that it gave in on some of it. A request for more
information decides nothing (denials-appeals.md section 7). What a decision awards is no money yet: money is what a
remittance pays.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from tracker.domain.money import dollars

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "draft": "Draft",
        "ready": "Ready to send",
        "sent": "Sent",
        "decided": "Decided",
        "withdrawn": "Withdrawn",
    }
)
_MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "draft": frozenset({"ready", "withdrawn"}),
        "ready": frozenset({"draft", "sent", "withdrawn"}),  # a new version of the letter is a draft again
        "sent": frozenset({"decided", "withdrawn", "ready"}),  # back to ready when "sent" was a slip
        "decided": frozenset({"sent"}),  # the decision was recorded by mistake, or its payment was undone
        "withdrawn": frozenset(),
    }
)
METHODS: Mapping[str, str] = MappingProxyType(
    {"portal": "Payer's portal", "fax": "Fax", "mail": "Mail", "certified_mail": "Certified mail"}
)
FORWARDED = "forwarded"


class Forwarding(NamedTuple):
    """A level nobody files: the payer sends its refusal there itself. ``answer_days`` is what the reviewer may take."""

    to: str
    answer_days: int
    note: str
    source: str


_FORWARDINGS: Mapping[tuple[str, int], Forwarding] = MappingProxyType(
    {
        ("medicare_advantage", 2): Forwarding(
            to="the independent reviewer (IRE)",
            answer_days=60,
            note="Where the provider has no contract with the plan, the plan sends a refusal on by itself.",
            source="42 CFR 422.590-.592, checked 2026-11-22",
        )
    }
)


def forwarding(payer_kind: str, level: int) -> Forwarding | None:
    """Return how a payer of this kind sends its refusal on to a level, None where an appeal is filed."""
    return _FORWARDINGS.get((payer_kind, level))


class Result(StrEnum):
    """What a payer said about one line of an appeal."""

    OVERTURNED = "overturned"
    PARTLY = "partly"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    MORE_INFORMATION = "more_information"

    @property
    def label(self) -> str:
        """Return the words a screen shows."""
        return _LABELS[self]

    @property
    def decides(self) -> bool:
        """Whether it is a decision; a request for more information is none."""
        return self is not Result.MORE_INFORMATION


_LABELS = {
    Result.OVERTURNED: "Overturned",
    Result.PARTLY: "Partly overturned",
    Result.UPHELD: "Upheld",
    Result.DISMISSED: "Dismissed",
    Result.MORE_INFORMATION: "More information wanted",
}


class AppealMoveError(ValueError):
    """Raised for a move that an appeal's state does not allow; the message says why, in plain words."""


class DecisionError(ValueError):
    """Raised when a result and its amount do not go together; the message says what would."""


def require_move(now: str, then: str) -> None:
    """Raise AppealMoveError unless an appeal may go from one status to the other."""
    if then not in _MOVES[now]:
        raise AppealMoveError(f"This appeal is {STATUSES[now].lower()}, so it cannot become {STATUSES[then].lower()}")


def require_amount(result: Result, awarded_cents: int, denied_cents: int) -> None:
    """Raise DecisionError unless the amount awarded fits the result."""
    if not 0 <= awarded_cents <= denied_cents:
        raise DecisionError(f"Amount must be from $0.00 to {dollars(denied_cents)}, the amount denied")
    if result is Result.PARTLY and awarded_cents == 0:
        raise DecisionError("Enter the amount the payer allows, or choose Upheld")
    if result is Result.OVERTURNED and awarded_cents == 0:
        raise DecisionError("Enter the amount the payer allows")
    if awarded_cents and result not in {Result.OVERTURNED, Result.PARTLY}:
        raise DecisionError(f"{result.label} leaves no amount. Empty it, or choose Partly overturned")


class Consequence(NamedTuple):
    """What a decision means for a denial: still open or closed (with the reason), and which clock runs then."""

    is_open: bool
    close_reason: str
    clock: str


def consequence(result: Result, *, has_next_level: bool) -> Consequence:
    """Return what follows for a denial; ``has_next_level`` says whether a further appeal has a known time limit."""
    if result is Result.OVERTURNED:
        return Consequence(is_open=False, close_reason="overturned", clock="file_by")
    if result is Result.MORE_INFORMATION:
        return Consequence(is_open=True, close_reason="", clock="records_due")
    if result is Result.PARTLY and not has_next_level:
        return Consequence(is_open=False, close_reason="partly", clock="file_by")
    return Consequence(is_open=True, close_reason="", clock="next_level")
