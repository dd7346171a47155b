"""Choosing many denials, drafting their letters, and signing them in one step."""

import pytest

from tests import build
from tests.forms import fields_of, send
from tests.jobs.test_letter_batches import make_ready_denial
from tracker.db import transaction
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.models import Job, Letter, Practice


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def denials(sessions, cast):
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        practice.address = "410 Alder Street, Springfield, IL 62701"
        return [make_ready_denial(session, practice) for _ in range(2)]


@pytest.fixture
def work(sessions, settings):
    worker = Worker(sessions, settings, TASKS)
    return lambda: worker.work_once(build.NOW)


@pytest.fixture
def batch(alice, denials, work):
    """The address of the list of two drafted letters."""
    chosen = [denial.public_id for denial in denials]
    token = build.csrf_token(alice.get("/queue"))
    answer = alice.post("/queue/draft-appeals", data={"csrf_token": token, "denial": chosen})
    work()
    return alice.get(answer.location).location


def letters(sessions) -> list[Letter]:
    with sessions.system() as session:
        return session.query(Letter).all()


def test_the_ticked_letters_are_signed_in_the_signers_name(alice, batch, work, sessions, denials):
    page = alice.get(batch).text
    assert "2 letters drafted" in page
    assert "By signing you say the facts in each ticked letter match its attached records." in page
    answer = send(alice, batch, f"{batch}/sign", name="Dana Whitfield", title="Owner")
    work()
    done = alice.get(alice.get(answer.location).location).text
    assert "2 of 2 letters signed" in done
    assert {(row.signer_name, row.signer_title) for row in letters(sessions)} == {("Dana Whitfield", "Owner")}
    assert all(row.packet_id for row in letters(sessions))


def test_nothing_is_signed_until_somebody_confirms(alice, batch, sessions):
    assert [row.signed_at for row in letters(sessions)] == [None, None]


def test_without_a_ticked_letter_or_a_name_nothing_is_asked(alice, batch, sessions):
    for changes, words in (({"letter": None}, "Tick at least one letter to sign"), ({"name": ""}, "Enter the signer")):
        answer = send(alice, batch, f"{batch}/sign", **changes)
        assert answer.status_code == 422
        assert words in answer.text
    with sessions.system() as session:
        assert session.query(Job).filter(Job.kind == "letters.sign").count() == 0


def test_a_letter_of_another_batch_cannot_be_slipped_in(alice, batch):
    assert send(alice, batch, f"{batch}/sign", letter="12345:1").status_code == 422


def test_another_practice_sees_nothing_of_a_batch(signed_in, cast, batch):
    stranger = signed_in(cast.charlie)
    assert stranger.get(batch).status_code == 404
    token = build.csrf_token(stranger.get("/queue"))
    assert stranger.post(f"{batch}/sign", data={"csrf_token": token, "name": "X"}).status_code == 404


def test_without_a_choice_nothing_is_drafted(alice, denials, sessions):
    opened = fields_of(alice.get("/queue").text, "/queue/change")
    alice.post("/queue/draft-appeals", data=opened)
    assert "Select at least one open denial" in alice.get("/queue").text
    assert letters(sessions) == []
