"""Certification and referral as notes speak of them: periods, signatures reported, verbal orders, delays, empty lines."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from tracker.reading.beginnings import Sought
from tracker.reading.dates import DateInNote, find_dates
from tracker.reading.services import LONGEST_NOTE

_MOST = 50
_REACH = 70  # characters behind the words in which their date stands
_LONGEST_PERIOD = 400  # days; a longer stretch between two dates is no certification period

_PERIOD = Sought(
    "cer pla re rec",
    r"(?:re-?)?cert(?:ification|ified|\.)?(?:[ ](?:period|interval|dates?|from|through|range))?[ :.(]{0,4}(?:from[ ]|dates?[ :]{0,2})?(?=\d)|plan of care (?:dates?|period)[ :]{1,3}(?=\d)",
)
_TO = re.compile(r"[ ]{0,2}(?:-|–|—|to|through|thru|until)[ ]{0,2}")
_WHO = r"(?:dr\.?|doctor|physician|md|np|npp|pa|pcp|referring|provider|surgeon)"
_BY = rf" by (?:the )?{_WHO}\b[^;\n]{{0,30}}?"
_DAY = r"(?=\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
_REPORTED = Sought(
    "cer pla poc re rec sig",
    rf"(?:poc|plan(?: of care)?)\b[^.;:\n]{{0,30}}\b(?:signed|certified|approved|returned signed|co-?signed)\b(?: and (?:dated|returned))?{_BY}(?: on)?[ :]{{0,2}}{_DAY}"
    rf"|(?:poc|plan(?: of care)?)\b[^.;:\n]{{0,30}}\b(?:certified|returned signed|signed and returned)\b(?: on)?[ :]{{0,2}}{_DAY}"
    rf"|(?:re-?)?cert(?:ification)?\b[^.;:\n]{{0,20}}\b(?:signed|approved|returned)\b(?:{_BY})?(?: on)?[ :]{{0,2}}{_DAY}"
    rf"|(?:re-?certified|certified)[ ](?:by (?:the )?{_WHO}\b[^;\n]{{0,30}}?)?(?:on[ ])?(?=\d)"
    rf"|signed (?:poc|plan(?: of care)?|(?:re-?)?cert(?:ification)?) (?:received|returned|back|on file)\b[^;\n]{{0,25}}?(?=\d)",
)
_NOT_YET = re.compile(
    r"\b(?:not|un|never|pending|awaiting|needs?|to be|due|no)\b[^.;\n]{0,20}$|\bnot\b|\bpending\b|\bawaiting\b|\bunsigned\b"
)
_VERBAL = Sought(
    "pho t tel to ver", r"(?:verbal|telephone|phone|t\.?o\.?/v\.?o\.?)[ ](?:order|certification|cert|approval|orders)\b"
)
_DELAY = Sought(
    "cer del re rec",
    r"delayed (?:re-?)?certification\b|(?:re-?)?cert(?:ification)?\b[^.;\n]{0,20}\b(?:delayed|late)\b[^.;\n]{0,10}\b(?:because|due to|since|as|after|:)",
)
_BLANK = re.compile(
    rf"\b{_WHO}(?:['’]?s)?(?:/(?:npp|np|pa))?[ ]?(?:signature|sign(?:ed|s)?|certification)?[ :|(x]{{0,6}}_{{3,}}(?:[ ]{{0,4}}date[ :]{{0,3}}_{{2,}}[_/ ]{{0,12}})?"
)
_REFERRED = Sought(
    "ord pre ref rx scr",
    rf"(?:referr(?:ed|al)|order(?:ed|s)?|rx|script|prescription)\b[^.;\n]{{0,12}}\b(?:by|from|per)[ ](?:the[ ])?{_WHO}?[^;\n]{{0,40}}?(?:on|dated|of|,)?[ :]{{0,2}}(?=\d{{1,2}}[/\-.]|20\d\d)"
    r"|(?:referral|order|rx|script|prescription)[ ](?:dated|of|on file,? dated|received(?: on)?|signed)[ :]{0,2}(?=\d)",
)


class Period(NamedTuple):
    """A certification period the text names, with its place."""

    begins: date
    ends: date
    start: int
    end: int


class Certification(NamedTuple):
    """What a note says of certification and referral; dates carry the place of words and date together.

    ``reported`` are days on which a physician is said to have signed, ``verbal`` those of verbal orders, ``referred``
    those of referrals and orders; ``delays`` where a delayed certification is explained, ``blanks`` empty lines for the
    physician's signature.
    """

    periods: tuple[Period, ...] = ()
    reported: tuple[DateInNote, ...] = ()
    verbal: tuple[DateInNote, ...] = ()
    referred: tuple[DateInNote, ...] = ()
    delays: tuple[tuple[int, int], ...] = ()
    blanks: tuple[tuple[int, int], ...] = ()


def read_certification(low: str) -> Certification:
    """Return what a note in lower case says of certification and referral."""
    low = low[:LONGEST_NOTE]
    return Certification(
        periods=tuple(_periods(low)),
        reported=tuple(_dated(low, _REPORTED, at_once=True)),
        verbal=tuple(_dated(low, _VERBAL)),
        referred=tuple(_dated(low, _REFERRED, at_once=True)),
        delays=tuple(match.span() for match in islice(_DELAY.finditer(low), _MOST)),
        blanks=tuple(match.span() for match in islice(_BLANK.finditer(low), _MOST)) if "___" in low else (),
    )


def _periods(low: str) -> Iterator[Period]:
    for match in islice(_PERIOD.finditer(low), _MOST):
        first = next(iter(find_dates(low, match.end(), match.end() + _REACH)), None)
        to = _TO.match(low, first.end) if first is not None and first.start <= match.end() + 2 else None
        if first is None or to is None:
            continue
        # The stretch is cut out: a hyphen right before a date would hide it.
        last = next(iter(find_dates(low[to.end() : to.end() + _REACH])), None)
        if last is not None and last.start == 0 and 0 < (last.day - first.day).days <= _LONGEST_PERIOD:
            yield Period(first.day, last.day, match.start(), to.end() + last.end)


def _dated(low: str, words: Sought, *, at_once: bool = False) -> Iterator[DateInNote]:
    """Yield the date behind the words: at once, or the first on their line."""
    for match in islice(words.finditer(low), _MOST):
        before = low[max(match.start() - 30, 0) : match.start()]
        if _NOT_YET.search(match[0]) or _NOT_YET.search(before[before.rfind("\n") + 1 :]):
            continue
        stop = low.find("\n", match.end(), match.end() + _REACH)
        dates = find_dates(low, match.end(), stop if stop >= 0 else match.end() + _REACH)
        if dates and (not at_once or dates[0].start <= match.end() + 2):
            yield dates[0]._replace(start=match.start())
