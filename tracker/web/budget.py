"""How much one person, and one practice, may open and take out in an hour (security.md C-50): against bulk reading.

A person at work stays far below; a program behind a stolen session does not. Counted in the process that serves; an hour
starts with the first request of it.
"""

import threading
from collections.abc import Hashable
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app, g, request
from werkzeug.exceptions import TooManyRequests

from tracker.config import Settings

_HOUR = timedelta(hours=1)
_PRACTICE_TIMES = 20  # what all people of a practice may do together, in budgets of one person
_ROWS_A_PAGE = 50  # rows of lists that may be taken out, for each page that may be opened


class TooMany(Exception):  # noqa: N818  # says what happened
    """Raised when a token, an address or a person has to wait; ``seconds`` says how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Budget:
    """How much each key has spent in the span of time that runs, in this process."""

    def __init__(self, span: timedelta) -> None:
        self._span, self._lock = span, threading.Lock()
        self._since: datetime | None = None
        self._spent: dict[Hashable, int] = {}

    def spend(self, key: Hashable, most: int, now: datetime, amount: int = 1) -> None:
        """Count what is asked for. Raises TooMany when it is more than ``most`` in the span."""
        with self._lock:
            if self._since is None or not self._since <= now < self._since + self._span:
                self._since, self._spent = now, {}
            self._spent[key] = self._spent.get(key, 0) + amount
            if self._spent[key] > most:
                raise TooMany(max(1, -int(-(self._since + self._span - now).total_seconds() // 1)))


class Kind(StrEnum):
    """What is counted apart, in the words of the page that refuses more of it."""

    PAGE = "pages"
    SEARCH = "searches"
    PDF = "PDFs and papers"
    IMPORT = "files to bring in"
    EXPORT = "files to take out"
    ROWS = "rows of lists taken out"


_SHARE = {
    Kind.PAGE: 1,
    Kind.IMPORT: 1,
    Kind.SEARCH: 1 / 5,
    Kind.PDF: 1 / 5,
    Kind.EXPORT: 1 / 50,
    Kind.ROWS: _ROWS_A_PAGE,
}
"""What may be spent of each kind, in parts of the pages that may be opened."""

_BY_VIEW = {
    "queue.search": Kind.SEARCH,
    "papers.download": Kind.PDF, "appeals.file": Kind.PDF, "protected_notes.paper": Kind.PDF,
    "imports.take": Kind.IMPORT, "backlog.take": Kind.IMPORT, "document_notes.take": Kind.IMPORT,
    "practice_taking.take": Kind.IMPORT, "log.scan": Kind.IMPORT, "check.file": Kind.IMPORT,
    "practice_data.export": Kind.EXPORT, "practice_data.download": Kind.EXPORT,
}  # fmt: skip
_BY_ENDING = {".pdf": Kind.PDF, ".zip": Kind.EXPORT, ".<kind>": Kind.EXPORT}


class OverBudget(TooManyRequests):
    """Raised when a person, or the people of a practice, asked for more than the budget; the page says when it is over."""


def kind_of(endpoint: str, rule: str) -> Kind:
    """Return what a request counts as, by its view or the ending of its address."""
    by_ending = (kind for ending, kind in _BY_ENDING.items() if rule.endswith(ending))
    return _BY_VIEW.get(endpoint) or next(by_ending, Kind.PAGE)


def most_of(kind: Kind, own: Settings) -> int:
    """Return how much of a kind one person has in an hour."""
    return max(1, int(own.pages_per_hour * _SHARE[kind]))


def spend_request(own: Settings) -> None:
    """Count the request of a signed-in person. Raises OverBudget."""
    if request.endpoint is not None and request.url_rule is not None:
        _spend(kind_of(request.endpoint, request.url_rule.rule), 1, own)


def spend_rows(rows: int, own: Settings) -> None:
    """Count rows that somebody takes out, before anything is given. Raises OverBudget."""
    _spend(Kind.ROWS, rows, own)


def _spend(kind: Kind, amount: int, own: Settings) -> None:
    budget, most = current_app.extensions["tracker_people_budget"], most_of(kind, own)
    try:
        budget.spend((kind, "person", g.user.id), most, g.now, amount)
        for practice_id in g.scope:
            budget.spend((kind, "practice", practice_id), most * _PRACTICE_TIMES, g.now, amount)
    except TooMany as wait:
        minutes = -(-wait.seconds // 60)
        words = (
            f"The tracker gives one person {most:,} {kind} an hour, and a practice {most * _PRACTICE_TIMES:,}, so that nobody "
            f"can copy it page by page. Go on in {minutes} minute{'' if minutes == 1 else 's'}, or ask who runs the tracker "
            "for more. Nothing was changed."
        )
        raise OverBudget(words, retry_after=wait.seconds) from None


def hourly() -> Budget:
    """Return a new budget of people."""
    return Budget(_HOUR)
