"""The `tracker user` commands: for whoever has the machine at hand, when nobody can do it on the people page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.cli_database import find_practice, open_sessions
from tracker.config import Settings
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Practice, User


@click.group()
def user() -> None:
    """Look after the people who sign in."""


@user.command("add")
@click.argument("login")
@click.option("--name", help="The person's name (default: the sign-in name).")
@click.option("--practice", "practices", multiple=True, required=True, help="A practice; repeat for several.")
@click.option("--npi", help="The NPI of the practice, when it is new.")
@click.option("--role", type=click.Choice(list(Role)), default=Role.OWNER, show_default=True)
@click.password_option(help="At least 15 characters; asked for when left out.")
@click.pass_obj
def add_user(  # one parameter per option
    settings: Settings,
    login: str,
    name: str | None,
    practices: tuple[str, ...],
    npi: str | None,
    role: Role,
    password: str,
) -> None:
    """Add a person who may sign in; a practice that does not exist yet is made."""
    from tracker.services.users import UserProblem, create_user

    with transaction(open_sessions(settings).system()) as session:
        rows = [_practice_to_join(session, title, npi) for title in practices]
        try:
            create_user(session, login, name or login, password, rows, role, fast_hash=settings.fast_hash)
        except UserProblem as problem:
            raise click.ClickException(str(problem)) from None
    click.echo(f"{login} can sign in to {', '.join(practices)}.")


def _practice_to_join(session: Session, title: str, npi: str | None) -> Practice:
    found = find_practice(session, title)
    if found is None:
        found = Practice(name=title[:120], npi=npi)
        session.add(found)
        session.flush()
    return found


@user.command("list")
@click.pass_obj
def list_users(settings: Settings) -> None:
    """List everybody who has an account: sign-in name, state, second factor, roles."""
    from tracker.reports.users_list import people

    with open_sessions(settings).system() as session:
        practices = dict(session.execute(select(Practice.id, Practice.name)).all())
        for one in people(session, practices):
            roles = ", ".join(f"{role} of {practices[place]}" for place, role in one.roles.items())
            factor = "second factor on" if one.user.totp_since else "second factor off"
            click.echo(f"{one.user.login}  {one.state}, {factor}: {roles}")


@contextmanager
def _account(settings: Settings, login: str) -> Iterator[tuple[Session, User]]:
    """Give a person's account in a transaction. Raises ClickException when there is none."""
    from tracker.services.users import find_user

    with transaction(open_sessions(settings).system()) as session:
        person = find_user(session, login)
        if person is None:
            raise click.ClickException(f"There is no user named {login}.")
        yield session, person


@user.command()
@click.argument("login")
@click.pass_obj
def disable(settings: Settings, login: str) -> None:
    """Let a person sign in no more, and sign them out everywhere."""
    from tracker.services import users

    with _account(settings, login) as (session, person):
        try:
            users.disable(session, person, datetime.now(UTC))
        except users.UserProblem as problem:
            raise click.ClickException(str(problem)) from None
    click.echo(f"{login} cannot sign in any more.")


@user.command("reset-password")
@click.argument("login")
@click.pass_obj
def reset_password(settings: Settings, login: str) -> None:
    """Print a link by which a person sets a new password, once."""
    from tracker.services.user_links import Kind, link_address, make_link

    with _account(settings, login) as (session, person):
        if not person.is_active:
            raise click.ClickException(f"{login} is disabled.")
        link = make_link(session, person, Kind.RESET, datetime.now(UTC), settings.secret_key, None)
        address = link_address(settings, link)
    click.echo(f"Open this within a day, while the tracker runs: {address}")


@user.command("totp-reset")
@click.argument("login")
@click.pass_obj
def reset_totp(settings: Settings, login: str) -> None:
    """Take away the second factor of a person who lost it, and sign them out everywhere."""
    from tracker.services.second_factor import turn_off
    from tracker.services.sessions import end_sessions

    with _account(settings, login) as (session, person):
        turn_off(session, person)
        end_sessions(session, person.id, datetime.now(UTC))
    click.echo(f"{login} signs in with the password alone now.")
