"""Is the database whole? Asked before serving, so that a damaged file is not written on (security.md C-36)."""

import sqlite3
from contextlib import closing
from itertools import islice

from tracker.config import Settings

# SQLite 3.40 says this of tables without row ids, whose columns it reads in the wrong order there. No column that must
# not be empty can be: that is checked when a row is written.
_FALSE_ALARM = "NULL value in "


class DamagedDatabaseError(Exception):
    """Raised when the database file is damaged; says where it is and what to do."""


def refuse_damaged(settings: Settings) -> None:
    """Run SQLite's quick check on the file; a server looks after itself. Raises DamagedDatabaseError."""
    file = settings.database_file
    if file is None or not file.exists():
        return
    try:
        # Opened for writing: after a crash SQLite first rolls back what was half written.
        with closing(sqlite3.connect(file, timeout=30)) as connection:
            said = connection.execute("PRAGMA quick_check(1000000000)")
            found = list(islice((row for row in said if not row[0].startswith(_FALSE_ALARM)), 3)) or [("ok",)]
    except sqlite3.DatabaseError as error:
        found = [(str(error),)]
    if found != [("ok",)]:
        what = "; ".join(str(row[0]) for row in found)
        raise DamagedDatabaseError(
            f"The database {file} is damaged ({what}). Nothing was changed. Keep a copy of the file, then restore the "
            "last good backup."
        )
