"""Who signed a note and when, and the marks of notes nobody signed: drafts, blank lines, initials, stamps, scrawls."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice, pairwise
from typing import NamedTuple

from tracker.reading.beginnings import Sought
from tracker.reading.credentials import Clinician, find_clinicians
from tracker.reading.dates import find_dates

_MOST_LINES = 4_000
_LONGEST_SIGNATURE = 150
_CLOCK = re.compile(r"\d{1,2}:?[0-5]\d")
_LONGEST_LINE = 300  # a longer line is prose; only its beginning and end are looked at
_LAST_LINES = 5

_SIGNING = re.compile(
    r"\b(?:e-?sign(?:ed|ature)?\b|esig\b|e-sig\b|(?:electronically|digitally)[ ](?:signed|authenticated|approved|verified|completed)"
    r"|signed\b|signature\b|authenticated\b|sign(?:[ ]?off)?[ \t.]*[:|]|(?:finali[sz]ed|verified|validated|attested|approved|closed)[ ]by\b)"
    r"|/e?s/|[{(](?:e-?sig(?:ned|nature)?|electronic(?:ally signed)?)[)}]"
)
_STRONG_SIGNING = re.compile(r"electronic|digital|authenticat|e-?sign|e-?sig\b|/e?s/|finali[sz]ed by|validated by")
# Letters without which nothing is signed.
_SIGNING_SIGNS = re.compile("sig|electronic|digital|authent|/s/|/es/|finali|verif|valid|attest|approv|closed")
# A signature that is not the clinician's: consents, orders, plans, forms, people of the family.
_OTHER_PAPER = re.compile(
    r"consent|waiver|\babn\b|\bform\b|patient['’]?s? signature|signed by (?:the )?(?:patient|parent|mother|father|guardian|wife|husband|daughter|son)"
    r"|parent|guardian|caregiver|witness|member signature|\bhipaa|release|agreement|incident|referral|\border\b|prescription|\bscript\b"
    r"|physician|doctor|\bdr\b|\bnpp?\b|certif|\bmd\b|on file|\bpoc\b|plan of care|language|\bsign[ ]language"
)
_UNSIGNED = re.compile(
    r"\bunsigned\b|\bnot (?:yet )?(?:been )?(?:signed|finali[sz]ed|authenticated|locked)\b"
    r"|\b(?:e-?)?(?:signature|sign[- ]?off|authentication)[ ]?(?:is |still |status)?[ ]?[:\-–—]?[ ]?(?:pending|missing|required|needed|incomplete|none|awaited|awaiting|not (?:found|on file|present|captured|applied))\b"
    r"|\b(?:pending|awaiting|needs?|requires?|missing|without|lacks?)[ ](?:the[ ])?(?:(?:provider|therapist|clinician|electronic|treating|pt|ot|slp|final|author)(?:['’]s)?[ ])?(?:e-?)?(?:signature|sign[- ]?off|authentication)\b"
    r"|\bto be signed\b|\bno (?:electronic )?signature\b|\bunauthenticated\b|\bsigned[ ]?[:=][ ]?(?:no|n)\b"
)
_STATUS = re.compile(
    r"\b(?:(?:chart|note|encounter|document|doc|record|visit|entry|documentation)[ ]{0,2}(?:status)?|status)[ ]{0,2}"
    r"(?:[:=\-–—]|is\b|still\b)[ ]{0,3}(?:still[ ])?(?:in[ ])?(?:draft|open|unlocked|incomplete|in[ -]progress|unfinished|preliminary|not final|pended|pending)\b(?![ ]+(?:wound|area|skin|surg))"
    r"|(?m:^)(?:[^\w\n]|_){0,12}draft\b(?:[^\w\n]|_){0,12}(?:note|copy|only|version|v\d+|not[ ]final|do not[^\n]{0,20})?(?:[^\w\n]|_){0,12}(?m:$)|[\[({*<][ ]?(?:draft|unsigned|preliminary)\b[^\n\])}*>]{0,25}[\])}*>]"
    r"|\bdraft (?:note|copy|version|saved|document|entry)\b|\b(?:saved|stored|kept|left)[ ](?:as|in)[ ](?:a[ ])?draft\b"
)
_SAVED = re.compile(
    r"\b(?:last |auto-?)?(?:saved|edited|entered|opened|modified|updated)\b[^\n]{0,30}?\bby:?[ ]?[a-z]{1,3}\d{0,3}(?![a-z.,])"
)
_BLANK = re.compile(
    r"\b(?:signature|signed|sign here|sign|therapist|clinician|provider|treating|pt|ot|slp|pta|cota|credentials?)\b[^\n_:|]{0,25}[:|]?[ \t]{0,6}(?:x[ ]?)?_{3,}"
    r"|(?:^|\n)[ \t]*(?:x[ ]?)?_{8,}[ \t]*(?:$|\n|(?:pt|ot|slp|therapist|clinician|signature)\b)"
)
_EMPTY_FIELD = re.compile(
    r"(?:^|\n)[ \t|*>\-]*(?:(?:therapist|clinician|provider|treating (?:therapist|clinician))['’]?s?[ ])?(?:e-?)?(?:signature|signed|signed by|electronically signed by|sign)"
    r"[ \t.]*[:|][ \t_.\-–—]*(?:(?:date|credentials)[ \t]*[:|]?[ \t_.\-–—/]*)?(?=\n|$)"
)
_ILLEGIBLE = re.compile(
    r"(?:signature|signed|sig|initials?|name|scrawl|scribbl\w*)[^\n.;]{0,25}\b(?:illegible|unreadable|not legible|undecipherable|can(?:not|['’]t) (?:be )?read|scribbl\w*|scrawl\w*)"
    r"|(?:illegible|unreadable|undecipherable|scribbled|scrawled)[^\n.;]{0,20}\b(?:signature|sig|initials?|mark|scrawl|scribble)\b|[\[({<~][ ]?(?:scrawl|scribble|squiggle|illegible scrawl)[^\n\])}>~]{0,15}[\])}>~]"
)
_STAMP = re.compile(
    r"\b(?:rubber|signature|ink|name)[ -]stamp(?:ed)?\b|\bstamped (?:signature|name)\b|\bsignature[ ]?(?:[:(\-\[][ ]?)?(?:by |is a |was |is )?(?:stamp(?:ed)?)\b|\bsigned (?:by|with)(?: a)? stamp\b|[\[(]stamp(?:ed)?\b[^\n\])]{0,25}[\])]"
)
_STAMP_ALLOWED = re.compile(
    r"disab|rehabilitation act|cannot write|unable to write|physically unable|audit|date stamp|time stamp"
)
_BEHALF = re.compile(
    r"\b(?:signed|authenticated|e-?signed|finali[sz]ed|signature)\b[^\n]{0,40}\b(?:on behalf of|in (?:the )?absence of|p\.?p\.?(?=[ ])|proxy)\b"
    r"|\b(?:signed|authenticated|e-?signed)[ ]by[ ](?:the[ ])?(?:front desk|office|biller|billing|admin\w*|reception\w*|scribe|tech(?:nician)?|aide|office manager|medical records)\b"
)
_INITIALS = re.compile(
    r"[ \t\-–—~*(/]*((?:[A-Za-z]\.?[ ]?){2,3})[ \t\-–—~*)/.]*(?:\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?)?[ \t]*"
)
_INITIALS_FIELD = Sought(
    "ini sig",
    r"(?:initials?|initialed|initialled|signed|sign|sig|signature)(?:[ ]by)?[ ]{0,2}[:=\-][ ]{0,3}((?:[a-z]\.?){2,3})(?![a-z/])[^\na-z]{0,30}(?:$|\n)",
)
_NO_INITIALS = frozenset(
    {"ok", "hep", "poc", "end", "na", "eom", "wnl", "prn", "bid", "tid", "qd", "dc", "cga", "sba", "rom", "wfl", "lbp",
     "it", "no", "yes", "pt", "ot", "slp", "st", "rx", "tx", "ii", "iii", "am", "pm", "pg", "p", "adl", "lle", "rle"}
)  # fmt: skip
_NAME_AFTER = re.compile(
    r"(?:signed|signature|authenticated|/e?s/|finali[sz]ed|sign)(?:[ ](?:by|off))?[ \t.:|\-–—]{0,12}"
    r"((?-i:[A-Z][A-Za-z.'’\-]*(?:[ ][A-Z][A-Za-z.'’\-]*){1,3}))", re.IGNORECASE
)  # fmt: skip
_LEFT_OVER = re.compile(
    r"\b(?:signed|electronic(?:ally)?|e-?sig(?:ned)?|am|pm|a\.m\.|p\.m\.|at|on|date|time|entered|and|lic(?:ense)?|npi|no|by|est|cst|mst|pst|edt|cdt|rev|treating|therapist|clinician|provider|"
    r"jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)\b|[^a-z]"
)  # fmt: skip
_LABEL = re.compile(r"[\W\d]*(?:[A-Za-z][A-Za-z /.()]{0,34}[:|\-–—.]+[\W]*)?(?:by:?[ ]+)?", re.IGNORECASE)
_MOST_LEFT = 8


class OpenKind(StrEnum):
    """Why a note may not count as signed."""

    UNSIGNED = "unsigned"
    STATUS = "status"
    SAVED = "saved"
    BLANK = "blank"
    ILLEGIBLE = "illegible"
    STAMP = "stamp"
    BEHALF = "behalf"
    INITIALS = "initials"


class OpenMark(NamedTuple):
    """A mark of a note that is not signed as it should be."""

    kind: OpenKind
    start: int
    end: int


class Signature(NamedTuple):
    """A signature: who (None without letters behind the name), the day of signing where it is told, the place.

    ``explicit`` says that signing words stand there; otherwise it is a name that closes the note.
    """

    clinician: Clinician | None
    day: date | None
    explicit: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signatures of a note in their order, and the marks of what is not signed."""

    signed: tuple[Signature, ...] = ()
    marks: tuple[OpenMark, ...] = ()

    @property
    def by_clinicians(self) -> tuple[Signature, ...]:
        """Return the signatures of therapists and assistants with the letters behind their names."""
        return tuple(
            each for each in self.signed if each.clinician and each.clinician.rank in {"therapist", "assistant"}
        )

    @property
    def by_physicians(self) -> tuple[Signature, ...]:
        """Return the signatures of physicians and other certifiers."""
        return tuple(each for each in self.signed if each.clinician and each.clinician.rank == "physician")

    def marked(self, *kinds: OpenKind) -> tuple[OpenMark, ...]:
        """Return the marks of some kinds."""
        return tuple(mark for mark in self.marks if mark.kind in kinds)


