"""Names and abbreviations of therapy services, and the codes they may mean.

Only what stands as the name of a service is listed, as a label before or after minutes. Words that describe what was
done (sets, cues, joints) are no names. The codes are those of the fee schedule; the words are the trade's own.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from tracker.reading.beginnings import LETTERS, Sought

_EVALUATIONS = ("97161", "97162", "97163", "97165", "97166", "97167", "92521", "92522", "92523", "92524", "92610")
_RE_EVALUATIONS = ("97164", "97168")

# name (lower case, one space stands for any spaces, dot or hyphen) -> codes, the likeliest first
_NAMES: Mapping[str, tuple[str, ...]] = {
    "therapeutic exercise": ("97110",),
    "therapeutic exercises": ("97110",),
    "therapeutic ex": ("97110",),
    "therap ex": ("97110",),
    "thera ex": ("97110",),
    "theraex": ("97110",),
    "ther exercise": ("97110",),
    "ther exercises": ("97110",),
    "ther ex": ("97110",),
    "there ex": ("97110",),
    "therex": ("97110",),
    "exercise": ("97110",),
    "exercises": ("97110",),
    "neuromuscular re education": ("97112",),
    "neuromuscular reeducation": ("97112",),
    "neuromuscular re ed": ("97112",),
    "neuromuscular reed": ("97112",),
    "neuro re education": ("97112",),
    "neuro reeducation": ("97112",),
    "neuro re ed": ("97112",),
    "neuro reed": ("97112",),
    "neuro muscular re ed": ("97112",),
    "nm re ed": ("97112",),
    "neuro": ("97112",),
    "nmr": ("97112",),
    "nmre": ("97112",),
    "aquatic therapy": ("97113",),
    "aquatic exercise": ("97113",),
    "aquatics": ("97113",),
    "gait training": ("97116",),
    "gait train": ("97116",),
    "gait": ("97116",),
    "massage": ("97124",),
    "manual therapy": ("97140",),
    "manual techniques": ("97140",),
    "manual tx": ("97140",),
    "manual": ("97140",),
    "joint mobilization": ("97140",),
    "joint mobilisation": ("97140",),
    "joint mobs": ("97140",),
    "soft tissue mobilization": ("97140",),
    "soft tissue mobilisation": ("97140",),
    "stm": ("97140",),
    "mfr": ("97140",),
    "therapeutic activity": ("97530",),
    "therapeutic activities": ("97530",),
    "therapeutic act": ("97530",),
    "thera act": ("97530",),
    "theract": ("97530",),
    "ther activities": ("97530",),
    "ther activity": ("97530",),
    "ther act": ("97530",),
    "functional activities": ("97530",),
    "functional activity": ("97530",),
    "functional training": ("97530", "97535"),
    "activities": ("97530",),
    "self care home management": ("97535",),
    "self care home mgmt": ("97535",),
    "self care training": ("97535",),
    "self care": ("97535",),
    "selfcare": ("97535",),
    "home management training": ("97535",),
    "home management": ("97535",),
    "adl training": ("97535",),
    "adl retraining": ("97535",),
    "adls": ("97535",),
    "adl": ("97535",),
    "sensory integration": ("97533",),
    "sensory integrative techniques": ("97533",),
    "community reintegration": ("97537",),
    "community work reintegration": ("97537",),
    "wheelchair management": ("97542",),
    "wheelchair mgmt": ("97542",),
    "wheelchair training": ("97542",),
    "w c management": ("97542",),
    "w c mgmt": ("97542",),
    "physical performance test": ("97750",),
    "physical performance testing": ("97750",),
    "assistive technology assessment": ("97755",),
    "orthotic management and training": ("97760", "97763"),
    "orthotic management": ("97760", "97763"),
    "orthotic training": ("97760", "97763"),
    "orthotic fit": ("97760", "97763"),
    "prosthetic training": ("97761", "97763"),
    "cognitive function intervention": ("97129", "97130"),
    "cognitive intervention": ("97129", "97130"),
    "cognitive therapy": ("97129", "97130"),
    "cognitive treatment": ("97129", "97130"),
    "cognitive rehab": ("97129", "97130"),
    "cognitive rehabilitation": ("97129", "97130"),
    "cognitive activities": ("97129", "97130"),
    "cognitive training": ("97129", "97130"),
    "cognitive skills": ("97129", "97130"),
    "cognition": ("97129", "97130"),
    "attended electrical stimulation": ("97032",),
    "attended e stim": ("97032",),
    "attended estim": ("97032",),
    "manual electrical stimulation": ("97032",),
    "iontophoresis": ("97033",),
    "ionto": ("97033",),
    "contrast bath": ("97034",),
    "contrast baths": ("97034",),
    "ultrasound": ("97035",),
    "unattended electrical stimulation": ("G0283", "97014"),
    "unattended e stim": ("G0283", "97014"),
    "electrical stimulation": ("G0283", "97014", "97032"),
    "e stim": ("G0283", "97014", "97032"),
    "estim": ("G0283", "97014", "97032"),
    "ifc": ("G0283", "97014"),
    "mechanical traction": ("97012",),
    "traction": ("97012",),
    "hot pack": ("97010",),
    "hot packs": ("97010",),
    "moist heat": ("97010",),
    "cold pack": ("97010",),
    "cold packs": ("97010",),
    "mhp": ("97010",),
    "cryotherapy": ("97010",),
    "vasopneumatic compression": ("97016",),
    "vasopneumatic": ("97016",),
    "game ready": ("97016",),
    "paraffin bath": ("97018",),
    "paraffin": ("97018",),
    "whirlpool": ("97022",),
    "fluidotherapy": ("97022",),
    "group therapy": ("97150", "92508"),
    "group": ("97150", "92508"),
    "dry needling": ("20560", "20561"),
    "canalith repositioning": ("95992",),
    "epley": ("95992",),
    "speech therapy": ("92507",),
    "speech treatment": ("92507",),
    "speech language treatment": ("92507",),
    "swallowing treatment": ("92526",),
    "swallow treatment": ("92526",),
    "dysphagia treatment": ("92526",),
    "dysphagia therapy": ("92526",),
    "initial evaluation": _EVALUATIONS,
    "initial eval": _EVALUATIONS,
    "evaluation": _EVALUATIONS,
    "examination": _EVALUATIONS,
    "eval": _EVALUATIONS,
    "re evaluation": _RE_EVALUATIONS,
    "reevaluation": _RE_EVALUATIONS,
    "re eval": _RE_EVALUATIONS,
    "reeval": _RE_EVALUATIONS,
}

# Abbreviations that are words or units in lower case: they count only in capitals.
_CAPITALS: Mapping[str, tuple[str, ...]] = {
    "te": ("97110",),
    "tex": ("97110",),
    "ta": ("97530",),
    "tac": ("97530",),
    "mt": ("97140",),
    "nre": ("97112",),
    "gt": ("97116",),
    "us": ("97035",),
    "es": ("G0283", "97014", "97032"),
    "sc": ("97535",),
    "hp": ("97010",),
    "cp": ("97010",),
}
# No note names more; a text that does is not read to its end, so that reading takes no longer than looking.
MOST_PLACES = 2_000
LONGEST_NOTE = 100_000  # characters
# The abbreviations that count only in capitals.
ABBREVIATIONS = frozenset(_CAPITALS)
_ABBREVIATED = {**_NAMES, **_CAPITALS}
_JOINT = r"[ .\-/]{1,2}"  # "ther. ex", "ther-ex", "self-care/home management"


class ServiceName(NamedTuple):
    """A service named in a note: its codes (likeliest first), the place, and whether the code's number stands there."""

    codes: tuple[str, ...]
    start: int
    end: int
    is_code: bool


