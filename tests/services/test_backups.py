"""A backup brings everything back, on either database; what is damaged is refused and changes nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import build
from tests.build import NOW
from tests.databases import MASTER
from tracker.db import SessionMaker, make_engine, transaction, whole
from tracker.db_upgrade import head
from tracker.models import Backup, Denial, Note, Patient
from tracker.sealing.key_store import MasterKey
from tracker.services import backing_up
from tracker.services.backing_up import prune
from tracker.services.backup_rows import tables_of
from tracker.services.backups import backup_folder, backup_notice, make_backup, record
from tracker.services.restoring import RestoreProblem, keys_in, restore_file, restore_into, try_backup


@pytest.fixture
def filled(sessions, cast):
    with transaction(sessions.system()) as session:
        for practice in (cast.eastside, cast.lakeview):
            denial = build.denied_line(session, practice)
            first = build.appeal(session, denial, number=301)
            build.appeal(session, denial, number=302, level=2, previous_id=first.id)
            build.note(session, session.get_one(Patient, (practice.id, denial.patient_id)), "S: Gait 15 min. Ünsal")


@pytest.fixture
def made(sessions, settings, filled):
    return make_backup(sessions, settings, MASTER, NOW)


def everything(engine) -> dict[str, list[tuple]]:
    with whole(engine).connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in tables_of(connection)
        }


def test_a_backup_holds_every_row_and_was_restored_on_trial(made, settings, sessions):
    assert made.problem == ""
    assert made.written.path.parent == backup_folder(settings)
    tried = try_backup(made.written.path, MASTER)
    assert tried.revision == head()
    assert tried.rows["denials"] == 2
    assert sum(tried.rows.values()) == made.written.rows == sum(map(len, everything(sessions.engine).values()))


def test_what_comes_back_is_the_same_in_every_cell(made, engine, tmp_path):
    restore_file(made.written.path, MASTER, tmp_path / "again.db")
    again = make_engine(f"sqlite:///{tmp_path}/again.db", MASTER)
    assert everything(again) == everything(engine)
    with SessionMaker(again).system() as session:
        assert session.scalars(select(Note.text)).all() == ["S: Gait 15 min. Ünsal"] * 2
    again.dispose()


@pytest.mark.postgres
def test_a_backup_of_sqlite_comes_back_on_postgresql(sqlite_template, postgres_template, settings, tmp_path):
    with sqlite_template.copy(tmp_path) as lite, postgres_template.empty() as server:
        with transaction(SessionMaker(lite).system()) as session:
            build.denied_line(session, build.practice(session))
        made = make_backup(SessionMaker(lite), settings, MASTER, NOW)
        restore_into(made.written.path, MASTER, server)
        with SessionMaker(server).system() as session:
            assert session.scalar(select(func.count()).select_from(Denial)) == 1


def test_the_file_shows_no_name_and_no_number(made, sessions):
    data = made.written.path.read_bytes()
    with sessions.system() as session:
        number = session.scalar(select(Denial.claim_id))
    for canary in (b"Quill", b"Gait", b"denials", b"Eastside", str(number).encode()):
        assert canary not in data


def test_work_done_while_a_backup_runs_is_not_held_up(sessions, settings, filled, cast, monkeypatch):
    write_rows = backing_up.write_rows

    def meanwhile(connection, out):
        with transaction(sessions.system()) as session:
            build.denied_line(session, cast.eastside)
        return write_rows(connection, out)

    monkeypatch.setattr(backing_up, "write_rows", meanwhile)
    made = make_backup(sessions, settings, MASTER, NOW)
    assert try_backup(made.written.path, MASTER).rows["denials"] == 2
    with sessions.system() as session:
        assert session.scalar(select(func.count()).select_from(Denial)) == 3


@pytest.mark.parametrize("spoil", [lambda data: data[:-40], lambda data: data[:-300] + b"\0" * 300, lambda _: b"text"])
def test_a_damaged_file_is_refused_and_no_database_is_made(made, tmp_path, spoil):
    path = tmp_path / "spoilt.backup"
    path.write_bytes(spoil(made.written.path.read_bytes()))
    with pytest.raises(RestoreProblem):
        restore_file(path, MASTER, tmp_path / "again.db")
    assert not list(tmp_path.glob("*again.db*"))


def test_other_keys_do_not_open_it(made):
    with pytest.raises(RestoreProblem, match="keys this one was made with"):
        try_backup(made.written.path, MasterKey(b"\x01" * 32))


def test_a_database_in_use_is_never_written_over(made, engine):
    before = everything(engine)
    with pytest.raises(RestoreProblem, match="not empty"):
        restore_into(made.written.path, MASTER, engine)
    assert everything(engine) == before


def test_the_keys_go_along_wrapped(made, settings):
    kept = keys_in(made.written.path)
    assert kept == (settings.data_dir / "keys.json").read_text()
    assert MASTER.secret.hex() not in kept


def test_a_write_that_fails_leaves_no_file(sessions, settings, filled, monkeypatch):
    def full(_connection, _out):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backing_up, "write_rows", full)
    with pytest.raises(OSError, match="No space left"):
        make_backup(sessions, settings, MASTER, NOW)
    assert list(backup_folder(settings).iterdir()) == []


def test_a_backup_that_does_not_come_back_is_kept_as_bad_and_old_ones_stay(sessions, settings, filled, monkeypatch):
    good = make_backup(sessions, settings, MASTER, NOW)
    monkeypatch.setattr("tracker.services.backups.prune", lambda *_: pytest.fail("an old backup was deleted"))
    monkeypatch.setattr("tracker.services.backups.write_backup", lambda *_: good.written._replace(rows=1))
    bad = make_backup(sessions, settings, MASTER, NOW)
    assert "another number of rows" in bad.problem
    with transaction(sessions.system()) as session:
        record(session, bad, NOW)
        assert session.scalar(select(Backup.problem)) == bad.problem


def test_fourteen_are_kept(tmp_path):
    for day in range(1, 21):
        (tmp_path / f"tracker-2026-11-{day:02}T000000Z.backup").touch()
    assert len(prune(tmp_path, tmp_path / "tracker-2026-11-20T000000Z.backup")) == 6
    assert min(path.name for path in tmp_path.iterdir()) == "tracker-2026-11-07T000000Z.backup"


def test_the_one_just_made_is_kept_though_the_clock_was_set_back(tmp_path):
    for day in range(1, 21):
        (tmp_path / f"tracker-2026-11-{day:02}T000000Z.backup").touch()
    made = tmp_path / "tracker-2026-10-30T000000Z.backup"
    made.touch()
    prune(tmp_path, made)
    assert made.exists()
    assert len(list(tmp_path.iterdir())) == 14


@pytest.mark.parametrize(("hours", "loud"), [(1, ""), (23, ""), (24, "warn"), (47, "warn"), (48, "over")])
def test_an_old_backup_is_said_on_every_page(sessions, made, hours, loud):
    with transaction(sessions.system()) as session:
        record(session, made, NOW)
        words, how = backup_notice(session, NOW + timedelta(hours=hours))
    assert how == loud
    assert bool(re.fullmatch(rf"The last good backup is {hours} hours old\. Type: tracker backup", words)) == bool(loud)


def test_a_bad_backup_does_not_count(sessions, made):
    with transaction(sessions.system()) as session:
        record(session, made, NOW)
        record(session, made._replace(problem="broken"), NOW + timedelta(hours=30))
        assert backup_notice(session, NOW + timedelta(hours=30))[1] == "warn"
