"""The pages of API tokens: made after a fresh proof, shown once, revoked, seen by who manages people."""

import re
from datetime import timedelta

import pytest

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import ApiToken

NEW = {"name": "Nightly export", "verbs": ["read", "insights"], "days": "30"}


def make(client, cast, **changes):
    form = {"csrf_token": build.csrf_token(client.get("/account/tokens")), "practice": cast.eastside.public_id}
    return client.post("/account/tokens", data=form | NEW | changes)


def secret_of(page) -> str:
    return re.search(r"rdt_[A-Za-z0-9_-]{43}", page.text)[0]


def opens(client, secret) -> bool:
    return client.get("/api/v1/denials", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def revoking(sessions, start: str) -> str:
    with sessions.system() as session:
        return f"{start}/{session.query(ApiToken).one().public_id}/revoke"


def test_a_token_is_shown_once_and_opens_the_api(app, signed_in, cast, session, clock):
    client = signed_in(cast.alice)
    secret = secret_of(make(client, cast))
    assert opens(app.test_client(), secret)
    row = session.query(ApiToken).one()
    assert (row.verbs, row.expires_at) == ("read insights", clock.now + timedelta(days=30))
    page = client.get("/account/tokens")
    assert "Nightly export" in page.text
    assert secret not in page.text


def test_a_token_is_made_after_a_fresh_proof_alone(signed_in, cast, clock, session):
    client = signed_in(cast.alice)
    clock.now += timedelta(minutes=6)
    asked = make(client, cast)
    assert asked.status_code == 422
    assert "Password" in asked.text
    assert session.query(ApiToken).count() == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "Enter what the token is for"),
        ({"name": "x" * 61}, "What it is for must be 60 characters or fewer"),
        ({"verbs": []}, "Choose at least one thing that the token may do"),
        ({"days": "0"}, "Days until it expires must be from 1 to 365"),
        ({"days": "366"}, "Days until it expires must be a whole number from 0 to 365"),
        ({"practice": "x"}, "Choose one of the list"),
    ],
)
def test_a_token_that_cannot_be_made(signed_in, cast, session, change, message):
    page = make(signed_in(cast.alice), cast, **change)
    assert page.status_code == 422
    assert page.text.count(message) == 2
    assert session.query(ApiToken).count() == 0


def test_nobody_makes_a_token_for_a_practice_they_are_not_in(signed_in, cast, session):
    assert make(signed_in(cast.alice), cast, practice=cast.lakeview.public_id).status_code == 422
    assert session.query(ApiToken).count() == 0


def test_a_person_revokes_their_own_token_and_nobody_elses(app, signed_in, cast, sessions):
    mine, bobs = signed_in(cast.alice), signed_in(cast.bob)
    secret = secret_of(make(mine, cast))
    path = revoking(sessions, "/account/tokens")
    form = {"csrf_token": build.csrf_token(bobs.get("/account/tokens"))}
    assert bobs.post(path, data=form).status_code == 404
    assert opens(app.test_client(), secret)
    form = {"csrf_token": build.csrf_token(mine.get("/account/tokens"))}
    assert mine.post(path, data=form).status_code == 303
    assert not opens(app.test_client(), secret)
    assert "Revoked" in mine.get("/account/tokens").text


def test_who_manages_people_sees_and_revokes_their_tokens(app, signed_in, cast, sessions):
    with transaction(sessions.system()) as database:
        olga = build.user(database, "olga", cast.eastside, role=Role.ADMIN)
        stranger = build.user(database, "stan", cast.lakeview, role=Role.ADMIN)
    secret = secret_of(make(signed_in(cast.alice), cast))
    path = revoking(sessions, "/settings/tokens")
    theirs, hers = signed_in(stranger), signed_in(olga)
    assert "Nightly export" not in theirs.get("/settings/tokens").text
    form = {"csrf_token": build.csrf_token(theirs.get("/settings"))}
    assert theirs.post(path, data=form).status_code == 404
    page = hers.get("/settings/tokens")
    assert "Nightly export" in page.text
    assert secret not in page.text
    assert hers.post(path, data={"csrf_token": build.csrf_token(page)}).status_code == 303
    assert not opens(app.test_client(), secret)


def test_the_guide_leads_to_the_description(signed_in, cast):
    page = signed_in(cast.alice).get("/help/api").text
    assert "/api/openapi.json" in page
    assert "Authorization: Bearer" in page
