"""Who acts at the moment, and on what: set by a request, a job or a command, read where an entry is made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tracker.domain.audit import Act
from tracker.models.base import moment_of_id, new_id


class Actor(NamedTuple):
    """Who: the account (None: no account), the sign-in name, a reference to the session, the network address."""

    user_id: int | None
    name: str
    session_ref: str = ""
    address: str = ""


SYSTEM = Actor(None, "system")


@dataclass(slots=True)
class Doing:
    """One request, job or command. ``who`` is asked when an entry is made: a request knows it only after the sign-in.

    ``practices`` collects those whose rows were loaded, ``written`` counts the entries made in changes, ``detail`` is
    added to them: names and counts only.
    """

    who: Callable[[], Actor] = lambda: SYSTEM
    act: Act = Act.WORKED
    object_type: str = ""
    object_id: str = ""
    scope: Callable[[], frozenset[int]] = frozenset
    clock: Callable[[], datetime] = lambda: moment_of_id(new_id())
    practices: set[int] = field(default_factory=set)
    detail: dict[str, object] = field(default_factory=dict)
    written: int = 0

    def in_practices(self) -> list[int | None]:
        """Return the practices an entry is for: those whose rows were loaded, else all in view, else none."""
        scope = self.scope()
        seen = self.practices & scope if scope else self.practices
        found: list[int | None] = [*sorted(seen or scope)]
        return found or [None]


_current: ContextVar[Doing | None] = ContextVar("tracker_doing", default=None)


def current() -> Doing | None:
    """Return what is being done, None outside of any request, job and command."""
    return _current.get()


@contextmanager
def doing(what: Doing) -> Iterator[Doing]:
    """Say what is being done until the end of the block."""
    token = _current.set(what)
    try:
        yield what
    finally:
        _current.reset(token)


def begin(what: Doing) -> None:
    """Say what is being done from now on; ``end`` takes it back, from whatever context."""
    _current.set(what)


def end() -> None:
    """Say that nothing is being done any more."""
    _current.set(None)
