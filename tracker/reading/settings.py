"""Settings of machines, response to them, sizes of wounds, and who was trained: details of single services."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tracker.reading.services import LONGEST_NOTE, MOST_PLACES

_SETTING = re.compile(
    r"(?:\d[ ]?(?:m?hz|khz|w/?cm|w\b|ma\b|ma-?min|mmhg|lbs?\b|#|kg\b|%|pps\b|us\b|µs|usec|deg\b|°|f\b|dips?\b|layers?\b|psi\b|volts?\b|channels?\b|ml\b|cc\b|nm\b|j\b|joules?\b|cm head|pads?\b|electrodes?\b)"
    r"|pulsed\b|continuous\b|cont\b|duty\b|intermittent\b|static\b|motor (?:level|response)|sensory (?:level|response)|to tingle|intensity|tolerance\b|1:1 ratio|setting\b|level \d|low pressure|medium pressure|high pressure|supine\b|prone\b|seated\b|side ?lying\b)"
)
_RESPONSE = re.compile(
    r"(?:skin\b|pain (?:from )?\d|\d+(?:/10)? ?(?:->|to|→|>) ?\d|after\b|post\b|less stiff|decreas|improv|reduc|relax|looser|centrali|before\b|prior to|in prep|response\b|girth\b|so that|for (?:spasm|pain|swelling|edema|inflammation|stiffness))"
)
_SIZE = re.compile(
    r"(\d{1,3}(?:\.\d)?)[ ]?(?:cm)?[ ]?[x×][ ]?(\d{1,3}(?:\.\d)?)(?:[ ]?(?:cm)?[ ]?[x×][ ]?\d{1,2}(?:\.\d{1,2})?)?[ ]?cm"
)
_AREA = re.compile(r"(\d{1,3}(?:\.\d)?)[ ]?(?:sq\.?[ ]?cm|cm2|cm²|square c)")
_TOOL = re.compile(
    r"(?:scalpel|forceps|curette|scissors|sharp|blade|lavage|wet-to-dry|tweezers|rongeur|vac\b|npwt|pump\b|mist\b)"
)
_TISSUE = re.compile(
    r"(?:slough|eschar|necrotic|devitali|fibrin|nonviable|non-viable|biofilm|callus|yellow|black\b|granulat|hyperkerat)"
)
_ABSENT = re.compile(
    r"(?:(?:patient|pt|client|he|she|child)(?: was)? (?:not (?:present|there|in the room)|absent|in (?:another|the waiting|next) room|stayed home|at home|at school|not in attendance)|(?:patient|pt|client) not present|without (?:the )?(?:patient|pt|client)\b|(?:patient|pt) absent|in (?:the )?(?:patient|pt)'?s absence)"
)
# That a patient missed a session of treatment, plainer than for training that is meant to be without him.
_MISSED = re.compile(
    r"(?:(?:patient|pt|client|child|he|she)(?: was)? (?:not (?:present|there|in the room|seen|in attendance)|absent|asleep (?:in|at|throughout)|did(?: not|n['’]t) (?:attend|come|take part|participate)|(?:stayed|remained|waited) (?:home|at home|in the (?:car|waiting room|lobby)))[^.;\n]{0,40}|without (?:the )?(?:patient|pt|client) present\b|(?:patient|pt|client) not present\b)"
)
_CARER_MET = re.compile(
    r"(?:met|spoke|session|meeting|trained|taught|instructed|educated|reviewed|coached|time)(?: spent)?(?: (?:only|alone))?(?: with)?(?: only)? (?:the |his |her |their |pt'?s |patient'?s )?(?:wife|husband|spouse|partner|daughter|son|mother|mom|father|dad|parents?|family|caregivers?|carer|sister|brother|aide|teacher)\b"
)
_PRESENT = re.compile(
    r"(?:(?:patient|pt|client)(?: and| &| \+|/)\s?(?:wife|husband|spouse|son|daughter|caregiver|mother|father|family)|(?:wife|husband|spouse|son|daughter|caregiver|mother|father|aide)(?: and| &| \+) (?:the )?(?:patient|pt|client)\b"
    r"|with (?:the )?(?:patient|pt|client|him|her)\b|with (?:mr|mrs|ms)\.? [a-z]+|(?:patient|pt|client|she|he) (?:did|performed|practiced|practised|completed|transferred|stood|walked|participated|required|needed|was (?:cued|present|assisted))|(?:patient|pt|client) present\b|both (?:took part|participated|present|were present|attended|there)\b|(?:patient|pt|client) (?:performs|practices|practises|does|stands|walks|transfers|takes part|took part|mod a|min a|max a|cga|sba)\b)"
)
_CONSENT = re.compile(r"consent")
_REASON_FOR_WATER = re.compile(
    r"(?:land\b|weight[- ]?bearing|wb\b|nwb|pwb|ttwb|unload|offload|buoyan|unable|cannot|can not|intoleran|pain\b|bmi\b|because|due to|joint (?:load|protection)|edema|hydrostatic|fear of fall|arthrit|why\b)"
)
_MEASURED = re.compile(
    r"(?:re-?measured|rom\b|mmt\b|range of motion|girth\b|goniomet|manual muscle|strength \d|\d[+-]?/5\b|flex(?:ion)? \d)"
)
_PATTERNS = {
    "setting": _SETTING, "response": _RESPONSE, "tool": _TOOL, "tissue": _TISSUE, "absent": _ABSENT, "missed": _MISSED, "carer met": _CARER_MET, "present": _PRESENT, "consent": _CONSENT,
    "reason for water": _REASON_FOR_WATER, "measured": _MEASURED,
}  # fmt: skip


class Detail(NamedTuple):
    """A place that shows a detail of some kind."""

    kind: str
    start: int
    end: int


def details(low: str, kind: str) -> tuple[Detail, ...]:
    """Return the places of a note (in lower case) that show a detail: ``setting``, ``response``, ``consent``, ..."""
    return tuple(_details(low[:LONGEST_NOTE], kind))


def _details(low: str, kind: str) -> Iterator[Detail]:
    for match in islice(_PATTERNS[kind].finditer(low), MOST_PLACES):
        start = match.start()
        if start == 0 or not low[start - 1].isalpha() or not low[start].isalpha():
            yield Detail(kind, start, match.end())


class WoundArea(NamedTuple):
    """A wound's area in square centimetres, with its place."""

    square_cm: float
    start: int
    end: int


def wound_areas(low: str) -> tuple[WoundArea, ...]:
    """Return the areas of wounds a note (in lower case) states; length times width where it states no area."""
    low = low[:LONGEST_NOTE]
    stated = [WoundArea(float(match[1]), *match.span()) for match in islice(_AREA.finditer(low), MOST_PLACES)]
    sizes = (
        WoundArea(float(match[1]) * float(match[2]), *match.span())
        for match in islice(_SIZE.finditer(low), MOST_PLACES)
    )
    return tuple(stated or sizes)
