"""Doses of exercises in two notes of a patient: which changed from the earlier to the later one."""

from typing import NamedTuple

from tracker.reading.doses import over_visits
from tracker.reading.note import ReadNote


class DoseChange(NamedTuple):
    """An exercise both notes name, in their own words."""

    before: str
    after: str
    is_same: bool


def dose_changes(before: str, after: str) -> tuple[DoseChange, ...]:
    """Return the doses of a note beside those of the same exercises in an earlier one, in the later note's order."""
    first = ReadNote(before)
    earlier = {dose.exercise: before[dose.start : dose.end] for dose in reversed(first.doses)}
    return tuple(
        DoseChange(earlier[found.dose.exercise], after[found.dose.start : found.dose.end], found.before is None)
        for found in over_visits(ReadNote(after).doses, [first.doses])
    )
