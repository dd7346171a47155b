"""The `tracker` command: what it prints and how it ends."""

import contextlib
import io
import json
import sqlite3
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import build
from tests.diagnosis.short_cases import case_file
from tests.edi import claim, line, remit, remits
from tracker.cli import main
from tracker.config import read_settings
from tracker.db import transaction
from tracker.db_upgrade import open_database
from tracker.demo.volume import make_835
from tracker.domain.statuses import PATHS
from tracker.models import PayerProfile

DENIED = claim("A1", line("97110", 90, 0, "CO-50:90", remarks=["N115"]), line("97140", 60, 30, "CO-45:30"))


@pytest.fixture
def tracker(tmp_path, monkeypatch):
    """Run the command against a data folder of the test's own."""
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("TRACKER_DATABASE_URL", raising=False)
    monkeypatch.setenv("TRACKER_FAST_HASH", "yes")
    return lambda *words: CliRunner().invoke(main, list(map(str, words)), catch_exceptions=False)


@pytest.fixture
def remittance_file(tmp_path):
    path = tmp_path / "remit.835"
    path.write_bytes(remit(DENIED, plb=[("WO:ICN1", 5)]))
    return path


def test_read_says_what_a_file_holds_without_storing_it(tracker, remittance_file, tmp_path):
    result = tracker("read", remittance_file, "--json")
    assert result.exit_code == 0
    [found] = json.loads(result.stdout)
    assert found["file"] == str(remittance_file)
    expected = {
        "format": "835", "transactions": 1, "claims": 1, "lines": 2, "adjustments": 2, "charged_cents": 15000,
        "paid_cents": 3000, "adjusted_cents": 12000, "plb_cents": 500, "by_reason": {"CO-45": 3000, "CO-50": 9000},
        "problems": [],
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert not (tmp_path / "data" / "tracker.db").exists()


def test_read_refuses_what_is_no_835_and_goes_on_with_the_rest(tracker, remittance_file, tmp_path):
    junk = tmp_path / "scan.pdf"
    junk.write_bytes(b"%PDF-1.7 not a remittance")
    result = tracker("read", junk, remittance_file, tmp_path / "absent.835", "--json")
    assert result.exit_code == 1
    refused, good, absent = json.loads(result.stdout)
    assert (refused["format"], refused["claims"], len(refused["problems"])) == (None, 0, 1)
    assert good["format"] == "835"
    assert "cannot be opened" in absent["problems"][0]["why"]


def test_import_stores_once_and_says_so_the_second_time(tracker, remittance_file):
    [first] = json.loads(tracker("import", remittance_file, "--json").stdout)
    assert (first["status"], first["claims"], first["denials_opened"], first["denials_updated"]) == (
        "imported",
        1,
        1,
        0,
    )
    again = tracker("import", remittance_file, "--json")
    [second] = json.loads(again.stdout)
    assert (again.exit_code, second["status"], second["denials_opened"]) == (0, "duplicate", 0)


def test_import_names_a_file_that_was_cut_off_and_stores_the_others(tracker, remittance_file, tmp_path):
    cut = tmp_path / "cut.835"
    cut.write_bytes(remittance_file.read_bytes()[:600])
    result = tracker("import", cut, remittance_file, "--json")
    assert result.exit_code == 1
    refused, good = json.loads(result.stdout)
    assert (refused["status"], refused["claims"], good["status"]) == ("refused", 0, "imported")
    assert refused["problems"][0]["where"]


def test_import_finds_the_practice_of_each_transaction_by_its_payee(tracker, tmp_path):
    for name, npi in (("Eastside PT", "1000000004"), ("Lakeview OT", "1000000012")):
        added = tracker(
            "user",
            "add",
            name.split()[0].lower(),
            "--practice",
            name,
            "--npi",
            npi,
            "--password",
            "correct horse battery",
        )
        assert added.exit_code == 0, added.output
    both = tmp_path / "both.835"
    other = remit(claim("B1", line("97530", 80, 0, "CO-197:80")), npi="1000000012", trace="EFT9")
    both.write_bytes(remit(DENIED) + other)
    [found] = json.loads(tracker("import", both, "--json").stdout)
    assert (found["status"], found["transactions"], found["denials_opened"]) == ("imported", 2, 2)
    stranger = tmp_path / "stranger.835"
    stranger.write_bytes(remit(DENIED, npi="1999999992"))
    [refused] = json.loads(tracker("import", stranger, "--json").stdout)
    assert refused["status"] == "refused"
    assert "1999999992" in refused["problems"][0]["why"]
    [named] = json.loads(tracker("import", stranger, "--practice", "eastside pt", "--json").stdout)
    assert named["status"] == "imported"


def test_import_reports_a_partly_repeated_file(tracker, remittance_file, tmp_path):
    tracker("import", remittance_file, "--json")
    bulk = tmp_path / "bulk.835"
    new = claim("A2", line("97110", 90, 0, "CO-50:90"), payer_number="ICN2")
    bulk.write_bytes(remits([([DENIED], "EFT1", [("WO:ICN1", 5)]), ([new], "EFT2", ())]))
    [found] = json.loads(tracker("import", bulk, "--json").stdout)
    assert (found["status"], found["claims"]) == ("partly_duplicate", 1)


def test_without_json_people_get_a_table(tracker, remittance_file):
    assert "charged" in tracker("read", remittance_file).stdout
    assert "denials opened" in tracker("import", remittance_file).stdout


class Terminal(io.StringIO):
    """A terminal somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_progress_bar_is_drawn_for_people_at_a_terminal_alone(tmp_path, monkeypatch, capsys, flags):
    path = tmp_path / "long.835"
    path.write_bytes(make_835(300, seed=4))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(SystemExit) as ended:
        main(["read", str(path), *flags])
    drawn = terminal.getvalue()
    assert ended.value.code == 0
    assert ("Reading: long.835" in drawn and "100%" in drawn) is not bool(flags)
    assert "Reading" not in capsys.readouterr().out


def test_a_nonsense_setting_is_refused_by_name(tracker, remittance_file, monkeypatch):
    monkeypatch.setenv("TRACKER_PORT", "eighty")
    result = tracker("db", "upgrade")
    assert result.exit_code == 1
    assert "TRACKER_PORT must be a whole number from 1 to 65535" in result.output


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TRACKER_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/tracker", "a database that can be reached"),
        ("TRACKER_DATABASE_URL", "sqlite:////dev/null/tracker.db", "a database that can be reached and written"),
        ("TRACKER_DATA_DIR", "/dev/null/data", "a folder this user can read and write. It is /dev/null/data"),
    ],
)
@pytest.mark.parametrize("command", [("db", "upgrade"), ("demo", "--if-empty"), ("run",), ("import", "x.835")])
def test_a_database_out_of_reach_is_named_by_its_setting(tracker, monkeypatch, name, value, says, command):
    monkeypatch.setenv(name, value)
    result = tracker(*command)
    assert result.exit_code == 1
    assert f"Error: {name} must be {says}" in result.output
    assert "hunter2" not in result.output


def test_a_file_that_is_no_database_is_named_by_its_folder(tracker, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tracker.db").write_text("a list of patients, not a database")
    result = tracker("db", "upgrade")
    assert result.exit_code == 1
    assert "TRACKER_DATA_DIR must be a folder with a database this user can write" in result.output
    assert "file is not a database" in result.output


def test_a_database_of_a_newer_tracker_is_left_alone(tracker, tmp_path):
    tracker("db", "upgrade")
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "tracker.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    result = tracker("db", "upgrade")
    assert result.exit_code == 1
    assert "Start the version that made it" in result.output


@pytest.mark.parametrize("command", ["import", "read"])
def test_a_file_over_the_limit_is_refused(tracker, tmp_path, monkeypatch, command):
    monkeypatch.setenv("TRACKER_MAX_IMPORT_MB", "1")
    big = tmp_path / "big.835"
    big.write_bytes(remit(DENIED) + b"\n" * 1_000_001)
    result = tracker(command, big, "--json")
    [found] = json.loads(result.stdout)
    assert result.exit_code == 1
    assert "larger than 1 MB. Split it, or raise TRACKER_MAX_IMPORT_MB" in found["problems"][0]["why"]


def test_a_folder_or_an_absent_file_is_refused_and_the_rest_goes_on(tracker, remittance_file, tmp_path):
    for command, refused in (("read", {"format": None}), ("import", {"status": "refused"})):
        result = tracker(command, tmp_path, remittance_file, tmp_path / "absent.835", "--json")
        folder, good, absent = json.loads(result.stdout)
        assert result.exit_code == 1
        assert good["claims"] == 1
        for found, why in ((folder, "a folder"), (absent, "No such file")):
            assert found | refused == found
            assert (found["transactions"], found["claims"], found["lines"], found["adjustments"]) == (0, 0, 0, 0)
            assert why in found["problems"][0]["why"]


READ_KEYS = [
    "file", "format", "transactions", "claims", "lines", "adjustments", "charged_cents", "paid_cents",
    "adjusted_cents", "plb_cents", "by_reason", "problems",
]  # fmt: skip
IMPORT_KEYS = [
    "file", "status", "transactions", "claims", "lines", "adjustments", "denials_opened", "denials_updated", "problems",
]  # fmt: skip


def test_the_keys_printed_are_those_promised_whether_a_file_is_good_or_refused(tracker, remittance_file, tmp_path):
    junk = tmp_path / "junk.835"
    junk.write_bytes(b"nothing of the kind")
    for command, keys in (("read", READ_KEYS), ("import", IMPORT_KEYS)):
        found = json.loads(tracker(command, remittance_file, junk, "--json").stdout)
        assert [list(one) for one in found] == [keys, keys]
        assert {value for value in found[1].values() if isinstance(value, int)} == {0}
        assert [set(problem) for problem in found[1]["problems"]] == [{"where", "why"}]


CASES = Path(__file__).parent / "samples" / "cases"
SUGGESTION_KEYS = ["root_cause", "path", "strength", "rules", "reasons", "evidence", "against", "cure", "letter"]


def test_diagnose_prints_one_list_over_all_files_in_their_order(tracker):
    names = ("units_right", "nothing_to_say", "paid_with_reductions")
    result = tracker("diagnose", *(CASES / f"{name}.json" for name in names))
    found = json.loads(result.stdout)
    ids = [json.loads((CASES / f"{name}.json").read_text())["case_id"] for name in names]
    assert result.exit_code == 0
    assert list(dict.fromkeys(entry["case_id"] for entry in found)) == ids
    assert all(list(entry) == ["case_id", "line", "suggestions", "ruled_out"] for entry in found)
    every = [each for entry in found for each in entry["suggestions"] + entry["ruled_out"]]
    assert every
    for each in every:
        assert list(each) == SUGGESTION_KEYS
        assert each["path"] in PATHS
        assert each["strength"] in {"strong", "likely", "weak"}
    assert all(len(entry["suggestions"]) <= 3 for entry in found)
    assert [entry["suggestions"] for entry in found if entry["case_id"] == ids[1]] == [[]]
    no_denials = [entry["suggestions"] for entry in found if entry["case_id"] == ids[2]]
    assert {cause["root_cause"] for suggestions in no_denials for cause in suggestions} == {"adj_not_a_denial"}


def test_diagnose_names_a_bad_file_and_goes_on_with_the_rest(tracker, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text('{"case_id": "X"}')
    result = tracker("diagnose", bad, tmp_path, CASES / "units_right.json")
    assert result.exit_code == 1
    assert f"{bad}: " in result.stderr
    assert f"{tmp_path}: File: This is a folder" in result.stderr
    assert json.loads(result.stdout)


def test_check_says_what_would_be_denied_and_how_to_mend_it(tracker):
    result = tracker("check", CASES / "authorization_ended.json", CASES / "units_right.json")
    assert result.exit_code == 0
    assert "authorization_ended: 2 things to mend" in result.stdout
    assert "CLM_AUTHORIZATION" in result.stdout
    assert "ended on 05/31/2026" in result.stdout
    assert "units_right: nothing found" in result.stdout


def test_check_prints_json_and_goes_on_after_a_bad_file(tracker, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    result = tracker("check", bad, CASES / "units_too_many.json", "--json")
    assert result.exit_code == 1
    assert f"{bad}: " in result.stderr
    (found,) = json.loads(result.stdout)
    assert [each["rule"] for each in found["concerns"]] == ["TIME_UNITS_EXCEED_CMS"] * 2
    assert all(each["requirement"] and each["cure"] and each["source"] for each in found["concerns"])


def test_check_goes_by_what_a_practice_set_for_its_payer(tracker, tmp_path):
    case = case_file({"payer": {"kind": "commercial", "name": "Harbor Health"}, "lines": ["97110 x1"]})
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case | {"remittance": None}))
    sessions = open_database(read_settings(), build.NOW)
    with transaction(sessions.system()) as session:
        practice, payer = build.practice(session, "Eastside PT"), build.payer(session, "Harbor Health")
        session.add(PayerProfile(practice_id=practice.id, payer_id=payer.id, requires_discipline_modifier=True))
    sessions.engine.dispose()
    assert "CLM_DISCIPLINE_MODIFIER" not in tracker("check", path).stdout
    assert "CLM_DISCIPLINE_MODIFIER" in tracker("check", path, "--practice", "eastside pt").stdout
    stranger = tracker("check", path, "--practice", "Nobody")
    assert (stranger.exit_code, "There is no practice named Nobody" in stranger.output) == (1, True)
