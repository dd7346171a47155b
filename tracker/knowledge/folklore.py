"""What is widely said about codes and is wrong, with what is right."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from tracker.knowledge.entries import Cited
from tracker.knowledge.rows import Problems, Row, read_entries
from tracker.knowledge.tables import CONFIDENCES


class Folklore(NamedTuple):
    """A claim that is wrong, the fact, and the procedure codes and modifiers it speaks of (none: codes in general)."""

    name: str
    says: str
    fact: str
    codes: tuple[str, ...]
    cited: Cited


def read_folklore(path: Path, known: Collection[str], problems: Problems) -> tuple[Folklore, ...]:
    """Return the claims in the order of the file; a code that is not in ``known`` is noted."""
    return tuple(_folklore(name, row, known) for name, row in read_entries(path, problems))


def _folklore(name: str, row: Row, known: Collection[str]) -> Folklore:
    codes = row.words("codes")
    for code in codes:
        if code not in known:
            row.wrong(f"codes has {code!r}, which is no procedure code or modifier of the lists", "codes")
    cited = Cited(row.text("source"), row.one_of("confidence", CONFIDENCES), row.day("checked_on"))
    return Folklore(name, row.text("says"), row.text("fact"), codes, cited)
