"""Programs leave the same entries in the audit log as people do: every route that answers, every refusal."""

import pytest

from tests.api.test_matrix import routes, send, things  # noqa: F401  # a fixture
from tests.auditing.entries import detail, entries
from tests.web.test_audited import endpoint_of


@pytest.fixture
def program_of_alice(program, cast):
    return program(cast.alice, cast.eastside)


def test_every_route_that_shows_or_changes_something_leaves_an_entry(app, program_of_alice, cast, things, engine):  # noqa: F811
    silent, walked = [], 0
    for route in routes(app):
        before = {row[:2] for row in entries(engine)}
        answer = send(program_of_alice, route, route.address(things[cast.eastside.id]))
        made = [row for row in entries(engine) if row[:2] not in before]
        if answer.status_code >= 400 and answer.status_code not in {404, 409, 422}:
            continue
        walked += 1
        endpoint = endpoint_of(app, route.rule, route.method)
        if not any(detail(row).get("page") == endpoint and row.actor == "alice" and row.session_ref for row in made):
            silent.append((route.method, route.rule, answer.status_code))
    assert silent == []
    assert walked > 3


def test_every_foreign_object_leaves_an_entry(app, program_of_alice, cast, things, engine):  # noqa: F811
    tried = 0
    for route in routes(app):
        if route.objects and send(program_of_alice, route, route.address(things[cast.lakeview.id])).status_code == 404:
            tried += 1
            row = entries(engine, "reads")[-1]
            assert (row.action, row.outcome, row.actor) == ("refused", "not_there", "alice"), route
    assert tried > 0


def test_a_token_that_does_not_work_is_a_failed_sign_in(app, engine):
    client = app.test_client(use_cookies=False)
    assert client.get("/api/v1/denials", headers={"Authorization": "Bearer made-up"}).status_code == 401
    assert [(row.action, row.outcome) for row in entries(engine)] == [("sign_in_failed", "refused")]
