"""Which letter answers a denial, and how a letter's folder is read."""

import shutil

import pytest

from tracker.config import resource_dir
from tracker.knowledge import load
from tracker.letters.catalog import choose, load_from, sample, templates
from tracker.letters.problems import TemplateProblem


@pytest.mark.parametrize(
    ("carc", "remarks", "root_cause", "payer_kind", "expected"),
    [
        ("50", ("N115",), "", "medicare_b", ["L01", "L02"]),
        ("50", (), "mn_skill_not_shown", "commercial", ["L01"]),
        ("151", ("N362",), "", "medicare_b", ["L12"]),
        ("151", ("N115",), "", "medicare_b", ["L01", "L12"]),
        ("151", (), "unt_over_limit", "commercial", ["L12"]),
        ("97", ("M15",), "", "commercial", ["L08"]),
        ("236", (), "bun_modifier_needed", "medicare_b", ["L08"]),
        ("29", ("N211",), "", "medicare_b", ["L05"]),
        ("252", ("N706",), "", "commercial", ["L11"]),
        ("226", (), "doc_record_not_provided", "medicare_b", ["L11"]),
        ("16", (), "tf_claim_late", "commercial", ["L05"]),
        ("50", (), "doc_record_not_provided", "medicare_b", ["L11", "L01", "L02"]),
        ("45", (), "adj_not_a_denial", "commercial", []),
        ("16", ("N115", "N362"), "", "commercial", []),
    ],
)
def test_the_best_letter_comes_first(carc, remarks, root_cause, payer_kind, expected):
    found = choose(carc, remarks, root_cause, payer_kind)
    assert sorted(choice.template.id for choice in found) == sorted(expected)
    assert [choice.template.id for choice in found][:1] == expected[:1]
    assert all(choice.why for choice in found)


@pytest.mark.parametrize("carc", ["50", "151", "97", "29", "252"])
def test_an_unprocessable_claim_gets_no_letter(carc):
    assert choose(carc, ("MA130",), "mn_skill_not_shown", "medicare_b") == []


def test_every_code_and_cause_a_letter_answers_is_known():
    knowledge = load()
    for template in templates().values():
        for trigger in template.triggers:
            assert set(trigger.carc) <= set(knowledge.carc)
            assert set(trigger.remarks) <= set(knowledge.rarc)
            assert set(trigger.root_causes) <= set(knowledge.root_causes)


def test_every_letter_names_its_sources_and_its_signer():
    for template in templates().values():
        assert template.sources
        assert template.signed_by in {"clinician", "biller"}
        assert len(template.hash) == 64


def test_a_letter_calls_itself_what_the_payer_calls_it():
    assert templates()["L01"].request_name("medicare_b") == "redetermination"
    assert templates()["L01"].request_name("workers_comp") == "appeal"
    assert templates()["L05"].request_name("medicare_b") == "exception under 42 CFR 424.44(b)"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(resource_dir("letter_templates"), tmp_path / "letters")
    return tmp_path / "letters"


def test_the_hash_of_a_letter_changes_with_any_file_it_is_made_of(folder):
    before = load_from(folder)["L01"].hash
    assert before == templates()["L01"].hash
    (folder / "_shared" / "letter.css").write_text("html { color: black }")
    assert load_from(folder)["L01"].hash != before


def test_a_new_folder_is_a_new_letter(folder):
    shutil.copytree(folder / "l01_medical_necessity", folder / "l99_another")
    toml = folder / "l99_another" / "letter.toml"
    toml.write_text(toml.read_text("utf-8").replace('id = "L01"', 'id = "L99"'), "utf-8")
    assert load_from(folder)["L99"].slug == "l99_another"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('id = "L01"', "", "l01_medical_necessity/letter.toml: 'id'"),
        ('label = "Request"', 'lable = "Request"', "l01_medical_necessity/letter.toml: .*lable"),
        ('id = "L01"', "id = L01", "l01_medical_necessity/letter.toml: Invalid value"),
    ],
)
def test_a_folder_that_cannot_be_read_is_named(folder, old, new, problem):
    toml = folder / "l01_medical_necessity" / "letter.toml"
    toml.write_text(toml.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(TemplateProblem, match=problem):
        load_from(folder)


def test_a_sample_that_names_an_unknown_fact_is_named(monkeypatch, folder):
    monkeypatch.setattr("tracker.letters.catalog.resource_dir", lambda name: folder)
    toml = folder / "l01_medical_necessity" / "sample.toml"
    toml.write_text(toml.read_text("utf-8").replace("npi =", "npy =", 1), "utf-8")
    with pytest.raises(TemplateProblem, match=r"facts\.practice knows no npy"):
        sample("l01_medical_necessity")
