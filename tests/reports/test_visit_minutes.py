"""The table of minutes and units: one count for page and letter, by every method, with what is not told said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.domain.case import Case
from tracker.importers.case_file import read_case
from tracker.knowledge import load
from tracker.letters.derived import count_days
from tracker.reports.visit_minutes import in_fifteens, units_by, visit_minutes, way_of_counting
from tracker.services.letter_minutes import minutes_of

CASE = Path(__file__).parent.parent / "samples" / "cases" / "units_too_many.json"


def a_case(
    note: str,
    lines: dict[str, int],
    *,
    author: str = "Rory Estes, PT",
    discipline: str = "GP",
    kind: str = "medicare_b",
    **payer,
) -> Case:
    raw = json.loads(CASE.read_text())
    raw["payer"] |= {"kind": kind, **payer}
    first, day = raw["claim"]["lines"][0], raw["claim"]["lines"][0]["service_date"]
    raw["claim"]["lines"] = [
        first | {"line": number, "code": code, "units": units, "modifiers": [discipline]}
        for number, (code, units) in enumerate(lines.items(), 1)
    ]
    raw["remittance"]["lines"] = []
    raw["notes"] = [{"kind": "daily", "service_date": day, "author": author, "text": note}] if note else []
    return read_case(json.dumps(raw).encode())


NOTE = "97110 therapeutic exercise 23 min. 97140 manual therapy 9 min.\nTotal timed minutes 32."
LINES = {"97110": 2, "97140": 1}


def only_visit(case: Case):
    [visit] = visit_minutes(case, load())
    return visit


def test_both_methods_are_counted_with_their_remainders():
    visit = only_visit(a_case(NOTE, LINES))
    rows = [
        (row.code, in_fifteens(row.minutes), row.units_billed, row.units_cms, row.units_spm) for row in visit.count.rows
    ]
    assert rows == [("97110", "1 × 15 + 8", 2, 1, 2), ("97140", "9", 1, 1, 1)]
    assert (visit.count.minutes, visit.count.units_cms, visit.count.units_spm) == (32, 2, 3)


def test_page_and_letter_show_one_table():
    case = a_case(NOTE, LINES)
    letter = count_days(minutes_of(case, [1], load()))
    assert [visit.count for visit in visit_minutes(case, load())] == list(letter)


def test_a_figure_that_stands_twice_counts_once():
    case = a_case("97110 therapeutic exercise 23 min\n" + NOTE, LINES)
    assert only_visit(case).count.minutes == 32


def test_a_flowsheet_beside_the_note_does_not_double_the_minutes():
    case = a_case(NOTE, LINES)
    raw = case.notes[0]
    twice = replace(case, notes=(raw, replace(raw, kind="flowsheet")))
    assert only_visit(twice).count.minutes == 32


def test_a_billed_code_without_minutes_is_named():
    visit = only_visit(a_case(NOTE, LINES | {"97530": 1}))
    assert visit.untold == ("97530",)


def test_a_total_that_is_not_the_sum_is_said():
    assert only_visit(a_case(NOTE.replace("minutes 32", "minutes 38"), LINES)).total_disagrees
    assert not only_visit(a_case(NOTE, LINES)).total_disagrees


def test_a_visit_without_note_or_minutes_has_no_count():
    without = only_visit(a_case("", LINES))
    assert (without.has_note, without.count) == (False, None)
    silent = only_visit(a_case("Patient did well.", LINES))
    assert (silent.has_note, silent.count, silent.untold) == (True, None, ("97110", "97140"))


def test_days_without_timed_codes_are_left_out():
    assert visit_minutes(a_case("Evaluation, 45 min.", {"97161": 1}), load()) == ()


@pytest.mark.parametrize(
    ("author", "discipline", "modifier"), [("Ana Paz, PTA", "GP", "CQ"), ("Ana Paz, COTA/L", "GO", "CO")]
)
def test_an_assistants_minutes_and_units_are_told(author, discipline, modifier):
    visit = only_visit(a_case(NOTE, LINES, author=author, discipline=discipline))
    assert (visit.assistant_minutes, visit.assistant_modifier) == (32, modifier)
    assert [visit.units_with_assistant(code) for code in LINES] == [1, 1]


def test_a_therapists_minutes_carry_no_assistant_modifier():
    visit = only_visit(a_case(NOTE, LINES))
    assert (visit.assistant_minutes, visit.assistant_modifier, visit.assisted) == (0, "", ())


def test_how_the_payer_counts_is_said_with_who_says_so():
    medicare = way_of_counting(a_case(NOTE, LINES), load())
    assert (medicare.method, medicare.is_sure) == ("cms", True)
    assert "Medicare Claims Processing Manual chapter 5" in medicare.why
    commercial = way_of_counting(a_case(NOTE, LINES, kind="commercial"), load())
    assert (commercial.method, commercial.is_sure) == ("spm", False)
    told = way_of_counting(a_case(NOTE, LINES, kind="commercial", counting_method="hybrid"), load())
    assert (told.method, told.why, told.is_sure) == ("hybrid", "set by this practice for the payer", True)
    assert units_by(only_visit(a_case(NOTE, LINES)).count, told.method) == 2


def test_minutes_in_full_units_and_what_remains():
    assert [in_fifteens(each) for each in (0, 7, 15, 23, 45)] == ["0", "7", "1 × 15", "1 × 15 + 8", "3 × 15"]
