"""What a demo year consists of: files that come and go, acts of people, and the days on which files do."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from tracker.demo.visits import Visit


class DemoFile(NamedTuple):
    """A file as it came or went on a day, with the visits it bills for the first time."""

    day: date
    name: str
    data: bytes
    visits: tuple[Visit, ...] = ()


class Act(NamedTuple):
    """What a person did with the denials of a claim, on which day.

    ``what`` is a status, a close reason, ``appeal``, ``next_level``, or what the payer's letter said: ``upheld``,
    ``dismissed`` or ``partly``.
    """

    control: str
    day: date
    what: str


@dataclass(slots=True)
class Story:
    """All of a practice's year, up to ``last``."""

    last: date
    files: list[DemoFile] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def in_order(self) -> list[DemoFile | Act]:
        """Return files and acts as they happened; people work after the day's files came."""
        everything: list[DemoFile | Act] = [*self.files]
        everything += [act for act in self.acts if act.day <= self.last]
        return sorted(everything, key=lambda each: (each.day, isinstance(each, Act), each[1]))


class Calendar:
    """The days on which claims go out and remittances come in, the last one yesterday."""

    def __init__(self, today: date, every_days: int) -> None:
        self.last = today - timedelta(days=1)
        self.first = today - timedelta(days=364)
        backwards = [self.last - timedelta(days=days) for days in range(0, 364, every_days)]
        self.remits = sorted(backwards)
        self.sendings = sorted(day - timedelta(days=5) for day in backwards)

    def sending_after(self, day: date) -> date | None:
        """Return the first day from ``day`` on when claims go out; None when that is yet to come."""
        return next((each for each in self.sendings if each >= day), None)

    def remit_after(self, day: date) -> date | None:
        """Return the first day from ``day`` on when a remittance comes; None when that is yet to come."""
        return next((each for each in self.remits if each >= day), None)
