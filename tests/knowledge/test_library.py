import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest

import tracker.knowledge
from tracker.domain.payer_habits import HABITS
from tracker.knowledge import KnowledgeError, load, load_from
from tracker.knowledge.tables import PATHS, PAYER_KINDS

K = load()
FOLDER = Path(tracker.knowledge.__file__).parent
IN_2026 = date(2026, 8, 3)


def test_all_tables_are_whole():
    assert (len(K.carc), len(K.rarc), len(K.codes), len(K.root_causes)) == (407, 1216, 100, 41)
    assert sum(code.status == "active" for code in K.carc.values()) == 297
    assert sum(code.status == "active" for code in K.rarc.values()) == 1137
    assert sum(code.is_alert for code in K.rarc.values()) == 193


def test_every_source_is_cited():
    rows = [*K.carc.values(), *K.rarc.values(), *K.codes.values(), *K.modifiers.values()]
    cited = {row.source.tag for row in rows}
    cited |= {tag for path in FOLDER.rglob("*.*sv") for tag in K.sources if tag in path.read_text()}
    assert cited == set(K.sources)


def test_codes_that_replace_others_exist():
    assert all(code.add_on_to in K.codes for code in K.codes.values() if code.add_on_to)


def test_the_timed_codes_are_the_ones_whose_minutes_make_units():
    timed = {code for code, entry in K.codes.items() if entry.timed}
    assert len(timed) == 25
    assert {"97110", "97140", "97530", "97129", "97130"} <= timed
    assert not timed & {"97161", "97150", "G0283", "92507", "97010"}


@pytest.mark.parametrize(
    ("code", "status", "therapy", "mppr"),
    [
        ("97010", "B", "always", False),
        ("97014", "I", "always", False),
        ("97037", "N", "none", False),
        ("97110", "A", "always", True),
        ("97129", "A", "sometimes", False),
        ("97545", "R", "always", False),
        ("98979", "", "sometimes", False),
    ],
)
def test_a_procedure_code_carries_its_medicare_status(code, status, therapy, mppr):
    found = K.codes[code]
    assert (found.medicare_status, found.therapy_status, found.mppr) == (status, therapy, mppr)


@pytest.mark.parametrize("setting", ["practitioner", "facility"])
@pytest.mark.parametrize("pair", [("97140", "97124"), ("97124", "97140")])
def test_a_pair_is_found_in_both_orders(pair, setting):
    edit = K.ncci_edit(*pair, IN_2026, setting)
    assert (edit.column1, edit.column2, edit.indicator) == ("97140", "97124", 0)


@pytest.mark.parametrize(
    ("code1", "code2", "practitioner", "facility"),
    [
        ("97530", "97750", 1, 1),
        ("97161", "97750", 0, 1),
        ("92526", "97032", 0, 1),
        ("97150", "97110", 1, 1),
        ("97113", "97036", 0, 0),
        ("97530", "97116", None, None),
        ("97140", "97530", None, None),
        ("97161", "97140", None, None),
        ("97110", "97112", None, None),
    ],
)
def test_the_settings_have_their_own_indicators(code1, code2, practitioner, facility):
    found = [K.ncci_edit(code1, code2, IN_2026, setting) for setting in ("practitioner", "facility")]
    assert [edit and edit.indicator for edit in found] == [practitioner, facility]


def test_a_pair_that_has_ended_is_known_as_such():
    past = K.ended_ncci_edit("97116", "97530", IN_2026, "practitioner")
    assert (date(2019, 12, 31), 1) in past.ended
    assert K.ended_ncci_edit("97140", "97124", IN_2026, "practitioner") is None
    assert K.ended_ncci_edit("97110", "97112", IN_2026, "practitioner") is None


@pytest.mark.parametrize(
    ("on", "exact"),
    [(date(2024, 7, 1), True), (date(2024, 9, 30), True), (date(2024, 10, 1), False), (date(2023, 1, 1), False)],
)
def test_a_quarter_that_is_not_loaded_says_so(on, exact):
    assert K.ncci_edit("97140", "97124", on, "practitioner").exact_quarter is exact
    assert K.mue("97110", on, "practitioner").exact_quarter is exact


