"""Measures in a note: named scales and tests with their value and the value before, and other figures set against earlier ones.

``TUG 18 s (was 24)``, ``flexion from 90 to 115``, ``120 -> 135``, ``ODI 34% (52% eval)``, ``Word level 68% vs 48% on 9/9``.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tracker.reading.beginnings import Sought
from tracker.reading.lexicon import Lexicon, Sign

MOST_MEASURES = 400
_REACH = 60  # characters from a measure's name to its value, and from there to the value before

# More is better, less is better; for the others the direction depends on the goal.
_HIGHER = (
    "lefs", "psfs", "berg", "bbs", "6mwt", "6 minute walk*", "six minute walk*", "2mwt", "2 minute walk*", "fga", "dgi", "abc", "mini best*", "minibest*", "tinetti", "poma", "moca", "slums", "mmse", "fois", "grip",
    "pinch", "key pinch", "lateral pinch", "tip pinch", "fim", "gg", "wab", "wab aq", "bdae", "bnt", "boston naming", "gfta", "celf*", "pls", "pls 5", "gfta 3", "gfta 2", "celf 5", "celf p3", "wab r", "goldman fristoe", "mlu", "mpt", "intelligib*", "accuracy", "accurate",
    "rom", "arom", "prom", "flexion", "flex", "ext", "extension", "abd", "abduction", "er", "ir", "rot", "rotation", "external rotation", "internal rotation", "dorsiflexion", "df", "plantarflexion", "pronation", "pron", "supination", "sup", "slr", "mmt", "quad*", "gait speed", "walking speed", "10mwt", "10 meter walk*",
    "sls", "sl stance", "single leg stance", "single limb stance", "tandem", "chair rise*", "30 s chair rise", "30 sec chair stand", "chair stand*", "30sts", "box and blocks", "box & blocks", "arat", "fugl meyer", "fma*", "mal", "hoos*", "koos*", "ikdc", "ases", "promis*", "foto", "aha", "fsfi", "am pac", "ampac", "pdms*", "bot 2", "peabody", "copm", "rbans", "alfa", "clqt", "eat 10 score", "plank", "heel raise*", "schober", "y balance", "wpm", "db", "pal", "kpa", "cmh2o", "spo2", "fvc", "emst", "tongue press*",
    "faam*", "visa a", "visa g", "visa p", "visa h", "akps", "kujala", "lysholm", "tegner", "sane", "constant score", "penn shoulder*", "mhhs", "hagos*", "acl rsi", "lsi", "sppb", "pedi*", "gmfm*", "vmi", "beery*", "ueft", "barthel", "stream", "oxford",
)  # fmt: skip
_LOWER = (
    "odi", "oswestry", "ndi", "dash", "quickdash", "quick dash", "qdash", "tug", "timed up and go", "5xsts", "5x sts", "ftsts", "five times sit to stand", "5 times sit to stand", "9hpt", "nine hole peg*", "9 hole peg*", "vhi*", "vhi 10", "suds", "pas", "mbsimp*", "eat 10", "cape v", "girth", "edema", "circumference", "swelling",
    "pain", "nprs", "vas", "nrs", "npr", "pn", "womac", "fes i", "dhi", "rmdq", "roland morris", "fabq", "mas", "ashworth", "headache*", "lag", "ext lag", "jitter", "shimmer", "s/z", "iciq*", "udi*", "iiq*", "pfdi*", "pfiq*", "leak*", "pads", "voids", "nocturia", "veer", "dva*", "sz ratio", "prwe", "ctsib sway", "auscan", "penetration aspiration", "residue", "wound", "limb volume", "rpe",
    "spadi", "bctq", "boston carpal*", "tsk*", "pcs", "fss", "mfis", "ssi", "ssi 4", "jpe", "updrs", "mds updrs", "hit 6", "midas", "lequesne", "start back", "gad 7", "phq 9", "volume diff*"
)  # fmt: skip
_EITHER = ("ctsib", "sit to stand", "sts", "index", "volume", "vol", "diff", "difference")
_NAMES = Lexicon({"higher": _HIGHER, "lower": _LOWER, "either": _EITHER})

# Figures of a joint or a complaint: no scale or test.
_PLAIN = frozenset(
    {"rom", "arom", "prom", "flexion", "flex", "ext", "extension", "abd", "abduction", "er", "ir", "rot", "rotation", "external rotation", "internal rotation", "dorsiflexion", "df", "plantarflexion", "pronation", "pron", "supination", "sup", "slr", "mmt", "pain", "pn", "lag", "ext lag", "girth", "edema", "circumference", "swelling", "assistance", "rpe", "spo2"}
)  # fmt: skip

_FIGURE = r"[+-]?\d{1,4}(?:\.\d{1,3})?"
_SCORE = r"(?:[ ]?/[ ]?\d{1,3}(?!/))?[+-]?"  # 34/80, 4-/5
_UNIT = r"(?:[ ]?(?:%|°|degrees?|deg|seconds?|secs?|sec|s|m/s|cm|mm|ft|feet|m|meters?|lbs?|kgs?|#|points?|pts?|reps?|x|min|db|kpa|hz|uv|inches|in|ml|cc|wpm|pct|words)(?![a-z]))?(?:[ ]?(?:/|per[ ]|a[ ])(?:day|d|night|week|wk|month|mo|hour|hr)s?(?![a-z]))?"
_FIRST = re.compile(rf"(?<![\d/.:#])(?<!x)(?<!\d-)(?P<value>{_FIGURE}){_SCORE}{_UNIT}")
_EARLIER_WORD = r"(?:was|from|up from|down from|vs\.?|versus|prev(?:ious(?:ly)?)?|prior|last (?:visit|wk|week|session|time|note)|initial(?:ly)?|baseline|(?:at )?(?:the )?(?:eval(?:uation)?|ie|start|soc|initial eval)|compared (?:to|with)|as against|against|before|improved from|increased from|decreased from|reduced from)"
_AFTER = re.compile(
    rf"[ ]?[,;(\[]{{0,2}}[ ]?{_EARLIER_WORD}[ :=]{{1,8}}(?:of[ ]|only[ ])?(?P<was>{_FIGURE}){_SCORE}{_UNIT}"
    rf"|[ ]?[(\[][ ]?(?P<given>{_FIGURE}){_SCORE}{_UNIT}(?:[ ](?:on|at|in|last|eval|baseline|initial|start|prior|before|prev)[^)\]]{{0,30}})?[)\]]"
    rf"|,[ ](?P<dated>{_FIGURE}){_SCORE}{_UNIT}[ ](?:on[ ]\d{{1,2}}/\d{{1,2}}|at (?:eval|soc|ie|start|baseline)|(?:last|the) (?:visit|session|week) before|last (?:visit|session|week))"
)  # fmt: skip
_CHANGED_TO = re.compile(rf"[ ]?(?:-+>|→|=>|>>?|\bto\b|\bthen\b|\bbefore,)[ ]?(?P<to>{_FIGURE}){_SCORE}{_UNIT}")
_VERSION = re.compile(r"-\d{1,2}(?=[ :=(])")  # PFDI-20 74: the number belongs to the name, not to the score
_NO_VALUE = re.compile(
    r"[\d.]*[ ]?(?:x|sets?|reps?|/\d{1,2}/\d|:\d|(?:visits?|weeks?|wks?|days?|months?|minutes?|mins?|min|hours?|hrs?|units?)\b)"
)
_CELL = re.compile(
    rf"(?:[ ]{{0,20}}\|[ ]{{0,20}}|\t[ ]{{0,8}}|[ ]{{3,20}})(?P<cell>{_FIGURE}){_SCORE}{_UNIT}(?=[ ]{{0,20}}\||[ ]{{3}}|\t|[ ]{{0,20}}(?:\n|$))"
)
_MOST_CELLS = 12
_ARROWS = re.compile("->|→")
_ARROW = re.compile(rf"(?<![\d/.:])(?P<was>{_FIGURE}){_SCORE}{_UNIT}[ ]?(?:-+>|→)[ ]?(?P<now>{_FIGURE}){_SCORE}{_UNIT}")
# "54 (48 on 1/26)", "4.1 uV (6.8)", "6/10 (4/10)": the figure of today, the earlier one in parentheses. A bare figure
# may be minutes with their units, "25 (2)", so one of the two needs a unit, a scale or a date.
_SIZE = _UNIT.replace("|x|", "|").replace("reps?|", "").replace("|min|", "|")
_DAY = r"[ ](?:on[ ]|at[ ])?(?:\d{1,2}/\d{1,2}(?:/\d{2,4})?|eval(?:uation)?|baseline|last (?:visit|week|session))"
_IN_PARENTHESES = re.compile(r" \([+\-\d]")
_GIVEN = re.compile(
    rf"(?<![\d/.:#x\-])(?P<now>{_FIGURE}){_SCORE}{_SIZE}[ ]\((?P<was>{_FIGURE}){_SCORE}{_SIZE}(?P<day>{_DAY})?\)"
)
# "71% from 52%": both with their unit or scale, else it may be "3 from 5 tries".
_NOW_FROM = re.compile(
    rf"(?<![\d/.:])(?P<now>{_FIGURE})(?P<size>%|[ ]?/[ ]?\d{{1,3}}(?!/)|[ ](?:deg|s|sec|cm|mm|m|ft|lbs?|kg|db|hz|ml)(?![a-z]))[ ,(]{{1,2}}(?:up |down )?from[ ](?P<was>{_FIGURE})(?P=size)"
)
# Levels of help, the least first: "mod A -> min A", "CGA, was min A".
_LEVELS = {"mod i": 1, "s": 2, "sup": 2, "supervision": 2, "sba": 3, "cga": 4, "min": 5, "min a": 5, "mod": 6, "mod a": 6, "max": 7, "max a": 7, "dep": 8, "total a": 8}  # fmt: skip
_LEVEL = r"(?:mod i|supervision|sup|sba|cga|min a|mod a|max a|total a|dep|min|mod|max)"
_HELP = Sought(
    "cga dep max min mod sba sup tot",
    rf"(?:(?P<was>{_LEVEL})(?:ssist)?[ ]?(?:-+>|→|to)[ ]?(?P<now>{_LEVEL})(?![a-z])|(?P<now2>{_LEVEL})(?:ssist)?[ ,(]{{1,3}}(?:was|from)[ ](?P<was2>{_LEVEL})(?![a-z]))",
)
_FROM = re.compile("from ")
_FROM_TO = re.compile(
    rf"\bfrom[ ]{{1,8}}(?P<was>{_FIGURE}){_SCORE}{_UNIT}[ ]to[ ]{{1,8}}(?P<now>{_FIGURE}){_SCORE}{_UNIT}"
)
_EARLIER = Sought(
    "as com dow las up ver vs was",
    rf"(?:was|up from|down from|as against|compared (?:to|with)|vs\.?|versus|last (?:visit|week|session))[ ]{{1,8}}(?P<was>{_FIGURE}){_SCORE}{_UNIT}",
)


class Measure(NamedTuple):
    """A measured figure with its place.

    ``name`` is the scale or movement in lower case, empty for a figure that is only set against an earlier one;
    ``better`` says which way is better: ``higher``, ``lower`` or ``either``.
    """

    name: str
    better: str
    value: float
    before: float | None
    start: int
    end: int

    @property
    def is_scale(self) -> bool:
        """Whether it is a named scale or test, which says more than a range, a pain or a strength."""
        return bool(self.name) and self.name not in _PLAIN

    @property
    def change(self) -> str | None:
        """Return ``better``, ``same``, ``worse``, or ``changed`` where the direction is not known; None without a value before."""
        if self.before is None:
            return None
        if self.value == self.before:
            return "same"
        if self.better == "either":
            return "changed"
        return "better" if (self.value > self.before) == (self.better == "higher") else "worse"


def read_measures(low: str) -> tuple[Measure, ...]:
    """Return the measures of a note in lower case, in their order; each place is read once."""
    named = list(islice(_named(low), MOST_MEASURES))
    taken = {place for measure in named for place in range(measure.start, measure.end)}
    loose = [measure for measure in islice(_compared(low), MOST_MEASURES) if measure.start not in taken]
    return tuple(sorted((*named, *loose), key=lambda measure: measure.start))


def _named(low: str) -> Iterator[Measure]:
    names = _NAMES.find(low)
    at = 0
    for name, following in zip(names, [*names[1:], None], strict=False):
        if name.start < at:
            continue
        limit = min(_line_end(low, name.end), name.end + _REACH, following.start if following else len(low))
        measure = _measure(low, name, limit)
        if measure is not None:
            at = measure.end
            yield measure


def _line_end(low: str, at: int) -> int:
    ends = (low.find(mark, at, at + _REACH) for mark in ("\n", "; ", ". "))
    return min((end for end in ends if end >= 0), default=min(len(low), at + _REACH))


def _measure(low: str, name: Sign, limit: int) -> Measure | None:
    """Return the measure of a name whose value stands before ``limit``."""
    version = _VERSION.match(low, name.end) if low[name.start : name.end] not in _PLAIN else None
    first = _FIRST.search(low, version.end() if version else name.end, limit)
    if first is None or _NO_VALUE.match(low, first.end("value")):
        return None
    words, value = low[name.start : name.end], float(first["value"])
    end = first.end()
    if then := _CHANGED_TO.match(low, end):
        return Measure(words, name.kind, float(then["to"]), value, name.start, then.end())
    if (cells := _cells(low, end)) is not None:
        return Measure(words, name.kind, cells[0], value, name.start, cells[1])
    if was := _AFTER.match(low, end):
        return Measure(
            words, name.kind, value, float(was["was"] or was["given"] or was["dated"]), name.start, was.end()
        )
    return Measure(words, name.kind, value, None, name.start, end)


def _cells(low: str, at: int) -> tuple[float, int] | None:
    """Return the last figure of a table's row and where it ends; ``at`` is the end of the row's first figure."""
    last = None
    for _ in range(_MOST_CELLS):
        cell = _CELL.match(low, at)
        if cell is None:
            break
        last, at = float(cell["cell"]), cell.end()
    return (last, at) if last is not None else None


def _on_lines_with(sign: re.Pattern[str], pattern: re.Pattern[str], low: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern that stays on its line, looking only at lines that hold a sign of it."""
    at = 0
    while (there := sign.search(low, at)) is not None:
        start, end = low.rfind("\n", 0, there.start()) + 1, low.find("\n", there.end())
        at = end if end >= 0 else len(low)
        yield from pattern.finditer(low, start, at)


def _compared(low: str) -> Iterator[Measure]:
    """Yield figures set against an earlier one."""
    for pattern, sign in ((_ARROW, _ARROWS), (_FROM_TO, _FROM), (_NOW_FROM, _FROM)):
        for match in _on_lines_with(sign, pattern, low):
            yield Measure("", "either", float(match["now"]), float(match["was"]), *match.span())
    for match in _HELP.finditer(low):
        now, was = match["now"] or match["now2"], match["was"] or match["was2"]
        yield Measure("assistance", "lower", float(_LEVELS[now]), float(_LEVELS[was]), *match.span())
    for match in _on_lines_with(_IN_PARENTHESES, _GIVEN, low):
        if match["day"] or not match[0].replace(" ", "").replace("(", "").replace(")", "").isdigit():
            yield Measure("", "either", float(match["now"]), float(match["was"]), *match.span())
    for match in _EARLIER.finditer(low):
        line = max(low.rfind("\n", 0, match.start()) + 1, match.start() - _REACH)
        now = next(reversed(list(_FIRST.finditer(low, line, match.start()))), None)
        if now is not None and not _NO_VALUE.match(low, now.end("value")):
            yield Measure("", "either", float(now["value"]), float(match["was"]), now.start(), match.end())
