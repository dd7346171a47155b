"""A year of three practices goes through an export and comes out the same."""

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests.databases import MASTER
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.db_upgrade import head
from tracker.demo.load import load_demo
from tracker.models import Practice
from tracker.reports.practice_export import export_practice
from tracker.services.backing_up import frozen
from tracker.services.practice_archive import ArchiveReader
from tracker.services.practice_import import Wishes, import_practice

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def exports_of(sessions, folder) -> dict[str, bytes]:
    found = {}
    with frozen(sessions.engine, folder, MASTER) as connection:
        for practice_id, name in connection.execute(select(Practice.id, Practice.name)).all():
            out = io.BytesIO()
            export_practice(connection, practice_id, out, revision=head(), now=NOW)
            found[name] = out.getvalue()
    return found


def comparable(content: bytes) -> dict[str, bytes]:
    """Everything but the export's own id, the trace of taking in, and how often a shared row was saved."""
    with io.BytesIO(content) as file, zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    del files["manifest.json"], files["csv/activity.csv"]
    files["data/events.jsonl"] = b"\n".join(
        line for line in files["data/events.jsonl"].splitlines() if json.loads(line)["kind"] != "taken_in"
    )
    for name in ("data/practices.jsonl", "data/payers.jsonl"):
        rows = [json.loads(line) | {"version": 1} for line in files[name].splitlines()]
        files[name] = json.dumps(rows).encode()
    return files


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_year_of_three_practices_comes_out_the_same(request, sqlite_template, tmp_path_factory, kind):
    folder, other = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("elsewhere")
    with (
        sqlite_template.copy(folder) as engine,
        request.getfixturevalue(f"{kind}_template").copy(other) as elsewhere,
    ):
        here, there = SessionMaker(engine), SessionMaker(elsewhere)
        settings = Settings(data_dir=folder, database_url="", demo_password="demo sign in of tests", fast_hash=True)
        load_demo(here, settings, date(2026, 11, 24), NOW, lambda *_: None)
        before = exports_of(here, folder)
        for content in before.values():
            with io.BytesIO(content) as file, transaction(there.system()) as session:
                import_practice(session, ArchiveReader(file), NOW, Wishes(keep_roles=True))
        after = exports_of(there, other)
        assert before.keys() == after.keys()
        for name, content in before.items():
            assert comparable(after[name]) == comparable(content), name