class _Line(NamedTuple):
    start: int
    end: int
    is_heading: bool
    last: bool


def read_signatures(text: str, low: str, clinicians: Sequence[Clinician]) -> Signatures:
    """Return the signatures of a note and the marks of what is not signed.

    ``low`` is the text in lower case, ``clinicians`` are its names with letters behind them, in order.
    """
    lines = _lines(text)
    signed = tuple(each for line in lines for each in _signatures(text, low, line, clinicians))
    return Signatures(signed, tuple(_marks(text, low, lines)))


def _lines(text: str) -> list[_Line]:
    found: list[tuple[int, int]] = []
    start = 0
    for line in islice(text.splitlines(keepends=True), _MOST_LINES):
        if words := line.strip():
            begin = start + len(line) - len(line.lstrip())
            found.append((begin, begin + len(words)))
        start += len(line)
    last = len(found) - _LAST_LINES
    return [_Line(*place, is_heading=at == 0 and len(found) > 2, last=at >= last) for at, place in enumerate(found)]


def _signatures(text: str, low: str, line: _Line, clinicians: Sequence[Clinician]) -> Iterator[Signature]:
    """Yield the signatures of a line: each person who signed, with the date that stands behind the name."""
    start = max(line.start, line.end - _LONGEST_LINE)
    words = low[start : line.end]
    signing = _SIGNING.search(words) if _SIGNING_SIGNS.search(words) else None
    people = _between(clinicians, start, line.end)
    if signing is None:
        if _is_closing(text, low, line, people):
            yield from _dated(low, line.start, line.end, people, explicit=False)
    elif not _UNSIGNED.search(words):
        people = people or find_clinicians(text, start, line.end, any_case=True)
        other = _OTHER_PAPER.search(words) is not None
        signers = [
            person for person in people if person.rank == "physician" or not other or _STRONG_SIGNING.search(words)
        ]
        begin = line.start if start == line.start else start + signing.start()
        yield from _dated(low, begin, line.end, signers, explicit=True)
        if not people and not other and (unnamed := _without_letters(text, low, start, line.end)) is not None:
            yield unnamed


