"""Goals in a note: where they stand, whether they can be measured, have a time, and name a function.

A goal is to be measurable and to pertain to a functional impairment (Medicare Benefit Policy Manual chapter 15
s.220.1.2.B). "Decrease pain, increase strength" is neither.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tracker.reading.lexicon import Lexicon

MOST_GOALS = 200
_LONGEST = 600  # characters of one goal
_MOST_LINES = 30  # under one heading

# "Goals:", "LTG 6 wk:", "STGs", "Goal 1", "Aim:", "Long-term goals (12 weeks)", "(goal 10)", "LTG 145 deg by 6/20".
_MARK = re.compile(
    r"(?<![a-z])(?:(?:long|short)[ \-]{1,2}term[ ](?:functional[ ])?goals?|[ls]\.?t\.?g\.?s?|gaols?|goals?|aims?|objectives[ ]for)(?![a-z])"
)
_LINE_BEGINS = re.compile(
    r"[ \t#*\-–—>•{|(\[=]{0,8}(?:\d{1,2}[.)][ ])?(?:(?:patient|pt|functional|treatment|therapy|rehab|revised|new|current|updated|measurable)'?s?[ ]|g/[ ])?$"
)
_ITEM = re.compile(r"[ \t]{0,12}(?:[-*•>|]|\(?\d{1,2}[.):\]]|\(?[a-f][.)]|\d{1,2}[ ]|[ls]tg|goal|[ls]t\d)")
_SAID = re.compile(
    r"[ ]?(?:#?\d{1,2}[ ]?)?(?:(?:[a-z]{1,12}[ ]){0,4}[a-z]{0,12}[:=]|is\b|are\b|to\b|of\b|\(|\d|-|remain)"
)
_OTHER_TOPIC = re.compile(
    r"[.;](?=[ ]{1,3}(?:plan|pt|ot|slp|rx|tx|total|timed|cont|continue|interventions?|recommend|frequency|signed|electronically|progress report|next)\b)"
)
_STOP = re.compile(r"[.;](?=\s|$)")
_PASSING = re.compile(
    r"\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d{4}-\d\d-\d\d|\d{1,3}[ ]?(?:-[ ]?\d{1,3}[ ]?)?(?:weeks?|wks?|w|months?|mos?|days?|visits?|sessions?|quarters?|x/wk|x/week)\b"
    r"|\d[ ]?x[ ]?(?:/|per|a)[ ]?(?:wk|week)\w*|(?:^|(?<=[\n;,:.])|(?<=[ ]{2}))[ \t(]*\d{1,2}[.)](?=[ ])|(?:^|\n)[ \t(]*\d{1,2}[.):]|(?<=[a-z]ing )[ ]*\d{1,2}[.)](?=[ ])|(?:goals?|[ls]tgs?|[ls]t|#)[ ]?#?\d{1,2}(?![\d%])|20\d\d|independen\w{0,4}[ ](?:with|w/|in)[ ](?:\w{1,10}[ ])?(?:hep|home)|\bhep\b"
)
_TIME = re.compile(
    r"\b(?:by|until|through|thru|within|in|for|over|next)\b[^\n.;]{0,20}(?:\d|week|month|day|visit|session|quarter|discharge|dc\b|d/c|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\d{1,2}[ ]?-?[ ]?(?:weeks?|wks?|wk|months?|mos?|days?|visits?|sessions?)\b|\d{1,2}/\d{1,2}|\b(?:target|due)[ ]date"
)
_SCORED = re.compile(r"\b(?:pain|strength|mmt|nprs|vas|nrs)\b[^\d\n]{0,14}\Z")
_LEVEL = Lexicon(
    {
        "level": (
            "independent*", "indep", "mod i", "modified independen*", "supervision", "supervised", "set up", "setup", "min a", "mod a", "max a", "sba", "cga", "min assist*", "mod assist*", "minimal assist*", "moderate assist*", "contact guard*", "stand by assist*", "standby assist*",
            "without cue*", "without assist*", "without help", "without device", "without rail*", "no cue*", "no device", "no rail*", "no assist*", "without a cane", "without cane", "without a walker", "pain free", "full duty", "without pain", "no pain", "unrestricted", "full rom", "full range", "without symptoms", "regular diet", "thin liquids", "least restrictive", "within normal", "wnl", "wfl", "normal limits",
        )
    }
)  # fmt: skip
_FUNCTION = Lexicon(
    {
        "function": (
            "walk*", "ambulat*", "community", "stairs", "steps", "step *", "stair*", "curb*", "climb*", "transfer*", "sit to stand", "stand*", "sit*", "bed mobility", "drive", "driving", "lift*", "carr*", "reach*", "dress*", "bath*", "shower*", "toilet*", "groom*", "feed*", "eat*", "meal*", "cook*", "kitchen", "laundry", "clean*", "garden*", "shop*", "work*", "job", "duty", "school", "play*", "sport*", "run*", "jog*", "swallow*", "diet", "liquid*", "communicat*", "speak*", "speech", "talk*", "phone", "conversation*", "name", "naming", "sentence*", "word*", "phrase*", "order*", "ask*", "answer*", "follow*", "read*", "write*", "writing", "typ*", "keyboard*", "button*", "zip*", "open*", "turn*", "key", "jar*", "knob*", "sleep*", "care*", "adl*", "iadl*", "medication*", "pill*", "money", "checkbook", "return to", "ladder", "squat*", "kneel*", "push*", "pull*", "overhead", "teach*", "sing*", "intelligib*", "understood", "gait", "balance", "fall*", "odi", "lefs", "ndi", "dash", "quickdash", "qdash", "psfs", "tug", "berg", "gait speed", "fois", "participat*", "function*", "snip", "cut*", "hold", "grasp*", "grip", "stock*",
        )
    }
)  # fmt: skip
_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|all|both|half)\b")
_BASELINE = re.compile(r"\b(?:now|currently|current|presently|present level|baseline|today|was|from)\b[^\n;]{0,30}\d")


_WISH = re.compile(
    r"\b(?:improv|increas|decreas|reduc|better|enhanc|promot|maximi[sz]|restor|strengthen|address|return to (?:plof|prior))"
)


_WISHED_LEVEL = re.compile(
    r"\b(?:more|greater|increased?|improved?|better|maximi[sz]e|as) (?:functional(?:ly)? )?(?:independen\w+)(?: as possible)?"
)


class Goal(NamedTuple):
    """A goal, or several in one line, with its place and what it holds.

    ``is_wish``: it only wants more or less of something ("improve balance").
    """

    start: int
    end: int
    measurable: bool
    timed: bool
    functional: bool
    baseline: bool
    is_wish: bool


def read_goals(low: str) -> tuple[Goal, ...]:
    """Return the goals of a note in lower case, in their order."""
    return tuple(islice((_goal(low, *place) for place in _places(low)), MOST_GOALS))


def _places(low: str) -> Iterator[tuple[int, int]]:
    """Yield the places of goals: lines that begin with the word, the items under such a line, and sentences with it."""
    left = at = 0  # left: lines that may still belong to a heading of goals
    is_bare = False
    for line in low.splitlines(keepends=True):
        start, end = at, at + len(line.rstrip())
        at += len(line)
        mark = _MARK.search(line)
        if mark is not None and _LINE_BEGINS.match(line, 0, mark.start()):
            left, is_bare = _MOST_LINES, not _has_words(line[mark.end() :])
            if not is_bare:
                yield start, end
        elif left and end > start and (is_bare or _ITEM.match(line)):
            left, is_bare = left - 1, False  # the first line under a bare heading needs no bullet
            yield start, end
        elif mark is not None and _SAID.match(line, mark.end()):
            left = 0
            stop = _STOP.search(line, mark.end())
            yield start + mark.start(), start + stop.start() if stop else end
        else:
            left = 0


def _has_words(rest: str) -> bool:
    """Whether a line says more after its mark than a time frame or the rest of a heading (``Goals addressed``)."""
    said = rest.partition(":")[2] or (rest if ":" not in rest else "")
    words = re.findall(r"[a-z]{2,}", _PASSING.sub(" ", said))
    return len(words) >= 3 or (bool(words) and (":" in rest or re.search(r"\d", _PASSING.sub(" ", said)) is not None))


def _goal(low: str, start: int, end: int) -> Goal:
    end = min(end, start + _LONGEST)
    other = _OTHER_TOPIC.search(low, start + 1, end)
    end = other.start() + 1 if other is not None else end
    start += len(low[start:end]) - len(low[start:end].lstrip())
    said = low[start:end]
    rest = _PASSING.sub(" ", said)
    return Goal(
        start,
        end,
        measurable=_NUMBER.search(rest) is not None or _LEVEL.is_in(_WISHED_LEVEL.sub(" ", rest)),
        timed=_is_timed(said),
        functional=_FUNCTION.is_in(said),
        baseline=_BASELINE.search(said) is not None,
        is_wish=_WISH.search(said) is not None,
    )


def _is_timed(said: str) -> bool:
    """Whether a goal has a time; the score of a pain or a strength (``pain 0/10``) is no date."""
    return any(not _SCORED.search(said, 0, match.start()) for match in _TIME.finditer(said))
