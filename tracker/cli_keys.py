"""The `tracker keys` commands: the keys that everything sealed rests on."""

import sys
from datetime import UTC, datetime

import click

from tracker.cli_audit import tell
from tracker.cli_database import open_keys, open_sessions, practice_named
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.keys import key_store
from tracker.sealing.key_store import KeyProblem

_Practice = click.option("--practice", "practice_name", required=True, help="The practice by name.")


@click.group()
def keys() -> None:
    """Look after the keys that the data is encrypted with."""


@keys.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Say what opens the keys."""
    store = key_store(settings)
    if not store.exists():
        click.echo("No keys have been made yet: the first start makes them.")
        return
    kinds = store.kinds()
    opens = {"file": f"the key file {store.key_file}", "passphrase": "a passphrase", "recovery": "the recovery code"}
    click.echo("The keys open with " + ", or ".join(opens[kind] for kind in sorted(kinds)) + ".")
    click.echo(f"The master key is number {store.number}.")
    if settings.database_file is None or settings.database_file.exists():
        _say_unfinished(settings)
    if "recovery" not in kinds:
        click.echo("There is no recovery code. Make one and print it: tracker keys recovery-code")
    if "file" in kinds and store.key_file.parent == settings.data_dir:
        click.echo(
            "The key file lies beside the data: who copies the folder has both. Move it (TRACKER_KEY_FILE), or replace "
            "it with a passphrase: tracker keys protect"
        )


def _say_unfinished(settings: Settings) -> None:
    from tracker.services.master_key import is_unfinished

    try:
        sessions = open_sessions(settings)
    except click.ClickException as problem:
        click.echo(problem.message)
        return
    with sessions.system() as session:
        if is_unfinished(session):
            click.echo("Some keys are not wrapped by it yet. Finish the renewal: tracker keys renew-master")
    sessions.engine.dispose()


@keys.command("recovery-code")
@click.pass_obj
def recovery_code(settings: Settings) -> None:
    """Print a new recovery code; the one of before opens nothing any more."""
    master = open_keys(settings)
    click.echo(key_store(settings).new_recovery_code(master))
    tell(settings, "recovery-code")
    click.echo("Print it and lock it away. With the key file or passphrase lost, only this opens the data.", err=True)


@keys.command()
@click.password_option(prompt="New passphrase", help="At least 15 characters; asked for when left out.")
@click.pass_obj
def protect(settings: Settings, password: str) -> None:
    """Replace the key file by a passphrase, asked for at each start."""
    if len(password) < 15:
        raise click.ClickException("The passphrase must have at least 15 characters: four or five words will do.")
    tell(settings, "protect")
    key_store(settings).protect_with_passphrase(open_keys(settings), password)
    click.echo("The key file is gone. The next start asks for the passphrase.")


@keys.command()
@click.option("--code", prompt="Recovery code", help="The printed code; asked for when left out.")
@click.pass_obj
def recover(settings: Settings, code: str) -> None:
    """Open the keys with the recovery code and write a new key file."""
    try:
        key_store(settings).recover(code)
    except KeyProblem as problem:
        raise click.ClickException(str(problem)) from None
    tell(settings, "recover")
    click.echo(f"The key file {key_store(settings).key_file} is written again.")


@keys.command("renew-master")
@click.pass_obj
def renew_master(settings: Settings) -> None:
    """Make a new master key and wrap the keys of all practices with it; killed, the next run does the rest."""
    from tracker.services.master_key import finish, is_unfinished, renew

    sessions, now = open_sessions(settings), datetime.now(UTC)
    with transaction(sessions.system()) as session:
        begun = is_unfinished(session)
    try:
        if not begun:
            tell(settings, "renew-master")
            renew(settings, now, _say_code)
        with transaction(sessions.system()) as session:
            finish(session)
    except KeyProblem as problem:
        raise click.ClickException(str(problem)) from None
    finally:
        sessions.engine.dispose()
    words = "The renewal that was begun is finished" if begun else "The master key is renewed"
    click.echo(f"{words}: number {key_store(settings).number} is in use. Make a backup: tracker backup")


def _say_code(code: str) -> None:
    click.echo(f"The new recovery code:\n{code}")
    click.echo(
        "Print it and lock it away. Backups made until now open on another machine with the code from before: keep that "
        "one as long as you keep them.",
        err=True,
    )


@keys.command()
@_Practice
@click.pass_obj
def rotate(settings: Settings, practice_name: str) -> None:
    """Make a new key of a practice and seal all its data again; killed, the next run goes on."""
    from tracker.services.practice_keys import rotate

    sessions = open_sessions(settings)
    with transaction(sessions.system()) as session:
        practice = practice_named(session, practice_name)
        version = rotate(session, practice.id, datetime.now(UTC))
    _reseal(sessions, practice.id)
    click.echo(f"Key {version} of {practice.name} is in use. Make a backup, then type: tracker keys destroy-old")


@keys.command()
@_Practice
@click.pass_obj
def reseal(settings: Settings, practice_name: str) -> None:
    """Go on sealing what a rotation left with the old key."""
    sessions = open_sessions(settings)
    with sessions.reading(()) as session:
        practice = practice_named(session, practice_name)
    click.echo(f"{_reseal(sessions, practice.id)} rows sealed again.")


@keys.command("destroy-old")
@_Practice
@click.pass_obj
def destroy_old(settings: Settings, practice_name: str) -> None:
    """Delete the old keys of a practice, once nothing needs them."""
    from tracker.services.practice_keys import OldKeysInUse, destroy_old_keys

    with transaction(open_sessions(settings).system()) as session:
        practice = practice_named(session, practice_name)
        try:
            gone = destroy_old_keys(session, practice.id, datetime.now(UTC))
        except OldKeysInUse as problem:
            raise click.ClickException(str(problem)) from None
    click.echo(f"{gone} old key{'' if gone == 1 else 's'} of {practice.name} destroyed.")


@keys.command()
@_Practice
@click.option("--confirm", required=True, help="The practice's name once more.")
@click.pass_obj
def shred(settings: Settings, practice_name: str, confirm: str) -> None:
    """Destroy all keys of a practice: nobody can read its data again. There is no way back."""
    from tracker.services.practice_keys import shred as destroy_all

    if confirm != practice_name:
        raise click.ClickException("--confirm must repeat the practice's name. Nothing was destroyed.")
    with transaction(open_sessions(settings).system()) as session:
        destroy_all(session, practice_named(session, practice_name))
    click.echo(f"The keys of {practice_name} are destroyed. Backups made before still hold them: destroy those too.")


def _reseal(sessions: SessionMaker, practice_id: int) -> int:
    from tracker.services.practice_keys import reseal

    with click.progressbar(length=1, label="Sealing again", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        return reseal(sessions, practice_id, show)
