"""A wheel carries everything the product needs, and the `tracker` command runs from it alone."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import inspect

from tests.architecture.sources import ROOT, kept_files
from tracker.db import make_engine

# Inside the package in a wheel, beside it in a checkout.
CARRIED = ("tracker", "templates", "letter_templates", "migrations")
LEFT_OUT = {"migrations/README.md", "migrations/next.py", "letter_templates/README.md"}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_every_file_of_the_product_is_in_the_wheel(unpacked):
    wanted = set()
    for path in kept_files():
        name = path.relative_to(ROOT).as_posix()
        if name.split("/")[0] in CARRIED and name not in LEFT_OUT:
            wanted.add(name if name.startswith("tracker/") else f"tracker/{name}")
    assert wanted
    assert {name for name in wanted if not (unpacked / name).is_file()} == set()


def test_the_wheel_holds_no_test_and_no_debugger(unpacked):
    files = [path for path in unpacked.rglob("*") if path.is_file()]
    assert not [path for path in files if {"tests", "conftest.py"} & set(path.relative_to(unpacked).parts)]
    code = "".join(path.read_text(encoding="utf-8") for path in files if path.suffix == ".py")
    assert "debug=True" not in code
    assert "DebuggedApplication" not in code
    assert ".run(debug" not in code


def test_the_command_runs_from_the_wheel_and_makes_the_database(unpacked, tmp_path):
    run(unpacked, tmp_path, "db", "upgrade")
    engine = make_engine(f"sqlite:///{tmp_path}/data/tracker.db")
    assert "denials" in inspect(engine).get_table_names()
    engine.dispose()


def test_pages_are_served_from_the_wheel(unpacked, tmp_path):
    code = (
        "import tracker, tracker.config, tracker.app; "
        "client = tracker.app.create_app(tracker.config.read_settings()).test_client(); "
        "print(tracker.__file__, client.get('/login').status_code)"
    )
    run(unpacked, tmp_path, "db", "upgrade")
    assert run(unpacked, tmp_path, code=code).split() == [str(unpacked / "tracker" / "__init__.py"), "200"]


def run(site: Path, folder: Path, *words: str, code: str = "from tracker.cli import main; main()") -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    environment |= {"PYTHONPATH": str(site), "TRACKER_DATA_DIR": str(folder / "data")}
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
