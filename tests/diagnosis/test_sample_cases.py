"""Whole case files of invented patients, from file to printed causes."""

from pathlib import Path

import pytest

from tracker.diagnosis import as_json, diagnose
from tracker.importers.case_file import read_case
from tracker.knowledge import load

_FOLDER = Path(__file__).parents[1] / "samples" / "cases"
_FILES = sorted(_FOLDER.glob("*.json"))

# file, line, first cause (None: nothing to say), path, pieces that the quotes hold
_EXPECTED = [
    ("authorization_ended", 1, "auth_exceeded_or_mismatch", "appeal", []),
    ("authorization_ended", 2, "auth_exceeded_or_mismatch", "appeal", []),
    ("by_the_assistant", 1, "mod_assistant", "corrected_claim", ["seen by C. Moreau, PTA"]),
    ("edit_that_ended", 1, "pay_payer_error", "appeal", ["1400-1424 Ther act", "1424-1441 Gait training"]),
    ("edit_that_ended", 2, "adj_not_a_denial", "none", []),
    ("group_and_alone", 1, "bun_modifier_needed", "reopening", ["9:00 - 9:30", "9:35 - 9:52  alone in the kitchen"]),
    ("nothing_to_say", 1, None, None, []),
    ("only_the_code_speaks", 1, "elig_not_active", "bill_other_payer", []),
    ("other_discipline", 1, "pay_payer_error", "appeal", ["OT 07/22/2026 10:00-10:31"]),
    ("paid_with_reductions", 1, "adj_not_a_denial", "none", []),
    ("paid_with_reductions", 2, "adj_not_a_denial", "none", []),
    ("recertification_due", 1, "doc_certification_missing", "appeal", []),
    ("sent_in_time", 1, "pay_payer_error", "appeal", []),
    ("units_right", 2, "pay_payer_error", "appeal", ["97140 |   8", "One-on-one minutes: 39"]),
    ("units_too_many", 1, "unt_exceed_minutes", "reopening", ["97110 (22 min", "Total timed 43 min"]),
    ("units_too_many", 2, "unt_exceed_minutes", "reopening", ["97112 (21 min"]),
    ("unprocessable", 1, "mod_discipline", "corrected_claim", []),
    ("visits_used_up", 1, "elig_benefit_limit", "bill_patient", []),
]


def printed(name: str) -> dict[int, dict]:
    case = read_case((_FOLDER / f"{name}.json").read_bytes())
    return {entry["line"]: entry for entry in as_json(case.case_id, diagnose(case, load()))}


@pytest.mark.parametrize(("name", "line", "cause", "path", "pieces"), _EXPECTED)
def test_a_sample_case_gets_its_cause(name, line, cause, path, pieces):
    suggestions = printed(name)[line]["suggestions"]

    first = suggestions[0] if suggestions else {"root_cause": None, "path": None, "evidence": []}
    assert (first["root_cause"], first["path"]) == (cause, path)
    quotes = " ".join(quote["quote"] for quote in first["evidence"])
    assert all(piece in quotes for piece in pieces), quotes


def test_every_sample_case_is_expected_to_say_something():
    assert {path.stem for path in _FILES} == {name for name, *_ in _EXPECTED}


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_every_quote_stands_word_for_word_in_its_note(path):
    case = read_case(path.read_bytes())

    for line in diagnose(case, load()):
        for suggestion in (*line.suggestions, *line.ruled_out):
            for quote in (*suggestion.evidence, *suggestion.against):
                assert case.notes[quote.note].text[quote.start : quote.end] == quote.quote
