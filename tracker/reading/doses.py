"""Doses of exercises: sets, repetitions, load, hold and cueing, each with its place; and tables with the doses of several visits."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from tracker.reading.beginnings import Sought
from tracker.reading.techniques import stem_of

MOST_ROWS = 200
MOST_DOSES = 400
_LONGEST_PIECE = 160
_MOST_WORDS = 6  # of an exercise's name, the last before its dose
_DOSE = r"\d{1,3}[ ]?x[ ]?\d{1,3}(?:[ ]?(?:s|sec|\"|ea))?|\d{1,3}(?:\.\d)?[ ]?(?:min|mins|lbs?|#|kg|s|sec|reps|ft|'|x)"
_ROW = re.compile(
    rf"^(?P<name>[ \t]{{0,8}}[a-z][^\n|]{{1,40}}?)(?P<cells>(?:(?:[ ]{{2,30}}|[ ]{{0,20}}\|[ ]{{0,20}}|\t)(?:{_DOSE})(?:[ ](?:\d{{1,3}}[ ]?(?:lbs?|#))?)?){{2,12}})[ |]{{0,30}}$",
    re.MULTILINE,
)
_CELL = re.compile(rf"(?:{_DOSE})")
_GAPS = ("  ", "|", "\t")  # one of them stands before every cell

_PIECE = re.compile(r"[^,;\n|]{1,160}")
_SETS = re.compile(
    r"(?<![\d./x])(?:(?P<sets>\d{1,2})[ ]?[x×][ ]?(?P<reps>\d{1,3})(?![\d/])(?:[ ]?(?P<unit>s|secs?|seconds?|\"|min|ft|feet|m)(?![a-z0-9]))?"
    r"|(?P<told_sets>\d{1,2})[ ]sets?[ ](?:of[ ]|x[ ]?)(?P<told_reps>\d{1,3})\b|(?P<count>\d{1,3})[ ]reps?\b|(?<![a-z])[x×][ ]?(?P<times>[5-9]|\d{2,3})(?![\d./a-z]|[ ]?(?:min|wk|week|ft|m\b|day|visit)))"
)
_LOAD = re.compile(r"(?<![\d./x])(?P<figure>\d{1,3}(?:\.\d)?)[ ]?(?P<unit>lbs?|pounds?|#|kgs?|oz|g)(?![a-z0-9])")
_BAND = re.compile(r"\b(?P<colour>tan|yellow|red|green|blue|black|silver|gold|orange|purple|gr[ae]y)\b")
_HOLD = re.compile(
    r"(?<![\d./x])(?P<after>\d{1,3})[ ]?(?:s|secs?|seconds?|\")[ ]?holds?\b|\bholds?[ ](?:of[ ]|for[ ])?(?P<before>\d{1,3})[ ]?(?:s|secs?|seconds?|\")"
)
_CUE = Sought(
    "cue cui vc vcs tc tcs ver tac vis pro",
    r"(?:cue[sd]?|cu(?:e)?ing|vcs?|tcs?|(?:verbal|tactile|visual)(?:ly)?|prompt(?:s|ed|ing)?)\b",
)
_AMOUNT = re.compile(
    r"\b(?P<none>no|without|w/o)|(?P<little>min(?:imal|imum)?|few|occasional|intermittent)|(?P<some>mod(?:erate)?|some|frequent)|(?P<much>max(?:imal|imum)?|constant|consistent|continuous)|(?P<faded>fad(?:ed|ing)|weaned)"
)
_AMOUNT_REACH = 14
_WORD = re.compile(r"[a-z][a-z\-]*")
_NO_NAME = frozenset(
    {"x", "w", "with", "of", "for", "to", "at", "on", "per", "and", "then", "each", "ea", "min", "mins", "sec", "s", "lb", "lbs", "kg", "ft", "up", "from", "was", "reps", "sets", "set", "r", "l", "b", "bil", "hold", "holds", "the", "a", "no", "te", "ta", "nmr", "mt", "ex", "ther", "therex", "exercise", "exercises", "o", "today", "after", "also", "treatment", "tx", "rx", "dropped", "stopped", "rep", "when"}
)  # fmt: skip
_NOT_TODAY = re.compile(r"[ \t\-•*>]*(?:hep|home|goals?|[ls]tgs?|plan|next|p:|hw)\b")


class Dose(NamedTuple):
    """An exercise with its dose as told; what is not told is None or empty.

    ``load`` is in its own ``load_unit`` (``lb``, ``kg``, ``oz``, ``g``), ``band`` the colour of a band or putty, ``hold_seconds`` how
    long a position is held. ``cueing`` is ``none``, ``little``, ``some``, ``much``, ``faded``, or ``told`` without an amount.
    """

    exercise: str
    sets: int | None
    reps: int | None
    load: float | None
    load_unit: str
    band: str
    hold_seconds: int | None
    cueing: str
    start: int
    end: int

    @property
    def amount(self) -> tuple[object, ...]:
        """Return what makes two doses of an exercise the same."""
        return (self.sets, self.reps, self.load, self.load_unit, self.band, self.hold_seconds)


def read_doses(low: str) -> tuple[Dose, ...]:
    """Return the doses that a note in lower case tells of its own visit, in their order.

    Tables over several visits are left to ``read_dose_rows``; home programs, goals and plans are none of the visit.
    """
    tables = [(row.start, row.end) for row in read_dose_rows(low)]
    return tuple(islice(_doses(low, tables), MOST_DOSES))


class DoseOverVisits(NamedTuple):
    """A dose beside those of earlier visits: at how many in a row, the newest first, it was the same; else the one before.

    ``before`` is the dose of the newest earlier visit that names the exercise, None where none does or it is the same.
    """

    dose: Dose
    same: int
    before: Dose | None


def over_visits(own: Sequence[Dose], earlier: Sequence[Sequence[Dose]]) -> tuple[DoseOverVisits, ...]:
    """Return the doses of a visit whose exercise earlier visits (newest first) name too; each exercise once."""
    found: dict[str, DoseOverVisits] = {}
    for dose in own:
        doses = (next((each for each in visit if each.exercise == dose.exercise), None) for visit in earlier)
        named = [each for each in doses if each is not None]
        if named and dose.exercise not in found:
            same = sum(1 for _ in takewhile(lambda each: each.amount == dose.amount, named))  # noqa: B023  # used at once
            found[dose.exercise] = DoseOverVisits(dose, same, None if same else named[0])
    return tuple(found.values())


def _doses(low: str, tables: list[tuple[int, int]]) -> Iterator[Dose]:
    cues = sorted(match.start() for match in _CUE.finditer(low))
    start = at = 0
    for line in low.splitlines(keepends=True):
        begin, start = start, start + len(line)
        while at < len(tables) and tables[at][1] <= begin:
            at += 1
        in_table = at < len(tables) and tables[at][0] < start
        if in_table or _NOT_TODAY.match(line):
            continue
        for piece in _PIECE.finditer(low, begin, start):
            if (dose := _dose(low, *piece.span(), cues)) is not None:
                yield dose


def _dose(low: str, start: int, end: int, cues: list[int]) -> Dose | None:
    """Return the dose in a piece of a line, or None where it tells no sets or repetitions of a named exercise."""
    found = _SETS.search(low, start, end)
    name = _name(low[start : found.start()]) if found is not None else ""
    if found is None or not name:
        return None
    load, band, hold = _LOAD.search(low, start, end), _BAND.search(low, start, end), _HOLD.search(low, start, end)
    sets, reps, held = _counts(found)
    return Dose(
        name, sets, reps,
        float(load["figure"]) if load else None, _unit(load["unit"]) if load else "",
        band["colour"] if band else "",
        int(hold["after"] or hold["before"]) if hold else held,
        next((_amount(low, cue) for cue in cues if start <= cue < end), ""),
        start + len(low[start:end]) - len(low[start:end].lstrip()), start + len(low[start:end].rstrip()),
    )  # fmt: skip


def _counts(found: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    """Return sets, repetitions and seconds: in ``3x30 s`` the second figure is how long, not how often."""
    if found["told_sets"]:
        return int(found["told_sets"]), int(found["told_reps"]), None
    if found["sets"] is None:
        return None, int(found["count"] or found["times"]), None
    first, second, unit = int(found["sets"]), int(found["reps"]), found["unit"]
    if unit is None:
        return first, second, None
    return None, first, second if unit[0] in 's"' else None


def _unit(written: str) -> str:
    return {"#": "lb", "p": "lb", "l": "lb", "k": "kg", "o": "oz", "g": "g"}[written[0]]


def _name(words: str) -> str:
    """Return the stems of an exercise's name: its last words before the dose, without figures, sides and small words."""
    told = [word for word in _WORD.findall(words) if word not in _NO_NAME and not _BAND.fullmatch(word)]
    return " ".join(stem_of(word) for word in told[-_MOST_WORDS:])


def _amount(low: str, cue: int) -> str:
    told = list(_AMOUNT.finditer(low, max(cue - _AMOUNT_REACH, 0), cue))
    return str(told[-1].lastgroup) if told else "told"


class DoseRow(NamedTuple):
    """A row of an exercise table: for how many visits it tells a dose, whether all are the same, and its place."""

    visits: int
    is_same: bool
    start: int
    end: int


def read_dose_rows(low: str) -> tuple[DoseRow, ...]:
    """Return the rows of exercise tables in a note in lower case that tell doses of two visits or more."""
    if not any(gap in low for gap in _GAPS):
        return ()
    return tuple(islice(map(_row, _ROW.finditer(low)), MOST_ROWS))


def _row(match: re.Match[str]) -> DoseRow:
    doses = ["".join(dose.split()) for dose in _CELL.findall(match["cells"])]
    return DoseRow(len(doses), len(set(doses)) == 1, match.start("name"), match.end("cells"))
