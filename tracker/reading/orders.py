"""Orders for therapy, known by what they hold: who orders, that therapy is to evaluate and treat, and the date."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tracker.reading.credentials import Clinician
from tracker.reading.dates import find_dates

_LONGEST = 3_000  # an order is a page; a longer text is a record that may mention one
_LABEL = re.compile(
    r"\b(?:ordering|referring|prescribing|requesting)[ ](?:provider|physician|clinician|practitioner|md|np|pa|dr\.?)?[ ]{0,3}[:=-][ ]{0,3}(?=[a-z])"
    r"|\bdr\.?[ ](?=[a-z]{2})"
)
_THERAPY = r"(?:physical|occupational|speech(?:[- ]language)?|hand|aquatic|vestibular)[ ](?:therapy|rehab\w*)"
_SHORT = r"\b(?:pt|ot|st|slp)\b"  # PT may be the patient, so it counts only beside words of an order or a frequency
_TREAT = re.compile(
    r"\b(?:eval(?:uate|uation)?|assess(?:ment)?)\b\.?[ ]{0,2}(?:and|&|\+|/|,)[ ]{0,2}(?:then )?(?:treat(?:ment)?|tx|rx|therapy)\b|\be[ ]?(?:&|/|and)[ ]?t\b"
    rf"|\b(?:order|rx|prescription|referral|refer|please (?:see|treat)|requested?)\b[^.\n]{{0,40}}?{_THERAPY}"
    rf"|\b(?:order|rx|prescription|referral)(?: for| to)?[ ]?:?[ ]{{0,2}}{_SHORT}"
    rf"|(?:{_THERAPY}|{_SHORT})[^.\n]{{0,40}}?\b\d[ ]?(?:x|times|visits?)[ ]?(?:/|per|a)?[ ]?(?:wk|week)"
)
_NOT_ITS_DATE = re.compile(
    r"\b(?:dob|d\.o\.b\.?|birth|born|onset|injur\w*|surgery|sx|doi|accident|admit\w*|expires?|through|thru|until|to)\b[^\n\d]{0,14}\Z"
)


class Order(NamedTuple):
    """An order: its date, and the words that say what is to be done."""

    day: date
    start: int
    end: int


def read_order(low: str, clinicians: Sequence[Clinician]) -> Order | None:
    """Return the order that a text in lower case is, or None where it lacks one of the three; the first date is its own."""
    if len(low) > _LONGEST:
        return None
    treat = _TREAT.search(low)
    ordered_by = _LABEL.search(low) is not None or any(each.rank == "physician" for each in clinicians)
    if treat is None or not ordered_by:
        return None
    for found in find_dates(low):
        if not _NOT_ITS_DATE.search(low, max(found.start - 24, 0), found.start):
            return Order(found.day, *treat.span())
    return None
