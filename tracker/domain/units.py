"""How many 15-minute units documented minutes make, and which of them an assistant furnished.

Minutes are whole minutes of direct one-on-one time per code; untimed services do not enter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_UNIT = 15
_LEAST = 8  # minutes that make a unit: the midpoint of 15, rounded up to a whole minute
_LEAST_OF_PAIR = 23  # two shares of one code that make a unit each: 23 to 28 minutes together


@dataclass(frozen=True, slots=True)
class UnitCount:
    """Units by code (codes without one are left out), in the order the codes were given.

    ``tied`` names the codes among which the clinician may choose for the last units; one choice is made here.
    """

    total_minutes: int
    units: int
    by_code: tuple[tuple[str, int], ...]
    tied: tuple[str, ...] = ()

    def of(self, code: str) -> int:
        """Return the units of one code."""
        return dict(self.by_code).get(code, 0)


def units_for(minutes: int) -> int:
    """Return the units that ``minutes`` make: 1 from 8, 2 from 23, 3 from 38 ...

    Source: Medicare Claims Processing Manual chapter 5 s.20.2.C. Raises ValueError for negative minutes.
    """
    if minutes < 0:
        raise ValueError(f"{minutes} minutes")
    return 0 if minutes < _LEAST else (minutes + _UNIT // 2) // _UNIT


def cms_units(minutes: Mapping[str, int]) -> UnitCount:
    """Return the units by the CMS 8-minute rule: the total decides how many, the codes' minutes where they go.

    Each code gets its full 15 minutes first; the units left go to the largest remainders, one each.
    Source: Medicare Claims Processing Manual chapter 5 s.20.2.C. Raises ValueError for negative minutes.
    """
    total = _total(minutes)
    units = units_for(total)
    by_code = {code: each // _UNIT for code, each in minutes.items()}
    left = units - sum(by_code.values())
    remainders = {code: each % _UNIT for code, each in minutes.items() if each % _UNIT}
    ranked = sorted(remainders, key=lambda code: -remainders[code])
    for code in ranked[:left]:
        by_code[code] += 1
    return UnitCount(total, units, _with_units(by_code), _tied(ranked, remainders, left))


def _total(minutes: Mapping[str, int]) -> int:
    if negative := [code for code, each in minutes.items() if each < 0]:
        raise ValueError(f"negative minutes for {', '.join(negative)}")
    return sum(minutes.values())


def _with_units(by_code: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((code, units) for code, units in by_code.items() if units)


def _tied(ranked: list[str], remainders: Mapping[str, int], left: int) -> tuple[str, ...]:
    """Return the codes whose equal remainders stand on both sides of the cut."""
    if not 0 < left < len(ranked) or remainders[ranked[left - 1]] != remainders[ranked[left]]:
        return ()
    return tuple(code for code in ranked if remainders[code] == remainders[ranked[left]])


def spm_units(minutes: Mapping[str, int]) -> UnitCount:
    """Return the units by the substantial portion method: each code stands alone, nothing is pooled.

    Source: the AMA's midpoint rule for timed codes. Raises ValueError for negative minutes.
    """
    total = _total(minutes)
    by_code = {code: units_for(each) for code, each in minutes.items()}
    return UnitCount(total, sum(by_code.values()), _with_units(by_code))


def hybrid_units(minutes: Mapping[str, int]) -> UnitCount:
    """Return the units a payer grants that mixes both methods: per code the midpoint, in all no more than CMS's total.

    Where the total cuts, units of the smallest remainders go first. Raises ValueError for negative minutes.
    """
    alone = spm_units(minutes)
    allowed = min(alone.units, units_for(alone.total_minutes))
    by_code = dict(alone.by_code)
    rounded_up = sorted(
        (code for code in by_code if minutes[code] % _UNIT >= _LEAST), key=lambda code: minutes[code] % _UNIT
    )
    cut = alone.units - allowed
    for code in rounded_up[:cut]:
        by_code[code] -= 1
    ranked, remainders = rounded_up[::-1], {code: minutes[code] % _UNIT for code in rounded_up}
    return UnitCount(alone.total_minutes, allowed, _with_units(by_code), _tied(ranked, remainders, len(ranked) - cut))


def count_units(method: str, minutes: Mapping[str, int]) -> UnitCount:
    """Return the units by a payer's method: ``cms``, ``spm`` or ``hybrid``. Raises KeyError for another word."""
    return {"cms": cms_units, "spm": spm_units, "hybrid": hybrid_units}[method](minutes)


class Furnished(NamedTuple):
    """Minutes of one timed code: the therapist's (together with the assistant included) and the assistant's alone."""

    therapist: int = 0
    assistant: int = 0


class AssistantSplit(NamedTuple):
    """How the units of a code divide: without and with the assistant modifier (CQ or CO).

    ``open_units`` are units the published examples do not decide: a person has to.
    """

    code: str
    without: int
    with_modifier: int
    open_units: int = 0


def assistant_split(furnished: Mapping[str, Furnished]) -> tuple[AssistantSplit, ...]:
    """Return for each code with units how many carry CQ or CO, units counted by the CMS rule.

    Source: 42 USC 1395m(v), CY2022 physician fee schedule rule and CMS's billing examples: more than 10 percent of a
    unit by the assistant alone, but a last unit with 8 or more of the therapist's minutes carries none.
    """
    count = cms_units({code: each.therapist + each.assistant for code, each in furnished.items()})
    return tuple(_split(code, units, furnished[code]) for code, units in count.by_code)


def _split(code: str, units: int, furnished: Furnished) -> AssistantSplit:
    without, therapist = divmod(furnished.therapist, _UNIT)
    with_modifier, assistant = divmod(furnished.assistant, _UNIT)
    left = units - without - with_modifier
    if left == 0:
        return AssistantSplit(code, without, with_modifier)
    if left == 1:
        assisted = therapist < _LEAST and _over_a_tenth(assistant, therapist + assistant)
        return AssistantSplit(code, without + (not assisted), with_modifier + assisted)
    if therapist + assistant >= _LEAST_OF_PAIR:
        return AssistantSplit(code, without + 1, with_modifier + 1)
    return AssistantSplit(code, without, with_modifier, left)


def _over_a_tenth(assistant: int, total: int) -> bool:
    return assistant * 10 > total


class AssistantAnswer(StrEnum):
    """Whether an untimed service carries CQ or CO."""

    YES = "yes"
    NO = "no"
    BORDERLINE = "borderline"
    NOT_BILLABLE = "not_billable"


def untimed_assistant_answer(minutes: int, assistant_minutes: int, *, evaluation: bool = False) -> AssistantAnswer:
    """Return whether an untimed service of ``minutes`` carries CQ or CO for the assistant's minutes alone.

    More than 10 percent does. CMS's shortcut (a tenth of the minutes, rounded, plus one) can say otherwise where the
    tenth ends in a half: that is borderline. An evaluation by an assistant cannot be billed at all.
    """
    if evaluation:
        return AssistantAnswer.NOT_BILLABLE if assistant_minutes else AssistantAnswer.NO
    by_percent = _over_a_tenth(assistant_minutes, minutes)
    by_shortcut = assistant_minutes >= (minutes + 5) // 10 + 1
    if by_percent != by_shortcut:
        return AssistantAnswer.BORDERLINE
    return AssistantAnswer.YES if by_percent else AssistantAnswer.NO
