"""The master key opens with any one of its wraps, and with nothing else."""

import json
import stat

import pytest

from tracker.sealing.key_store import KeyProblem, KeyStore

PASSPHRASE = "five plain words will do"


@pytest.fixture
def store(tmp_path):
    return KeyStore(tmp_path)


def test_the_first_use_makes_keys_that_only_their_owner_can_read(store, tmp_path):
    master = store.open()
    assert store.open() == master
    assert store.kinds() == {"file"}
    for name in ("keys.json", "master.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert master.secret.hex() not in (tmp_path / "keys.json").read_text() + (tmp_path / "master.key").read_text()


def test_two_installations_have_different_keys(tmp_path):
    assert KeyStore(tmp_path / "a").open() != KeyStore(tmp_path / "b").open()


def test_a_passphrase_takes_the_place_of_the_key_file(store):
    master = store.open()
    store.protect_with_passphrase(master, PASSPHRASE)
    assert not store.key_file.exists()
    assert store.open(lambda: PASSPHRASE) == master
    with pytest.raises(KeyProblem, match="not the passphrase"):
        store.open(lambda: "another guess")
    with pytest.raises(KeyProblem, match="start in a terminal"):
        store.open()


def test_the_recovery_code_opens_when_the_key_file_is_lost(store):
    master = store.open()
    code = store.new_recovery_code(master)
    assert len(code.replace("-", "")) == 32  # 160 bits
    store.key_file.unlink()
    with pytest.raises(KeyProblem, match="tracker keys recover"):
        store.open()
    assert store.recover(code.lower().replace("-", " ")) == master
    assert store.open() == master


def test_a_new_recovery_code_ends_the_old_one(store):
    master = store.open()
    old = store.new_recovery_code(master)
    store.new_recovery_code(master)
    with pytest.raises(KeyProblem, match="not the recovery code"):
        store.recover(old)


def test_the_key_file_may_lie_elsewhere(tmp_path):
    elsewhere = tmp_path / "safe" / "tracker.key"
    master = KeyStore(tmp_path / "data", elsewhere).open()
    assert elsewhere.exists()
    assert not (tmp_path / "data" / "master.key").exists()
    with pytest.raises(KeyProblem, match="is missing"):
        KeyStore(tmp_path / "data").open()
    assert KeyStore(tmp_path / "data", elsewhere).open() == master


def test_a_damaged_or_foreign_file_says_so(store, tmp_path):
    store.open()
    foreign = KeyStore(tmp_path / "other")
    foreign.open()
    store.key_file.write_text(foreign.key_file.read_text())
    with pytest.raises(KeyProblem, match="does not fit"):
        store.open()
    (tmp_path / "keys.json").write_text(json.dumps({"format": 1}))
    with pytest.raises(KeyProblem, match="is damaged"):
        store.open()


def test_parts_for_other_uses_differ_and_stay_the_same(store):
    master = store.open()
    assert master.derived("audit") == store.open().derived("audit")
    assert len({master.derived("audit"), master.derived("backup"), master.secret}) == 3


def test_keys_of_another_database_do_not_unwrap(store, tmp_path):
    wrapped = KeyStore(tmp_path / "other").open().wrap(b"k" * 64)
    with pytest.raises(KeyProblem, match="sealed with other keys"):
        store.open().unwrap(wrapped)


def test_nothing_shows_the_key(store):
    master = store.open()
    assert master.secret.hex() not in repr(master)
    assert str(master.secret) not in repr(master)
