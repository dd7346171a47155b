"""A session sees the practices of its scope and no other, on both databases."""

import threading
import time
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from tests import build
from tracker.db import ScopeError, insert_rows, require_practice, transaction
from tracker.models import Claim, Denial, Event, Patient
from tracker.models.base import take_ids


@pytest.fixture
def two_denials(sessions, cast):
    with transaction(sessions.system()) as session:
        return build.denied_line(session, cast.eastside).id, build.denied_line(session, cast.lakeview).id


def test_a_session_finds_the_rows_of_its_practices_only(sessions, cast, two_denials):
    eastside, lakeview = two_denials
    for scope, seen in [
        ({cast.eastside.id}, {eastside}),
        ({cast.lakeview.id}, {lakeview}),
        ({cast.eastside.id, cast.lakeview.id}, {eastside, lakeview}),
        (set(), set()),
    ]:
        with sessions.reading(scope) as session:
            assert set(session.scalars(select(Denial.id))) == seen


def test_counting_joining_and_aliases_are_narrowed_too(sessions, cast, two_denials):
    other = aliased(Denial)
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalar(select(func.count()).select_from(Denial)) == 1
        assert session.scalar(select(func.count()).select_from(other)) == 1
        joined = select(func.count(Patient.id)).select_from(Claim).join(Patient, Patient.id == Claim.patient_id)
        assert session.scalar(joined) == 1


def test_a_row_of_another_practice_is_not_found_by_its_key(sessions, cast, two_denials):
    _, lakeview = two_denials
    with sessions.reading({cast.eastside.id}) as session:
        assert session.get(Denial, (cast.lakeview.id, lakeview)) is None


def test_a_row_of_another_practice_cannot_be_written(sessions, cast):
    with sessions.writing({cast.eastside.id}) as session:
        session.add(Event(practice_id=cast.lakeview.id, at=build.NOW, kind="note", subject_kind="denial", subject_id=1))
        with pytest.raises(ScopeError):
            session.flush()


def test_bulk_rows_ask_whether_they_may(sessions, cast):
    with sessions.writing({cast.eastside.id}) as session:
        require_practice(session, cast.eastside.id)
        with pytest.raises(ScopeError):
            require_practice(session, cast.lakeview.id)


def test_a_key_cannot_point_into_another_practice(session, cast):
    from sqlalchemy.exc import IntegrityError

    stranger = build.patient(session, cast.lakeview)
    with pytest.raises(IntegrityError):
        build.claim(session, cast.eastside, stranger)


def test_many_rows_at_once_carry_dates_and_nulls(session, cast):
    """Two people born on one day have two sealed days: each opens in its own row."""
    columns = ("practice_id", "id", "public_id", "last_name", "first_name", "middle_name", "birth_date", "sex",
               "member_id", "match_key", "name_key", "member_key", "version")  # fmt: skip
    born = [date(1950, 2, 28), None, date(1950, 2, 28)]
    rows = [
        (cast.eastside.id, one, f"p{one}", "Quill", "", "", day, "", "", "", "", "", 1)
        for one, day in zip(take_ids(3), born, strict=True)
    ]
    insert_rows(session, Patient, columns, rows)
    assert [one.birth_date for one in session.scalars(select(Patient).order_by(Patient.id))] == born


def test_a_failed_transaction_leaves_nothing(sessions, cast):
    def fail_halfway() -> None:
        with transaction(sessions.system()) as session:
            build.patient(session, cast.eastside)
            raise LookupError

    with pytest.raises(LookupError):
        fail_halfway()
    with sessions.system() as session:
        assert session.scalar(select(func.count()).select_from(Patient)) == 0


def test_four_writers_at_once_all_succeed(sessions, cast):
    """Deferred transactions would fail with "database is locked"."""
    failures = []

    def write() -> None:
        try:
            for _ in range(5):
                with transaction(sessions.system()) as session:
                    session.scalar(select(func.count()).select_from(Patient))
                    build.patient(session, cast.eastside)
                    time.sleep(0.005)
        except Exception as error:  # noqa: BLE001  # any failure of a thread is the test's failure
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with sessions.system() as session:
        assert session.scalar(select(func.count()).select_from(Patient)) == 20
