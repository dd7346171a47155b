"""The letter chosen agrees with the playbook, row by row, and with the denial's cause, code and payer."""

import csv
from pathlib import Path

import pytest

import tracker.knowledge
from tracker.letters.catalog import choose, templates

ALL_KINDS = frozenset(
    {"medicare_b", "medicare_advantage", "medicaid", "commercial", "tricare", "va", "workers_comp", "auto", "self_pay"}
)
# Rows whose letter answers a later step, not the denial itself.
_LATER = {"2": "only when the claim to the right payer is then denied as late", "59": "the next level of appeal"}


def _rows():
    path = Path(tracker.knowledge.__file__).parent / "playbook.tsv"
    for row in csv.DictReader(path.read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        own = [letter for letter in row["letters"].split() if letter in templates()]
        if own and row["rank"] not in _LATER:
            yield row, own


def _asked(row):
    """Every reason code of a row, with each of its remarks and, where the row needs none, without."""
    remarks = [(each,) for each in row["remarks"].split()]
    for code in row["codes"].split():
        for each in remarks if row["needs_remark"] == "y" else [(), *remarks]:
            yield code.partition("-")[2], each


def _kinds(row):
    return ALL_KINDS if row["payer_kinds"] == "all" else frozenset(row["payer_kinds"].split())


# Letters for some payers only.
_ONLY = {"L02": {"medicare_b", "medicare_advantage"}, "L04": {"medicare_advantage"}, "L20": {"workers_comp"}}
# A code that means what its row says only beside a remark: a bare CO-45 is no denial, a bare CO-97 is a bundling edit.
_BARE = {"45": "L15", "97": "L17", "109": "L17"}
# A remark that makes another letter the first choice: N115 points to a coverage determination.
_FIRST = {("151", "N115"): "L01"}


@pytest.mark.parametrize(
    ("row", "letters"), list(_rows()), ids=lambda value: value["rank"] if isinstance(value, dict) else ""
)
def test_the_letters_of_the_playbook_are_offered_for_its_codes_and_payers(row, letters):
    procedure = "97163" if "L16" in letters else "97110"
    for kind in _kinds(row):
        for carc, remarks in _asked(row):
            due = {letter for letter in letters if kind in _ONLY.get(letter, ALL_KINDS)}
            if not due or (not remarks and _BARE.get(carc) in letters):
                continue
            offered = [choice.template.id for choice in choose(carc, remarks, "", kind, procedure)]
            assert due <= set(offered), (carc, remarks, kind)
            assert offered[0] in {*letters, _FIRST.get((carc, "".join(remarks)))}, (carc, remarks, kind)


@pytest.mark.parametrize(
    ("carc", "remarks", "cause", "kind", "procedure", "first"),
    [
        ("50", (), "mn_maintenance_not_justified", "medicare_b", "97112", "L02"),
        ("50", ("N429",), "", "medicare_advantage", "97112", "L02"),
        ("50", (), "mn_maintenance_not_justified", "commercial", "97112", "L01"),
        ("50", ("N661",), "pay_payer_error", "medicare_advantage", "97110", "L04"),
        ("50", ("N661",), "", "medicare_advantage", "97110", "L01"),
        ("197", (), "auth_absent", "medicare_advantage", "97110", "L03"),
        ("197", (), "pay_payer_error", "medicare_advantage", "97110", "L04"),
        ("197", (), "pay_payer_error", "commercial", "97110", "L03"),
        ("97", ("M15",), "pay_payer_error", "medicare_advantage", "97140", "L08"),
        ("119", (), "", "medicare_b", "97110", "L06"),
        ("119", (), "", "commercial", "97110", "L10"),
        ("4", ("N822",), "mod_discipline", "commercial", "97110", "L06"),
        ("16", ("N290",), "", "commercial", "97110", "L14"),
        ("45", ("N851",), "", "medicare_b", "97110", "L06"),
        ("45", ("N65",), "", "commercial", "97110", "L15"),
        ("150", (), "", "commercial", "97163", "L16"),
        ("150", (), "", "commercial", "97110", "L01"),
        ("31", (), "elig_not_active", "medicaid", "97110", "L09"),
    ],
)
def test_cause_payer_and_procedure_choose_the_letter(carc, remarks, cause, kind, procedure, first):
    assert choose(carc, remarks, cause, kind, procedure)[0].template.id == first


def test_a_contractual_reduction_gets_no_letter():
    assert choose("45", (), "adj_not_a_denial", "commercial", "97110") == []


def test_an_error_of_the_payer_alone_chooses_no_letter_on_approvals():
    assert "L04" not in [each.template.id for each in choose("97", (), "pay_payer_error", "medicare_advantage")]
