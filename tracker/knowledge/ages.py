"""When each source was last looked at: what has not been checked for long is listed, it is not wrong for that."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tracker.knowledge.library import Knowledge
from tracker.knowledge.tables import PAYER_KINDS


class CheckedSource(NamedTuple):
    """A source, the file or entry that rests on it, and the day somebody last looked."""

    where: str
    source: str
    checked_on: date


def a_year_before(day: date) -> date:
    """Return the same day one year earlier; 2/28 for a leap day."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year - 1, day.month, last)


def old_sources(knowledge: Knowledge, today: date) -> tuple[CheckedSource, ...]:
    """Return the sources last checked over a year ago, oldest first."""
    limit = a_year_before(today)
    old = {entry for entry in _all_sources(knowledge) if entry.checked_on < limit}
    return tuple(sorted(old, key=lambda entry: (entry.checked_on, entry.where, entry.source)))


def _all_sources(knowledge: Knowledge) -> Iterator[CheckedSource]:
    for source in knowledge.sources.values():
        yield CheckedSource(f"sources.toml: {source.tag}", source.title, source.checked_on)
    for rule in knowledge.rules.values():
        yield CheckedSource(rule.file, rule.cited.source, rule.cited.checked_on)
    for claim in knowledge.folklore:
        yield CheckedSource(f"folklore.toml: {claim.name}", claim.cited.source, claim.cited.checked_on)
    for clock in knowledge.clocks.values():
        yield CheckedSource(f"payers/{clock.payer_file}.toml: {clock.id}", clock.source, clock.checked_on)
    for kind in sorted(PAYER_KINDS):
        for name, cited in knowledge.payer_defaults(kind).cited.items():
            yield CheckedSource(f"payer_kinds.toml: {kind}, {name}", cited.source, cited.checked_on)
    for name, figure in knowledge.medicare_figures():
        yield CheckedSource(f"medicare.toml: {name}, {figure.year}", figure.source, figure.checked_on)
