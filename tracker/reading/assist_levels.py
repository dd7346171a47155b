"""Levels of assistance set against earlier ones: ``max A to min A``, ``mod assist -> CGA``, ``SBA (was min A)``.

A stretch between two levels (``min to mod A``) is no change.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tracker.reading.services import MOST_PLACES

# From no help to all of it, as rehabilitation counts (FIM and section GG put them in this order).
_LEVELS = (
    r"(?:mod(?:ified)?[ ]?i(?:nd(?:ep(?:endent)?)?)?|independent|indep\.?|\(?i\)?(?=[ ]with))",
    r"(?:set[ -]?up|supervis(?:ion|ed)|sup\b|sba|stand[ -]?by(?:[ ]assist\w*)?|cs)",
    r"(?:cga|contact[ ]guard(?:[ ]assist\w*)?)",
    r"(?:min(?:imal|imum)?\.?[ ]?(?:a\b|assist\w*))",
    r"(?:mod(?:erate)?\.?[ ]?(?:a\b|assist\w*))",
    r"(?:max(?:imal|imum)?\.?[ ]?(?:a\b|assist\w*))",
    r"(?:total[ ]?(?:a\b|assist\w*)|dependent)",
)
_ANY = "|".join(f"(?P<{{0}}{number}>{level})" for number, level in enumerate(_LEVELS))
_BEFORE, _NOW = _ANY.replace("{0}", "b"), _ANY.replace("{0}", "n")
_TIMES = r"(?:[ ]?x[ ]?[12])?"
_CHANGES = (
    re.compile(rf"(?<![a-z0-9])(?:from[ ])?(?:{_BEFORE})(?![a-z]){_TIMES}[ ]?(?P<how>-+>|→|=>|to|now)[ ]?(?:{_NOW})(?![a-z])"),
    re.compile(rf"(?<![a-z0-9])(?:{_NOW})(?![a-z]){_TIMES},?[ ]?[(\[]?[ ]?(?:was|from|previously|prev\.?|up from|down from|vs\.?|initially|at eval:?)[ ](?:{_BEFORE})(?![a-z])"),
)  # fmt: skip
_AIM = re.compile(r"\b(?:goals?|[ls]tgs?|will|aim|target|plan|able to)\b[^\n]{0,80}$")
_SIGNS = ("assist", " a", "cga", "sba", "dependent")


class AssistChange(NamedTuple):
    """A level of assistance and the one before, 0 for none to 6 for all of it, with the place of both."""

    now: int
    before: int
    start: int
    end: int

    @property
    def is_better(self) -> bool:
        """Whether less help is needed than before."""
        return self.now < self.before


def read_assist_changes(low: str) -> tuple[AssistChange, ...]:
    """Return the levels of assistance a note in lower case sets against earlier ones, in their order."""
    if not any(sign in low for sign in _SIGNS):
        return ()
    return tuple(sorted(_changes(low), key=lambda each: each.start))


def _changes(low: str) -> Iterator[AssistChange]:
    for pattern in _CHANGES:
        for match in islice(pattern.finditer(low), MOST_PLACES):
            levels = {name[0]: int(name[1]) for name, words in match.groupdict().items() if words and name != "how"}
            now, before = levels["n"], levels["b"]
            is_range = match.groupdict().get("how") == "to" and now > before and not match[0].startswith("from")
            is_aim = _AIM.search(low[max(match.start() - 90, 0) : match.start()]) is not None
            if now != before and not is_range and not is_aim:
                yield AssistChange(now, before, *match.span())
