"""What the queue is asked to show: read from the address, written back to it. No name or number of a person in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracker.domain.ages import Age
from tracker.domain.deadlines import Bucket
from tracker.domain.statuses import STATUSES
from tracker.domain.turns import Holder
from tracker.reports.day_spans import slow_words
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
    "to-approve": "Write-offs to approve",
    "all": "Open and closed",
}
# What some figures count, beyond their month and payer.
ONLY: Mapping[str, str] = {
    "first-answer": "Denied by the first answer",
    "paid": "Paid since the denial",
    "missed": "Last day to file has passed",
    "decided": "Decided on appeal",
    "won": "Overturned on appeal",
    "decided-year": "Decided on appeal in the last 12 months",
    "appealed": "Appealed",
    "confirmed": "Cause chosen by a person",
    "suggested": "Cause not confirmed by a person",
    "won-year": "Overturned on appeal in the last 12 months",
    "no-answer": "Therapist asked, answer is late",
    "acted": "Acted on",
    "not-acted": "Nobody has acted on it",
    "filed": "Appealed or corrected",
    "not-filed": "Acted on, not appealed or corrected",
    "answered": "Decided by the payer",
    "not-answered": "Appealed or corrected, not decided",
    "with-payer": "Appeal or corrected claim is with the payer",
    "gained": "Overturned, or paid after correction",
    "refused": "Decided and nothing gained",
    "overturned": "Overturned in full or part",
    "corrected-paid": "Paid after correction",
    "money": "Money came in by appeal or correction",
    "no-money": "Overturned and not paid yet",
    "paid-otherwise": "Paid without an appeal won or a correction",
    "denied-again": "Denied more than once",
    "avoidable": "Avoidable by its root cause",
    "payer-fault": "The payer's fault by its root cause",
    "never-worked": "Last day to file has passed and nobody acted",
    "no-rate": "No contracted rate",
    "done-lately": "Closed within 30 days",
}
# Whose turn it is, as addresses say it.
WHO = tuple(holder.value.replace(" ", "-") for holder in Holder)
SORTS = ("due", "denial", "payer", "service", "reason", "cause", "amount", "status")
PAGE_SIZES = (25, 50, 100)
NONE = "none"
ME = "me"

_CODE = re.compile(r"(?:[A-Z]{2}-[A-Z]?\d{1,4}|none)(?:,(?:[A-Z]{2}-[A-Z]?\d{1,4}|none))*")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """One view of the queue. ``payers`` and ``owner`` are public ids (owner also ``me`` or ``none``); ``who`` has the next move (a Holder).

    ``code`` is a group with its reason like CO-50, or several between commas (``none`` for no reason code), ``cause`` a root cause or ``none``, ``months`` the months of the
    first denial like 2026-10, ``age`` the days since, ``search`` the public id of stored search words, ``sort`` a column, with a minus
    backwards. What is empty does not narrow.
    """

    view: str = "open"
    payers: tuple[str, ...] = ()
    code: str = ""
    cause: str = ""
    status: str = ""
    owner: str = ""
    who: str = ""
    due: str = ""
    months: tuple[str, ...] = ()
    age: str = ""
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
            or self.who or self.due or self.months or self.age or self.only or self.search
        )  # fmt: skip

    def cleared(self) -> "QueueFilter":
        """Return the same view and order with nothing else set."""
        return QueueFilter(view=self.view, sort=self.sort, size=self.size)

    def query(self) -> dict[str, Any]:
        """Return the parameters of the address that means this filter; what is as usual is left out."""
        values: dict[str, Any] = {
            "view": self.view, "payer": list(self.payers), "code": self.code, "cause": self.cause,
            "status": self.status, "owner": self.owner, "who": self.who.replace(" ", "-"), "due": self.due, "month": list(self.months),
            "age": self.age,
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
        who=one_of("who", WHO).replace("-", " "),
        due=one_of("due", tuple(Bucket)),
        months=tuple(month for month in arguments.get("month", ()) if Month.parse(month)),
        age=one_of("age", tuple(Age)),
        only=first("only") if only_words(first("only")) else "",
        search=first("search") if _ID.fullmatch(first("search")) else "",
        sort=sort if sort.removeprefix("-") in SORTS else "due",
        page=int(page) if page.isascii() and page.isdigit() and 0 < int(page) <= 1_000_000 else 1,
        size=int(size) if size in map(str, PAGE_SIZES) else 25,
    )


def only_words(only: str) -> str:
    """Return what a figure counts beyond its month and payer, in words; empty for what nothing counts."""
    return ONLY.get(only) or slow_words(only)


def code_parts(codes: str) -> dict[str, tuple[str, ...]]:
    """Return the reasons of codes like ``CO-50,CO-97,PR-96`` by their group; no group and no reason for ``none``."""
    found: dict[str, tuple[str, ...]] = {}
    for code in codes.split(","):
        group, _, carc = code.partition("-") if code != NONE else ("", "", "")
        found[group] = (*found.get(group, ()), carc)
    return found
