"""The `tracker backup` and `tracker restore` commands."""

from datetime import UTC, datetime
from pathlib import Path

import click

from tracker.cli_audit import tell
from tracker.cli_database import open_keys, open_sessions
from tracker.config import Settings
from tracker.db import make_engine, reads_file, transaction
from tracker.keys import key_store
from tracker.sealing.chain import audit_keys
from tracker.sealing.key_store import KeyProblem
from tracker.services.audit_checkpoints import RESTORED, add_checkpoints, mark_all
from tracker.services.backing_up import ENDING
from tracker.services.backups import backup_folder, make_backup, record
from tracker.services.restoring import Restored, RestoreProblem, keys_in, restore_file, restore_into, try_backup

_File = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group(invoke_without_command=True)
@click.pass_context
def backup(context: click.Context) -> None:
    """Make a backup now, restore it on trial, and say where it lies."""
    if context.invoked_subcommand is not None:
        return
    settings: Settings = context.obj
    sessions, now = open_sessions(settings), datetime.now(UTC)
    made = make_backup(sessions, settings, open_keys(settings), now)
    with transaction(sessions.system()) as session:
        record(session, made, now)
    sessions.engine.dispose()
    if made.problem:
        raise click.ClickException(f"{made.written.path} was written, but it is no good: {made.problem}")
    click.echo(f"{made.written.path}: {made.written.rows} rows, {made.written.size} bytes, restored on trial.")


@backup.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def verify(settings: Settings, file: Path | None) -> None:
    """Restore FILE (default: the newest backup) into a scratch database and say what it holds."""
    files = sorted(backup_folder(settings).glob(f"*{ENDING}"))
    if file is None and not files:
        raise click.ClickException(f"There is no backup in {backup_folder(settings)}. Type: tracker backup")
    path = file or files[-1]
    _say(path, _tried(path, settings))


@click.command()
@_File
@click.option("--dry-run", is_flag=True, help="Restore into a scratch database only, and say what would come back.")
@click.option("--replace", is_flag=True, help="Put the present database aside first (SQLite).")
@click.pass_obj
def restore(settings: Settings, file: Path, dry_run: bool, replace: bool) -> None:
    """Bring the database back from FILE. Stop the tracker first."""
    if dry_run:
        _say(file, _tried(file, settings))
        return
    _take_keys(settings, file)
    try:
        found = _restored(settings, file, replace=replace)
    except RestoreProblem as problem:
        raise click.ClickException(str(problem)) from None
    _tell_restored(settings, found)
    _say(file, found)
    click.echo("Restored. Start the tracker again.")


def _restored(settings: Settings, file: Path, *, replace: bool) -> Restored:
    database = settings.database_file
    if database is None:
        url = settings.database_owner_url or settings.database_url
        engine = make_engine(url, open_keys(settings))
        try:
            return restore_into(file, open_keys(settings), engine)
        finally:
            engine.dispose()
    if database.exists() and not replace:
        raise RestoreProblem(f"There is a database already: {database}. --replace puts it aside first.")
    fresh = database.with_name(f".{database.name}.restored")
    found = restore_file(file, open_keys(settings), fresh)
    aside = database.with_name(f"{database.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    for ending in ("", "-wal", "-shm", "-journal"):
        part = database.with_name(database.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    fresh.rename(database)
    _keep_reads(reads_file(fresh), reads_file(database))
    return found


def _keep_reads(restored: Path, live: Path) -> None:
    """The log of reads that is here goes on: it knows more than the backup's, which is for a new machine."""
    if live.exists():
        restored.unlink()
    else:
        restored.rename(live)


def _tell_restored(settings: Settings, found: Restored) -> None:
    """Sign where the log goes on, so that checkpoints of the database of before do not count, and add an entry."""
    engine, master = make_engine(settings.database_url, open_keys(settings)), open_keys(settings)
    add_checkpoints(settings, mark_all(engine, audit_keys(master), datetime.now(UTC), RESTORED))
    engine.dispose()
    tell(settings, "", made_at=found.made_at, revision=found.revision)


def _take_keys(settings: Settings, file: Path) -> None:
    """On a new machine the keys come with the backup, still wrapped."""
    store = key_store(settings)
    try:
        if not store.exists():
            store.take(keys_in(file))
            click.echo("The keys of the backup were taken over. If they do not open: tracker keys recover")
    except (RestoreProblem, KeyProblem) as problem:
        raise click.ClickException(str(problem)) from None


def _tried(path: Path, settings: Settings) -> Restored:
    try:
        return try_backup(path, open_keys(settings))
    except RestoreProblem as problem:
        raise click.ClickException(str(problem)) from None


def _say(path: Path, found: Restored) -> None:
    rows = sum(found.rows.values())
    click.echo(f"{path}: made {found.made_at}, revision {found.revision}, {rows} rows in {len(found.rows)} tables.")
    for name, count in sorted(found.rows.items()):
        if count:
            click.echo(f"  {name}: {count}")
