"""Write the next revision: what the models have and the newest revision does not make.

`./dev migration "what it does"` runs it; with `--check` it only compares, and fails when there is something to write.
"""

import re
import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.util.exc import CommandError

sys.path.insert(0, str(Path(__file__).parent.parent))

from tracker.db import make_engine
from tracker.db_upgrade import alembic_config, head, upgrade


def main(words: str) -> None:
    engine = make_engine("sqlite://")
    upgrade(engine)
    with engine.begin() as connection:
        config = alembic_config(connection)
        if words == "--check":
            command.check(config)
            return
        number = f"{int(head()) + 1:04}"
        slug = re.sub(r"\W+", "_", words.lower()).strip("_")
        config.set_main_option("file_template", f"{number}_{slug[:40]}")
        command.revision(config, words, autogenerate=True, rev_id=number)
    root = Path(__file__).parent.parent
    subprocess.run(  # noqa: S603  # our own files
        [sys.executable, "-m", "ruff", "format", "-q", "--config", root / "pyproject.toml", root / "migrations"],
        check=True,
    )


if len(sys.argv) != 2 or not sys.argv[1].strip():
    sys.exit('Say what the revision does: ./dev migration "Notes have a kind"')
try:
    main(sys.argv[1])
except CommandError as error:
    sys.exit(str(error))
