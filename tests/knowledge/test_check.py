"""`tracker knowledge check`: every problem of all files in one run, each with file and line."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracker.cli import main
from tracker.knowledge import load
from tracker.knowledge.library import FOLDER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "knowledge"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def check(folder: Path) -> Result:
    return CliRunner().invoke(main, ["knowledge", "check", str(folder)])


def break_file(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_products_own_knowledge_is_in_order():
    answer = CliRunner().invoke(main, ["knowledge", "check"])
    assert answer.exit_code == 0, answer.output
    assert f"{len(load().rules)} rules and all tables are in order, version {load().version}" in answer.output


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("carc.tsv", "bill_patient\tactive", "dunning\tactive", "knowledge/carc.tsv, line 2: route is 'dunning'"),
        ("rarc.tsv", "\nM2\t", "\nM1\t", "knowledge/rarc.tsv, line 3: M1 stands twice"),
        ("codes.tsv", "97010\tHot or cold pack\tuntimed\tn", "97010\t\tuntimed\tn", "codes.tsv, line 2: meaning is empty"),
        ("modifiers.tsv", "code\tmeaning", "code\tsense", "modifiers.tsv, line 1: the columns are"),
        ("playbook.tsv", "OA-18 CO-18", "OA18 CO-18", "playbook.tsv, line 2: codes has 'OA18'"),
        ("stated_causes.tsv", "tf_claim_late", "tf_late", "stated_causes.tsv, line 2: root_cause is 'tf_late'"),
        ("ncci/2024q3.csv", "20560,29584,", "20560,29581,", "ncci/2024q3.csv, line 3: 20560 with 29581 stands twice"),
        ("mue/2024q3.csv", "20560,1,2,1,2,", "20560,1,2,1,", "mue/2024q3.csv, line 2: 5 cells for 6 columns"),
        ("root_causes.toml", "avoidable = true", 'avoidable = "yes"', "root_causes.toml, line 9: avoidable is 'yes'"),
        ("payer_kinds.toml", 'value = "cms"', 'value = "time"', "payer_kinds.toml, line 6: value is 'time'"),
        ("payers/va.toml", "rolls = ", "rolls_over = ", "payers/va.toml, line 5: rolls is None"),
        ("medicare.toml", "dollars = 2110", "dollars = -1", "medicare.toml, line 10: dollars is -1"),
        ("folklore.toml", '["97124", "97110"]', '["97124", "9711"]', "folklore.toml, line 7: codes has '9711'"),
        ("sources.toml", 'confidence = "source"', 'confidence = "sure"', "sources.toml, line 6: confidence is 'sure'"),
        ("rules/clm_kx.toml", 'check = "kx_modifier"', 'check = "kx"', "rules/clm_kx.toml, line 6: check is 'kx'"),
        ("rules/clm_kx.toml", '["uses_kx"]', '["most"]', "rules/clm_kx.toml, line 4: payers has 'most'"),
        ("rules/clm_kx.toml", "codes = [", "codes = ", "rules/clm_kx.toml: "),
    ],
)  # fmt: skip
def test_each_kind_of_file_is_named_with_its_line(folder, file, old, new, said):
    break_file(folder / file, old, new)
    answer = check(folder)
    assert answer.exit_code == 1
    assert said in answer.output


def test_all_problems_of_a_run_are_named(folder):
    break_file(folder / "carc.tsv", "bill_patient\tactive", "dunning\tlive")
    break_file(folder / "codes.tsv", "97010\tHot or cold pack", "97010\t")
    break_file(folder / "rules/clm_kx.toml", 'basis = "fact"\npath = "reopening"', 'basis = "hunch"\npath = "resubmit"')
    (folder / "rules/time_overlap.toml").write_text("id = ")
    (folder / "medicare.toml").write_bytes(b"# caf\xe9\n")
    (folder / "stated_causes.tsv").unlink()

    answer = check(folder)

    for said in (
        "carc.tsv, line 2: route is 'dunning'",
        "carc.tsv, line 2: status is 'live'",
        "codes.tsv, line 2: meaning is empty",
        "clm_kx.toml, line 8: basis is 'hunch'",
        "clm_kx.toml, line 9: path is 'resubmit'",
        "rules/time_overlap.toml: ",
        "medicare.toml, line 1: the text is not UTF-8",
        "stated_causes.tsv: the file cannot be opened",
        "8 problems found",
    ):
        assert said in answer.output, said
    assert answer.exit_code == 1


def test_a_broken_source_is_said_once_and_not_by_all_that_cite_it(folder):
    break_file(folder / "sources.toml", "checked_on = 2026-11-22", 'checked_on = "lately"')
    assert "1 problem found" in check(folder).output


def test_a_source_nobody_looked_at_for_a_year_is_information(folder):
    break_file(folder / "rules/clm_kx.toml", "checked_on = 2026-11-22", "checked_on = 2020-02-29")
    answer = check(folder)
    assert answer.exit_code == 0
    assert "Checked over a year ago, on 2020-02-29: rules/clm_kx.toml" in answer.output
