"""Whatever changes a record has its entry in the same transaction."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from tests import build
from tests.auditing.entries import detail, entries
from tracker.auditing.acting import Actor, Doing, doing
from tracker.db import make_engine, transaction
from tracker.domain.audit import Act, Chain
from tracker.models import AuditEntry, Denial, Job


@pytest.fixture
def denial(sessions, cast):
    with transaction(sessions.system()) as session:
        patient = build.patient(session, cast.eastside, "Quill")
        return build.denial(session, build.claim_line(session, build.claim(session, cast.eastside, patient)))


def newest(engine):
    return entries(engine, Chain.CHANGES)[-1]


def test_a_change_says_who_did_it_to_which_practice_and_which_fields(engine, sessions, denial):
    what = Doing(lambda: Actor(7, "alice", "ref", "192.0.2.1"), Act.CHANGED, "denials", denial.public_id)
    with doing(what), transaction(sessions.writing([denial.practice_id])) as session:
        session.get_one(Denial, (denial.practice_id, denial.id)).status = "needs_note"
    row = newest(engine)
    assert (row.actor_id, row.actor, row.session_ref, row.address) == (7, "alice", "ref", "192.0.2.1")
    assert (row.practice_id, row.action, row.object_id) == (denial.practice_id, "changed", denial.public_id)
    assert detail(row) == {"changed": {"denials": {"changed": 1, "fields": ["status"]}}}


def test_a_statement_that_changes_many_rows_is_told_too(engine, sessions, denial):
    before = len(entries(engine))
    with transaction(sessions.writing([denial.practice_id])) as session:
        session.execute(update(Denial).where(Denial.practice_id == denial.practice_id).values(status="needs_note"))
    assert len(entries(engine)) == before + 1
    assert detail(newest(engine)) == {"changed": {"denials": {"statements": 1}}}


def test_nothing_is_kept_of_what_was_rolled_back(engine, sessions, denial):
    before = len(entries(engine))
    with sessions.writing([denial.practice_id]) as session:
        session.get_one(Denial, (denial.practice_id, denial.id)).status = "needs_note"
        session.flush()
        session.rollback()
        session.commit()
    assert len(entries(engine)) == before


def test_a_savepoint_makes_no_entry_of_its_own(engine, sessions, denial):
    before = len(entries(engine))
    with transaction(sessions.writing([denial.practice_id])) as session:
        with session.begin_nested():
            session.get_one(Denial, (denial.practice_id, denial.id)).status = "needs_note"
        assert session.get_one(Denial, (denial.practice_id, denial.id)).status == "needs_note"
    assert len(entries(engine)) == before + 1


def test_bookkeeping_makes_no_entry(engine, sessions, cast):
    before = len(entries(engine))
    with transaction(sessions.system()) as session:
        session.add(Job(kind="test", key="test", run_at=build.NOW, asked_at=build.NOW))
    assert len(entries(engine)) == before


def test_a_change_of_two_practices_has_an_entry_for_each(engine, sessions, cast):
    with transaction(sessions.system()) as session:
        build.patient(session, cast.eastside, "Quill")
        build.patient(session, cast.lakeview, "Quill")
    assert {row.practice_id for row in entries(engine)[-2:]} == {cast.eastside.id, cast.lakeview.id}


def test_a_change_whose_entry_cannot_be_written_is_not_made(owner_url, sessions, denial):
    owner = make_engine(owner_url)
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit_heads")
    owner.dispose()
    with pytest.raises(DBAPIError), transaction(sessions.writing([denial.practice_id])) as session:
        session.get_one(Denial, (denial.practice_id, denial.id)).status = "needs_note"
    with sessions.system() as session:
        assert session.get_one(Denial, (denial.practice_id, denial.id)).status != "needs_note"


def test_the_numbers_of_a_chain_have_no_gap(engine, sessions, denial):
    for _ in range(3):
        with transaction(sessions.system()) as session:
            build.patient(session, denial_place(session, denial), "Quill")
    numbers = [row.seq for row in entries(engine, Chain.CHANGES)]
    assert numbers == list(range(1, len(numbers) + 1))


def denial_place(session, denial):
    from tracker.models import Practice

    return session.get_one(Practice, denial.practice_id)


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET action = 'read'", "DELETE FROM audit_entries"])
def test_the_database_refuses_to_change_or_remove_an_entry(engine, denial, statement):
    before = entries(engine)
    with pytest.raises(DBAPIError, match="entries of the audit log are not"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert entries(engine) == before


def test_the_name_of_an_actor_may_be_emptied(engine, denial):
    with engine.begin() as connection:
        connection.execute(update(AuditEntry).values(actor=""))
    assert {row.actor for row in entries(engine)} == {""}
