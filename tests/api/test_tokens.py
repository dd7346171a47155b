"""Tokens: what opens with one and what does not, how long it lives, how often it may ask (security.md C-49)."""

from datetime import timedelta

import pytest

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.domain.token_verbs import Verb
from tracker.models import ApiToken, Membership, User
from tracker.services import users

LIST = "/api/v1/denials"


def is_refused(answer) -> bool:
    """Whether an answer is the one for no token, with nothing in it but how to send one."""
    return answer.status_code == 401 and answer.mimetype == "application/problem+json" and "items" not in answer.text


def test_a_token_opens_and_is_kept_as_a_hash_alone(alice, session):
    assert alice.get(LIST).status_code == 200
    row = session.query(ApiToken).one()
    assert len(alice.token) > 43
    assert alice.token not in {str(value) for value in vars(row).values()}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer  ", "Bearer rdt_wrong", "Basic YTpi", "rdt_wrong", "Bearer " + "x" * 300]
)
def test_nothing_opens_without_a_token(client, header):
    assert is_refused(client.get(LIST, headers={"Authorization": header}))
    assert is_refused(client.post(LIST, headers={"Authorization": header}))
    assert is_refused(client.get("/api/v1/nothing", headers={"Authorization": header}))


def test_a_signed_in_browser_gets_nothing_without_a_token(signed_in, cast):
    client = signed_in(cast.alice)
    token = build.csrf_token(client.get("/settings"))
    assert is_refused(client.get(LIST))
    assert is_refused(client.post(LIST, data={"csrf_token": token}))
    assert is_refused(client.get(LIST, headers={"Authorization": "Bearer no"}))


def test_a_token_is_read_from_its_header_alone(client, alice):
    assert is_refused(client.get(LIST, query_string={"access_token": alice.token, "token": alice.token}))
    client.set_cookie("Authorization", f"Bearer {alice.token}")
    assert is_refused(client.get(LIST))


def test_a_token_opens_no_page(alice):
    assert alice.client.get("/queue", headers={"Authorization": f"Bearer {alice.token}"}).status_code == 303


def test_the_api_sets_no_cookie(alice):
    assert "Set-Cookie" not in alice.get(LIST).headers


def test_a_token_lives_for_its_days(program, cast, clock):
    asks = program(cast.alice, cast.eastside, days=30)
    clock.now += timedelta(days=30) - timedelta(seconds=1)
    assert asks.get(LIST).status_code == 200
    clock.now += timedelta(seconds=1)
    assert asks.get(LIST).status_code == 401


@pytest.mark.parametrize("days", [0, 366])
def test_no_token_lives_for_less_than_a_day_or_more_than_a_year(token, cast, days):
    with pytest.raises(ValueError, match="from 1 to 365"):
        token(cast.alice, cast.eastside, days=days)


def test_a_token_ends_with_its_persons_account_for_good(alice, sessions, cast, clock):
    with transaction(sessions.system()) as session:
        users.disable(session, session.get(User, cast.alice.id), clock.now)
    assert alice.get(LIST).status_code == 401
    with transaction(sessions.system()) as session:
        users.enable(session.get(User, cast.alice.id))
    assert alice.get(LIST).status_code == 401


def test_a_token_ends_with_the_membership_of_its_practice_for_good(program, sessions, cast, clock):
    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.alice.id, practice_id=cast.lakeview.id, role=Role.BILLER))
    here, there = program(cast.alice, cast.eastside), program(cast.alice, cast.lakeview)
    for role in (None, Role.BILLER):
        with transaction(sessions.system()) as session:
            users.set_roles(session, session.get(User, cast.alice.id), {cast.lakeview.id: role}, clock.now)
        assert there.get(LIST).status_code == 401
        assert here.get(LIST).status_code == 200


def test_a_token_allows_what_the_role_of_its_person_allows_at_that_moment(alice, cast, become):
    become(cast.alice, Role.READER)
    answer = alice.get(LIST)
    assert answer.status_code == 403
    assert "Only an owner, a lead or a biller can work the queue" in answer.json["detail"]
    become(cast.alice, Role.LEAD)
    assert alice.get(LIST).status_code == 200


def test_a_token_works_in_its_practice_alone_though_its_person_works_in_two(program, sessions, cast):
    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.alice.id, practice_id=cast.lakeview.id, role=Role.BILLER))
        there = build.denied_line(session, cast.lakeview)
    here = program(cast.alice, cast.eastside)
    assert here.get(LIST).json["total"] == 0
    assert here.get(f"{LIST}/{there.public_id}").status_code == 404
    assert here.patch(f"{LIST}/{there.public_id}", {"version": 1, "status": "in_review"}).status_code == 404
    assert program(cast.alice, cast.lakeview).get(f"{LIST}/{there.public_id}").status_code == 200


def test_a_token_does_what_it_was_made_for_alone(program, cast):
    reads = program(cast.alice, cast.eastside, Verb.READ)
    writes = program(cast.alice, cast.eastside, Verb.WRITE)
    assert reads.get(LIST).status_code == 200
    refused = reads.post(LIST, {})
    assert refused.status_code == 403
    assert "This token was not made to write" in refused.json["detail"]
    assert writes.get(LIST).status_code == 403
    assert writes.post(LIST, {}).status_code == 422


def test_when_a_token_was_last_used_is_kept(alice, session, clock):
    alice.get(LIST)
    assert session.query(ApiToken).one().used_at == clock.now


def test_wrong_tokens_of_an_address_have_to_wait_and_right_ones_do_not(client, alice):
    wrong = {"Authorization": "Bearer rdt_wrong"}
    assert [client.get(LIST, headers=wrong).status_code for _ in range(30)] == [401] * 30
    answer = client.get(LIST, headers=wrong)
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1
    assert alice.get(LIST).status_code == 200


def test_a_token_has_a_budget_of_requests_a_minute(alice, program, cast, clock):
    assert [alice.get(LIST).status_code for _ in range(300)] == [200] * 300
    answer = alice.get(LIST)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert program(cast.alice, cast.eastside).get(LIST).status_code == 200
    clock.now += timedelta(minutes=1)
    assert alice.get(LIST).status_code == 200


def test_old_tokens_are_forgotten_after_their_answers(alice, session, clock):
    from tracker.services.api_tokens import forget_old_tokens

    forget_old_tokens(session, clock.now + timedelta(days=179))
    assert session.query(ApiToken).count() == 1
    forget_old_tokens(session, clock.now + timedelta(days=181))
    assert session.query(ApiToken).count() == 0
