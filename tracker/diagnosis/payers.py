"""What holds for the payer of a case, and which payers a rule's payer words mean."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from tracker.domain.case import CasePayer
from tracker.knowledge import Knowledge, PayerDefaults

_SURE = frozenset({"source", "mixed"})


@dataclass(frozen=True, slots=True)
class PayerProfile:
    """The payer's rules: what the biller set, else the default of its kind.

    ``filing_is_sure`` and ``discipline_is_sure`` say that the value was set or has a source; ``counting_is_set`` that the biller set the
    way of counting units.
    """

    name: str
    kind: str
    counting_method: str
    counting_is_set: bool
    requires_discipline_modifier: bool
    discipline_is_sure: bool
    uses_kx: bool
    filing_days: int | None
    filing_is_sure: bool
    appeal_days: int | None
    nonpayable_codes: Mapping[str, str]
    habits: Mapping[str, bool | int | None]

    def does(self, habit: str) -> bool:
        """Whether a yes-or-no habit is known and yes."""
        return self.habits[habit] is True

    def limit(self, habit: str) -> int | None:
        """Return the number of a habit, or None when it is not known."""
        value = self.habits[habit]
        return None if value is None or isinstance(value, bool) else value

    def is_called(self, words: str) -> bool:
        """Whether the payer's name says that it is one of ``words`` (a key of the table of names)."""
        return bool(_NAMES[words].search(self.name))


# Payers the rules name. A payer is one of them when its name says so.
_NAMES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "uhc": re.compile(r"\b(?:uhc|united ?health(?:care)?)\b", re.IGNORECASE),
        "anthem": re.compile(r"\b(?:anthem|elevance)\b", re.IGNORECASE),
        "humana": re.compile(r"\bhumana\b", re.IGNORECASE),
        "aetna": re.compile(r"\baetna\b", re.IGNORECASE),
        "bcbs": re.compile(r"\b(?:bcbs|blue ?cross|blue ?shield)", re.IGNORECASE),
        "hmo": re.compile(r"\b(?:hmo|prime)\b", re.IGNORECASE),
        "pos": re.compile(r"\bpos\b|\bpoint[ -]of[ -]service\b", re.IGNORECASE),
        "aca": re.compile(r"\b(?:aca|marketplace|exchange)\b", re.IGNORECASE),
    }
)

# What is known of payers by their name (payer_kinds.toml cites the sources): assistants' modifiers at UnitedHealthcare
# and Humana, times per code at Anthem.
_HABITS_BY_NAME: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"requires_cq_co": ("uhc", "humana"), "requires_clock_times": ("anthem",)}
)


class KnowledgeKey:
    """Knowledge as the key of small caches: one version, one key."""

    __slots__ = ("knowledge",)

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __hash__(self) -> int:
        return hash(self.knowledge.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KnowledgeKey) and other.knowledge.version == self.knowledge.version


def profile_of(payer: CasePayer, knowledge: Knowledge) -> PayerProfile:
    """Return the profile of a case's payer: what was set there, else what holds for its kind."""
    return _profile(payer, KnowledgeKey(knowledge))


@lru_cache(maxsize=1024)
def _profile(payer: CasePayer, key: KnowledgeKey) -> PayerProfile:
    knowledge = key.knowledge
    defaults = knowledge.payer_defaults(payer.kind)
    habits = _habits(payer, defaults)
    discipline = payer.requires_discipline_modifier
    if discipline is None:
        # UnitedHealthcare commercial wants GP, GO and GN since 7/1/2020 (its PT/OT/E&M policy).
        discipline = defaults.requires_discipline_modifier or bool(_NAMES["uhc"].search(payer.name))
    return PayerProfile(
        name=payer.name,
        kind=payer.kind,
        counting_method=payer.counting_method or defaults.counting_method,
        counting_is_set=payer.counting_method is not None,
        requires_discipline_modifier=discipline,
        discipline_is_sure=payer.requires_discipline_modifier is not None
        or defaults.cited["requires_discipline_modifier"].confidence in _SURE,
        uses_kx=defaults.uses_kx,
        filing_days=defaults.filing_days if payer.filing_days is None else payer.filing_days,
        filing_is_sure=payer.filing_days is not None or defaults.cited["filing_days"].confidence in _SURE,
        appeal_days=payer.appeal_days,
        nonpayable_codes=_nonpayable(defaults.nonpayable_codes, habits["accepts_97014"]),
        habits=habits,
    )


def _habits(payer: CasePayer, defaults: PayerDefaults) -> Mapping[str, bool | int | None]:
    """Return the payer's habits: what was set, else what its name says, else what holds for its kind."""
    named = {
        habit: True
        for habit, names in _HABITS_BY_NAME.items()
        if any(_NAMES[name].search(payer.name) for name in names)
    }
    return MappingProxyType({**defaults.habits, **named, **dict(payer.habits)})


def _nonpayable(codes: Mapping[str, str], accepts_97014: object) -> Mapping[str, str]:
    """Return the codes the payer does not pay; what was said of 97014 comes first."""
    if accepts_97014 is None or (not accepts_97014 and "97014" in codes):
        return codes
    others = {code: why for code, why in codes.items() if code != "97014"}
    return others if accepts_97014 else {**others, "97014": "not taken by this payer, G0283 is"}