def _pattern(names: Iterable[str]) -> str:
    """Return an alternation that shares beginnings, so that a word is looked at once and not once per name."""
    root: dict[str, object] = {}
    for name in names:
        node = root
        for letter in name:
            child = node.setdefault(letter, {})
            assert isinstance(child, dict)
            node = child
        node[""] = None
    return _branch(root)


def _branch(node: Mapping[str, object]) -> str:
    parts = []
    for letter, child in node.items():
        if isinstance(child, dict):
            parts.append((_JOINT if letter == " " else re.escape(letter)) + _branch(child))
    if not parts:
        return ""
    inner = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
    if "" not in node:
        return inner
    return f"(?:{inner})?"


_FIND = Sought(
    f"92 95 97 g 20 {' '.join({name.partition(' ')[0][:LETTERS] for name in _ABBREVIATED})}",
    rf"(?:({_pattern(_ABBREVIATED)})(?![a-z])|(9[27]\d{{3}}|g0\d{{3}}|2056[01]|95992)(?!\d))",
)
# Parts of scales are named like services: KOOS-ADL.
_SCALE = re.compile(r"(?:koos|hoos|katz|barthel|lawton|promis|fim|am-?pac|foto|psfs|neuro-?qol)[ \-]{1,3}$")
_SCALE_REACH = 12
_SPACES = re.compile(r"[ .\-/]+")


def lowered(text: str) -> str:
    """Return ``text`` in lower case with every character at its own place."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def find_services(text: str, low: str) -> list[ServiceName]:
    """Return the services named in ``text`` in their order; ``low`` is ``lowered(text)``.

    Code numbers and names; an abbreviation that is also a word counts only in capitals.
    """
    found = []
    for match in islice(_FIND.finditer(low), MOST_PLACES):
        start, end = match.span()
        if _SCALE.search(low, max(start - _SCALE_REACH, 0), start):
            continue
        if match[2]:
            found.append(ServiceName((match[2].upper(),), start, end, is_code=True))
            continue
        name = match[1]
        if name in _CAPITALS:
            if text[start : start + 2].isupper():  # TE, TEx
                found.append(ServiceName(_CAPITALS[name], start, end, is_code=False))
        elif codes := _ABBREVIATED.get(_SPACES.sub(" ", name)):
            found.append(ServiceName(codes, start, end, is_code=False))
    return found


def codes_in_words(words: str) -> tuple[str, ...]:
    """Return the codes of all services named in ``words``, as in a plan's list of interventions."""
    return tuple(dict.fromkeys(code for service in find_services(words, lowered(words)) for code in service.codes))
