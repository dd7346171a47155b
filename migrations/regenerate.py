"""Rewrite the initial revision from the models: allowed while no version has been released.

Run by `./dev migration`. The text depends on the models alone, so running it twice changes nothing.
"""

import subprocess
import sys
from pathlib import Path

from alembic import command

sys.path.insert(0, str(Path(__file__).parent.parent))

from tracker.db import make_engine
from tracker.db_upgrade import alembic_config

INITIAL = Path(__file__).parent / "versions" / "0001_initial.py"


def main() -> None:
    INITIAL.parent.mkdir(exist_ok=True)
    INITIAL.unlink(missing_ok=True)
    engine = make_engine("sqlite://")
    with engine.connect() as connection:
        config = alembic_config(connection)
        config.set_main_option("file_template", "%%(rev)s_initial")
        command.revision(config, "All tables of the first version", autogenerate=True, rev_id="0001")
    engine.dispose()
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", INITIAL], check=True)  # noqa: S603  # our own file


main()
