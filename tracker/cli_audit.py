"""The `tracker audit` commands, and what every command tells the audit log."""

import getpass
import json
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import Engine

from tracker.auditing.acting import Actor, Doing, current, doing
from tracker.auditing.appending import Told, reads_log
from tracker.cli_database import open_keys, open_sessions, practice_named
from tracker.config import Settings
from tracker.db import make_engine
from tracker.domain.audit import Act
from tracker.reports.audit_entries import exported
from tracker.services.audit_checkpoints import Checkpoint, checkpoint_file, read_checkpoints
from tracker.services.audit_names import empty_name
from tracker.services.audit_verifying import Verified, verify
from tracker.services.restoring import RestoreProblem, checkpoints_in, restore_file

_ACTS = {
    "backup": Act.BACKED_UP, "restore": Act.RESTORED, "keys": Act.KEYS, "import": Act.IMPORTED, "user": Act.CONFIGURED,
    "audit": Act.AUDIT_READ,
}  # fmt: skip


def command_doing(command: str) -> AbstractContextManager[Doing]:
    """Say that a command works, in the name of the machine's account that typed it."""
    try:
        name = f"command line ({getpass.getuser()})"
    except (KeyError, OSError):  # an account without a name, as in some containers
        name = "command line"
    return doing(Doing(lambda: Actor(None, name), _ACTS.get(command, Act.COMMAND), "commands", command))


def tell(settings: Settings, step: str, **counts: int | str) -> None:
    """Add an entry for what a command did past the database; where there is no database yet there is no log either."""
    what, file = current(), settings.database_file
    if what is None or (file is not None and not file.exists()):
        return
    engine = open_sessions(settings).engine
    reads_log(engine).append(what, [Told(what.act, detail={"command": f"{what.object_id} {step}".strip(), **counts})])
    engine.dispose()


@click.group()
def audit() -> None:
    """Look after the audit log."""


@audit.command("verify")
@click.option(
    "--from-backup",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A backup whose checkpoints are held against the log; its own log is verified too.",
)
@click.pass_obj
def verify_log(settings: Settings, file: Path | None) -> None:
    """Verify every entry, the heads and all checkpoints, and say the first that does not hold."""
    engine = open_sessions(settings).engine
    witness = _of_backup(settings, file) if file else []
    try:
        kept = read_checkpoints(settings)
    except ValueError as problem:
        raise click.ClickException(
            f"{problem}. Compare the file with the one of a backup of the data folder."
        ) from None
    tell(settings, "verify")
    found = verify(engine, sorted([*witness, *kept], key=lambda one: one.at) if witness else kept)
    engine.dispose()
    if not kept:
        click.echo(
            f"There is no checkpoint in {checkpoint_file(settings)}: only the chains themselves were verified.",
            err=True,
        )
    _say("", found)


def _of_backup(settings: Settings, file: Path) -> Sequence[Checkpoint]:
    """Verify the log in a backup, and return the checkpoints of its head."""
    with tempfile.TemporaryDirectory(prefix="tracker-audit-") as scratch:
        try:
            checkpoints, master = checkpoints_in(file), open_keys(settings)
            restore_file(file, master, Path(scratch) / "log.db")
        except RestoreProblem as problem:
            raise click.ClickException(str(problem)) from None
        engine = make_engine(f"sqlite:///{scratch}/log.db", master)
        found = verify(engine, checkpoints)
        engine.dispose()
    _say("In the backup, ", found)
    return checkpoints


def _say(where: str, found: Iterable[Verified]) -> None:
    broken = []
    for one in found:
        if one.broken:
            broken.append(f"{where}{one.chain}: {one.broken.damage} at entry {one.broken.seq}. {one.broken.why}.")
            continue
        speed = f", {one.entries / one.seconds:,.0f} entries/s" if one.entries else ""
        gone = f", {one.removed_through:,} removed after their years" if one.removed_through else ""
        click.echo(
            f"{where}{one.chain}: {one.entries:,} entries hold, {one.checkpoints:,} checkpoints fit{gone}{speed}."
        )
        for back in one.restored:
            click.echo(f"{where}{one.chain}: a backup was put back on {back.at}, at entry {back.seq:,}.")
    if broken:
        raise click.ClickException("The audit log does not hold.\n" + "\n".join(broken))


@audit.command("export")
@click.option("--practice", "practice_name", help="Only entries of this practice and of its people.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only entries from this day on (UTC).")
@click.argument("out", type=click.File("w"), default="-")
@click.pass_obj
def export_log(settings: Settings, practice_name: str | None, since: datetime | None, out: TextIO) -> None:
    """Write the audit log to OUT (default: the terminal), one JSON object a line."""
    sessions = open_sessions(settings)
    with closing(sessions.system()) as session:
        practice = practice_named(session, practice_name).id if practice_name else None
    tell(settings, "export")
    count = 0
    for entry in exported(sessions.engine, practice, since.replace(tzinfo=UTC) if since else None):
        out.write(json.dumps(entry) + "\n")
        count += 1
    click.echo(f"{count:,} entries.", err=True)
    sessions.engine.dispose()


@audit.command("forget-name")
@click.argument("login")
@click.pass_obj
def forget_name(settings: Settings, login: str) -> None:
    """Take a sign-in name out of all entries; the chain stays whole, since it holds only a keyed hash of the name."""
    engine: Engine = open_sessions(settings).engine
    count = empty_name(engine, login)
    tell(settings, "forget-name", entries=count)
    engine.dispose()
    click.echo(f"The name is gone from {count:,} entries.")
