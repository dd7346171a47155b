"""The commands that look after the keys, as an operator types them."""

import re

import pytest
from click.testing import CliRunner

from tests import build
from tests.databases import MASTER, keep_master
from tracker.cli import main
from tracker.db import SessionMaker, transaction
from tracker.keys import _opened


@pytest.fixture
def tracker(sqlite_template, tmp_path):
    """The command, on a database with one practice and one patient."""
    with sqlite_template.copy(tmp_path) as engine:
        with transaction(SessionMaker(engine).system()) as session:
            build.patient(session, build.practice(session))
        keep_master(tmp_path / "data")
        environment = {"TRACKER_DATA_DIR": str(tmp_path / "data"), "TRACKER_DATABASE_URL": str(engine.url)}

        def run(*words, **more):
            _opened.cache_clear()
            return CliRunner().invoke(main, ["keys", *words], env=environment | more)

        yield run


def test_status_says_what_opens_the_keys_and_what_is_missing(tracker):
    told = tracker("status").output
    assert "The keys open with the key file" in told
    assert "There is no recovery code" in told
    assert "who copies the folder has both" in told


def test_a_lost_key_file_comes_back_with_the_printed_code(tracker, tmp_path):
    code = re.search(r"^[A-Z2-7-]{39}$", tracker("recovery-code").output, re.MULTILINE)[0]
    (tmp_path / "data" / "master.key").unlink()
    assert "tracker keys recover" in tracker("status").output
    lost = tracker("rotate", "--practice", "Eastside PT")
    assert (lost.exit_code, "tracker keys recover" in lost.output) == (1, True)
    assert tracker("recover", "--code", code).exit_code == 0
    assert tracker("rotate", "--practice", "Eastside PT").exit_code == 0


def test_a_passphrase_from_a_file_opens_for_a_service(tracker, tmp_path):
    assert "at least 15" in tracker("protect", "--password", "short").output
    assert tracker("protect", "--password", "five plain words will do").exit_code == 0
    words = tmp_path / "passphrase"
    words.write_text("five plain words will do\n")
    refused = tracker("rotate", "--practice", "Eastside PT")
    assert "TRACKER_KEY_PASSPHRASE_FILE" in refused.output
    opened = tracker("rotate", "--practice", "Eastside PT", TRACKER_KEY_PASSPHRASE_FILE=str(words))
    assert opened.exit_code == 0, opened.output


def test_a_rotation_and_the_end_of_the_old_key(tracker):
    assert "Key 2 of Eastside PT is in use" in tracker("rotate", "--practice", "eastside pt").output
    assert "0 rows sealed again" in tracker("reseal", "--practice", "Eastside PT").output
    assert "ten minutes" in tracker("destroy-old", "--practice", "Eastside PT").output
    assert "no practice named Westside" in tracker("rotate", "--practice", "Westside").output


def test_shredding_asks_for_the_name_twice(tracker):
    assert tracker("shred", "--practice", "Eastside PT", "--confirm", "yes").exit_code == 1
    done = tracker("shred", "--practice", "Eastside PT", "--confirm", "Eastside PT")
    assert "are destroyed" in done.output
    assert "no practice named" in tracker("rotate", "--practice", "Eastside PT").output


def test_the_key_is_never_printed(tracker):
    told = tracker("status").output + tracker("recovery-code").output
    assert MASTER.secret.hex() not in told
