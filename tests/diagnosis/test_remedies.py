"""What a cause leads to when a person picks it and no rule suggested it."""

import json
from pathlib import Path

import pytest

from tracker.diagnosis.remedies import remedy_for
from tracker.domain.case import Case
from tracker.domain.statuses import PATHS
from tracker.importers.case_file import read_case
from tracker.knowledge import load

CASES = Path(__file__).parent.parent / "samples" / "cases"


def case_of(name: str, kind: str = "") -> Case:
    raw = json.loads((CASES / f"{name}.json").read_text())
    if kind:
        raw["payer"]["kind"] = kind
    return read_case(json.dumps(raw).encode())


def remedy(name: str, cause: str, kind: str = ""):
    case = case_of(name, kind)
    return remedy_for(case, case.claim.lines[0].line, cause, load())


def test_medicare_corrects_by_a_reopening_and_others_by_a_corrected_claim():
    medicare, commercial = remedy("units_too_many", "mod_discipline"), remedy("units_too_many", "mod_discipline", "va")
    assert (medicare.path, commercial.path) == ("reopening", "corrected_claim")
    assert "Medicare corrects" in medicare.why
    assert not commercial.why


def test_an_unprocessable_claim_leads_to_a_new_claim_whatever_the_cause():
    found = remedy("unprocessable", "pay_payer_error")
    assert (found.path, found.why) == ("corrected_claim", "MA130: no appeal rights, send a new claim.")


def test_a_payers_error_is_appealed():
    assert remedy("units_too_many", "pay_payer_error", "commercial").path == "appeal"


@pytest.mark.parametrize("cause", sorted(load().root_causes))
def test_every_cause_has_a_known_path_or_none_is_claimed(cause):
    found = remedy("units_too_many", cause)
    assert found.path in {*PATHS, ""}
    assert found.path or not (found.why or found.cure or found.letter)
