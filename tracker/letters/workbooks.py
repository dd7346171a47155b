"""Excel workbooks from outside: their cells are read in a process of its own (security.md C-27, C-29)."""

from tracker.letters.limited import Refusal, run_limited
from tracker.letters.problems import LetterProblem

_SECONDS = 20.0


class WorkbookProblem(LetterProblem):
    """Raised for a workbook that cannot be used; the message says why."""


def rows_of(content: bytes) -> list[tuple[int, list[str]]]:
    """Return number and cell texts of every row of the first visible sheet that holds something.

    Dates are ISO texts, merged cells stand in each of their rows. Raises WorkbookProblem for what is no workbook or
    too big, PdfFailed when reading it needs too much time or memory.
    """
    answer = run_limited("workbook", {}, (content,), on_refusal=_problem, seconds=_SECONDS)
    return [(number, cells) for number, cells in answer.values["rows"]]


def _problem(refusal: Refusal) -> LetterProblem:
    return WorkbookProblem(refusal.why)
