"""Late entries, addenda and alterations of a note, and the day it says it was written."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple, TypeVar

from tracker.reading.beginnings import Sought
from tracker.reading.dates import find_dates
from tracker.reading.passages import Passage, passage_with

T = TypeVar("T")

_MOST = 50
_DATE_REACH = 60  # characters behind the word in which the day of writing stands

_LABEL = Sought(
    "add ame cla cor del ent lat",
    r"(?:late|delayed)[ ](?:entry|note|documentation|addendum)\b|entered late\b|addend(?:um|a)\b|amend(?:ed|ment)\b(?![^.\n]{0,15}(?:plan|poc|goal))"
    r"|correct(?:ion|ed)[ ](?:entry|of (?:entry|note|record)|to (?:note|entry|record|original))\b|clarification of (?:note|entry)\b",
)
_ALTERED = Sought(
    "92 97 aud bac bla cha cor ear edi ent fie fro min not obl ori ove pre pri re rec rev rew scr she tex tim tot uni val ver whi wri",
    r"white[ -]?out\b|whited[ -]out\b|correction (?:fluid|tape)\b|blacked[ -]out\b|obliterated\b|overwr(?:itten|ote|iting)\b|written over\b|scribbled (?:over|out)\b"
    r"|(?:entry|note|record|original|chart|text|value|minutes?|time|units?|sheet|total|times|version)\b[^.\n]{0,30}\b(?:erased|deleted|replaced|altered|rewritten|re-written|back-?dated|removed)\b"
    r"|(?:original|previous|prior|earlier)[ ](?:entry|note|version|text|value)[^.\n]{0,20}\b(?:not (?:kept|preserved|saved|retained|available)|lost|gone|overwr\w+)\b"
    r"|(?:minutes?|units?|time(?:d)?(?: total)?|total(?: timed)?|97\d{3}|92\d{3}|field|value|entry)\b[^.;\n]{0,25}\b(?:changed|edited|modified|revised|updated|adjusted|set)[ ](?:from|:)?[^.;\n]{0,15}\d+[^.;\n]{0,12}(?:->|→|to\b)[^.;\n]{0,6}\d+"
    r"|(?:edit(?:ed)?|audit|change|revision|version)[ ](?:log|trail|history)\b[^\n]{0,90}(?:->|→|\bto\b|\bfrom\b|\bchanged\b|\bwas\b)[^\n]{0,30}"
    r"|(?:re-?created|reconstructed|rewritten|re-written|back-?dated|written)[ ](?:note )?(?:from memory|after (?:the )?(?:denial|audit|request))\b|from memory\b[^.\n]{0,25}\b(?:note|entry|minutes|wrote|written|entered)\b",
)
_NOT_ALTERED = re.compile(r"\b(?:no|not|nothing|never|without|none)\b[^.;\n]{0,25}$")
_KEPT = re.compile(
    r"\b(?:original|paper|first version|earlier entry)\b[^.;\n]{0,30}\b(?:kept|unchanged|preserved|retained|attached|legible|scanned|stays|still)\b|\bstruck (?:once|through once)|\bsingle line\b|\binitial(?:l)?ed\b"
)
_WRITTEN = Sought(
    "cha com cre dic doc ent fir not ope rec tra typ wri",
    r"(?:created|written|entered|documented|recorded|typed|dictated|note made|entry made|note date(?:d)?|charted|transcribed|completed|opened|first saved)\b(?:[ ](?:on|in emr|in the emr|in system|at|by [a-z. ]{1,20}))?[ :]{0,3}",
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
    labels = (passage for passage, _, _ in _told(low, passages, _LABEL))
    altered = (passage for passage, start, _ in _told(low, passages, _ALTERED) if _is_altered(low, passage, start))
    written = (found for told in _told(low, passages, _WRITTEN) if (found := _written(low, *told)) is not None)
    return Amendments(
        tuple(Label(_day(low, passage), passage) for passage in _first(labels)), _first(altered), _first(written)
    )


def _first(found: Iterable[T]) -> tuple[T, ...]:
    """Return the first of what was found, each once."""
    return tuple(islice(dict.fromkeys(found), _MOST))


def _told(low: str, passages: Sequence[Passage], words: Sought) -> Iterator[tuple[Passage, int, int]]:
    """Yield the passages words stand in, and where."""
    for match in words.finditer(low):
        if (passage := passage_with(passages, *match.span())) is not None:
            yield passage, *match.span()


def _day(low: str, passage: Passage) -> date | None:
    dates = find_dates(low, *passage)
    return dates[0].day if dates else None


def _is_altered(low: str, passage: Passage, start: int) -> bool:
    if _KEPT.search(low, passage.start, passage.end):
        return False
    return not _NOT_ALTERED.search(low[max(passage.start, start - 40) : start])


def _written(low: str, passage: Passage, start: int, end: int) -> tuple[date, Passage] | None:
    """Return the day right behind words of writing, with their passage."""
    if _OTHER_WRITTEN.search(low[max(passage.start, start - 40) : start]):
        return None
    dates = find_dates(low, end, min(passage.end, end + _DATE_REACH))
    return next(((found.day, passage) for found in dates if found.start <= end + 2), None)
