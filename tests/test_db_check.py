"""A damaged database is noticed before anything is written on it."""

import pytest
from click.testing import CliRunner

from tests import build
from tests.databases import MASTER
from tracker.cli import main
from tracker.config import Settings
from tracker.db import SessionMaker, make_engine, transaction
from tracker.db_check import DamagedDatabaseError, refuse_damaged


@pytest.fixture
def file_of(sqlite_template, tmp_path):
    with sqlite_template.copy(tmp_path) as engine:
        url = str(engine.url)
    return Settings(data_dir=tmp_path / "data", database_url=url)


def test_a_whole_database_passes(file_of):
    refuse_damaged(file_of)


def test_a_database_that_is_not_there_yet_passes(tmp_path):
    refuse_damaged(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/none.db"))


def test_a_database_with_rows_in_it_is_whole(file_of):
    engine = make_engine(file_of.database_url, MASTER)
    with transaction(SessionMaker(engine).system()) as session:
        build.denial(session, build.claim_line(session, build.claim(session, build.practice(session))))
    engine.dispose()
    refuse_damaged(file_of)


def test_a_damaged_file_is_refused_and_left_alone(file_of, tmp_path):
    file = file_of.database_file
    data = bytearray(file.read_bytes())
    data[8192:16384] = b"\xa5" * 8192
    file.write_bytes(data)
    with pytest.raises(DamagedDatabaseError, match="restore the last good backup"):
        refuse_damaged(file_of)
    assert file.read_bytes() == bytes(data)
    environment = {"TRACKER_DATA_DIR": str(tmp_path / "data"), "TRACKER_DATABASE_URL": file_of.database_url}
    started = CliRunner().invoke(main, ["run"], env=environment)
    assert started.exit_code == 1
    assert "is damaged" in started.output
