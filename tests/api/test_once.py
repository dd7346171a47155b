"""The same request sent again: the first answer again, and nothing done twice (security.md C-34)."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.api.test_denials import LOGGED
from tracker.db import transaction
from tracker.models import ApiAnswer, Denial
from tracker.services import api_answers
from tracker.services.api_answers import Asked, StillRunning

LIST = "/api/v1/denials"


def count(sessions, model=Denial) -> int:
    with sessions.system() as session:
        return session.query(model).count()


def test_a_request_sent_again_gets_the_first_answer_and_does_nothing(alice, sessions):
    first = alice.post(LIST, LOGGED, key="k1")
    again = alice.post(LIST, dict(reversed(LOGGED.items())), key="k1")
    assert (again.status_code, again.data, again.headers["Location"]) == (201, first.data, first.headers["Location"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert count(sessions) == 1


def test_a_key_used_for_another_request_is_refused(alice, sessions):
    alice.post(LIST, LOGGED, key="k1")
    answer = alice.post(LIST, LOGGED | {"claim_number": "EPT-78"}, key="k1")
    assert answer.status_code == 422
    assert "was used for another request" in answer.json["detail"]
    assert count(sessions) == 1


@pytest.mark.parametrize("key", [None, "x" * 256, "two words"])
def test_without_a_key_nothing_is_made(alice, sessions, key):
    answer = alice.post(LIST, LOGGED, key=key)
    assert answer.status_code == 400
    assert answer.json["errors"][0]["where"] == "headers.Idempotency-Key"
    assert count(sessions) == 0


def test_keys_of_two_tokens_are_apart(alice, program, cast, sessions):
    alice.post(LIST, LOGGED, key="k1")
    other = program(cast.alice, cast.eastside).post(LIST, LOGGED | {"claim_number": "E-9", "code": "97112"}, key="k1")
    assert other.status_code == 201
    assert count(sessions) == 2


def test_a_refused_request_leaves_its_key_free(alice, sessions):
    assert alice.post(LIST, LOGGED | {"reason": "CO-9999"}, key="k1").status_code == 422
    assert count(sessions, ApiAnswer) == 0
    assert alice.post(LIST, LOGGED, key="k1").status_code == 201


def test_a_failed_request_leaves_nothing_and_its_key_free(alice, app, sessions, monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(api_answers, "finish", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = alice.post(LIST, LOGGED, key="k1")
    assert answer.status_code == 500
    assert answer.json["reference"].startswith("E-")
    assert (count(sessions), count(sessions, ApiAnswer)) == (0, 0)
    monkeypatch.undo()
    assert alice.post(LIST, LOGGED, key="k1").status_code == 201


def test_a_request_at_work_is_not_begun_again(alice, sessions, clock, cast):
    """What a killed server leaves: the row of a request at work. It counts as at work for two minutes."""
    alice.post(LIST, LOGGED, key="k1")
    with transaction(sessions.system()) as session:
        session.execute(text("UPDATE api_answers SET status = 0"))
        session.execute(text("DELETE FROM suggestions"))
        session.execute(text("DELETE FROM findings"))
        session.execute(text("DELETE FROM denials"))
    answer = alice.post(LIST, LOGGED, key="k1")
    assert answer.status_code == 409
    assert answer.headers["Retry-After"] == "120"
    assert count(sessions) == 0
    clock.now += timedelta(minutes=2)
    assert alice.post(LIST, LOGGED, key="k1").status_code == 201
    assert count(sessions) == 1


def test_who_was_taken_for_dead_writes_nothing(sessions, cast, token, clock, session):
    token(cast.alice, cast.eastside)
    token_id = session.execute(text("SELECT id FROM api_tokens")).scalar_one()
    session.rollback()
    asked = Asked(cast.eastside.id, token_id, "k1", "the request")
    first = api_answers.begin(sessions, asked, clock.now)
    second = api_answers.begin(sessions, asked, clock.now + timedelta(minutes=2))
    answer = api_answers.Answer(201, "", b"{}")
    with pytest.raises(StillRunning), transaction(sessions.writing({cast.eastside.id})) as work:
        api_answers.finish(work, first, answer)
    with transaction(sessions.writing({cast.eastside.id})) as work:
        api_answers.finish(work, second, answer)
    assert api_answers.begin(sessions, asked, clock.now + timedelta(minutes=3)) == answer


def test_one_request_sent_eight_times_at_once_is_done_once(app, alice, sessions):
    start, answers = threading.Barrier(8), []

    def send() -> None:
        headers = {"Authorization": f"Bearer {alice.token}", "Idempotency-Key": "k1"}
        start.wait()
        answers.append(app.test_client().post(LIST, json=LOGGED, headers=headers))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(sessions) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1


def test_kept_answers_are_sealed(alice, sessions):
    alice.post(LIST, LOGGED, key="k1")
    with sessions.system() as session:
        rows = session.execute(text("SELECT * FROM api_answers")).all()
    assert "Okafor" not in repr(rows)
    assert "k1" not in {value for row in rows for value in row}


def test_answers_are_kept_for_thirty_days(alice, sessions, clock):
    alice.post(LIST, LOGGED, key="k1")
    for days, left in ((30, 1), (31, 0)):
        with transaction(sessions.system()) as session:
            api_answers.forget_old_answers(session, clock.now + timedelta(days=days))
        assert count(sessions, ApiAnswer) == left
