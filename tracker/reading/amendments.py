"""Late entries, addenda and alterations of a note, and the day it says it was written."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from tracker.reading.dates import find_dates
from tracker.reading.passages import Passage

_MOST = 50
_DATE_REACH = 60  # characters behind the word in which the day of writing stands

_LABEL = re.compile(
    r"\b(?:late|delayed)[ ](?:entry|note|documentation|addendum)\b|\bentered late\b|\baddend(?:um|a)\b|\bamend(?:ed|ment)\b(?![^.\n]{0,15}(?:plan|poc|goal))"
    r"|\bcorrect(?:ion|ed)[ ](?:entry|of (?:entry|note|record)|to (?:note|entry|record|original))\b|\bclarification of (?:note|entry)\b"
)
_ALTERED = re.compile(
    r"\bwhite[ -]?out\b|\bwhited[ -]out\b|\bcorrection (?:fluid|tape)\b|\bblacked[ -]out\b|\bobliterated\b|\boverwr(?:itten|ote|iting)\b|\bwritten over\b|\bscribbled (?:over|out)\b"
    r"|\b(?:entry|note|record|original|chart|text|value|minutes?|time|units?|sheet|total|times|version)\b[^.\n]{0,30}\b(?:erased|deleted|replaced|altered|rewritten|re-written|back-?dated|removed)\b"
    r"|\b(?:original|previous|prior|earlier)[ ](?:entry|note|version|text|value)[^.\n]{0,20}\b(?:not (?:kept|preserved|saved|retained|available)|lost|gone|overwr\w+)\b"
    r"|\b(?:minutes?|units?|time(?:d)?(?: total)?|total(?: timed)?|97\d{3}|92\d{3}|field|value|entry)\b[^.;\n]{0,25}\b(?:changed|edited|modified|revised|updated|adjusted|set)[ ](?:from|:)?[^.;\n]{0,15}\d+[^.;\n]{0,12}(?:->|→|to\b)[^.;\n]{0,6}\d+"
    r"|\b(?:edit(?:ed)?|audit|change|revision|version)[ ](?:log|trail|history)\b[^\n]{0,90}(?:->|→|\bto\b|\bfrom\b|\bchanged\b|\bwas\b)[^\n]{0,30}"
    r"|\b(?:re-?created|reconstructed|rewritten|re-written|back-?dated|written)[ ](?:note )?(?:from memory|after (?:the )?(?:denial|audit|request))\b|\bfrom memory\b[^.\n]{0,25}\b(?:note|entry|minutes|wrote|written|entered)\b"
)
_NOT_ALTERED = re.compile(r"\b(?:no|not|nothing|never|without|none)\b[^.;\n]{0,25}$")
_KEPT = re.compile(
    r"\b(?:original|paper|first version|earlier entry)\b[^.;\n]{0,30}\b(?:kept|unchanged|preserved|retained|attached|legible|scanned|stays|still)\b|\bstruck (?:once|through once)|\bsingle line\b|\binitial(?:l)?ed\b"
)
_WRITTEN = re.compile(
    r"\b(?:created|written|entered|documented|recorded|typed|dictated|note made|entry made|note date(?:d)?|charted|transcribed|completed|opened|first saved)\b(?:[ ](?:on|in emr|in the emr|in system|at|by [a-z. ]{1,20}))?[ :]{0,3}"
)
_OTHER_WRITTEN = re.compile(
    r"\b(?:plan|poc|order|referral|hep|program|eval\w*|consent|form|goal\w*|questionnaire|report|surgery|x-?ray|mri)\b[^.;\n]{0,25}$"
)


class Label(NamedTuple):
    """A late entry or addendum that says so: the day of writing where told, and the passage."""

    day: date | None
    passage: Passage


class Amendments(NamedTuple):
    """Labelled additions, alterations, and the days on which the note says it was written (day and place)."""

    labels: tuple[Label, ...] = ()
    altered: tuple[Passage, ...] = ()
    written: tuple[tuple[date, Passage], ...] = ()


def read_amendments(low: str, passages: Sequence[Passage]) -> Amendments:
    """Return the additions and alterations of a note in lower case."""
    labels = [passage for passage in passages if _LABEL.search(low, passage.start, passage.end)]
    altered = [passage for passage in passages if _is_altered(low, passage)]
    written = [found for passage in passages if (found := _written(low, passage)) is not None]
    return Amendments(
        tuple(Label(_day(low, passage), passage) for passage in labels[:_MOST]),
        tuple(altered[:_MOST]),
        tuple(written[:_MOST]),
    )


def _day(low: str, passage: Passage) -> date | None:
    dates = find_dates(low, *passage)
    return dates[0].day if dates else None


def _is_altered(low: str, passage: Passage) -> bool:
    match = _ALTERED.search(low, passage.start, passage.end)
    if match is None or _KEPT.search(low, passage.start, passage.end):
        return False
    return not _NOT_ALTERED.search(low[max(passage.start, match.start() - 40) : match.start()])


def _written(low: str, passage: Passage) -> tuple[date, Passage] | None:
    for match in islice(_WRITTEN.finditer(low, passage.start, passage.end), 3):
        if _OTHER_WRITTEN.search(low[max(passage.start, match.start() - 40) : match.start()]):
            continue
        for found in find_dates(low, match.end(), min(passage.end, match.end() + _DATE_REACH)):
            if found.start <= match.end() + 2:
                return found.day, passage
    return None
