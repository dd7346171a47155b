"""Claims submitted by month, as people type them or paste them from a spreadsheet: one month a line."""

import re
from collections.abc import Mapping
from typing import NamedTuple

MOST_CLAIMS = 9_999_999
_LINE = re.compile(r"(?:(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4}))\s*[,;\t ]\s*\"?(\d{1,3}(?:,\d{3})+|\d+)\"?", re.ASCII)
_HEADING = re.compile(r"\s*month\b.*", re.IGNORECASE)


class SubmittedError(ValueError):
    """Raised when a line cannot be read; the message names the line and says what to write."""


class _Read(NamedTuple):
    month: str
    claims: int


def read_submitted(text: str) -> dict[str, int]:
    """Return the claims by month (``2026-10``) of lines like ``10/2026, 412`` or ``2026-10, 412``.

    Empty lines and a heading on the first line are passed over. Raises SubmittedError with the number of the line.
    """
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or (number == 1 and _HEADING.fullmatch(line)):
            continue
        read = _read(line.strip(), number)
        if read.month in found:
            raise SubmittedError(f"Line {number}: {read.month} stands there twice. Keep one line for each month")
        found[read.month] = read.claims
    return dict(sorted(found.items()))


def _read(line: str, number: int) -> _Read:
    match = _LINE.fullmatch(line)
    year, month = (int(match[1] or match[4]), int(match[2] or match[3])) if match else (0, 0)
    if match is None or not (1 <= month <= 12 and 1900 <= year <= 2999):
        raise SubmittedError(f"Line {number}: write a month and a number of claims, like 10/2026, 412")
    claims = int(match[5].replace(",", "").replace('"', ""))
    if claims > MOST_CLAIMS:
        raise SubmittedError(f"Line {number}: {claims:,} claims are more than a month can hold")
    return _Read(f"{year:04d}-{month:02d}", claims)


def written(counts: Mapping[str, int]) -> str:
    """Return counts as lines that ``read_submitted`` reads."""
    return "".join(f"{month[5:]}/{month[:4]}, {claims}\n" for month, claims in sorted(counts.items()))
