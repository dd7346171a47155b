"""Requests that nobody thought of, made from the description: right and wrong ones, and none may fail.

``TRACKER_API_EXAMPLES`` sets how many are made for each operation; a few in the ordinary run.
"""

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import schemathesis
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth

from tests import build
from tests.api.test_matrix import OBJECTS
from tests.databases import keep_master
from tests.web.test_access_matrix import make
from tracker.api import document
from tracker.api.fields import ID_PATTERN
from tracker.app import create_app
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.domain.token_verbs import Verb
from tracker.services.api_tokens import make_token

EXAMPLES = int(os.environ.get("TRACKER_API_EXAMPLES", "5"))
# What a right request may be answered with too: a step that is not possible now, a denial that is there already.
RIGHT = ["2xx", "404", "409", "422"]


def description() -> dict:
    """The description alone, which needs no database."""
    app = Flask("described")
    CSRFProtect(app)
    document.init_app(app)
    return app.extensions["tracker_api"].spec.to_dict()


schema = schemathesis.openapi.from_dict(
    description(),
    config=SchemathesisConfig.from_dict(
        {
            "generation": {"mode": "all", "max-examples": EXAMPLES, "deterministic": True, "database": "none"},
            "suppress-health-check": ["all"],  # the app is one for all requests of a test, on purpose
            "checks": {"positive_data_acceptance": {"expected-statuses": RIGHT}},
        }
    ),
)


class Served(NamedTuple):
    """The app, what every request carries, and the ids of objects that are there by their names in addresses."""

    app: Flask
    headers: dict[str, str]
    there: dict[str, str]

    def answer(self, case) -> None:
        """Send a request and hold the answer against the description."""
        case.operation.schema.app = self.app
        # What opens without a right token is tried in test_tokens and test_matrix.
        case.call_and_validate(app=self.app, headers=self.headers, excluded_checks=[ignored_auth])


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory) -> Iterator[Served]:
    """One app and one database for thousands of requests; whatever they leave must trouble none of the next."""
    folder = tmp_path_factory.mktemp("any-request")
    with sqlite_template.copy(folder) as engine:
        with transaction(SessionMaker(engine).system()) as session:
            cast = build.cast(session)
            there = make(session, cast.eastside)
            _, secret = make_token(session, cast.alice.id, cast.eastside.id, "Test", tuple(Verb), 90, build.NOW)
        keep_master(folder / "data")
        url = engine.url.render_as_string(hide_password=False)
        app = create_app(Settings(folder / "data", url, fast_hash=True, api_per_minute=10**9), lambda: build.NOW)
        ids = {name: there[kind] for name, kind in OBJECTS.items()}
        yield Served(app, {"Authorization": f"Bearer {secret}"}, ids)
        app.extensions["tracker_sessions"].engine.dispose()


@schema.parametrize()
def test_any_request_is_answered_as_described(case, served):
    """An id that could be one becomes the id of something that is there; what cannot be one stays."""
    if case.path_parameters and all(re.fullmatch(ID_PATTERN, str(one)) for one in case.path_parameters.values()):
        case.path_parameters = {name: served.there[name] for name in case.path_parameters}
    served.answer(case)
