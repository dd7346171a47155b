"""Checking a password or a code that somebody typed; wrong tries count, and too many have to wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from flask import Response, g
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.models import User
from tracker.services import emergency, second_factor, sign_in, user_mail
from tracker.services.owner_requests import owners_of
from tracker.services.sessions import open_session
from tracker.services.sign_in import MustWait, SignInRefused
from tracker.services.user_mail import About
from tracker.web.browsers import here
from tracker.web.request import sessions, settings

__all__ = [
    "MustWait",
    "SignInRefused",
    "answer_wait",
    "check_code",
    "check_password",
    "tell",
    "use_emergency_code",
    "wait_words",
]


@contextmanager
def _counting() -> Iterator[Session]:
    """Give a transaction that is kept when a sign-in is refused in it: wrong tries count."""
    refused = None
    with transaction(sessions().system()) as database:
        try:
            yield database
        except SignInRefused as problem:
            refused = problem
    if refused is not None:
        raise refused


def check_password(login: str, password: str) -> User:
    """Return the person whom a name and a password belong to. Raises SignInRefused or MustWait."""
    counted = sign_in.counters(login, here().address)
    with sessions().reading(()) as database:
        sign_in.refuse_waiting(database, counted, g.now)
        attempt = sign_in.try_password(database, login, password, fast_hash=settings().fast_hash)
    with _counting() as database:
        return sign_in.admit(database, attempt, counted, g.now)


def check_code(user: User, code: str) -> None:
    """Use up a code of a person: of the app, or a recovery code. Raises SignInRefused or MustWait."""
    counted = sign_in.counters(user.login, here().address)
    with _counting() as database:
        sign_in.refuse_waiting(database, counted, g.now)
        row = database.get_one(User, user.id, with_for_update=True)
        try:
            was_recovery_code = second_factor.use_code(database, row, code, g.now)
        except second_factor.WrongCode:
            sign_in.count_wrong(database, counted, g.now)
            raise SignInRefused from None
        if was_recovery_code:
            tell(database, row, About.RECOVERY_CODE)


class Opened(NamedTuple):
    """What a sealed code opened: the token of a new session, for whom and in which practice."""

    token: str
    user: User
    practice_id: int


def use_emergency_code(login: str, code: str) -> Opened:
    """Use up a sealed code of a person and open a session for them; every owner is told, in the same transaction.

    Raises SignInRefused or MustWait.
    """
    counted = sign_in.counters(login, here().address)
    with _counting() as database:
        sign_in.refuse_waiting(database, counted, g.now)
        try:
            row, user = emergency.use_code(database, login, code, g.now)
        except SignInRefused:
            sign_in.count_wrong(database, counted, g.now)
            raise
        token = open_session(database, user.id, g.now, here(), has_factor=True, emergency_id=row.id)
        for owner in owners_of(database, row.practice_id):
            tell(database, owner, About.EMERGENCY)
    return Opened(token, user, row.practice_id)


def tell(database: Session, user: User, about: About, *, session_id: int | None = None, **details: str) -> None:
    """Tell a person on their other sessions' next page, and by e-mail where a mail server is set.

    ``session_id`` is the session that did it, where that is not the request's own.
    """
    if session_id is None and g.user is not None and g.user.id == user.id:
        session_id = g.sign_in.id
    by_mail = bool(settings().smtp_url)
    user_mail.tell(database, user, about, g.now, by_mail=by_mail, session_id=session_id, **details)


def wait_words(wait: MustWait) -> str:
    """Say how long somebody has to wait after wrong tries."""
    seconds = "1 second" if wait.seconds == 1 else f"{wait.seconds} seconds"
    return f"There were too many wrong tries. Wait {seconds}, then try again"


def answer_wait(page: str, wait: MustWait) -> Response:
    """Return a page as the answer to too many tries."""
    return Response(page, 429, {"Retry-After": str(wait.seconds)})
