"""How fast case files are diagnosed on one core, notes read anew each time, and how fast minutes are read."""

import time
from pathlib import Path

from tracker.diagnosis import diagnose
from tracker.importers.case_file import read_case
from tracker.knowledge import load
from tracker.reading.minutes import read_minutes

_CASES = Path(__file__).parents[1] / "samples" / "cases"
_ROUNDS = 60


def run() -> list[tuple[str, str]]:
    """Return the figures as (label, figure); a line is one the payer denied or adjusted."""
    knowledge = load()
    cases = [read_case(path.read_bytes()) for path in sorted(_CASES.glob("*.json"))]
    notes = [note.text for case in cases for note in case.notes]
    lines = sum(len(diagnose(case, knowledge)) for case in cases)  # fills the caches of payers and rules
    started = time.process_time()
    for _ in range(_ROUNDS):
        for case in cases:
            diagnose(case, knowledge)
    diagnosed = time.process_time()
    for _ in range(_ROUNDS):
        for text in notes:
            read_minutes(text)
    read = time.process_time()
    return [
        ("Diagnosing case files, one core", f"{lines * _ROUNDS / (diagnosed - started):,.0f} lines/s"),
        ("Reading minutes", f"{len(notes) * _ROUNDS / (read - diagnosed):,.0f} notes/s"),
    ]
