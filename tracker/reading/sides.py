"""Sides in a note: right and left at a part of the body, each with its place."""

import re
from itertools import islice
from typing import NamedTuple

MOST_SIDES = 1_000

# Parts by region; hand and wrist, foot and ankle are told apart seldom enough to be one region each.
REGIONS = {
    "shoulder": ("shoulder", "shldr", "rotator cuff", "cuff", "supraspinatus", "infraspinatus", "subscap", "subscapularis", "deltoid", "gh", "glenohumeral", "scapula", "scap", "ac joint", "biceps", "sh"),
    "elbow": ("elbow", "epicondyle", "epicondylitis", "triceps", "cubital"),
    "hand": ("wrist", "hand", "thumb", "finger", "fingers", "cmc", "grip", "pinch", "carpal", "index", "palm", "drf", "distal radius", "radius", "ctr", "digit", "mp", "pip"),
    "arm": ("arm", "ue", "upper extremity", "upper limb", "forearm"),
    "hip": ("hip", "tha", "thr", "glute", "glutes", "gluteal", "greater trochanter", "acetabul", "groin"),
    "knee": ("knee", "tka", "tkr", "patella", "patellar", "quad", "quads", "quadriceps", "vmo", "acl", "mcl", "pcl", "meniscus", "meniscal", "meniscectomy", "hamstring", "hamstrings", "tke"),
    "foot": ("ankle", "foot", "achilles", "calf", "gastroc", "heel", "toe", "atfl", "peroneal", "evertor", "evertors", "plantar fascia"),
    "leg": ("leg", "le", "lower extremity", "lower limb", "thigh"),
}  # fmt: skip
_PARTS = {part: region for region, parts in REGIONS.items() for part in parts}
_PART = "|".join(sorted((part.replace(" ", "[ ]") for part in _PARTS), key=len, reverse=True))
_SIDE = r"(?P<{}>right|left|rt\.?|lt\.?|\(r\)|\(l\)|(?<![a-z0-9&'’/.])r(?=[ ])|(?<![a-z0-9&'’/.])l(?=[ ]))"
_BEFORE = re.compile(
    rf"(?<![a-z]){_SIDE.format('side')}[ ]{{1,2}}(?:(?:anterior|posterior|medial|lateral|dominant|non-dominant|affected|involved|distal|proximal|post-op|single)[ ]){{0,2}}(?P<part>{_PART})(?![a-z])"
)
_AFTER = re.compile(
    rf"(?<![a-z])(?P<part>{_PART})[ ,:(]{{1,3}}{_SIDE.format('side')}(?![a-z])(?![ ]?[/&+][ ]?[rl]\b)(?=[ ),.;:]|$)",
    re.MULTILINE,
)
_BOTH = re.compile(
    r"(?<![a-z])(?:bilat(?:eral(?:ly)?)?\.?|both|b/l|bil|r/l|l/r|r[ ]?(?:&|and|\+)[ ]?l|l[ ]?(?:&|and|\+)[ ]?r|\(b\))(?![a-z])"
)


class Side(NamedTuple):
    """``right`` or ``left`` of a region of ``REGIONS``, with its place."""

    side: str
    region: str
    start: int
    end: int


def read_sides(low: str) -> tuple[Side, ...]:
    """Return the sides a note in lower case names at parts of the body, in their order."""
    found = {
        match.start("part"): Side("right" if match["side"].strip("(").startswith("r") else "left", _PARTS[match["part"]], *match.span())
        for pattern in (_AFTER, _BEFORE)
        for match in islice(pattern.finditer(low), MOST_SIDES)
    }  # fmt: skip
    return tuple(sorted(found.values(), key=lambda side: side.start))


def says_both(low: str) -> bool:
    """Whether a note in lower case speaks of both sides."""
    return _BOTH.search(low) is not None