def _between(clinicians: Sequence[Clinician], start: int, end: int) -> Sequence[Clinician]:
    first = bisect_left(clinicians, start, key=lambda each: each.start)
    last = bisect_left(clinicians, end, key=lambda each: each.start)
    return clinicians[first:last]


def _dated(low: str, start: int, end: int, people: Sequence[Clinician], *, explicit: bool) -> Iterator[Signature]:
    """Divide a line among the people who signed on it."""
    for at, person in enumerate(people):
        begin = start if at == 0 else people[at - 1].end
        stop = people[at + 1].start if at + 1 < len(people) else end
        dates = find_dates(low, person.end, stop) or (find_dates(low, begin, stop) if at == 0 else ())
        place = (
            (start, end)
            if len(people) == 1 and end - start <= _LONGEST_SIGNATURE
            else (person.start, dates[-1].end if dates and dates[-1].end > person.end else person.end)
        )
        yield Signature(person, dates[0].day if dates else None, explicit, *place)


def _is_closing(text: str, low: str, line: _Line, people: Sequence[Clinician]) -> bool:
    """Whether a line holds a name with letters, a date perhaps, and nothing else."""
    if not people or line.is_heading or line.end - line.start > _LONGEST_SIGNATURE:
        return False
    label = _LABEL.match(text, line.start, people[0].start)
    between = "".join(low[one.end : other.start] for one, other in pairwise(people))
    rest = low[people[-1].end : line.end]
    if label is None or label.end() < people[0].start or len(_LEFT_OVER.sub("", rest)) > _MOST_LEFT:
        return False
    has_date = bool(find_dates(low, line.start, line.end)) or _CLOCK.search(between + rest) is not None
    return line.last or has_date