def test_a_later_quarter_counts_from_its_first_day(tmp_path):
    folder = copied(tmp_path)
    text = (folder / "mue/2024q3.csv").read_text()
    (folder / "mue/2026q1.csv").write_text(text.replace("97110,6,3,8,3", "97110,5,3,8,3"))
    knowledge = load_from(folder)
    found = [knowledge.mue("97110", day, "practitioner") for day in (date(2025, 12, 31), date(2026, 1, 1))]
    assert [(mue.units, mue.quarter, mue.exact_quarter) for mue in found] == [(6, "2024q3", False), (5, "2026q1", True)]


def test_a_daily_limit_differs_by_setting():
    assert [K.mue("97112", IN_2026, setting).units for setting in ("practitioner", "facility")] == [4, 6]
    assert K.mue("97161", IN_2026, "practitioner").mai == 2
    assert K.mue("98979", IN_2026, "practitioner") is None


@pytest.mark.parametrize(("year", "dollars"), [(2021, 2110), (2024, 2330), (2025, 2410), (2026, 2480)])
@pytest.mark.parametrize("pool", ["pt_slp", "ot"])
def test_the_kx_threshold_of_a_year(year, dollars, pool):
    assert K.kx_threshold(year, pool).cents == dollars * 100
    assert K.review_threshold(year, pool).cents == 300_000


def test_a_year_nobody_has_published_is_unknown():
    assert K.kx_threshold(2027, "ot") is None
    assert K.review_threshold(2028, "ot") is None


@pytest.mark.parametrize("kind", sorted(PAYER_KINDS))
def test_every_default_of_a_kind_has_its_source(kind):
    defaults = K.payer_defaults(kind)
    assert set(defaults.cited) == (set(defaults._fields) - {"kind", "title", "habits", "cited"}) | set(HABITS)
    assert set(defaults.habits) == set(HABITS)
    assert all(cited.source and cited.checked_on for cited in defaults.cited.values())


def test_medicare_counts_by_its_own_rule_and_wants_its_modifiers():
    medicare = K.payer_defaults("medicare_b")
    assert medicare.counting_method == "cms"
    assert medicare.requires_discipline_modifier
    assert medicare.nonpayable_codes["97010"] == "bundled"
    assert K.payer_defaults("commercial").counting_method == "spm"


@pytest.mark.parametrize(
    ("kind", "level", "on", "rule"),
    [
        ("medicare_b", 1, None, "MCR_B_L1"),
        ("medicare_b", 2, None, "MCR_B_L2"),
        ("medicare_b", 5, None, "MCR_B_L5"),
        ("medicare_b", 0, None, "MCR_B_REOPEN"),
        ("medicare_advantage", 1, None, "MA_NONPAR"),
        ("medicare_advantage", 1, date(2024, 12, 31), "MA_NONPAR_2024"),
        ("medicare_advantage", 1, date(2025, 1, 1), "MA_NONPAR"),
        ("commercial", 3, None, "ACA_EXT"),
        ("tricare", 1, None, "TRI_APP"),
    ],
)
def test_a_kind_and_level_have_one_clock(kind, level, on, rule):
    assert K.clock_rule(kind, level, on).id == rule


@pytest.mark.parametrize("kind", ["auto", "self_pay"])
def test_where_nothing_general_can_be_said_there_is_no_clock(kind):
    assert K.clock_rule(kind) is None


def test_no_two_rules_claim_the_same_kind_level_and_day():
    claimed = Counter(
        (rule.payer_file if rule.payer_file in K.named_payers else "", rule.purpose, rule.level, kind)
        for rule in K.clocks.values()
        for kind in rule.payer_kinds
        if rule.in_force(IN_2026)
    )
    assert set(claimed.values()) == {1}