def _kind(*kinds: str) -> Callable[[PayerProfile], bool]:
    return lambda payer: payer.kind in kinds


def _counts(kind: str, *methods: str) -> Callable[[PayerProfile], bool]:
    return lambda payer: payer.kind == kind and payer.counting_method in methods


def _named(name: str, *kinds: str) -> Callable[[PayerProfile], bool]:
    return lambda payer: payer.kind in kinds and payer.is_called(name)


def _does(habit: str) -> Callable[[PayerProfile], bool]:
    return lambda payer: payer.does(habit)


def _some(of: Callable[[PayerProfile], bool]) -> Callable[[PayerProfile], bool]:
    return lambda payer: of(payer) and payer.does("follows_optional_rules")


# The one table that says whom a rule's payer word means.
PAYER_WORDS: Mapping[str, Callable[[PayerProfile], bool]] = MappingProxyType(
    {
        "all": lambda _: True,
        "medicare": _kind("medicare_b"),
        "ma": _kind("medicare_advantage"),
        "medicaid": _kind("medicaid"),
        "tricare": _kind("tricare"),
        "va": _kind("va"),
        "commercial": _kind("commercial"),
        "workers_comp": _kind("workers_comp"),
        "auto": _kind("auto"),
        "counts_cms": lambda payer: payer.counting_method == "cms",
        "counts_per_code": lambda payer: payer.counting_method in {"spm", "hybrid"},
        "medicaid_cms": _counts("medicaid", "cms"),
        "commercial_cms_rule": _counts("commercial", "cms", "hybrid"),
        "commercial_spm": _counts("commercial", "spm", "hybrid"),
        "workers_comp_spm": _counts("workers_comp", "spm", "hybrid"),
        "uses_ncci": _does("uses_ncci"),
        "commercial_ncci": lambda payer: payer.kind == "commercial" and payer.does("uses_ncci"),
        "wants_discipline_modifier": lambda payer: payer.requires_discipline_modifier,
        "wants_assistant_modifier": _does("requires_cq_co"),
        "wants_certified_plan": _does("requires_certified_plan"),
        "wants_progress_reports": lambda payer: payer.limit("progress_report_every") is not None,
        "wants_minutes_per_code": lambda payer: (
            payer.does("requires_minutes_per_code") or payer.does("requires_clock_times")
        ),
        "wants_referral": _does("requires_referral"),
        "wants_authorization": _does("requires_authorization"),
        "has_visit_limit": lambda payer: payer.limit("visit_limit") is not None,
        "has_assistant_percent": lambda payer: payer.limit("assistant_percent") is not None,
        "has_daily_cap": lambda payer: (
            payer.limit("max_timed_units") is not None or payer.limit("max_modalities") is not None
        ),
        "counts_habilitative_apart": _does("counts_habilitative_apart"),
        "uses_kx": lambda payer: payer.uses_kx,
        "uhc": _named("uhc", "commercial", "medicare_advantage"),
        "uhc_commercial": _named("uhc", "commercial"),
        "anthem": _named("anthem", "commercial", "medicare_advantage"),
        "humana": _named("humana", "commercial", "medicare_advantage"),
        "aetna": _named("aetna", "commercial", "medicare_advantage"),
        "bcbs": _named("bcbs", "commercial"),
        "hmo": _named("hmo", "commercial", "medicaid", "tricare", "medicare_advantage"),
        "aca": _named("aca", "commercial"),
        "aca_individual": _named("aca", "commercial"),
        "aca_small_group": _named("aca", "commercial"),
        "pos": _named("pos", "commercial", "medicare_advantage"),
        "commercial_uhc": _named("uhc", "commercial"),
        # Most of the kind have it.
        "bcbs_many": _named("bcbs", "commercial"),
        "medicaid_many": _kind("medicaid"),
        # Only some have it: those of which the practice said so.
        "aetna_paused": _some(_named("aetna", "commercial", "medicare_advantage")),
        "bcbs_varies": _some(_named("bcbs", "commercial")),
        "humana_some": _some(_named("humana", "commercial", "medicare_advantage")),
        "ma_varies": _some(_kind("medicare_advantage")),
        "medicaid_varies": _some(_kind("medicaid")),
        "some_medicaid": _some(_kind("medicaid")),
        "commercial_varies": _some(_kind("commercial")),
        "some_commercial": _some(_kind("commercial")),
        "payer_flag": _does("follows_optional_rules"),
        # The law of the state, not the payer, wants a referral: the practice knows it and sets it for the payer.
        "state_practice_act": _does("requires_referral"),
    }
)


@cache
def _tests(words: tuple[str, ...]) -> tuple[Callable[[PayerProfile], bool], ...]:
    return tuple(PAYER_WORDS[word] for word in words)


def means(words: tuple[str, ...], payer: PayerProfile) -> bool:
    """Whether a rule for ``words`` (its payers) speaks of ``payer``. Raises KeyError for a word not in the table."""
    return any(test(payer) for test in _tests(words))
