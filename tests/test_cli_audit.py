"""The audit log as an operator verifies and exports it, with backups and after a restore."""

import getpass
import json
from datetime import UTC, datetime

import pytest

from tests.auditing.entries import entries
from tests.test_cli_backup import backup_of, machine  # noqa: F401  # a fixture
from tracker.keys import open_sessions
from tracker.services.audit_checkpoints import checkpoint_file
from tracker.services.audit_sealing import seal


@pytest.fixture
def engine(machine):  # noqa: F811
    engine = open_sessions(machine.settings).engine
    yield engine
    engine.dispose()


def acts(engine):
    return [row.action for row in entries(engine)]


def test_verify_says_what_holds_and_how_fast(machine, engine):  # noqa: F811
    seal(engine, machine.settings, datetime.now(UTC))
    told = machine("audit", "verify")
    assert told.exit_code == 0, told.output
    assert "changes: 1 entries hold, 1 checkpoints fit" in told.output
    assert "entries/s" in told.output


def test_verify_says_the_first_entry_that_does_not_hold(machine, engine):  # noqa: F811
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_update")
        connection.exec_driver_sql("UPDATE audit_entries SET action = 'read' WHERE seq = 1")
    told = machine("audit", "verify")
    assert told.exit_code == 1
    assert "changes: edited at entry 1. Entry 1 was changed" in told.output


def test_the_checkpoints_of_a_backup_show_that_the_log_was_put_back(machine, engine):  # noqa: F811
    """Database and checkpoint file are both put back to an older state; the backup kept elsewhere knows better."""
    database = machine.folder / "tracker.db"
    old = database.read_bytes()
    assert (
        machine("user", "add", "dora", "--practice", "Eastside PT", "--password", "new clinic of 2026").exit_code == 0
    )
    path = backup_of(machine)
    assert machine("audit", "verify", "--from-backup", str(path)).exit_code == 0
    engine.dispose()
    database.write_bytes(old)
    checkpoint_file(machine.settings).unlink(missing_ok=True)
    assert machine("audit", "verify").exit_code == 0
    told = machine("audit", "verify", "--from-backup", str(path))
    assert told.exit_code == 1
    assert "In the backup, changes: " in told.output
    assert "changes: restored older database" in told.output


def test_both_chains_come_back_on_a_new_machine_and_hold(machine, engine, tmp_path):  # noqa: F811
    from tests.test_cli_backup import Machine

    code = machine("keys", "recovery-code").output.split()[0]
    path, before = backup_of(machine), entries(engine, "reads")
    assert [row.action for row in before] == ["keys"]
    other = Machine(tmp_path / "new-laptop")
    other.folder.mkdir()
    other("restore", str(path))
    assert other("keys", "recover", "--code", code).exit_code == 0
    assert other("restore", str(path)).exit_code == 0
    told = other("audit", "verify")
    assert told.exit_code == 0, told.output
    sessions = open_sessions(other.settings)
    assert entries(sessions.engine, "reads")[0] == before[0]
    assert "restored" in acts(sessions.engine)
    sessions.engine.dispose()


def test_a_restore_over_a_newer_database_is_told_and_the_log_holds_on(machine, engine):  # noqa: F811
    path = backup_of(machine)
    assert (
        machine("user", "add", "dora", "--practice", "Eastside PT", "--password", "new clinic of 2026").exit_code == 0
    )
    seal(engine, machine.settings, datetime.now(UTC))
    reads = len(entries(engine, "reads"))
    engine.dispose()
    assert machine("restore", "--replace", str(path)).exit_code == 0
    told = machine("audit", "verify")
    assert told.exit_code == 0, told.output
    assert "changes: a backup was put back on" in told.output
    sessions = open_sessions(machine.settings)
    assert len(entries(sessions.engine, "reads")) > reads
    sessions.engine.dispose()


def test_commands_are_told_by_the_account_of_the_machine(machine, engine):  # noqa: F811
    machine("backup")
    machine("keys", "recovery-code")
    machine("audit", "verify")
    made = entries(engine)
    assert {"backed_up", "keys", "audit_read"} <= {row.action for row in made}
    assert f"command line ({getpass.getuser()})" in {row.actor for row in made}


def test_the_log_is_exported_one_entry_a_line(machine, engine, tmp_path):  # noqa: F811
    out = tmp_path / "log.jsonl"
    told = machine("audit", "export", str(out))
    assert told.exit_code == 0, told.output
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == len(entries(engine))
    assert lines[0]["seq"] == 1
    assert lines[-1]["action"] == "audit_read"


def test_a_name_is_taken_out_and_the_log_holds(machine, engine):  # noqa: F811
    machine("keys", "recovery-code")
    name = f"command line ({getpass.getuser()})"
    told = machine("audit", "forget-name", name)
    assert "The name is gone from 1 entries." in told.output
    assert machine("audit", "verify").exit_code == 0
    assert entries(engine, "reads")[0].actor == ""
