"""Only web, cli, jobs and app read the clock: everything else is told what day it is."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import modules

MAY_READ = (
    "tracker/web/",
    "tracker/jobs/",
    "tracker/cli.py",
    "tracker/cli_keys.py",
    "tracker/cli_audit.py",
    "tracker/cli_backup.py",
    "tracker/cli_database.py",
    "tracker/cli_practice.py",
    "tracker/cli_users.py",
    "tracker/app.py",
)
CLOCKS = {"now", "utcnow", "today", "fromtimestamp"}

# Ids of rows carry the millisecond they were made in; nothing is computed from it.
ALLOWED = {("tracker/models/base.py", "time")}


def clock_calls(tree: ast.Module) -> Iterator[str]:
    """Calls of datetime.now(), date.today(), time.time() and their like, whatever the module was imported as."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, owner = node.func.attr, ast.unparse(node.func.value).rsplit(".", 1)[-1]
            if (name in CLOCKS and owner in {"datetime", "date"}) or (name == "time" and owner == "time"):
                yield name


def test_nothing_but_the_edges_reads_the_clock():
    read = [
        (path, name) for path, tree in modules("tracker") if not path.startswith(MAY_READ) for name in clock_calls(tree)
    ]
    assert set(read) <= ALLOWED


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "dt.date.today()", "time.time()", "datetime.datetime.utcnow()"])
def test_a_reading_of_the_clock_is_noticed(line):
    assert list(clock_calls(ast.parse(line)))
