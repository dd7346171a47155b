"""The loader of rules: what it refuses, and by which file and line."""

from pathlib import Path

import pytest

from tracker.knowledge import KnowledgeError, load
from tracker.knowledge.rows import refuse
from tracker.knowledge.rules import read_rules
from tracker.knowledge.stated import read_stated

_RULE = """id = "EXAMPLE"
title = "Example"
codes = ["timed", "97150"]
payers = ["all"]
requirement = "Something is so."
check = "timed_total"
root_causes = ["doc_minutes_missing"]
basis = "arithmetic"
path = "appeal"
severity = "high"
payer_says = ["151"]
cure = "A log."
letter = "L12"
source = "A manual"
checked_on = 2026-11-22
confidence = "source"

[figures]
minutes = 8

[[examples]]
says = "it is"
result = "passed"
lines = ["97110 x1"]

[[examples]]
says = "it is not"
result = "failed"
lines = ["97110 x1"]
"""


def read(folder: Path, text: str = _RULE, name: str = "example"):
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    problems: list[str] = []
    rules = read_rules(folder, load().codes, load().root_causes, problems)
    refuse(problems)
    return rules


def test_a_rule_is_read_with_its_figures_source_and_examples(tmp_path):
    rule = read(tmp_path)["EXAMPLE"]

    assert rule.figures["minutes"] == 8
    assert rule.cited.source == "A manual"
    assert [example.result for example in rule.examples] == ["passed", "failed"]
    assert rule.codes is not None
    assert {"97110", "97150"} <= rule.codes
    assert "97010" not in rule.codes


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('source = "A manual"\n', "", 1, "names no source"),
        ('source = "A manual"', 'source = " "', 14, "names no source"),
        ('root_causes = ["doc_minutes_missing"]', 'root_causes = ["doc_minutes"]', 7, "not in the list"),
        ('path = "appeal"', 'path = "resubmit"', 9, "path is 'resubmit'"),
        ('basis = "arithmetic"', 'basis = "hunch"', 8, "basis is 'hunch'"),
        ('codes = ["timed", "97150"]', 'codes = ["tiimed"]', 3, "no code and no word for codes"),
        ('letter = "L12"', 'letter = "12"', 13, "one like L12"),
        ('result = "failed"', 'result = "passed"', 21, "one that fails"),
        ("checked_on = 2026-11-22", 'checked_on = "soon"', 15, "must be a date"),
        ('title = "Example"', 'titel = "Example"', 2, "titel is no key"),
        ('id = "EXAMPLE"', 'id = "OTHER"', 1, "the file is called example"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_by_file_and_line(tmp_path, old, new, line, words):
    assert old in _RULE
    with pytest.raises(KnowledgeError) as refused:
        read(tmp_path, _RULE.replace(old, new))

    assert f"example.toml, line {line}:" in str(refused.value)
    assert words in str(refused.value)


def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path):
    with pytest.raises(KnowledgeError, match=r"example\.toml"):
        read(tmp_path, "id = ")


def test_the_products_rules_are_among_those_of_its_knowledge():
    assert load().rules["CLM_KX"].root_causes == ("mod_kx",)


def test_a_code_states_its_cause_for_its_payers():
    knowledge = load()
    by_kind = {kind: cause.root_cause for cause in knowledge.stated_causes["119"] for kind in cause.payer_kinds}

    assert by_kind["medicare_b"] == "mod_kx"
    assert by_kind["commercial"] == "elig_benefit_limit"


def test_a_stated_cause_of_an_unknown_code_is_refused(tmp_path):
    path = tmp_path / "stated.tsv"
    path.write_text(
        "codes\tpayer_kinds\troot_cause\tpath\tsource\n9999\tall\ttf_claim_late\t\tx12-carc-2025-11\n", encoding="utf-8"
    )
    knowledge, problems = load(), []

    read_stated(path, knowledge.sources, knowledge.root_causes, frozenset(knowledge.carc), problems)

    assert problems == [f"{tmp_path.name}/stated.tsv, line 2: 9999 is no reason or remark code of the lists"]
