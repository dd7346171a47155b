"""Progress reports as daily notes speak of them: reports that were written, are missing or due."""

import re
from itertools import islice
from typing import NamedTuple

from tracker.reading.dates import DateInNote, find_dates
from tracker.reading.lexicon import Lexicon, Sign

_MISSING = Lexicon(
    {
        "missing": (
            "no progress report*", "no progress note*", "no progress summary", "no summary written", "no report written", "no reassessment since", "no re assessment since", "progress report not done", "progress report not written", "progress report overdue", "progress report past due", "progress note overdue", "progress note not done", "pn overdue", "pn not done", "pr overdue", "no pn", "summary not written", "no formal reassessment", "no recert*",
        )
    }
)  # fmt: skip


def read_missing_reports(low: str) -> tuple[Sign, ...]:
    """Return where a note in lower case says that a progress report was not written."""
    return _MISSING.find(low)


_MOST = 20
_REACH = 60
_WRITTEN = re.compile(
    r"\b(?:progress (?:report|note|summary)|10th visit (?:report|note|progress note)|pn|re-?assessment)[ ](?:was |is )?(?:completed|written|done|signed|sent|on file|submitted|dated|of)\b(?: and (?:signed|sent))?(?: by [a-z. ]{1,30}(?:, ?[a-z]{2,4})?)?(?: on| dated)?[ :]{0,2}(?=\d)"
)
_BY = re.compile(r"[ ,]{0,3}by [a-z. ,'’\-]{1,40}")
_ASSISTANT = re.compile(r"\b(?:pta|c?ota|assistant)\b")


class WrittenReport(NamedTuple):
    """A progress report a note says was written: its day, whether by an assistant, the place of the words."""

    told: DateInNote
    by_assistant: bool


def read_written_reports(low: str) -> tuple[WrittenReport, ...]:
    """Return the progress reports a note in lower case says were written, with their days."""
    found = []
    for match in islice(_WRITTEN.finditer(low), _MOST):
        dates = find_dates(low, match.end(), match.end() + _REACH)
        if dates and dates[0].start <= match.end() + 1:
            behind = _BY.match(low, dates[0].end)
            by_assistant = any(_ASSISTANT.search(words[0]) for words in (match, behind) if words is not None)
            found.append(WrittenReport(dates[0]._replace(start=match.start()), by_assistant))
    return tuple(found)
