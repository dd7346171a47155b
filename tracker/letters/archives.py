"""ZIP archives from outside: taken apart in a process of its own, their names never used (security.md C-27)."""

from tracker.letters.limited import Refusal, run_limited
from tracker.letters.problems import LetterProblem, PdfBusy, PdfFailed

_SECONDS = 30.0
_START = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"


class ArchiveProblem(LetterProblem):
    """Raised for an archive that cannot be used; the message says why."""


def is_archive(content: bytes) -> bool:
    """Whether the first bytes are those of a ZIP archive."""
    return content.startswith((_START, _EMPTY))


def files_in(content: bytes) -> list[bytes]:
    """Return the files of a ZIP archive in their order, folders and empty files left out.

    Raises ArchiveProblem for one that is locked, damaged, too big when unpacked, holds archives or links, or takes too
    much time or memory; PdfBusy when too many wait.
    """
    try:
        return list(run_limited("unzip", {}, (content,), on_refusal=_problem, seconds=_SECONDS).blobs)
    except PdfBusy:
        raise
    except PdfFailed:
        raise ArchiveProblem("taking the archive apart needs more time or memory than it may have") from None


def _problem(refusal: Refusal) -> LetterProblem:
    return ArchiveProblem(refusal.why)
