"""Who shared the time: one patient alone, several at once, or the therapist's attention elsewhere."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tracker.reading.beginnings import Sought
from tracker.reading.services import LONGEST_NOTE, MOST_PLACES
from tracker.reading.techniques import is_denied

_NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
_PEOPLE = r"(?:patients|pts|clients|participants|members|residents|kids|children|peers|others|veterans|boys|girls|seniors|attendees|enrolled)"
_ANOTHER = r"(?:another|other|the other|next|the next|second|a second|different|new|a new)"
_ONE = r"(?:patient|pt|client|child|resident|eval(?:uation)?|referral|person)\b"
_WORKER = r"(?:i|pt|ot|slp|therapist|clinician|this (?:therapist|writer|clinician))"

# Each pattern begins with letters that are looked for first; the place of the match is what a reader is shown.
_SHARED = (
    (
        "group",
        re.compile(
            r"group (?:of|session|therapy|treatment|exercise|class|format|setting|activity|activities|balance)\b|group,"
        ),
    ),
    ("group", re.compile(r"(?:small|in a|in the|in|as a|as) group\b(?! home)")),
    (
        "class",
        re.compile(
            r"(?:balance|exercise|pool|aquatic|aqua|fitness|flow|strength|strengthening|yoga|tai chi|water|chair|parkinson'?s?|fall prevention|stretch) class\b"
        ),
    ),
    ("class of", re.compile(rf"class of {_NUMBER}\b(?! \d{{2}})")),
    ("back and forth", re.compile(r"back and forth between\b|back and forth with\b")),
    ("between", re.compile(rf"(?:went|moved|alternated|alternating|rotated|rotating|moving|divided my time|split my time|split time|shared my time|circulated) between (?:the |both |these |my )*(?:{_NUMBER}|both|them|{_PEOPLE})\b")),
    ("on the next", re.compile(r"(?:on|at) the (?:next|other|adjacent|neighbou?ring) (?:mat|table|plinth|treadmill|bike|bench|station|lane) (?:for|at|during|over) the same\b")),
    ("for the same", re.compile(rf"(?:{_ANOTHER} {_ONE}|{_PEOPLE}) (?:[a-z.]+ ){{0,6}}for the same (?:hour|time|half|period|minutes|slot)")),
    ("at a time", re.compile(r"(?:two|three|four|2|3|4) (?:patients |pts |clients |people )?at a time\b")),
    ("overlap", re.compile(rf"overlap(?:ped|ping|s)? with (?:{_ANOTHER} {_ONE}|(?:mr|mrs|ms)\b)")),
    ("club", re.compile(r"(?:fluency|social|speech|language|conversation|aphasia|voice|handwriting|writing|lego|play|cooking|motor|lunch) club\b")),
    ("enrolled", re.compile(rf"{_NUMBER} enrolled\b")),
    (
        "with",
        re.compile(
            rf"with (?:[a-z]+ and )?{_NUMBER} (?:other|more|fellow) (?:[a-z]+ ){{0,2}}(?:{_PEOPLE}|{_ONE})|with {_NUMBER} (?:{_PEOPLE})\b"
        ),
    ),
    ("another", re.compile(rf"(?<![a-z])(?:(?<=and )|(?<=& )|(?<=plus ))another {_ONE}(?:[^.;\n]{{0,30}} )?(?:at the same time|at once|simultaneously|side by side|in parallel|in tandem)\b")),
    ("side by side", re.compile(rf"(?:both|{_NUMBER}|{_PEOPLE}) (?:[a-z]+ ){{0,5}}side by side\b")),
    ("attendance", re.compile(r"attendance[ :=]{1,3}(?:[2-9]|1\d)\b|among (?:them|others)\b")),
    ("with", re.compile(rf"with {_ANOTHER} {_ONE}|with (?:a |his |her )?(?:tablemate|table mate|peer|classmate|groupmate)\b")),
    ("other", re.compile(rf"(?:\+|plus|and|with|w/|&) {_NUMBER} (?:others\b|(?:other|more|fellow) (?:[a-z]+ ){{0,2}}(?:{_PEOPLE})\b)")),
    ("other", re.compile(r"other (?:(?:table|group|class|club)[ ])?(?:members|participants|attendees)\b(?! of\b)")),
    ("rotated", re.compile(rf"rotated (?:a?round|among|amongst|through) (?:the |all |both )?(?:{_NUMBER}|{_PEOPLE}|table|group|stations)\b")),
    *(
        (people, re.compile(rf"{_NUMBER} {people} (?:at once|together|in|at the same|treated|simultaneously|present)\b"))
        for people in ("patients", "pts", "clients", "participants")
    ),
    ("same", re.compile(r"same (?:half[- ]hour|time[- ]?slot|hour|slot) (?:as|with)\b|same half[- ]hour\b")),
    ("caseload", re.compile(r"also on (?:my|our) caseload\b")),
    ("alternat", re.compile(r"(?:boys|girls|children|kids|patients|clients|they) (?:alternated|took) turns\b")),
    ("peers", re.compile(r"(?:taught|coached|cued|shown to|with) peers\b")),
    ("one to the next", re.compile(r"going from one to the next\b")),
)  # fmt: skip
_AWAY = (
    ("while", re.compile(rf"while {_WORKER}\b[^.;\n]{{0,40}}\b{_ANOTHER} (?:[a-z]+ )?{_ONE}")),
    ("while", re.compile(rf"while {_WORKER} (?:was |were )?(?:charted|charting|documented|documenting|on the phone|treated|evaluated|splinted|saw|helped)\b")),
    ("during", re.compile(rf"during (?:my|{_WORKER}'?s?) (?:phone call|call|charting|documentation|lunch|evaluation)\b")),
    ("concurrent", re.compile(r"concurrent(?:ly)? (?:with|treatment|session)\b")),
    ("double", re.compile(r"double[- ]?book(?:ed|ing)\b")),
    ("between", re.compile(r"between (?:my )?(?:other )?(?:patients|clients)\b")),
)  # fmt: skip
_SINGLE = (
    ("only ", re.compile(r"only (?:one|1|a single) (?:child|patient|pt|client|participant|member|person|attendee)\b|only (?:attendee|participant|member present)\b")),
    (" only", re.compile(r"(?:one|1|a single) (?:child|patient|pt|client|participant|member|person|attendee) only\b")),
    ("else ", re.compile(r"(?:nobody|no one|no-one) else (?:came|attended|showed|signed up|was there)\b")),
    ("others ", re.compile(r"others (?:cancel\w*|no[- ]showed|did not (?:come|attend|show)|were absent)\b")),
    ("individual", re.compile(r"(?:ran|run|held|became|turned into|switched to) (?:an? )?individual(?:ly)?\b")),
)  # fmt: skip
_ALONE = Sought(
    "1 alo con dir ind min one pat pt",
    r"(?:one[- ]on[- ]one|one[- ]to[- ]one|1 ?: ?1|1[- ]on[- ]1|1[- ]to[- ]1|individual(?:ly)?\b|alone with (?:me|pt|ot|therapist)|"
    r"(?:pt|patient) alone\b|mine alone|direct contact|one patient at a time|constant attendance)",
)
_FRIENDS = re.compile(
    r"\b[A-Z][a-z]+(?:, [A-Z][a-z]+){1,4},? (?:and|&) (?:this|the|our) (?:client|patient|child|pt)\b"
    r"|\bwith [A-Z][a-z]+,(?: [A-Z][a-z]+,){0,4} (?:and )?[A-Z][a-z]+ and [A-Z][a-z]+\b|\bwith [A-Z][a-z]+, [A-Z][a-z]+,? and [A-Z][a-z]+\b"
)


class Company(NamedTuple):
    """A place that tells who shared the time: kind ``shared``, ``away``, ``alone``, or ``single`` where nobody else came."""

    kind: str
    start: int
    end: int


def find_company(text: str, low: str) -> tuple[Company, ...]:
    """Return the places where a note tells who shared the time, in their order; ``low`` is its text in lower case."""
    found = sorted(_find(text[:LONGEST_NOTE], low[:LONGEST_NOTE]), key=lambda each: (each.start, -each.end))
    reached, kept = 0, []
    for each in found:
        if each.end > reached:  # a place within another one, like "with another patient" within "while I was ..."
            kept.append(each)
            reached = each.end
    return tuple(kept)


def _find(text: str, low: str) -> Iterator[Company]:
    for kind, patterns in (("single", _SINGLE), ("shared", _SHARED), ("away", _AWAY)):
        for sign, pattern in patterns:
            if sign in low:
                for match in islice(pattern.finditer(low), MOST_PLACES):
                    if _stands_free(low, match.start()) and not is_denied(low, *match.span()):
                        yield Company(kind, *match.span())
    for match in islice(_ALONE.finditer(low), MOST_PLACES):
        if not is_denied(low, *match.span()):
            yield Company("alone", *match.span())
    for match in islice(_FRIENDS.finditer(text), MOST_PLACES):
        yield Company("shared", *match.span())


def _stands_free(low: str, start: int) -> bool:
    return start == 0 or not low[start - 1].isalnum()
