"""A renewed master key: old wraps open nothing, everything reads on, a running server goes along, older backups restore."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests import build
from tests.databases import MASTER
from tests.test_cli_backup import Machine, backup_of, machine  # noqa: F401  # fixture
from tracker.db import SessionMaker, keyring_for, make_engine, transaction
from tracker.models import Patient, PracticeKey, User
from tracker.sealing.chain import audit_keys
from tracker.sealing.key_store import KeyProblem, KeyStore
from tracker.services.master_key import finish, is_unfinished, renew

# ruff: noqa: F811  # fixtures are asked for by their names

CODE = re.compile(r"^[A-Z2-7-]{39}$", re.MULTILINE)
PASSPHRASE = "five plain words will do"


@pytest.fixture
def store(tmp_path):
    return KeyStore(tmp_path / "own")


def nobody(_code: str) -> None:
    raise AssertionError("there was no recovery code to replace")


# ---- the store ----


def test_a_renewed_key_is_another_and_keeps_the_ones_before(store):
    first = store.open()
    second = store.renew(first, None, build.NOW, nobody)
    third = store.renew(second, None, build.NOW, nobody)
    assert store.open() == third
    assert third.earlier == (first.secret, second.secret)
    assert (third.number, store.number, store.renewed_at) == (3, 3, build.NOW)
    assert third.first == first
    text = (store.key_file.parent / "keys.json").read_text()
    assert not any(one.secret.hex() in text for one in (first, second, third))


def test_what_opened_the_key_before_opens_the_new_one_no_more(store):
    first = store.open()
    old_file, old_keys = store.key_file.read_text(), (store.key_file.parent / "keys.json").read_text()
    old_code, told = store.new_recovery_code(first), []
    second = store.renew(first, None, build.NOW, told.append)
    store.key_file.write_text(old_file)
    with pytest.raises(KeyProblem, match="does not fit"):
        store.open()
    with pytest.raises(KeyProblem, match="not the recovery code"):
        store.recover(old_code)
    assert store.recover(told[0]) == second
    assert old_keys != (store.key_file.parent / "keys.json").read_text()


def test_the_passphrase_stays_and_is_needed(store):
    first = store.open()
    store.protect_with_passphrase(first, PASSPHRASE)
    for wrong in (None, "another guess of mine"):
        with pytest.raises(KeyProblem, match="need their passphrase"):
            store.renew(first, wrong, build.NOW, nobody)
    second = store.renew(first, PASSPHRASE, build.NOW, nobody)
    assert store.open(lambda: PASSPHRASE) == second
    assert not store.key_file.exists()


def test_a_key_file_that_cannot_be_written_stops_it_before_anything_changed(tmp_path):
    store = KeyStore(tmp_path / "data", tmp_path / "safe" / "tracker.key")
    first = store.open()
    told = []
    store.new_recovery_code(first)
    elsewhere = KeyStore(tmp_path / "data", tmp_path / "data" / "keys.json" / "tracker.key")
    with pytest.raises((KeyProblem, FileExistsError)):
        elsewhere.renew(first, None, build.NOW, told.append)
    assert told == []
    assert store.open() == first


def test_a_key_that_was_renewed_meanwhile_wraps_nothing(store):
    first = store.open()
    store.renew(first, None, build.NOW, nobody)
    for work in (store.new_recovery_code, store.protect_with_file):
        with pytest.raises(KeyProblem, match="renewed meanwhile"):
            work(first)
    with pytest.raises(KeyProblem, match="renewed meanwhile"):
        store.renew(first, None, build.NOW, nobody)


def test_the_audit_log_is_chained_by_the_first_key_for_good(store):
    first = store.open()
    second = store.renew(first, None, build.NOW, nobody)
    assert audit_keys(second) is audit_keys(first)


# ---- the database ----


@pytest.fixture
def patient(sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(User, cast.alice.id).totp_seed = build.SEED
        return build.patient(session, cast.eastside)


def read(sessions) -> tuple[str, str]:
    with sessions.system() as session:
        seed = session.scalar(select(User.totp_seed).where(User.login == "alice"))
        return str(session.scalar(select(Patient.last_name))), str(seed)


def test_everything_is_wrapped_and_sealed_by_the_new_key_and_opens_with_it_alone(sessions, settings, patient):
    store = KeyStore(settings.data_dir)
    renew(settings, build.NOW, nobody)
    master = store.open()
    fresh = SessionMaker(make_engine(sessions.engine.url.render_as_string(hide_password=False), master, store.open))
    assert read(fresh) == ("Quill", build.SEED)  # nothing was done yet: the earlier key opens
    with transaction(fresh.system()) as session:
        assert is_unfinished(session)
        assert finish(session) == 3  # the keys of two practices, and Alice's second factor
    with transaction(fresh.system()) as session:
        assert not is_unfinished(session)
        assert finish(session) == 0
        assert all(master.each[-1].unwrap(row.wrapped) for row in session.scalars(select(PracticeKey)))
    fresh.engine.dispose()
    assert read(fresh) == ("Quill", build.SEED)
    fresh.engine.dispose()


def test_a_server_that_runs_meanwhile_goes_along(sessions, settings, patient, cast):
    """It opened its keys before; another process renews, and a practice made in between is wrapped by the old key."""
    from tracker.keys import open_master, open_sessions

    running = open_sessions(settings)
    assert read(running) == ("Quill", build.SEED)
    renew(settings, build.NOW, nobody)
    with transaction(running.system()) as session:
        build.patient(session, build.practice(session, "Westside PT", npi=None), "Lark")
    other = open_sessions(settings)
    with transaction(other.system()) as session:
        assert finish(session) == 4
        keyring_for(session)
    other.engine.dispose()
    with running.system() as session:
        for practice in (cast.eastside, cast.lakeview):
            keyring_for(session).forget(practice.id)  # as after a minute
    assert read(running) == ("Quill", build.SEED)
    with running.system() as session:
        assert keyring_for(session).master == open_master(settings) != MASTER
        with transaction(session):
            build.practice(session, "Northside PT", npi=None)
        assert not is_unfinished(session)
    running.engine.dispose()


# ---- the command, and backups made before ----


def test_the_command_says_the_new_code_once_and_status_the_number(machine):
    code = CODE.search(machine("keys", "recovery-code").output)[0]
    told = machine("keys", "renew-master")
    assert told.exit_code == 0, told.output
    assert "number 2 is in use" in told.output
    new = CODE.search(told.output)[0]
    assert new != code
    assert machine("keys", "recover", "--code", code).exit_code == 1
    assert machine("keys", "recover", "--code", new).exit_code == 0
    assert "The master key is number 2" in machine("keys", "status").output
    assert machine.denials() == 1
    assert machine("audit", "verify").exit_code == 0


def test_a_backup_made_before_comes_back_here_and_on_a_new_machine_with_its_own_code(machine, tmp_path):
    code = CODE.search(machine("keys", "recovery-code").output)[0]
    path = backup_of(machine)
    machine("keys", "renew-master")
    assert "restored on trial" not in machine("backup", "verify", str(path)).output
    done = machine("restore", "--replace", str(path))
    assert done.exit_code == 0, done.output
    assert machine.denials() == 1
    assert "not wrapped by it yet" in machine("keys", "status").output
    assert "is finished: number 2" in machine("keys", "renew-master").output
    assert machine.denials() == 1
    new = Machine(tmp_path / "new")
    new("restore", str(path))
    assert new("keys", "recover", "--code", code).exit_code == 0
    assert new("restore", str(path)).exit_code == 0
    assert new.denials() == 1


def test_a_passphrase_from_a_file_renews_too(machine, tmp_path):
    from tracker.cli import main
    from tracker.keys import _opened

    machine("keys", "protect", "--password", PASSPHRASE)
    words = tmp_path / "words"
    words.write_text(PASSPHRASE)
    _opened.cache_clear()
    environment = {"TRACKER_DATA_DIR": str(machine.folder), "TRACKER_KEY_PASSPHRASE_FILE": str(words)}
    done = CliRunner().invoke(main, ["keys", "renew-master"], env=environment)
    assert done.exit_code == 0, done.output
    assert KeyStore(machine.folder).open(lambda: PASSPHRASE).number == 2
