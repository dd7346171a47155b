"""Labelled cases, and how far the checker's suggestions meet their labels.

A folder of cases holds ``key.json``: one label per denied line with the cause an auditor names first (``primary``),
others as good (``also_acceptable``), causes that would do harm among the first three (``must_not``), the path
(``path``, ``also_acceptable_paths``) and the pieces of the notes that decide (``evidence``). Cause and path are empty
where nothing can be known, and then nothing is to be suggested.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tracker.diagnosis import LineDiagnosis, Quote, diagnose
from tracker.domain.case import Case
from tracker.importers.case_file import read_case
from tracker.knowledge import load

NOTHING = ""
CASES = Path(__file__).parents[1] / "samples" / "cases"


class Judged(NamedTuple):
    """One labelled line beside what the checker says of it."""

    case: Case
    label: dict[str, Any]
    said: LineDiagnosis

    @property
    def causes(self) -> list[str]:
        return [each.root_cause for each in self.said.suggestions]

    @property
    def is_first_right(self) -> bool:
        return (self.causes or [NOTHING])[0] in {self.label["primary"], *self.label["also_acceptable"]}

    @property
    def is_among_first_three(self) -> bool:
        return self.label["primary"] in (self.causes or [NOTHING])

    @property
    def is_path_right(self) -> bool:
        paths = {self.label["path"], *self.label["also_acceptable_paths"]}
        return next((each.path for each in self.said.suggestions), NOTHING) in paths

    @property
    def harmful(self) -> list[str]:
        return [cause for cause in self.causes if cause in self.label["must_not"]]

    @property
    def quotes(self) -> list[Quote]:
        return [each for suggestion in self.said.suggestions for each in suggestion.evidence]

    def is_quoted(self, piece: str) -> bool:
        """Whether one quote lies over at least half of a piece of a note, wherever the piece stands."""
        for number, note in enumerate(self.case.notes):
            for start in _places(note.text, piece):
                shared = (
                    min(each.end, start + len(piece)) - max(each.start, start)
                    for each in self.quotes
                    if each.note == number
                )
                if any(2 * length >= len(piece) for length in shared):
                    return True
        return False

    def __str__(self) -> str:
        return (
            f"{self.case.case_id} line {self.said.line}: wanted {self.label['primary']}/{self.label['path']}, "
            f"got {[(each.root_cause, each.path, str(each.strength)) for each in self.said.suggestions]}"
        )


def _places(text: str, piece: str) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + 1)


class Figures(NamedTuple):
    """Shares of labelled lines (of pieces for ``evidence``) that are right; ``harmful`` and ``false_quotes`` count."""

    lines: int
    first: float
    first_three: float
    harmful: int
    path: float
    evidence: float
    false_quotes: int


def cases_in(folder: str) -> list[Case]:
    paths = sorted(path for path in (CASES / folder).glob("*.json") if path.name != "key.json")
    return [read_case(path.read_bytes()) for path in paths]


def judged(folder: str) -> list[Judged]:
    """Return every labelled line of a folder beside what the checker says of it."""
    labels = json.loads((CASES / folder / "key.json").read_text(encoding="utf-8"))
    cases = {case.case_id: case for case in cases_in(folder)}
    said = {case_id: {line.line: line for line in diagnose(case, load())} for case_id, case in cases.items()}
    return [
        Judged(cases[label["case_id"]], label, said[label["case_id"]].get(label["line"], LineDiagnosis(label["line"])))
        for label in labels
    ]


def figures_of(lines: Iterable[Judged]) -> Figures:
    lines = list(lines)
    pieces = [each.is_quoted(piece) for each in lines for piece in each.label["evidence"]]
    return Figures(
        len(lines),
        _share(each.is_first_right for each in lines),
        _share(each.is_among_first_three for each in lines),
        sum(bool(each.harmful) for each in lines),
        _share(each.is_path_right for each in lines),
        _share(pieces),
        sum(
            each.case.notes[quote.note].text[quote.start : quote.end] != quote.quote
            for each in lines
            for quote in each.quotes
        ),
    )


def _share(right: Iterable[bool]) -> float:
    found = list(right)
    return sum(found) / len(found)
