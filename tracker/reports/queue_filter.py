"""What the queue is asked to show: read from the address, written back to it. No name or number of a person in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracker.domain.deadlines import Bucket
from tracker.domain.statuses import STATUSES
from tracker.reports.months import Month

# The views that come with the product. "all" holds closed denials too: charts and totals lead there.
VIEWS: Mapping[str, str] = {
    "mine": "My queue",
    "open": "All open",
    "due14": "Due in 14 days",
    "over500": "Over $500",
    "needs-note": "Needs note",
    "waiting": "Waiting on payer",
    "no-deadline": "No deadline",
    "new-week": "New this week",
    "unassigned": "Unassigned",
    "all": "Open and closed",
}
# What some figures count, beyond their month and payer.
ONLY: Mapping[str, str] = {
    "first-answer": "Denied by the first answer",
    "paid": "Paid since the denial",
    "missed": "Last day to file has passed",
}
SORTS = ("due", "denial", "payer", "service", "reason", "cause", "amount", "status")
PAGE_SIZES = (25, 50, 100)
NONE = "none"
ME = "me"

_CODE = re.compile(r"([A-Z]{2})-([A-Z]?\d{1,4})")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """One view of the queue. ``payers`` and ``owner`` are public ids (owner also ``me`` or ``none``).

    ``code`` is a group with its reason like CO-50, ``cause`` a root cause or ``none``, ``months`` the months of the
    first denial like 2026-10, ``search`` the public id of stored search words, ``sort`` a column, with a minus
    backwards. What is empty does not narrow.
    """

    view: str = "open"
    payers: tuple[str, ...] = ()
    code: str = ""
    cause: str = ""
    status: str = ""
    owner: str = ""
    due: str = ""
    months: tuple[str, ...] = ()
    only: str = ""
    search: str = ""
    sort: str = "due"
    page: int = 1
    size: int = 25

    def with_(self, **changes: Any) -> "QueueFilter":
        """Return the filter with other values, on its first page unless a page is given."""
        return replace(self, **{"page": 1} | changes)

    @property
    def narrows(self) -> bool:
        """Whether anything but the view and the order is set."""
        return bool(
            self.payers or self.code or self.cause or self.status or self.owner
            or self.due or self.months or self.only or self.search
        )  # fmt: skip

    def cleared(self) -> "QueueFilter":
        """Return the same view and order with nothing else set."""
        return QueueFilter(view=self.view, sort=self.sort, size=self.size)

    def query(self) -> dict[str, Any]:
        """Return the parameters of the address that means this filter; what is as usual is left out."""
        values: dict[str, Any] = {
            "view": self.view, "payer": list(self.payers), "code": self.code, "cause": self.cause,
            "status": self.status, "owner": self.owner, "due": self.due, "month": list(self.months),
            "only": self.only, "search": self.search, "sort": self.sort, "page": self.page, "size": self.size,
        }  # fmt: skip
        usual = {"view": "open", "sort": "due", "page": 1, "size": 25}
        return {name: value for name, value in values.items() if value and value != usual.get(name)}


def read_filter(arguments: Mapping[str, Sequence[str]]) -> QueueFilter:
    """Return the filter that an address asks for; what makes no sense is left out, an unknown page is the first."""

    def first(name: str) -> str:
        return next(iter(arguments.get(name, ())), "")

    def one_of(name: str, known: Any, otherwise: str = "") -> str:
        return first(name) if first(name) in known else otherwise

    sort = first("sort")
    page, size = first("page"), first("size")
    return QueueFilter(
        view=one_of("view", VIEWS, "open"),
        payers=tuple(dict.fromkeys(payer for payer in arguments.get("payer", ()) if _ID.fullmatch(payer))),
        code=first("code") if _CODE.fullmatch(first("code")) else "",
        cause=first("cause") if _ID.fullmatch(first("cause")) else "",
        status=one_of("status", STATUSES),
        owner=first("owner") if _ID.fullmatch(first("owner")) else "",
        due=one_of("due", tuple(Bucket)),
        months=tuple(month for month in arguments.get("month", ()) if Month.parse(month)),
        only=one_of("only", ONLY),
        search=first("search") if _ID.fullmatch(first("search")) else "",
        sort=sort if sort.removeprefix("-") in SORTS else "due",
        page=int(page) if page.isascii() and page.isdigit() and 0 < int(page) <= 1_000_000 else 1,
        size=int(size) if size in map(str, PAGE_SIZES) else 25,
    )


def code_parts(code: str) -> tuple[str, str]:
    """Return group and reason of a code like CO-50."""
    group, _, carc = code.partition("-")
    return group, carc
