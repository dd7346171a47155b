"""Every route of the API, for every role and verb, on one's own practice and on another's.

A route with an object that this file does not know fails the test: name its object here.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.web.test_access_matrix import CANARY, make
from tracker.db import transaction, whole
from tracker.domain.access import Action, Role, may
from tracker.domain.token_verbs import Verb
from tracker.models import PracticeKey
from tracker.web import access
from tracker.web.request import DESCRIPTION

# Which object of ``things`` an argument of an address names.
OBJECTS = {
    "denial_id": "denial", "claim_id": "claim", "patient_id": "patient", "note_id": "note", "appeal_id": "appeal",
    "letter_id": "letter", "import_id": "import",
}  # fmt: skip
FILLED: dict[str, str] = {}


class Route(NamedTuple):
    method: str
    rule: str
    action: Action
    verb: Verb
    objects: tuple[str, ...]

    def address(self, things: dict[str, str]) -> str:
        path = self.rule
        for name in self.objects:
            path = path.replace(f"<id:{name}>", things[OBJECTS[name]])
        for name, value in FILLED.items():
            path = path.replace(f"<id:{name}>", value)
        assert "<" not in path, f"{self.rule} is a route that the matrix does not know: say what its arguments are"
        return path


@pytest.fixture
def things(sessions, cast):
    """An object of every kind in both practices; those of the foreign one bear a name that must show nowhere."""
    with transaction(sessions.system()) as session:
        return {place.id: make(session, place) for place in (cast.eastside, cast.lakeview)}


def routes(app) -> Iterator[Route]:
    with app.app_context():
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/api/") and rule.endpoint != DESCRIPTION:
                objects = tuple(sorted(rule.arguments - FILLED.keys()))
                action, verb = access.declared(rule.endpoint), access.verb_of(rule.endpoint)
                for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                    yield Route(method, rule.rule, action, verb, objects)


def send(asks, route, path):
    """Send a request whose body says nothing: it is refused after the role and the verb, never before."""
    return asks.send(route.method, path, json={} if route.method != "GET" else None, key="x" * 20)


def test_every_route_says_who_may_use_it_and_with_which_verb(app):
    assert [route for route in routes(app) if route.action is None or route.verb is None] == []


def test_what_changes_needs_another_verb_than_what_reads(app):
    reads = {Verb.READ, Verb.INSIGHTS}
    for route in routes(app):
        assert route.verb is Verb.IMPORT or (route.method == "GET") is (route.verb in reads), route


@pytest.mark.parametrize("role", list(Role))
def test_on_ones_own_practice_the_table_decides(app, program, cast, become, things, role):
    become(cast.alice, role)
    asks, wrong = program(cast.alice, cast.eastside), []
    for route in routes(app):
        answer = send(asks, route, route.address(things[cast.eastside.id]))
        assert answer.status_code < 500, (route, answer.text)
        if (answer.status_code == 403) is may(role, route.action):
            wrong.append((route, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("verb", list(Verb))
def test_the_verbs_of_a_token_decide(app, program, cast, become, things, verb):
    become(cast.alice, Role.OWNER)
    asks, wrong = program(cast.alice, cast.eastside, verb), []
    for route in routes(app):
        answer = send(asks, route, route.address(things[cast.eastside.id]))
        if (answer.status_code == 403) is (route.verb is verb):
            wrong.append((route, answer.status_code))
    assert wrong == []


def test_nothing_opens_without_a_token(app, client, things, cast):
    for route in routes(app):
        answer = client.open(route.address(things[cast.eastside.id]), method=route.method)
        assert answer.status_code == 401, route


@pytest.mark.parametrize("role", list(Role))
def test_a_foreign_object_is_not_there_for_any_role(app, program, cast, become, things, role):
    become(cast.alice, role)
    asks, wrong = program(cast.alice, cast.eastside), []
    for route in routes(app):
        answer = send(asks, route, route.address(things[cast.lakeview.id]))
        assert CANARY not in answer.text, route
        expected = {404, 422, 415} if may(role, route.action) else {403}
        if route.objects and answer.status_code not in expected:
            wrong.append((route, answer.status_code))
    assert wrong == []


def test_nothing_of_another_practice_is_changed_by_right_bodies(program, cast, things, engine, right_bodies):
    """Every change, with a body that would do on one's own object, is sent at Lakeview's objects."""
    before = rows_of(engine, cast.lakeview)
    asks = program(cast.alice, cast.eastside)
    for method, path, body in right_bodies(things[cast.lakeview.id]):
        answer = asks.send(method, path, json=body, key="foreign-" + path[-20:].replace("/", "-"))
        assert answer.status_code == 404, (method, path, answer.text)
    assert rows_of(engine, cast.lakeview) == before


def test_every_change_of_an_object_has_a_right_body(app, things, cast, right_bodies):
    mine = things[cast.eastside.id]
    known = {(method, path) for method, path, _ in right_bodies(mine)}
    wanted = {(route.method, route.address(mine)) for route in routes(app) if route.objects and route.method != "GET"}
    assert known == wanted


def rows_of(engine, practice):
    from sqlalchemy import select

    from tracker.services.backup_rows import tables_of

    with whole(engine).connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table).where(table.c.practice_id == practice.id))), key=repr)
            for table in tables_of(connection)
            if "practice_id" in table.c and table.name != PracticeKey.__tablename__
        }  # fmt: skip


@pytest.fixture
def right_bodies():
    """Give a function that returns every change of the API with a body that would do."""

    def bodies(thing: dict[str, str]):
        denial, patient = f"/api/v1/denials/{thing['denial']}", f"/api/v1/patients/{thing['patient']}"
        appeal, batch = f"/api/v1/appeals/{thing['appeal']}", f"/api/v1/imports/{thing['import']}"
        day, decided = "2026-11-20", [{"denial": thing["denial"], "result": "upheld"}]
        return [
            ("PATCH", denial, {"version": 1, "status": "in_review"}),
            ("POST", f"{denial}/close", {"version": 1, "reason": "duplicate"}),
            ("POST", f"{patient}/notes", {"text": "S: better", "service_date": day}),
            ("POST", f"{appeal}/sent", {"version": 1, "sent_on": day, "method": "fax"}),
            ("POST", f"{appeal}/follow-ups", {"version": 1, "on": day, "words": "Called"}),
            ("POST", f"{appeal}/letters", {}),
            ("PATCH", f"/api/v1/letters/{thing['letter']}", {"version": 1, "paragraphs": {}}),
            ("POST", f"{appeal}/outcomes", {"version": 1, "decided_on": day, "lines": decided}),
            ("POST", f"{batch}/confirm", {}),
            ("POST", f"{batch}/cancel", {}),
        ]

    return bodies
