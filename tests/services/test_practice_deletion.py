"""A deleted practice is hidden at once, comes back within thirty days, and is destroyed with a proof after them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import build
from tests.build import NOW
from tests.exporting.conftest import fill
from tracker.db import transaction
from tracker.models import (
    Base,
    DestroyedPractice,
    EmergencyCode,
    Job,
    Note,
    Practice,
    PracticeKey,
    RawFile,
    User,
    UserSession,
)
from tracker.services.emergency import make_code
from tracker.services.jobs import ask_for
from tracker.services.practice_deletion import delete_practice, destroy_due, restore_practice
from tracker.services.renewing import ask_for_all_renewals
from tracker.services.retention import remove_old_files
from tracker.services.sessions import Place, open_session

AFTER = NOW + timedelta(days=30)


@pytest.fixture
def here(sessions):
    with transaction(sessions.system()) as session:
        found = fill(session)
        ask_for(session, "causes.renew", {}, "a job of the practice", NOW, practice_id=found.practice.id)
        session.add(
            UserSession(
                token_hash="0" * 64, user_id=found.alice, practice_id=found.practice.id, created_at=NOW,
                last_seen_at=NOW, proved_at=NOW,
            )
        )  # fmt: skip
    return found


def test_browsers_that_an_emergency_code_opened_go_with_it(sessions, here):
    with transaction(sessions.system()) as session:
        make_code(session, here.practice.id, session.get_one(User, here.alice), here.alice, NOW)
        code_id = session.scalars(select(EmergencyCode.id)).one()
        open_session(session, here.alice, NOW, Place("Firefox", "127.0.0.1"), emergency_id=code_id)
    deleted(sessions, here)
    with transaction(sessions.system()) as session:
        destroy_due(session, AFTER)
    with sessions.system() as session:
        assert session.scalars(select(EmergencyCode)).all() == []
        assert session.scalars(select(UserSession.emergency_id)).all() == [None]  # the browser that only looked at it


def deleted(sessions, here):
    with transaction(sessions.system()) as session:
        delete_practice(session.get_one(Practice, here.practice.id), NOW, here.alice)


def left_of(session, practice_id):
    tables = [each for each in Base.metadata.sorted_tables if "practice_id" in each.c and "audit" not in each.name]
    counts = {
        each.name: session.scalar(select(func.count()).where(each.c.practice_id == practice_id)) for each in tables
    }
    return {name: count for name, count in counts.items() if count}


def test_within_thirty_days_nothing_is_destroyed(sessions, here):
    deleted(sessions, here)
    with transaction(sessions.system()) as session:
        assert destroy_due(session, AFTER - timedelta(seconds=1)) == 0
        restore_practice(session.get_one(Practice, here.practice.id))
    with transaction(sessions.system()) as session:
        assert destroy_due(session, AFTER + timedelta(days=99)) == 0
        assert "denials" in left_of(session, here.practice.id)


def test_after_them_keys_and_rows_are_gone_and_the_proof_stays(sessions, here):
    deleted(sessions, here)
    with transaction(sessions.system()) as session:
        assert destroy_due(session, AFTER) == 1
    with sessions.system() as session:
        assert left_of(session, here.practice.id) == {}
        assert session.get(Practice, here.practice.id) is None
        proof = session.scalars(select(DestroyedPractice)).one()
        assert (proof.name, proof.deleted_by, proof.deleted_at, proof.destroyed_at) == (
            "Eastside PT",
            "alice",
            NOW,
            AFTER,
        )
        assert (proof.rows["denials"], proof.rows["notes"]) == (2, 1)


def test_nothing_of_another_practice_is_touched(sessions, here):
    with sessions.system() as session:
        other = session.scalar(select(Practice.id).where(Practice.name == "Lakeview Hand Therapy"))
        before = left_of(session, other)
    deleted(sessions, here)
    with transaction(sessions.system()) as session:
        destroy_due(session, AFTER)
    with sessions.system() as session:
        assert left_of(session, other) == before
        assert session.scalar(select(func.count()).where(PracticeKey.practice_id == other)) == 1
        assert session.scalars(select(Note.text).where(Note.practice_id == other)).one()
        assert session.scalar(select(func.count()).select_from(User)) == 3


def test_no_work_is_asked_for_a_hidden_practice(sessions, here):
    from tracker.knowledge import load

    deleted(sessions, here)
    with transaction(sessions.system()) as session:
        session.query(Job).delete()
        ask_for_all_renewals(session, load(), NOW)
        assert session.scalars(select(Job.id).where(Job.practice_id == here.practice.id)).all() == []


def test_imported_files_go_when_their_time_is_up_and_what_was_read_stays(sessions, here):
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, here.practice.id)
        assert remove_old_files(session, NOW + timedelta(days=9999)) == 0
        practice.keep_files_months = 12
        stored = build.import_file(session, practice, stored_at=NOW)
        session.add(RawFile(practice_id=practice.id, import_id=stored.id, content=b"an 835"))
    with transaction(sessions.system()) as session:
        assert remove_old_files(session, NOW + timedelta(days=365)) == 0
        assert remove_old_files(session, NOW + timedelta(days=373)) >= 1
        assert stored.id not in session.scalars(select(RawFile.import_id)).all()
        assert "denials" in left_of(session, here.practice.id)
