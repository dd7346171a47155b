"""Progress reports as daily notes speak of them: the number of the visit, and reports that are missing or due."""

import re

from tracker.reading.lexicon import Lexicon, Sign

_VISIT = re.compile(
    r"(?<![a-z0-9])(?:(?:visit|session|treatment|tx|v)[ ]?(?:#|no\.?|number)?[ :.]{0,3}(?P<after>\d{1,3})(?![\d.]|[ ]?min)|(?P<before>\d{1,3})(?:st|nd|rd|th)[ ](?:visit|session|treatment)(?![ ]this))(?![a-z0-9])"
)
_MISSING = Lexicon(
    {
        "missing": (
            "no progress report*", "no progress note*", "no progress summary", "no summary written", "no report written", "no reassessment since", "no re assessment since", "progress report not done", "progress report not written", "progress report overdue", "progress report past due", "progress note overdue", "progress note not done", "pn overdue", "pn not done", "pr overdue", "no pn", "summary not written", "no formal reassessment", "no recert*",
        )
    }
)  # fmt: skip


def read_visit_number(low: str) -> Sign | None:
    """Return where a note in lower case tells the number of its visit, the number as the sign's kind; or None."""
    match = _VISIT.search(low)
    return Sign(match["after"] or match["before"], *match.span()) if match is not None else None


def read_missing_reports(low: str) -> tuple[Sign, ...]:
    """Return where a note in lower case says that a progress report was not written."""
    return _MISSING.find(low)
