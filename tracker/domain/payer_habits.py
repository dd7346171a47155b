"""How payers differ: the fields of a payer's profile, with their kinds and the words of screens.

A value is what a practice set for a payer, else the default of the payer's kind, else unknown (None).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

COUNTING_METHODS: Mapping[str, str] = MappingProxyType(
    {
        "cms": "By the total of minutes (CMS)",
        "spm": "Code by code (AMA midpoint)",
        "hybrid": "Total of minutes, with times per code (mixed)",
    }
)


class Habit(NamedTuple):
    """One field of a payer's profile. ``most`` is the largest number it can hold; None marks a yes-or-no field."""

    label: str
    most: int | None = None

    @property
    def is_flag(self) -> bool:
        """Whether the value is yes or no."""
        return self.most is None


HABITS: Mapping[str, Habit] = MappingProxyType(
    {
        "requires_cq_co": Habit("CQ or CO for services of assistants"),
        "assistant_percent": Habit("Percent paid for services of assistants", 100),
        "uses_ncci": Habit("NCCI edits: pairs of codes not paid together"),
        "accepts_97014": Habit("Pays 97014 (otherwise G0283)"),
        "max_timed_units": Habit("Most timed units a day", 40),
        "max_modalities": Habit("Most modalities a day", 20),
        "requires_minutes_per_code": Habit("Minutes for every code in the note"),
        "requires_clock_times": Habit("Time in and time out for every code in the note"),
        "requires_certified_plan": Habit("A plan of care signed by the physician"),
        "progress_report_every": Habit("A progress report at least every (treatment days)", 100),
        "requires_referral": Habit("A referral or order"),
        "requires_authorization": Habit("Prior authorization"),
        "visit_limit": Habit("Visits a year", 365),
        "counts_habilitative_apart": Habit("96 or 97, with visits counted apart"),
        "pays_telehealth": Habit("Therapy by telehealth"),
        "accepts_replacement_claim": Habit("Takes a replacement claim (frequency code 7)"),
        "follows_optional_rules": Habit("Rules that only some plans of this kind have"),
    }
)
