"""Exercise tables that tell the doses of several visits side by side."""

import re
from itertools import islice
from typing import NamedTuple

MOST_ROWS = 200
_DOSE = r"\d{1,3}[ ]?x[ ]?\d{1,3}(?:[ ]?(?:s|sec|\"|ea))?|\d{1,3}(?:\.\d)?[ ]?(?:min|mins|lbs?|#|kg|s|sec|reps|ft|'|x)"
_ROW = re.compile(
    rf"^(?P<name>[ \t]{{0,8}}[a-z][^\n|]{{1,40}}?)(?P<cells>(?:(?:[ ]{{2,30}}|[ ]{{0,20}}\|[ ]{{0,20}}|\t)(?:{_DOSE})(?:[ ](?:\d{{1,3}}[ ]?(?:lbs?|#))?)?){{2,12}})[ |]{{0,30}}$",
    re.MULTILINE,
)
_CELL = re.compile(rf"(?:{_DOSE})")


class DoseRow(NamedTuple):
    """A row of an exercise table: for how many visits it tells a dose, whether all are the same, and its place."""

    visits: int
    is_same: bool
    start: int
    end: int


def read_dose_rows(low: str) -> tuple[DoseRow, ...]:
    """Return the rows of exercise tables in a note in lower case that tell doses of two visits or more."""
    return tuple(islice(map(_row, _ROW.finditer(low)), MOST_ROWS))


def _row(match: re.Match[str]) -> DoseRow:
    doses = ["".join(dose.split()) for dose in _CELL.findall(match["cells"])]
    return DoseRow(len(doses), len(set(doses)) == 1, match.start("name"), match.end("cells"))
