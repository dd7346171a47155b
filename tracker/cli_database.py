"""What the commands share: opening the database and its keys, finding a practice."""

from datetime import UTC, datetime

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.config import Settings, SettingsError
from tracker.db import SessionMaker
from tracker.keys import open_master
from tracker.models import Practice
from tracker.sealing.key_store import MasterKey


def open_sessions(settings: Settings) -> SessionMaker:
    """Open the database, brought to the newest revision. Raises ClickException in plain words."""
    from tracker.db_upgrade import UnknownRevisionError, open_database

    try:
        return open_database(settings, datetime.now(UTC))
    except (SettingsError, UnknownRevisionError) as error:
        raise click.ClickException(str(error)) from None


def open_keys(settings: Settings) -> MasterKey:
    """Open the master key; end the command in plain words where that does not work."""
    try:
        return open_master(settings)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def find_practice(session: Session, name: str) -> Practice | None:
    """Return the practice of a name, however it is capitalised."""
    return session.scalar(select(Practice).where(func.lower(Practice.name) == name.lower()))


def practice_named(session: Session, name: str) -> Practice:
    """Return the practice of a name; end the command where there is none."""
    found = find_practice(session, name)
    if found is None:
        raise click.ClickException(f"There is no practice named {name}.")
    return found
