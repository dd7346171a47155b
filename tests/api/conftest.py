"""Programs of people: each has a token, asks as programs do, and every answer is held against the description."""

import secrets
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.described import Described
from tracker.db import transaction
from tracker.domain.token_verbs import Verb
from tracker.services.api_tokens import make_token


class Program:
    """A program with a token; what it is answered must be as /api/openapi.json says."""

    def __init__(self, app: Any, token: str, described: Described) -> None:
        self.client, self.token, self.described = app.test_client(use_cookies=False), token, described

    def send(self, method: str, path: str, *, key: str | None = None, headers: Any = (), **more: Any) -> TestResponse:
        told = {"Authorization": f"Bearer {self.token}", **dict(headers)}
        if key:
            told["Idempotency-Key"] = key
        answer = self.client.open(path, method=method, headers=told, **more)
        self.described.require(method, path, answer)
        return answer

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.send("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, *, key: str | None = "", **more: Any) -> TestResponse:
        """Send something new: with a key of its own unless one is given; None sends none."""
        key = secrets.token_hex(8) if key == "" else key
        return self.send("POST", path, json={} if body is None else body, key=key, **more)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.send("PATCH", path, json=body)


@pytest.fixture
def described(app) -> Described:
    return _described(app.extensions["tracker_api"])


@cache
def _described(api: Any) -> Described:
    return Described(api.spec.to_dict())


@pytest.fixture
def token(sessions, clock) -> Callable[..., str]:
    """Give a function that makes a token of a person in a practice, for all verbs unless some are named."""

    def make(user, practice, *verbs: Verb, days: int = 90) -> str:
        with transaction(sessions.system()) as session:
            _, secret = make_token(session, user.id, practice.id, "Test", verbs or tuple(Verb), days, clock.now)
        return secret

    return make


@pytest.fixture
def program(app, token, described) -> Callable[..., Program]:
    """Give a function that returns a program with a token of its own."""

    def make(user, practice, *verbs: Verb, days: int = 90) -> Program:
        return Program(app, token(user, practice, *verbs, days=days), described)

    return make


@pytest.fixture
def alice(program, cast) -> Program:
    """A program of Alice, who bills at Eastside."""
    return program(cast.alice, cast.eastside)
