"""The small checks rules name, by name. A check gets one line's facts and its rule and gives an outcome."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tracker.diagnosis.checks import (
    answers,
    assistants,
    attendance,
    authorization,
    certification,
    contents,
    copies,
    cotreatment,
    course,
    coverage,
    details,
    edits,
    evaluations,
    filing,
    integrity,
    limits,
    maintenance,
    modifiers,
    places,
    plan,
    plan_text,
    progress,
    record,
    services,
    sides,
    signing,
    skill,
    staff,
    units,
)
from tracker.diagnosis.facts import LineFacts
from tracker.diagnosis.findings import Outcome
from tracker.knowledge.rules import Rule

Check = Callable[[LineFacts, Rule], Outcome]

_MODULES = (
    answers,
    assistants,
    attendance,
    authorization,
    certification,
    contents,
    cotreatment,
    copies,
    course,
    coverage,
    details,
    edits,
    evaluations,
    filing,
    integrity,
    limits,
    maintenance,
    modifiers,
    places,
    plan,
    plan_text,
    progress,
    record,
    services,
    sides,
    signing,
    skill,
    staff,
    units,
)
CHECKS: Mapping[str, Check] = MappingProxyType(
    {name: check for module in _MODULES for name, check in module.CHECKS.items()}
)
