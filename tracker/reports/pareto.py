"""Panel 2: what should we fix first? Root causes of one month's denials by denied dollars."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.knowledge import RootCause
from tracker.reports.figures import percent
from tracker.reports.months import Month
from tracker.reports.tallies import CauseTally

UNCLASSIFIED = "Not classified yet"
_LEAST_DENIALS = 5
_COUNTS = ("", "One cause makes", "Two causes make", "Three causes make", "Four causes make", "Five causes make")


@dataclass(frozen=True, slots=True)
class CauseFigures:
    """One root cause; ``running_cents`` is its dollars and those of all causes above it. No code: not classified."""

    code: str
    title: str
    group: str
    starts_at: str
    denials: int
    cents: int
    running_cents: int


@dataclass(frozen=True, slots=True)
class Pareto:
    """Root causes of a month, most dollars first, "Not classified yet" last."""

    month: Month
    causes: tuple[CauseFigures, ...]

    @property
    def cents(self) -> int:
        """All dollars of the month."""
        return sum(cause.cents for cause in self.causes)

    @property
    def denials(self) -> int:
        """All denials of the month."""
        return sum(cause.denials for cause in self.causes)


def root_cause_pareto(month: Month, tallies: Iterable[CauseTally], root_causes: Mapping[str, RootCause]) -> Pareto:
    """Sort one month's tallies by dollars and run their sum. One main cause per denial, so that shares add up."""
    figures, running = [], 0
    found = list(tallies)
    if found and not any(not tally.root_cause for tally in found):
        found.append(CauseTally("", 0, 0))  # ux.md 3.3: always shown
    for tally in sorted(
        found, key=lambda tally: (not tally.root_cause, -tally.cents, -tally.denials, tally.root_cause)
    ):
        running += tally.cents
        known = root_causes.get(tally.root_cause)
        figures.append(
            CauseFigures(
                code=tally.root_cause,
                title=known.title if known else tally.root_cause or UNCLASSIFIED,
                group=known.group if known else "",
                starts_at=known.starts_at if known else "",
                denials=tally.denials,
                cents=tally.cents,
                running_cents=running,
            )
        )
    return Pareto(month, tuple(figures))


def pareto_heading(pareto: Pareto) -> str:
    """Return what the table says, from fixed sentences with checks."""
    name = pareto.month.name
    if not pareto.denials:
        return f"No denials in {name}"
    if pareto.denials < _LEAST_DENIALS or not pareto.cents:
        return f"Too few denials in {name} to rank causes"
    named = [cause for cause in pareto.causes if cause.code]
    for count, cause in enumerate(named[: len(_COUNTS) - 1], start=1):
        if cause.running_cents * 2 >= pareto.cents:
            share = percent(cause.running_cents, pareto.cents, 0)
            return f"{_COUNTS[count]} up {share} of {name} dollars"
    unnamed = sum(cause.cents for cause in pareto.causes if not cause.code)
    if unnamed * 2 > pareto.cents:
        return f"{percent(unnamed, pareto.cents, 0)} of {name} dollars are not classified yet"
    return f"No few causes make up half of {name} dollars"
