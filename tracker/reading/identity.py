"""Whose note it is and of which day, as far as it says so; and whether it can be read at all."""

import re
from itertools import chain, islice
from typing import NamedTuple

from tracker.reading.beginnings import Sought
from tracker.reading.dates import DateInNote, find_dates

_MOST = 50
_BIRTH = Sought("bir bor d dat do dob", r"(?:d\.?o\.?b\.?|date of birth|birth ?date|born)(?:\b|(?<=\.))[ \t:.)#|]{0,6}")
_SERVICE = Sought(
    "d dat do dos enc ser ses tre tx vis",
    r"(?:d\.?o\.?s\.?|date of (?:service|visit|treatment|session|tx)|(?:service|visit|treatment|session|encounter|tx)[ ]date)(?:\b|(?<=\.))[ \t:.)|\-–—]{0,10}",
)
_CUT_OUT = re.compile(
    r"[\[({<][ ]?(?:illegible|unreadable|not legible|cannot (?:be )?read|can['’]t read|unclear|blurred|smudged?|too dark|cut off|dark|black|\?{2,})[^\n\])}>]{0,30}[\])}>]"
)
_UNREADABLE = Sought(
    "bot cop fax hal ill ima lin pag pho pri rem res sca top unr",
    r"(?:page|fax|scan|copy|photocopy|image|print(?:out)?|half|line|lines|bottom|top|remainder|rest)\b[^.\n]{0,30}\b(?:illegible|unreadable|not legible|too dark|too faint|too light|cut off|blacked|blurr(?:ed|y)|smeared|smudged)\b"
    r"|(?<![\[({<])(?<![\[({<][ ])(?:illegible|unreadable)\b(?![^.\n]{0,20}(?:signature|initials|handwriting goal))",
)
_NO_NAME = Sought(
    "mis nam no wit",
    r"(?:no|without|missing)[ ](?:a[ ])?(?:patient[ ])?(?:name|identif\w+|header|dob)(?:[ ]or[ ](?:date|dob|name))?[ ](?:on|at|shown|visible|present|anywhere)\b|(?<=[\[(])no (?:patient )?(?:name|header)[^\n\])]{0,30}[\])]|name (?:cut off|not visible|missing|illegible)\b",
)
_OTHER_SUBJECT = re.compile(
    r"(?:signature|signed|sig|initials?|scrawl)[^\n.;]{0,30}$|handwriting[^\n.;]{0,10}$|(?:writes|writing|wrote|print(?:s|ing)?|letters|words|signs)[^\n.;]{0,40}$"
)
_LEAST_NAME_WORDS = 3  # of two names: fewer are too little to tell two people apart
_NAME = re.compile(
    r"^[ \t#*|]{0,6}(?:(?:Patient|PATIENT|Pt|PT|Client)(?:'s)?(?:[ ](?:[Nn]ame|NAME))?|Name|NAME)[ \t]{0,4}:[ \t*|]{0,4}"
    r"(?P<name>[A-Z][A-Za-z'’\-]*[.,]?(?:[ ][A-Z][A-Za-z'’\-]*\.?){1,3})(?=[ \t]{2,}|[ \t]*(?:$|[,;|(]|DOB|D\.O\.B|MRN|Date|DOS))",
    re.MULTILINE,
)
_NO_NAMES = frozenset({"alert", "reports", "patient", "name", "seen", "in", "at", "pain", "pt", "dob", "clinic", "therapy", "progress", "goals"})  # fmt: skip
_GARBLED = "\N{REPLACEMENT CHARACTER}"


class Place(NamedTuple):
    """A stretch of the text."""

    start: int
    end: int


class Identity(NamedTuple):
    """Labelled birth dates and days of service, and the places that cannot be read."""

    births: tuple[DateInNote, ...] = ()
    services: tuple[DateInNote, ...] = ()
    unreadable: tuple[Place, ...] = ()
    nameless: Place | None = None


def read_identity(low: str) -> Identity:
    """Return what a note in lower case says of its patient and its day; dates carry the place of label and date together."""
    nameless = _NO_NAME.search(low)
    return Identity(
        births=_labelled(low, _BIRTH),
        services=_labelled(low, _SERVICE),
        unreadable=_unreadable(low),
        nameless=Place(*nameless.span()) if nameless else None,
    )


class PatientName(NamedTuple):
    """The patient's name as a label gives it: its words in lower case, and the place of label and name."""

    words: frozenset[str]
    start: int
    end: int

    def may_be(self, other: "PatientName") -> bool:
        """Whether two names can be one person's: they share a word, or an initial stands for one."""
        if self.words & other.words:
            return True
        long = [word for word in self.words | other.words if len(word) > 1]
        return len(long) < _LEAST_NAME_WORDS


def read_patient_name(text: str) -> PatientName | None:
    """Return the name behind the first label like ``Patient:`` at a line's beginning, or None; titles are no names."""
    for match in islice(_NAME.finditer(text), _MOST):
        words = frozenset(word.strip(".,").lower() for word in match["name"].split())
        if not words & _NO_NAMES:
            return PatientName(words, *match.span())
    return None


def _labelled(low: str, label: Sought) -> tuple[DateInNote, ...]:
    found = []
    for match in islice(label.finditer(low), _MOST):
        dates = find_dates(low, match.end(), match.end() + 24)
        if dates and dates[0].start <= match.end() + 6:
            found.append(dates[0]._replace(start=match.start()))
    return tuple(found)


def _unreadable(low: str) -> tuple[Place, ...]:
    found = [
        Place(*match.span())
        for match in islice(chain(_CUT_OUT.finditer(low), _UNREADABLE.finditer(low)), _MOST)
        if not _OTHER_SUBJECT.search(low[max(0, match.start() - 50) : match.start()])
    ]
    garbled = low.find(_GARBLED)
    if garbled >= 0 and low.count(_GARBLED) >= 10:
        found.append(Place(garbled, garbled + 1))
    return tuple(sorted(found))
