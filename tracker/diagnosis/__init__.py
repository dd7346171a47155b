"""Root causes of denials: a case and the knowledge in, findings and ranked suggestions with their evidence out."""

from typing import Any

from tracker.diagnosis.diagnosing import diagnose
from tracker.diagnosis.findings import Finding, LineDiagnosis, Quote, Reason, ReasonKind, Result, Strength, Suggestion
from tracker.diagnosis.priors import NO_CHOICES, Choices

__all__ = [
    "NO_CHOICES",
    "Choices",
    "Finding",
    "LineDiagnosis",
    "Quote",
    "Reason",
    "ReasonKind",
    "Result",
    "Strength",
    "Suggestion",
    "as_json",
    "diagnose",
]


def as_json(case_id: str, diagnosis: tuple[LineDiagnosis, ...]) -> list[dict[str, Any]]:
    """Return a case's diagnosis as ``tracker diagnose`` prints it, one object per line."""
    return [
        {
            "case_id": case_id,
            "line": line.line,
            "suggestions": [_suggestion(each) for each in line.suggestions],
            "ruled_out": [_suggestion(each) for each in line.ruled_out],
        }
        for line in diagnosis
    ]


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "root_cause": suggestion.root_cause,
        "path": suggestion.path,
        "strength": str(suggestion.strength),
        "rules": list(suggestion.rules),
        "reasons": [each.told for each in suggestion.reasons],
        "evidence": [each._asdict() for each in suggestion.evidence],
        "against": [each._asdict() for each in suggestion.against],
        "cure": suggestion.cure,
        "letter": suggestion.letter,
    }
