"""How fast case files are diagnosed on one core, notes read anew each time, and how far labelled cases are met."""

import time
from collections.abc import Iterator

from tests.diagnosis.labelled import cases_in, figures_of, judged
from tracker.diagnosis import diagnose
from tracker.knowledge import load

_ROUNDS = 5
_LABELLED = ("blind", "clean", "varied", "varied_clean", "third", "unseen", "styles")


def run() -> list[tuple[str, str]]:
    """Return the figures as (label, figure); a line is one the payer denied or adjusted."""
    knowledge = load()
    cases = [case for folder in ("", *_LABELLED) for case in cases_in(folder)]
    notes = sum(len(case.notes) for case in cases)
    lines = sum(len(diagnose(case, knowledge)) for case in cases)  # fills the caches of payers and rules
    started = time.process_time()
    for _ in range(_ROUNDS):
        for case in cases:
            diagnose(case, knowledge)
    seconds = (time.process_time() - started) / _ROUNDS
    return [
        ("Diagnosing case files with their notes, one core", f"{lines / seconds:,.0f} lines/s"),
        ("  notes of these cases", f"{notes / seconds:,.0f} notes/s"),
        *_labelled(),
    ]


def _labelled() -> Iterator[tuple[str, str]]:
    for folder in _LABELLED:
        found = figures_of(judged(folder))
        met = f"first {found.first:.0%}, three {found.first_three:.0%}, path {found.path:.0%}"
        met += f", evidence {found.evidence:.0%}, harmful {found.harmful}, false quotes {found.false_quotes}"
        yield f"Labelled lines met, {folder} ({found.lines})", met
