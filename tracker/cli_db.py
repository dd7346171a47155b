"""The `tracker db` commands: bringing the database up to date, checking its counts, and PostgreSQL's two roles."""

import os
import sys

import click
from sqlalchemy import select

from tracker import appeal_figures
from tracker.cli_database import open_sessions
from tracker.config import Settings, database_url
from tracker.day_counts import differing_days, differing_months, recount_days, recount_months
from tracker.db import transaction
from tracker.models import Practice
from tracker.month_counts import month_of


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the database to the newest revision (as TRACKER_DATABASE_OWNER_URL where that is set)."""
    open_sessions(settings).engine.dispose()
    click.echo("The database is up to date.")


@db.command()
@click.option("--mend", is_flag=True, help="Count the days, months and appeals that differ anew.")
@click.pass_obj
def check(settings: Settings, mend: bool) -> None:
    """Compare the counts kept by day and by month, and the figures of appeals, with the rows they count."""
    differing = 0
    with transaction(open_sessions(settings).system()) as session:
        for practice_id, public_id in session.execute(select(Practice.id, Practice.public_id)).all():
            days, months = differing_days(session, practice_id), differing_months(session, practice_id)
            appeals = appeal_figures.differing(session, practice_id)
            differing += len(days) + len(months) + len(appeals)
            for when in [*(f"{day:%Y-%m-%d}" for day in days), *(f"{month:%Y-%m}" for month in months)]:
                click.echo(f"Practice {public_id}, {when}: the counts differ from the rows.")
            if appeals:
                click.echo(f"Practice {public_id}: the figures of {len(appeals)} appeals differ from the rows.")
            if mend:
                appeal_figures.keep(session, practice_id, appeals)
            if mend and (days or months):
                recount_days(session, practice_id, days)
                recount_months(session, practice_id, {*months, *map(month_of, days)})
    if not differing:
        click.echo("The counts by day and month, and the figures of appeals, are what the rows say.")
    elif mend:
        click.echo(f"{differing} counted anew.")
    else:
        click.echo("Nothing was changed. Type: tracker db check --mend")
        sys.exit(1)


@db.command()
@click.option("--run", is_flag=True, help="Carry it out, as the superuser of TRACKER_DATABASE_ADMIN_URL.")
@click.pass_obj
def roles(settings: Settings, run: bool) -> None:
    """Print the SQL that makes PostgreSQL's owner and app roles (TRACKER_DATABASE_OWNER_URL, TRACKER_DATABASE_URL).

    It can be run again at any time. Passwords are not printed: --run sets those in the two addresses.
    """
    from sqlalchemy.exc import DBAPIError

    from tracker.db_roles import making, roles_of

    try:
        found = roles_of(settings.database_owner_url, settings.database_url)
        if run:
            _make(settings)
    except ValueError as problem:
        why = f"Set TRACKER_DATABASE_OWNER_URL and TRACKER_DATABASE_URL to PostgreSQL: {problem}."
        raise click.ClickException(why) from None
    except DBAPIError as problem:
        why = f"TRACKER_DATABASE_ADMIN_URL must be a superuser of the database. It answered: {problem.orig}"
        raise click.ClickException(why.strip()) from None
    if run:
        click.echo(f"{found.owner} owns the tables of {found.database}, {found.app} works with their rows.")
    else:
        click.echo(";\n".join(making(found)) + ";")


def _make(settings: Settings) -> None:
    from tracker.db import make_engine
    from tracker.db_roles import make_roles

    try:
        admin = make_engine(database_url(os.environ.get("TRACKER_DATABASE_ADMIN_URL", "")))
    except ValueError as problem:
        raise click.ClickException(f"TRACKER_DATABASE_ADMIN_URL must be {problem}.") from None
    try:
        make_roles(admin, settings.database_owner_url, settings.database_url)
    finally:
        admin.dispose()
