"""Rewrite the initial revision from the models: allowed while no version has been released.

Run by `./dev migration`. The text depends on the models alone, so running it twice changes nothing.
A path as the argument writes there instead.
"""

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

sys.path.insert(0, str(Path(__file__).parent.parent))

from tracker.db import make_engine
from tracker.db_upgrade import alembic_config

INITIAL = Path(__file__).parent / "versions" / "0001_initial.py"


def main(target: Path) -> None:
    engine = make_engine("sqlite://")
    with tempfile.TemporaryDirectory() as folder, engine.connect() as connection:
        config = alembic_config(connection)
        config.set_main_option("version_locations", folder)
        with contextlib.redirect_stdout(io.StringIO()):
            command.revision(config, "All tables of the first version", autogenerate=True, rev_id="0001")
        (written,) = Path(folder).glob("0001_*.py")
        shutil.move(written, target)
    engine.dispose()
    config = Path(__file__).parent.parent / "pyproject.toml"
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", "--config", config, target], check=True)  # noqa: S603  # our own file


main(Path(sys.argv[1]) if len(sys.argv) > 1 else INITIAL)
