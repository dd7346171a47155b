"""A `tracker keys renew-master` that is killed just before its n-th lasting step: a file's new name, a write, a commit."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event


def main() -> None:
    """Run the command; the number of the step is the first word, the data folder is in the environment."""
    left = int(sys.argv[1])
    folder = str(Path(os.environ["TRACKER_DATA_DIR"]).resolve())
    at_work = False

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_rename(name: str, words: tuple[Any, ...]) -> None:
        nonlocal at_work
        if name == "os.rename" and str(words[1]).startswith(folder):
            at_work = True  # the keys come first: what opening the database writes is not this command's
            step()

    def on_statement(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if at_work and statement.startswith(("UPDATE", "INSERT")):
            step()

    sys.addaudithook(on_rename)
    event.listen(Engine, "before_cursor_execute", on_statement)
    event.listen(Engine, "commit", lambda _connection: step() if at_work else None)

    from tracker.cli import main as tracker

    tracker(["keys", "renew-master"], standalone_mode=True)


if __name__ == "__main__":
    main()
