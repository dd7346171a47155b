"""The `tracker practice` commands: taking a practice out, in, away and back."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy import select

from tracker.auditing.acting import Doing, current
from tracker.auditing.appending import Told, reads_log
from tracker.cli_database import open_keys, open_sessions, practice_named
from tracker.config import Settings
from tracker.db import transaction
from tracker.disk import written_whole
from tracker.domain.audit import Act
from tracker.models import Practice
from tracker.services.practice_archive import LEAST_PASSPHRASE, ArchiveProblem, ArchiveReader
from tracker.services.practice_import import Imported, Wishes, import_practice


@click.group()
def practice() -> None:
    """Look after the practices: list, export, import, delete, restore."""


@practice.command("export")
@click.argument("name")
@click.option("-o", "--output", "file", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--plain", is_flag=True, help="Do not encrypt. The file then holds health data for anybody to read.")
@click.option("--passphrase", help="Encrypt with this; asked for when left out. At least 15 characters.")
@click.option("--with-protected-notes", is_flag=True, help="With psychotherapy notes and Part 2 records.")
@click.pass_obj
def export(  # one parameter per option
    settings: Settings, name: str, file: Path, plain: bool, passphrase: str | None, with_protected_notes: bool
) -> None:
    """Write everything of the practice NAME to a ZIP in open formats, encrypted with a passphrase (AES-256)."""
    from tracker.db_upgrade import head
    from tracker.reports.practice_export import export_practice
    from tracker.services.backing_up import frozen

    secret = "" if plain else _passphrase(passphrase)
    sessions = open_sessions(settings)
    with sessions.reading(()) as session:
        practice_id = practice_named(session, name).id
    with (
        _bar("Exporting") as report,
        frozen(sessions.engine, settings.data_dir, open_keys(settings)) as connection,
        written_whole(file) as out,
    ):
        made = export_practice(
            connection, practice_id, out, revision=head(), now=datetime.now(UTC), passphrase=secret,
            with_protected=with_protected_notes, report=report,
        )  # fmt: skip
    rows = sum(made.rows.values())
    what = current() or Doing()
    told = Told(Act.EXPORTED, practice_id=practice_id, detail={"count": rows, "export": made.export_id})
    reads_log(sessions.engine).append(what, [told])
    click.echo(f"{file}: {rows} rows of {name}.")
    if plain:
        click.echo("The file is not encrypted. Keep it where only those who need it can read it.", err=True)


def _passphrase(given: str | None) -> str:
    found: str = given or click.prompt("Passphrase of the export", hide_input=True, confirmation_prompt=True)
    if len(found) < LEAST_PASSPHRASE:
        raise click.ClickException(
            f"The passphrase must have at least {LEAST_PASSPHRASE} characters: five words will do."
        )
    return found


@practice.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--passphrase", default="", help="What the export was encrypted with; asked for where it is needed.")
@click.option("--name", default="", help="Another name for the practice here.")
@click.option("--owner", help="The sign-in name of a person of this installation who becomes its owner.")
@click.option("--keep-roles", is_flag=True, help="People known here by sign-in name get the roles they had there.")
@click.option("--dry-run", is_flag=True, help="Say what would come, and change nothing.")
@click.pass_obj
def import_(  # one parameter per option
    settings: Settings, file: Path, passphrase: str, name: str, owner: str | None, keep_roles: bool, dry_run: bool
) -> None:
    """Take in a practice that an installation exported to FILE: whole or not at all. Bring in only files you trust."""
    from tracker.services.users import find_user

    sessions = open_sessions(settings)
    try:
        with (
            file.open("rb") as opened,
            _bar("Taking in") as report,
            sessions.system() as session,
        ):
            person = find_user(session, owner) if owner else None
            if owner and person is None:
                raise click.ClickException(f"There is no person with the sign-in name {owner} here.")
            archive = _opened(opened, passphrase)
            found = import_practice(session, archive, datetime.now(UTC), Wishes(name, person, keep_roles), report)
            session.rollback() if dry_run else session.commit()
    except ArchiveProblem as problem:
        raise click.ClickException(f"{problem} Nothing was changed.") from None
    _say(found, dry_run=dry_run)


def _opened(file: BinaryIO, passphrase: str) -> ArchiveReader:
    try:
        return ArchiveReader(file, passphrase)
    except ArchiveProblem:
        if passphrase or not sys.stdin.isatty():
            raise
        return ArchiveReader(file, click.prompt("Passphrase of the export", hide_input=True))


def _say(found: Imported, *, dry_run: bool) -> None:
    rows = sum(found.rows.values())
    click.echo(f"{found.practice.name}: {rows} rows {'would come' if dry_run else 'came in'}.")
    for table, count in sorted(found.rows.items()):
        if count:
            click.echo(f"  {table}: {count}")
    for what, matched in (("People", found.people), ("Payers", found.payers)):
        known = sorted(name for row_id, name in matched.names.items() if row_id not in matched.made)
        new = sorted(name for row_id, name in matched.names.items() if row_id in matched.made)
        click.echo(f"{what} known here: {', '.join(known) or 'none'}. New: {', '.join(new) or 'none'}.")
    click.echo("New people are disabled until somebody enables them: tracker user --help")
    if dry_run:
        click.echo("Nothing was changed.")


@practice.command("list")
@click.pass_obj
def list_practices(settings: Settings) -> None:
    """List the practices, those that wait for being destroyed and those that were."""
    from tracker.services.practice_deletion import destroyed_on, proofs

    with open_sessions(settings).reading(()) as session:
        for one in session.scalars(select(Practice).order_by(Practice.name)):
            last = destroyed_on(one)
            state = f", deleted, destroyed from {last:%Y-%m-%d} on" if last else ""
            click.echo(f"{one.name} (NPI {one.npi or 'not set'}){state}")
        for name, at in proofs(session):
            click.echo(f"{name}: destroyed {at:%Y-%m-%d}")


@practice.command("delete")
@click.argument("name")
@click.option("--confirm", required=True, help="The practice's name once more.")
@click.pass_obj
def delete(settings: Settings, name: str, confirm: str) -> None:
    """Hide the practice NAME from everybody; after thirty days its keys and rows are destroyed for good."""
    from tracker.services.practice_deletion import delete_practice, destroyed_on, rows_of_practice

    with transaction(open_sessions(settings).system()) as session:
        found = practice_named(session, name)
        if confirm != found.name:
            raise click.ClickException("--confirm must repeat the practice's name. Nothing was deleted.")
        if found.deleted_at is not None:
            raise click.ClickException(f"{found.name} is deleted already. Nothing was changed.")
        counts = rows_of_practice(session, found.id)
        delete_practice(found, datetime.now(UTC))
        last = destroyed_on(found)
    for table, count in counts.items():
        click.echo(f"  {table}: {count}")
    click.echo(f"{found.name} is hidden, and will be destroyed from {last:%Y-%m-%d} on.")
    click.echo(
        "To take that back: tracker practice restore. To keep a copy, restore it and type: tracker practice export"
    )
    click.echo("Backups and exports made before still hold it.", err=True)


@practice.command("restore")
@click.argument("name")
@click.pass_obj
def restore(settings: Settings, name: str) -> None:
    """Show the deleted practice NAME again."""
    from tracker.services.practice_deletion import restore_practice

    with transaction(open_sessions(settings).system()) as session:
        found = practice_named(session, name)
        if found.deleted_at is None:
            raise click.ClickException(f"{found.name} is not deleted. Nothing was changed.")
        restore_practice(found)
    click.echo(f"{found.name} is back.")


@practice.command("keep-files")
@click.argument("name")
@click.option("--months", type=click.IntRange(0, 240), required=True, help="0: for good.")
@click.pass_obj
def keep_files(settings: Settings, name: str, months: int) -> None:
    """Keep the imported files of the practice NAME for so many months; denials and payments keep their facts."""
    from tracker.services.retention import keep_files as keep

    with transaction(open_sessions(settings).system()) as session:
        found = practice_named(session, name)
        keep(found, months)
    click.echo(f"{found.name} keeps its imported files {f'{months} months' if months else 'for good'}.")


@practice.command("room")
@click.argument("name")
@click.option("--mb", type=click.IntRange(0, 10_000_000), required=True, help="Million bytes. 0: as the others.")
@click.pass_obj
def room(settings: Settings, name: str, mb: int) -> None:
    """Give the practice NAME another room for files and notes than TRACKER_PRACTICE_MB gives all.

    Here and on no page: the disk is the operator's, and who owns one of many practices should not take it all.
    """
    from tracker.services.storage import megabytes, room_of

    with transaction(open_sessions(settings).system()) as session:
        found = practice_named(session, name)
        found.room_mb = mb or None
        has = room_of(session, found, settings.practice_mb)
    click.echo(f"{found.name} has room for {megabytes(has.most)} and keeps {megabytes(has.used)}.")


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int, str], None]]:
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def show(done: int, total: int, _doing: str) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show