@pytest.mark.parametrize(
    ("group", "carc", "remarks", "kind", "rank", "path", "other"),
    [
        ("OA", "18", "", "medicare_b", 1, "reopening", ""),
        ("OA", "18", "", "commercial", 1, "corrected_claim", ""),
        ("PR", "119", "", "medicare_b", 3, "reopening", ""),
        ("PR", "119", "", "commercial", 4, "appeal", "bill_patient"),
        ("CO", "119", "", "commercial", 4, "appeal", ""),
        ("CO", "50", "N115", "medicare_b", 5, "appeal", ""),
        ("PR", "50", "", "medicare_b", 6, "bill_patient", ""),
        ("PR", "50", "", "commercial", 5, "appeal", ""),
        ("CO", "50", "M39", "medicare_b", 7, "appeal", ""),
        ("CO", "97", "M15", "medicare_b", 10, "reopening", "appeal"),
        ("CO", "97", "M15", "commercial", 10, "corrected_claim", "appeal"),
        ("CO", "97", "N70", "medicare_b", 40, "bill_other_payer", ""),
        ("CO", "4", "N822", "medicare_b", 12, "reopening", ""),
        ("CO", "4", "N822 MA130", "medicare_b", 12, "corrected_claim", ""),
        ("CO", "16", "M53", "medicaid", 13, "corrected_claim", ""),
        ("CO", "16", "N479", "commercial", 14, "corrected_claim", ""),
        ("CO", "252", "N706", "commercial", 16, "send_records", ""),
        ("CO", "29", "", "medicare_b", 21, "reopening", ""),
        ("PR", "204", "", "commercial", 25, "bill_patient", "appeal"),
        ("CO", "204", "", "commercial", 25, "appeal", ""),
        ("CO", "109", "", "medicare_b", 2, "bill_other_payer", ""),
        ("CO", "190", "", "medicare_b", 39, "bill_other_payer", ""),
        ("CO", "45", "N851", "medicare_b", 34, "reopening", ""),
        ("CO", "276", "", "commercial", 62, "appeal", ""),
    ],
)
def test_the_playbook_knows_the_way(group, carc, remarks, kind, rank, path, other):
    play = K.play(group, carc, tuple(remarks.split()), kind)
    assert (play.rank, play.path, play.other_path) == (rank, path, other)


def test_a_late_medicare_claim_asks_for_an_exception_with_the_timely_filing_letter():
    medicare, commercial = (K.play("CO", "29", (), kind) for kind in ("medicare_b", "commercial"))
    assert "timely-filing exception" in medicare.response
    assert medicare.letters == commercial.letters == ("L05",)
    assert medicare.response != commercial.response


@pytest.mark.parametrize(("group", "carc"), [("CO", "26"), ("CO", "227")])
def test_the_patient_is_never_billed_outside_group_pr(group, carc):
    assert K.play(group, carc, (), "commercial") is None


def test_a_code_the_playbook_does_not_speak_of_has_no_play():
    assert K.play("CO", "999", (), "commercial") is None


def test_the_playbook_speaks_of_known_codes_only():
    lines = (FOLDER / "playbook.tsv").read_text().splitlines()[1:]
    assert len(lines) == 64
    for line in lines:
        cells = line.split("\t")
        assert all(code.split("-")[1] in K.carc for code in cells[1].split())
        assert all(remark in K.rarc for remark in cells[2].split())
        assert cells[9] in PATHS


def test_the_knowledge_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        K.version = "other"
    with pytest.raises(TypeError):
        K.carc["50"] = K.carc["45"]
    with pytest.raises(AttributeError):
        K.carc["50"].meaning = "other"
    assert load() is K


def test_loading_takes_well_under_a_third_of_a_second():
    seconds = "import time; from tracker.knowledge import load; t = time.process_time(); load(); print(time.process_time() - t)"
    found = subprocess.run([sys.executable, "-c", seconds], capture_output=True, check=True, text=True)
    assert float(found.stdout) < 0.3


