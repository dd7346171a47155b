"""What the queue says about its filter: chips, and why nothing is shown."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.ages import Age
from tracker.domain.deadlines import Bucket
from tracker.domain.statuses import STATUSES
from tracker.models import Denial
from tracker.reports.months import Month
from tracker.reports.queue import queue_page
from tracker.reports.queue_choices import Choices
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import NONE, QueueFilter, only_words
from tracker.web.filters import plural, us_date

_ARE_DUE: Mapping[str, str] = {
    Bucket.OVERDUE: "are overdue",
    Bucket.WEEK: "are due within 7 days",
    Bucket.TWO_WEEKS: "are due in 8 to 14 days",
    Bucket.MONTH: "are due in 15 to 30 days",
    Bucket.LATER: "are due in 31 days or more",
    Bucket.NONE: "are without a deadline",
}
# An empty view without a filter is good news; it says so.
_DONE = {
    "mine": "Nothing in your queue",
    "open": "Nothing is open",
    "due14": "Nothing due in 14 days",
    "over500": "Nothing over $500 is open",
    "needs-note": "No denial needs a note",
    "waiting": "Nothing is waiting on a payer",
    "no-deadline": "Every open denial has a deadline",
    "new-week": "Nothing new this week",
    "unassigned": "Every open denial has an owner",
    "all": "No denials yet",
}


class Chip(NamedTuple):
    """A part of the filter: what it is, its value, and the address without it."""

    name: str
    value: str
    without: str


class Nothing(NamedTuple):
    """Why no row is shown, and one thing to do about it."""

    title: str
    text: str
    label: str
    address: str


def chips(asked: QueueFilter, offered: Choices, words: str) -> list[Chip]:
    """Return the parts of a filter in words."""
    return [
        Chip(name, value, url_for("queue.show", **asked.with_(**without).query()))
        for name, value, without in _parts(asked, offered, words)
    ]


def _parts(asked: QueueFilter, offered: Choices, words: str) -> Iterator[tuple[str, str, dict[str, object]]]:
    payers, causes, owners = dict(offered.payers), dict(offered.causes), dict(offered.owners)
    for payer in asked.payers:
        rest = tuple(one for one in asked.payers if one != payer)
        yield "Payer", payers.get(payer, "not found"), {"payers": rest}
    if asked.code:
        yield "Reason code", _codes(asked.code), {"code": ""}
    if asked.cause:
        yield "Root cause", _cause(asked.cause, causes), {"cause": ""}
    if asked.status:
        yield "Status", STATUSES[asked.status], {"status": ""}
    if asked.owner:
        known = {"me": "me", NONE: "nobody"}
        yield "Assigned to", known.get(asked.owner) or owners.get(asked.owner, "not found"), {"owner": ""}
    if asked.who:
        yield "Who has it", asked.who, {"who": ""}
    if asked.due:
        yield "Due", Bucket(asked.due).label.lower(), {"due": ""}
    months = [month for month in map(Month.parse, asked.months) if month is not None]
    if months:
        span = months[0].label if len(months) == 1 else f"{min(months).label} to {max(months).label}"
        yield "Denied in", span, {"months": ()}
    if asked.age:
        yield "Denied", f"{Age(asked.age).label.lower()} ago", {"age": ""}
    if asked.only:
        yield "Only", only_words(asked.only).lower(), {"only": ""}
    if asked.search:
        yield "Search", words or "ended", {"search": ""}


def _codes(codes: str) -> str:
    """Return one reason code as it is, several as how many they are."""
    if "," in codes:
        return plural(codes.count(",") + 1, "reason code")
    return "no reason code" if codes == NONE else codes


def _cause(cause: str, causes: Mapping[str, str]) -> str:
    return "not classified yet" if cause == NONE else causes.get(cause, cause)


def nothing_found(session: Session, asked: QueueFilter, offered: Choices, words: str, viewer: Viewer) -> Nothing:
    """Return what stands in place of an empty table: first use, ended search, no match, or all done."""
    if not asked.narrows and session.scalar(select(Denial.id).limit(1)) is None:
        return _first_use()
    if asked.search and not words:
        text = "Search words are kept for 12 hours, then forgotten. Search again."
        return Nothing("This search has ended", text, "Show all open", url_for("queue.show"))
    everything = queue_page(session, QueueFilter(), viewer).denials
    show_all = f"Show all {everything:,} open"
    if asked.narrows:
        text = "Remove a filter to see more, or go back to everything open."
        return Nothing(_no_match(asked, offered), text, show_all, url_for("queue.show"))
    return Nothing(_DONE[asked.view], _next_up(session, viewer), show_all, url_for("queue.show"))


def _first_use() -> Nothing:
    address = url_for("imports.choose")
    return Nothing("Import an 835 to fill your queue", "Or log one denial by hand.", "Import files", address)


def _no_match(asked: QueueFilter, offered: Choices) -> str:
    payers = dict(offered.payers)
    named = " or ".join(payers.get(payer, "") for payer in asked.payers)
    subject = " ".join(part for part in ("No", named, _codes(asked.code), "denials") if part)
    only_these = QueueFilter(view=asked.view, payers=asked.payers, code=asked.code, due=asked.due)
    if asked.due and asked.with_() == only_these.with_(sort=asked.sort, size=asked.size):
        return f"{subject} {_ARE_DUE[asked.due]}"
    return f"{subject} match"


def _next_up(session: Session, viewer: Viewer) -> str:
    """Name the denial whose clock runs out next."""
    page = queue_page(session, QueueFilter(size=1), viewer)
    row = session.execute(select(Denial.number, Denial.due_on).where(Denial.id.in_(page.ids))).first()
    return f"Next: D-{row.number} on {us_date(row.due_on)}." if row and row.due_on else ""
