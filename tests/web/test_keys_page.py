"""Keys under Settings: owners alone, a proof before each change, codes shown once, rotation as a job."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, bindparam, select, type_coerce, update

from tests import build
from tests.auditing.entries import entries
from tests.databases import MASTER
from tests.forms import fields_of
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.keys import open_sessions
from tracker.models import Job, Membership, Note, PracticeKey
from tracker.sealing.key_store import KeyProblem, KeyStore
from tracker.services.master_key import is_unfinished, renew

pytestmark = pytest.mark.own_app  # whose engine opens the renewed master key, as a server's does

CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}")


@pytest.fixture
def owner(cast, become, sessions, signed_in):
    """Alice owns both practices that are here."""
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.alice.id, practice_id=cast.lakeview.id, role=Role.OWNER))
    return signed_in(cast.alice)


def send(client, path, **more):
    return client.post(path, data=fields_of(client.get("/settings/keys").text, path) | more)


def number_in(settings) -> int:
    return KeyStore(settings.data_dir).number


def test_the_page_says_what_opens_the_data_and_what_is_missing(owner, cast):
    page = owner.get("/settings/keys").text
    assert "The key file on this machine" in page
    assert "No recovery code" in page
    assert "Beside the data" in page
    assert "Number 1" in page
    assert cast.eastside.name in page
    assert MASTER.secret.hex() not in page
    assert "/settings/keys" in owner.get("/settings").text


def test_a_recovery_code_is_shown_once_and_opens(owner, settings):
    answer = send(owner, "/settings/keys/recovery-code")
    [code] = CODE.findall(answer.text)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "code of before" not in answer.text  # there was none
    assert code not in owner.get("/settings/keys").text
    (settings.data_dir / "master.key").unlink()
    assert KeyStore(settings.data_dir).recover(code) == MASTER


def test_the_master_key_is_renewed_and_the_page_gives_the_new_code(owner, settings, sessions):
    send(owner, "/settings/keys/recovery-code")
    answer = send(owner, "/settings/keys/master", do="renew")
    assert "Master key renewed" in answer.text
    [code] = CODE.findall(answer.text)
    store = KeyStore(settings.data_dir)
    assert store.open().number == 2
    assert "Number 2" in owner.get("/settings/keys").text
    running = open_sessions(settings)
    with running.system() as session:
        assert not is_unfinished(session)
    running.engine.dispose()
    assert store.recover(code).number == 2


def test_the_same_form_sent_twice_renews_once(owner, settings):
    fields = fields_of(owner.get("/settings/keys").text, "/settings/keys/master") | {"do": "renew"}
    owner.post("/settings/keys/master", data=fields)
    again = owner.post("/settings/keys/master", data=fields)
    assert "renewed meanwhile. Nothing was changed" in owner.get(again.location).text
    assert number_in(settings) == 2


def test_a_renewal_that_was_stopped_is_said_and_finished(owner, settings):
    renew(settings, build.NOW, lambda _code: None)
    page = owner.get("/settings/keys").text
    assert "A renewal was stopped before its end" in page
    answer = send(owner, "/settings/keys/master", do="finish")
    assert "Renewal finished" in owner.get(answer.location).text
    assert "was stopped" not in owner.get("/settings/keys").text
    assert number_in(settings) == 2


def test_a_key_file_that_cannot_be_written_is_said_and_nothing_changes(owner, settings, monkeypatch):
    def refused(*_words):
        raise KeyProblem("The key file /run/key cannot be written: Read-only file system.")

    monkeypatch.setattr(KeyStore, "_add_to_key_file", refused)
    answer = send(owner, "/settings/keys/master", do="renew")
    assert answer.status_code == 422
    assert "cannot be written: Read-only file system. Nothing was changed." in answer.text
    assert number_in(settings) == 1


def test_who_owns_one_of_several_practices_renews_its_key_and_not_the_master(cast, become, signed_in, settings):
    become(cast.alice, Role.OWNER)
    client = signed_in(cast.alice)
    page = client.get("/settings/keys").text
    assert "/settings/keys/master" not in page
    assert cast.lakeview.name not in page
    form = {"csrf_token": build.csrf_token(client.get("/account")), "number": "1"}
    for path in ("/settings/keys/master", "/settings/keys/recovery-code"):
        answer = client.post(path, data=form)
        assert answer.status_code == 403
        assert "owner of every practice" in answer.text
    assert number_in(settings) == 1
    assert KeyStore(settings.data_dir).kinds() == {"file"}


def test_every_change_asks_for_the_password_again(owner, clock, settings):
    clock.now += timedelta(minutes=10)
    answer = send(owner, "/settings/keys/master", do="renew")
    assert "Confirm that it is you" in answer.text
    assert number_in(settings) == 1


# ---- keys of practices ----


@pytest.fixture
def work(sessions, settings, clock):
    """Run the jobs that wait."""
    return lambda: Worker(sessions, settings, TASKS).work_once(clock())


def test_a_practice_key_is_renewed_as_a_job_with_progress(owner, cast, sessions, work):
    with transaction(sessions.system()) as session:
        build.note(session, build.patient(session, cast.eastside), "S: visit")
    path = f"/settings/practices/{cast.eastside.public_id}/keys"
    answer = send(owner, path)
    assert "Renewing a key" in owner.get(answer.location).text
    assert "At work" in owner.get("/settings/keys").text
    token = build.csrf_token(owner.get("/account"))
    assert owner.post(path, data={"csrf_token": token}).location == answer.location  # one at a time
    work()
    assert owner.get(answer.location).location == "/settings/keys"
    page = owner.get("/settings/keys").text
    assert "At work" not in page
    with sessions.system() as session:
        versions = session.scalars(select(PracticeKey.version).where(PracticeKey.practice_id == cast.eastside.id))
        assert sorted(versions) == [1, 2]
        assert session.scalar(select(Note.text)) == "S: visit"
        [job] = session.scalars(select(Job).where(Job.kind == "keys.rotate"))
        assert job.result == {"rows": 2}


def test_a_job_that_ran_half_makes_no_third_key(owner, cast, sessions, work):
    from tracker.services.practice_keys import rotate

    send(owner, f"/settings/practices/{cast.eastside.public_id}/keys")
    with transaction(sessions.system()) as session:
        build.patient(session, cast.eastside)
        rotate(session, cast.eastside.id, build.NOW)  # as far as a killed worker came
    work()
    with sessions.system() as session:
        versions = session.scalars(select(PracticeKey.version).where(PracticeKey.practice_id == cast.eastside.id))
        assert sorted(versions) == [1, 2]
        [job] = session.scalars(select(Job).where(Job.kind == "keys.rotate"))
        assert (job.state, job.result) == ("done", {"rows": 1})


# ---- older keys ----


@pytest.fixture
def renewed(owner, cast, sessions, work, clock):
    """A practice whose key was renewed an hour ago; returns the address of its older keys."""
    with transaction(sessions.system()) as session:
        build.note(session, build.patient(session, cast.eastside), "S: visit")
    send(owner, f"/settings/practices/{cast.eastside.public_id}/keys")
    work()
    with transaction(sessions.system()) as session:
        newest = session.get_one(PracticeKey, (cast.eastside.id, 2))
        newest.made_at = build.NOW - timedelta(hours=1)  # the job goes by the clock of the machine
    clock.now += timedelta(minutes=14)
    return f"/settings/practices/{cast.eastside.public_id}/old-keys"


def versions(sessions, practice) -> list[int]:
    with sessions.system() as session:
        return sorted(session.scalars(select(PracticeKey.version).where(PracticeKey.practice_id == practice.id)))


def destroy(owner, path, **more):
    fields = fields_of(owner.get(path).text, path)
    return owner.post(path, data=fields | {"proof": build.PASSWORD} | more)


def test_older_keys_are_destroyed_by_the_name_of_the_practice(renewed, owner, cast, sessions):
    assert renewed in owner.get("/settings/keys").text
    assert "1 older key" in owner.get(renewed).text
    answer = destroy(owner, renewed, name="eastside  pt")
    assert "1 older key of Eastside PT destroyed" in owner.get(answer.location).text
    assert versions(sessions, cast.eastside) == [2]
    with sessions.system() as session:
        assert session.scalar(select(Note.text)) == "S: visit"
    told = [one for one in entries(sessions.engine) if (one.action, one.object_id) == ("keys", cast.eastside.public_id)]
    assert len(told) == 1


def test_another_name_destroys_nothing(renewed, owner, cast, sessions):
    answer = destroy(owner, renewed, name="Eastside")
    assert answer.status_code == 422
    assert "Type the name as it stands here: Eastside PT" in answer.text
    assert versions(sessions, cast.eastside) == [1, 2]


def test_without_a_fresh_proof_nothing_is_destroyed(renewed, owner, cast, sessions):
    answer = destroy(owner, renewed, name="Eastside PT", proof="wrong")
    assert "Confirm that it is you" in answer.text
    assert versions(sessions, cast.eastside) == [1, 2]


@pytest.mark.parametrize("protection", ["", "psychotherapy"])
def test_a_key_that_something_is_sealed_with_stays(renewed, owner, cast, sessions, protection):
    form = fields_of(owner.get(renewed).text, renewed)
    with transaction(sessions.system()) as session:
        fresh = build.note(session, build.patient(session, cast.eastside), "S: late", protection=protection)
        table = Note.__table__
        sealed = session.execute(select(type_coerce(table.c.text, LargeBinary)).where(table.c.id == fresh.id)).scalar()
        old = sealed[:1] + (1).to_bytes(2, "big") + sealed[3:]
        session.execute(
            update(table).where(table.c.id == fresh.id).values(text=bindparam("old", type_=LargeBinary)), {"old": old}
        )
    assert "1 rows are still sealed with an old key" in owner.get(renewed).text
    answer = owner.post(renewed, data=form | {"name": "Eastside PT", "proof": build.PASSWORD})
    assert answer.status_code == 409
    assert "Nothing was destroyed" in answer.text
    assert versions(sessions, cast.eastside) == [1, 2]


def test_keys_just_renewed_wait_ten_minutes(owner, cast, sessions, work):
    send(owner, f"/settings/practices/{cast.eastside.public_id}/keys")
    work()
    page = owner.get(f"/settings/practices/{cast.eastside.public_id}/old-keys").text
    assert "less than ten minutes old" in page
    assert "Destroy older keys" not in page


def test_without_older_keys_the_page_leads_back(owner, cast):
    answer = owner.get(f"/settings/practices/{cast.eastside.public_id}/old-keys")
    assert "No older keys of Eastside PT are kept" in owner.get(answer.location).text