def copied(tmp_path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "knowledge", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "knowledge"


def test_the_version_follows_the_files(tmp_path):
    folder = copied(tmp_path)
    before = load_from(folder).version
    path = folder / "modifiers.tsv"
    path.write_text(path.read_text().replace("As GP", "See GP", 1))
    assert before == K.version
    assert load_from(folder).version != before


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("carc.tsv", "S2\tx12-carc-2025-11\n5\t", "S2\t\n5\t", r"knowledge/carc.tsv, line 5: it names no source"),
        (
            "carc.tsv",
            "S2\tx12-carc-2025-11\n5\t",
            "S2\tmemory\n5\t",
            r"carc.tsv, line 5: its source 'memory' is not in",
        ),
        (
            "carc.tsv",
            "\t1995-01-01\t",
            "\tlong ago\t",
            r"carc.tsv, line 2: started_on is 'long ago', it must be a date",
        ),
        (
            "carc.tsv",
            "coding_modifier\tdenial",
            "coding_modifier\tdenied",
            r"carc.tsv, line 5: default_class is 'denied'",
        ),
        ("carc.tsv", "\n2\t", "\n1\t", r"carc.tsv, line 3: 1 stands twice"),
        ("carc.tsv", "code\tmeaning", "code\tparaphrase", r"carc.tsv, line 1: the columns are"),
        ("rarc.tsv", "\nM2\t", "\nM2\tmore\t", r"rarc.tsv, line 3: 12 cells for 11 columns"),
        ("codes.tsv", "\tPT OT\t", "\tPT DO\t", r"codes.tsv, line 2: disciplines are PT DO"),
        ("codes.tsv", "\tuntimed\tn\t", "\tuntimed\tno\t", r"codes.tsv, line 2: timed is 'no', it must be y or n"),
        ("playbook.tsv", "OA-18 CO-18", "OA18", r"playbook.tsv, line 2: codes has 'OA18'"),
        ("playbook.tsv", "\tmedicare_b\t", "\tmedicare\t", r"playbook.tsv, line 4: payer_kinds has medicare"),
        ("ncci/2024q3.csv", "cms-ncci-ptp-2024q3\n", "\n", r"ncci/2024q3.csv, line 2: it names no source"),
        ("ncci/2024q3.csv", ",1,1,", ",2,1,", r"ncci/2024q3.csv, line 2: practitioner is '2'"),
        ("mue/2024q3.csv", "20560,1,", "20560,one,", r"mue/2024q3.csv, line 2: practitioner is 'one'"),
        (
            "root_causes.toml",
            'starts_at = "biller"',
            'starts_at = "nurse"',
            r"root_causes.toml, line 8: starts_at is 'nurse'",
        ),
        (
            "root_causes.toml",
            "avoidable = true\nsource",
            "avoidable = true\norigin",
            r"root_causes.toml, line 4: source is empty",
        ),
        ("payer_kinds.toml", ', confidence = "source"', "", r"payer_kinds.toml, line 6: confidence is ''"),
        ("payer_kinds.toml", "[va]", "[veterans]", r"payer_kinds.toml, line \d+: veterans is no payer kind"),
        (
            "payers/medicare_part_b.toml",
            "days = 120",
            "days = 120\nmonths = 4",
            r"payers/medicare_part_b.toml, line \d+: it needs either days, business_days or months",
        ),
        ("payers/va.toml", "checked_on = 2026-11-22\n", "", r"payers/va.toml, line 5: checked_on is empty"),
        ("payers/va.toml", "safe = ", "first = ", r"payers/va.toml, line 5: safe is empty"),
        ("payers/va.toml", "examples = [", "samples = [", r"payers/va.toml, line 5: VA_CCN_CLAIM needs an example"),
        ("payers/va.toml", "days = 180", "days = 181", r"payers/va.toml, line 19: the example of \S+ gives"),
        (
            "payers/va.toml",
            "[VA_CCN]",
            "[TRI_APP]",
            r"payers/va.toml, line \d+: TRI_APP stands in payers/tricare.toml too",
        ),
        ("medicare.toml", "from_year = 2021", 'from_year = "soon"', r"medicare.toml, line 8: from_year is 'soon'"),
        ("medicare.toml", "[[closed_day]]", "[[closed_day]", r"medicare.toml: "),
        ("sources.toml", "checked_on = 2026-11-22\n", "", r"sources.toml, line 3: checked_on is empty"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_and_line(tmp_path, file, old, new, message):
    path = copied(tmp_path) / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(KnowledgeError, match=message):
        load_from(path.parents[1] if "/" in file else path.parent)
