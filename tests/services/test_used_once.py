"""Codes, links and first tries under many hands at once: each is taken by one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from tests import build
from tracker.db import transaction
from tracker.models import SignInTries, User
from tracker.services import second_factor, sign_in
from tracker.services.second_factor import WrongCode
from tracker.services.user_links import Kind, LinkOver, key_of, make_link, set_password_by_link

_HANDS = 6


@pytest.fixture
def at_once(sessions):
    """Give a function that does an act in several transactions at the same moment; how many of them went through."""

    def do(act: Callable[[Session], object], refusal: type[Exception]) -> int:
        start = Barrier(_HANDS)

        def one(_number: int) -> bool:
            start.wait()
            try:
                with transaction(sessions.system()) as session:
                    act(session)
            except refusal:
                return False
            return True

        with ThreadPoolExecutor(_HANDS) as pool:
            return sum(pool.map(one, range(_HANDS)))

    return do


@pytest.fixture
def codes(sessions, cast):
    with transaction(sessions.system()) as session:
        alice = session.get_one(User, cast.alice.id)
        found = second_factor.turn_on(session, alice, build.SEED, build.totp(build.NOW), build.NOW)
        alice.totp_step = None
        return found


def use(cast, code):
    return lambda session: second_factor.use_code(session, session.get_one(User, cast.alice.id), code, build.NOW)


def test_a_code_of_the_app_is_taken_by_one(at_once, cast, codes):
    assert at_once(use(cast, build.totp(build.NOW)), WrongCode) == 1


def test_a_recovery_code_is_taken_by_one(at_once, cast, codes):
    assert at_once(use(cast, codes[0]), WrongCode) == 1


def test_a_link_is_taken_by_one(at_once, cast, sessions, settings):
    with transaction(sessions.system()) as session:
        bob = session.get_one(User, cast.bob.id)
        link = make_link(session, bob, Kind.RESET, build.NOW, settings.secret_key, None)
        key = key_of(settings.secret_key, link.public_id)
    assert at_once(lambda session: set_password_by_link(session, key, "a hash", build.NOW), LinkOver) == 1


def test_wrong_tries_at_once_are_all_counted(at_once, sessions):
    counted = sign_in.counters("alice", "192.0.2.7")
    assert at_once(lambda session: sign_in.count_wrong(session, counted, build.NOW), ZeroDivisionError) == _HANDS
    with sessions.reading(()) as session:
        assert [session.get_one(SignInTries, one.key).wrong for one in counted] == [_HANDS, _HANDS]
