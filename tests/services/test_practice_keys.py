"""Keys are renewed while people work, survive a kill on the way, and can be destroyed for good."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import build
from tests.build import NOW
from tests.databases import MASTER
from tracker.db import SessionMaker, keyring_for, make_engine, transaction
from tracker.models import Membership, Note, Patient, PracticeKey
from tracker.sealing.keyring import KeyDestroyed
from tracker.services import practice_keys
from tracker.services.practice_keys import OldKeysInUse, destroy_old_keys, reseal, rotate, shred

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def notes(sessions, cast):
    with transaction(sessions.system()) as session:
        for practice in (cast.eastside, cast.lakeview):
            patient = build.patient(session, practice)
            for number in range(5):
                build.note(session, patient, f"S: visit {number}")


def nobody(done: int, total: int) -> None:
    """Nobody looks at the progress."""


def turn(sessions, practice) -> None:
    with transaction(sessions.system()) as session:
        rotate(session, practice.id, NOW)
    keyring_for_new(sessions, practice)


def keyring_for_new(sessions, practice) -> None:
    with sessions.system() as session:
        keyring_for(session).forget(practice.id)


def texts(sessions) -> list[str]:
    with sessions.system() as session:
        return sorted(session.scalars(select(Note.text)))


def test_after_a_rotation_everything_reads_as_before_and_the_old_key_can_go(sessions, cast, notes):
    before = texts(sessions)
    turn(sessions, cast.eastside)
    assert texts(sessions) == before
    seen = []
    assert reseal(sessions, cast.eastside.id, lambda done, total: seen.append((done, total))) == 6
    assert seen[-1] == (6, 6)
    with transaction(sessions.system()) as session:
        assert destroy_old_keys(session, cast.eastside.id, LATER) == 1
    fresh = SessionMaker(make_engine(sessions.engine.url.render_as_string(hide_password=False), MASTER))
    assert texts(fresh) == before
    fresh.engine.dispose()


def test_another_practice_keeps_its_key(sessions, cast, notes):
    turn(sessions, cast.eastside)
    reseal(sessions, cast.eastside.id, nobody)
    with sessions.system() as session:
        assert keyring_for(session).newest_version(cast.lakeview.id) == 1


def test_an_old_key_in_use_is_not_destroyed(sessions, cast, notes):
    turn(sessions, cast.eastside)
    with transaction(sessions.system()) as session, pytest.raises(OldKeysInUse, match="6 rows are still sealed"):
        destroy_old_keys(session, cast.eastside.id, LATER)
    assert len(texts(sessions)) == 10


def test_a_key_others_may_still_write_with_is_not_destroyed(sessions, cast, notes):
    turn(sessions, cast.eastside)
    reseal(sessions, cast.eastside.id, nobody)
    with transaction(sessions.system()) as session, pytest.raises(OldKeysInUse, match="ten minutes"):
        destroy_old_keys(session, cast.eastside.id, NOW + timedelta(minutes=9))


def test_killed_on_the_way_the_next_run_does_the_rest(sessions, cast, notes, monkeypatch):
    before = texts(sessions)
    monkeypatch.setattr(practice_keys, "_BATCH", 2)
    turn(sessions, cast.eastside)

    def die(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal(sessions, cast.eastside.id, die)
    assert texts(sessions) == before
    assert 0 < reseal(sessions, cast.eastside.id, nobody) < 6
    assert reseal(sessions, cast.eastside.id, nobody) == 0
    assert texts(sessions) == before


def test_a_rotation_that_was_rolled_back_leaves_the_key_of_before(sessions, cast, notes):
    with sessions.system() as session:
        rotate(session, cast.eastside.id, NOW)
        session.rollback()
    with transaction(sessions.system()) as session:
        build.patient(session, cast.eastside, "Quillane")
        assert keyring_for(session).newest_version(cast.eastside.id) == 1


def test_a_patient_is_found_by_the_same_keys_after_a_rotation(sessions, cast):
    with transaction(sessions.system()) as session:
        patient = build.patient(session, cast.eastside, member_id="W1")
    turn(sessions, cast.eastside)
    with sessions.system() as session:
        key = keyring_for(session).index(cast.eastside.id, "patients.member_key", "W1")
        assert session.scalar(select(Patient.id).where(Patient.member_key == key)) == patient.id


def test_destroyed_keys_make_the_data_unreadable_and_the_practice_nobodys(sessions, cast, notes):
    with transaction(sessions.system()) as session:
        practice = session.merge(cast.eastside)
        shred(session, practice)
    with sessions.system() as session:
        assert session.scalar(select(func.count()).where(PracticeKey.practice_id == cast.eastside.id)) == 0
        assert session.scalar(select(func.count()).where(Membership.practice_id == cast.eastside.id)) == 0
        with pytest.raises(KeyDestroyed):
            session.scalars(select(Note.text).where(Note.practice_id == cast.eastside.id)).all()
        assert len(session.scalars(select(Note.text).where(Note.practice_id == cast.lakeview.id)).all()) == 5
