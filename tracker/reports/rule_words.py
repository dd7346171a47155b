"""A rule in words: its area, the codes and the payers it speaks of, its figures and examples."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tracker.knowledge import Knowledge, Rule
from tracker.knowledge.rules import CODE_WORDS

_MOST_CODES = 12

# The first word of a rule's id to the area it belongs to.
_AREAS: Mapping[str, str] = MappingProxyType(
    {
        "TIME": "Minutes and units",
        "UNIT": "Limits on units",
        "UNTIMED": "Limits on units",
        "CODE": "Procedure codes",
        "SLP": "Procedure codes",
        "EVAL": "Evaluations",
        "REEVAL": "Evaluations",
        "DX": "Diagnoses",
        "POC": "Plan of care",
        "MN": "Medical necessity",
        "STAFF": "Who treated",
        "REC": "Records",
        "CLM": "Claim and payer",
    }
)

_CODE_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "timed": "15-minute codes",
        "untimed": "untimed codes",
        "evaluations": "evaluations",
        "re_evaluations": "re-evaluations",
        "treatment": "all codes of treatment",
        "add_ons": "add-on codes",
    }
)
PAYER_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "all": "all payers",
        "medicare": "Original Medicare",
        "ma": "Medicare Advantage",
        "medicaid": "Medicaid",
        "tricare": "TRICARE",
        "va": "VA Community Care",
        "commercial": "commercial insurance",
        "workers_comp": "workers' compensation",
        "auto": "auto insurance",
        "counts_cms": "payers that count units by the total of minutes",
        "counts_per_code": "payers that count units code by code",
        "medicaid_cms": "Medicaid where it counts by the total of minutes",
        "commercial_cms_rule": "commercial plans that count by the total of minutes",
        "commercial_spm": "commercial plans that count code by code",
        "workers_comp_spm": "workers' compensation that counts code by code",
        "uses_ncci": "payers that use NCCI edits",
        "commercial_ncci": "commercial plans that use NCCI edits",
        "wants_discipline_modifier": "payers that want GP, GO or GN",
        "wants_assistant_modifier": "payers that want CQ or CO",
        "wants_certified_plan": "payers that want a signed plan of care",
        "wants_progress_reports": "payers that want progress reports",
        "wants_minutes_per_code": "payers that want minutes or times per code",
        "wants_referral": "payers that want a referral",
        "wants_authorization": "payers that want prior authorization",
        "has_daily_cap": "payers with a daily cap of their own",
        "has_visit_limit": "payers with a yearly limit of visits",
        "has_assistant_percent": "payers with a known percentage for services of assistants",
        "counts_habilitative_apart": "payers that count habilitative visits apart",
        "uses_kx": "payers with the KX threshold",
        "uhc": "UnitedHealthcare",
        "uhc_commercial": "UnitedHealthcare commercial",
        "commercial_uhc": "UnitedHealthcare commercial",
        "anthem": "Anthem",
        "humana": "Humana",
        "humana_some": "Humana plans said to have it",
        "aetna": "Aetna",
        "aetna_paused": "Aetna plans said to have it",
        "bcbs": "Blue Cross Blue Shield",
        "bcbs_many": "Blue Cross Blue Shield",
        "bcbs_varies": "Blue Cross Blue Shield plans said to have it",
        "hmo": "HMO plans",
        "pos": "point-of-service plans",
        "aca": "plans of the ACA marketplace",
        "aca_individual": "individual plans of the ACA marketplace",
        "aca_small_group": "small-group plans of the ACA marketplace",
        "medicaid_many": "Medicaid",
        "medicaid_varies": "Medicaid programs said to have it",
        "some_medicaid": "Medicaid programs said to have it",
        "ma_varies": "Medicare Advantage plans said to have it",
        "commercial_varies": "commercial plans said to have it",
        "some_commercial": "commercial plans said to have it",
        "payer_flag": "payers said to have it",
        "state_practice_act": "where the state's law wants a referral",
    }
)
BASIS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "fact": "a fact of the claim",
        "arithmetic": "arithmetic with the note's minutes",
        "record": "whether a record is on file",
        "content": "what the note says",
    }
)
RESULT_WORDS: Mapping[str, str] = MappingProxyType(
    {"passed": "Passes", "failed": "Fails", "not_shown": "Not shown", "not_applicable": "Does not apply"}
)


def area_of(rule: Rule) -> str:
    """Return the area of a rule, such as ``Plan of care``."""
    return _AREAS.get(rule.id.split("_")[0], "Other")


def codes_in_words(rule: Rule, knowledge: Knowledge) -> str:
    """Return the procedure codes a rule speaks of: in words where they are a whole class, else the codes."""
    if rule.codes is None:
        return "all codes"
    for word, is_one in CODE_WORDS.items():
        if rule.codes == {code for code, entry in knowledge.codes.items() if is_one(entry)}:
            return _CODE_TITLES[word]
    codes = sorted(rule.codes)
    more = len(codes) - _MOST_CODES
    return ", ".join(codes[:_MOST_CODES]) + (f" and {more} more" if more > 0 else "")


def payers_in_words(rule: Rule) -> str:
    """Return the payers a rule speaks of."""
    titles = dict.fromkeys(PAYER_TITLES[word] for word in rule.payers)
    return ", ".join(titles)


class Fact(NamedTuple):
    """One fact of an example, or one figure of a check; ``is_text`` marks a text of several lines."""

    label: str
    value: str

    @property
    def is_text(self) -> bool:
        """Whether the value is a text of several lines, such as a note."""
        return "\n" in self.value


def facts_in_words(facts: Mapping[str, Any]) -> list[Fact]:
    """Return figures or an example's facts with plain labels."""
    return [Fact(name.replace("_", " ").capitalize(), _value(value)) for name, value in facts.items()]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {_value(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return re.sub(r"^\n", "", str(value))