def _without_letters(text: str, low: str, start: int, end: int) -> Signature | None:
    name = _NAME_AFTER.search(text, start, end)
    if name is None:
        return None
    dates = find_dates(low, name.end(), end)
    return Signature(None, dates[0].day if dates else None, explicit=True, start=max(start, name.start()), end=end)


def _marks(text: str, low: str, lines: Sequence[_Line]) -> Iterator[OpenMark]:
    there = {kind: pattern for kind, pattern in _PATTERNS.items() if _SIGNS[kind].search(low)}
    for line in lines if there else ():
        yield from _marks_of(low, line, there)
    yield from (OpenMark(OpenKind.BLANK, *_trimmed(low, match)) for match in islice(_EMPTY_FIELD.finditer(low), 9))
    yield from _initials(text, low, lines)


def _marks_of(low: str, line: _Line, patterns: Mapping[OpenKind, re.Pattern[str]]) -> Iterator[OpenMark]:
    """Yield the marks of one line; a long line is prose and holds none but at its end."""
    start = max(line.start, line.end - _LONGEST_LINE)
    words = low[start : line.end]
    found = {
        kind: match
        for kind, pattern in patterns.items()
        if _SIGNS[kind].search(words) and (match := pattern.search(words))
    }
    other = _OTHER_PAPER.search(words) if found else None
    for kind, match in found.items():
        if kind in _CLINICIANS_OWN and other:
            continue
        if kind is OpenKind.STAMP and _STAMP_ALLOWED.search(words):
            continue
        yield OpenMark(kind, start + match.start(), start + match.end())


_PATTERNS = {
    OpenKind.UNSIGNED: _UNSIGNED,
    OpenKind.STATUS: _STATUS,
    OpenKind.SAVED: _SAVED,
    OpenKind.BLANK: _BLANK,
    OpenKind.ILLEGIBLE: _ILLEGIBLE,
    OpenKind.STAMP: _STAMP,
    OpenKind.BEHALF: _BEHALF,
}
# Letters without which a pattern finds nothing: most notes hold few of them.
_SIGNS = {
    OpenKind.UNSIGNED: re.compile("sign|finali|authentic|locked"),
    OpenKind.STATUS: re.compile("draft|open|locked|complete|progress|finish|prelim|final|pend|unsigned"),
    OpenKind.SAVED: re.compile("saved|edited|entered|opened|modified|updated"),
    OpenKind.BLANK: re.compile("___"),
    OpenKind.ILLEGIBLE: re.compile("legible|scr|squiggle|read|decipher"),
    OpenKind.STAMP: re.compile("stamp"),
    OpenKind.BEHALF: re.compile(r"behalf|absence|p\.p|pp |proxy| by "),
}
_CLINICIANS_OWN = frozenset({OpenKind.UNSIGNED, OpenKind.BLANK})


def _trimmed(low: str, match: re.Match[str]) -> tuple[int, int]:
    start, end = match.span()
    return start + len(low[start:end]) - len(low[start:end].lstrip()), end


def _initials(text: str, low: str, lines: Sequence[_Line]) -> Iterator[OpenMark]:
    """Yield initials that close a note, and those in a field for the signature."""
    if lines:
        last = lines[-1]
        match = _INITIALS.fullmatch(text, last.start, last.end) if last.end - last.start < 30 else None
        if match is not None and re.sub(r"\W", "", match[1]).lower() not in _NO_INITIALS:
            yield OpenMark(OpenKind.INITIALS, last.start, last.end)
            return
    for match in islice(_INITIALS_FIELD.finditer(low), 3):
        if match[1].replace(".", "") not in _NO_INITIALS:
            yield OpenMark(OpenKind.INITIALS, match.start(), match.start() + len(match[0].rstrip()))
