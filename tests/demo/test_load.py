from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import and_, func, select

from tests.databases import SqliteTemplate
from tracker.config import Settings
from tracker.db import SessionMaker, transaction
from tracker.demo.load import OWNER_LOGIN, how_to_sign_in, load_demo, remove_demo
from tracker.demo.removal import rows_left
from tracker.models import (
    Appeal,
    Authorization,
    ClaimLine,
    ClaimPayment,
    Denial,
    DenialAnswer,
    EligibilityCheck,
    Event,
    ImportFile,
    Job,
    Letter,
    Membership,
    Note,
    NoteLink,
    Outcome,
    Payer,
    PlanOfCare,
    Practice,
    ProviderAdjustment,
    User,
    UserSession,
)
from tracker.services.passwords import password_is_right
from tracker.services.won_paragraphs import won_paragraphs

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PASSWORD = "demo sign in of tests"


def make_settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, database_url="", demo_password=PASSWORD, fast_hash=True)


def load(sessions: SessionMaker, folder: Path) -> list[str]:
    return load_demo(sessions, make_settings(folder), TODAY, NOW, lambda done, total, doing: None)


@pytest.fixture(scope="module")
def demo(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionMaker]:
    folder = tmp_path_factory.mktemp("demo")
    with sqlite_template.copy(folder) as engine:
        sessions = SessionMaker(engine)
        load(sessions, folder)
        yield sessions


def test_two_people_can_sign_in_and_see_three_practices_or_one(demo):
    with transaction(demo.system()) as session:
        seen = {
            login: session.scalar(select(func.count()).select_from(Membership).join(User).where(User.login == login))
            for login in ("demo", "eastside")
        }
        user = session.scalars(select(User).where(User.login == "demo")).one()
        assert seen == {"demo": 3, "eastside": 1}
        assert password_is_right(user.password_hash, PASSWORD, fast_hash=True)
        assert user.is_demo


def test_about_one_line_in_eleven_is_denied(demo):
    with transaction(demo.system()) as session:
        lines = session.scalar(select(func.count()).select_from(ClaimLine))
        denials = session.scalar(select(func.count()).select_from(Denial))
    assert 1200 < lines < 2500
    assert 0.07 < denials / lines < 0.11


def test_denials_are_new_worked_on_recovered_repeated_and_written_off(demo):
    with transaction(demo.system()) as session:
        denials = session.scalars(select(Denial)).all()
        reasons = Counter(denial.close_reason for denial in denials)
        statuses = Counter(denial.status for denial in denials)
        payments = Counter(session.scalars(select(ClaimPayment.status)))
        taken = set(session.scalars(select(ProviderAdjustment.reason)))
    assert {"recovered", "written_off", "duplicate", "patient_share", ""} <= set(reasons)
    assert {"new", "in_review", "waiting_on_payer", "ready_to_send", "closed_paid"} <= set(statuses)
    assert any(denial.times_denied > 1 for denial in denials)
    assert any(denial.owner_id for denial in denials)
    assert {"1", "4", "19", "22"} <= set(payments)
    assert "WO" in taken


def test_open_denials_fill_the_buckets_of_the_queue(demo):
    with transaction(demo.system()) as session:
        dues = session.scalars(select(Denial.due_on).where(Denial.is_open)).all()
    left = [(due - TODAY).days for due in dues if due is not None]
    assert any(days < 0 for days in left)
    assert any(0 <= days <= 7 for days in left)
    assert any(7 < days <= 30 for days in left)
    assert any(days > 30 for days in left)
    assert None in dues


def test_the_likely_causes_are_the_troubles_the_story_made(demo):
    with transaction(demo.system()) as session:
        causes = Counter(session.scalars(select(Denial.root_cause)))
    expected = {
        "unt_exceed_minutes", "mod_discipline", "bun_modifier_needed", "auth_exceeded_or_mismatch", "auth_absent",
        "tf_claim_late", "dup_submission", "elig_not_active", "cob_other_coverage", "doc_record_not_provided",
        "pay_payer_error",
    }  # fmt: skip
    assert expected <= set(causes)


def test_notes_are_linked_and_what_is_on_file_is_kept(demo):
    with transaction(demo.system()) as session:
        notes = session.scalar(select(func.count()).select_from(Note))
        linked = session.scalar(select(func.count(NoteLink.note_id.distinct())))
        kept = [
            session.scalar(select(func.count()).select_from(m)) for m in (Authorization, EligibilityCheck, PlanOfCare)
        ]
    assert notes == linked > 80
    assert min(kept) > 0


def test_no_file_of_the_demo_has_a_problem(demo):
    with transaction(demo.system()) as session:
        results = session.scalars(select(ImportFile.result)).all()
    assert [problem for result in results for problem in result["problems"]] == []


def test_appeals_are_signed_sent_and_decided_in_every_way(demo):
    with transaction(demo.system()) as session:
        letters = session.scalars(select(Letter).where(Letter.signed_at.is_not(None))).all()
        statuses = {appeal.status for appeal in session.scalars(select(Appeal))}
        results = Counter(session.scalars(select(Outcome.result)))
        second = session.scalars(
            select(Outcome.result).join(Appeal, Appeal.id == Outcome.appeal_id).where(Appeal.level == 2)
        ).all()
    assert len({letter.pdf_hash for letter in letters}) == len(letters) > 15
    assert {"ready", "sent", "decided"} <= statuses
    assert set(results) == {"overturned", "partly", "upheld", "dismissed"}
    assert "overturned" in second


def test_one_payer_decided_often_enough_on_one_reason_to_say_how_often_it_gives_in(demo):
    same = and_(Denial.practice_id == Outcome.practice_id, Denial.id == Outcome.denial_id)
    with transaction(demo.system()) as session:
        decided = Counter(
            session.execute(
                select(Denial.practice_id, Denial.payer_id, Denial.group_code, Denial.carc).join(Outcome, same)
            ).all()
        )
        [(practice_id, payer_id, group, carc), times] = decided.most_common(1)[0]
        denial = session.scalars(
            select(Denial).where(
                Denial.practice_id == practice_id, Denial.payer_id == payer_id, Denial.carc == carc,
                Denial.group_code == group,
            )
        ).first()  # fmt: skip
        won = won_paragraphs(session, [denial], ["comment"])
    assert times >= 10
    assert len(won) == 2


def test_money_taken_back_after_a_won_appeal_is_open_again(demo):
    with transaction(demo.system()) as session:
        kinds = {(row.denial_id, row.kind) for row in session.scalars(select(DenialAnswer))}
        won = set(session.scalars(select(Outcome.denial_id).where(Outcome.result == "overturned")))
    assert any((denial, "take_back") in kinds for denial in won)


def test_loading_twice_adds_nothing(demo, tmp_path):
    with transaction(demo.system()) as session:
        before = session.scalar(select(func.count()).select_from(Denial))
    said = load(demo, tmp_path)
    assert said[0] == "The demo data is loaded already."
    assert said[-1] == f"The password of both is {PASSWORD}"
    with transaction(demo.system()) as session:
        assert session.scalar(select(func.count()).select_from(Denial)) == before


def test_the_demo_loads_and_goes_without_a_trace_and_leaves_the_rest(sessions, tmp_path):
    with transaction(sessions.system()) as session:
        session.add_all(
            [Practice(name="Harbor Rehab", npi="1993000037"), Payer(name="Union Mutual Health", payer_code="60771")]
        )
    with transaction(sessions.system()) as session:
        before = {model: session.scalar(select(func.count()).select_from(model)) for model in (Practice, User, Payer)}
    load(sessions, tmp_path)
    remove_demo(sessions)
    with transaction(sessions.system()) as session:
        assert rows_left(session) == 0
        for model in (Denial, ImportFile, Letter, Note):
            assert session.scalar(select(func.count()).select_from(model)) == 0
        after = {model: session.scalar(select(func.count()).select_from(model)) for model in (Practice, User, Payer)}
    assert after == before


def test_the_demo_goes_while_its_people_are_signed_in(sessions, tmp_path):
    load(sessions, tmp_path)
    with transaction(sessions.system()) as session:
        user = session.scalars(select(User).where(User.login == OWNER_LOGIN)).one()
        given = {"created_at": NOW, "last_seen_at": NOW, "proved_at": NOW, "user_id": user.id}
        session.add(UserSession(token_hash="0" * 64, practice_id=None, **given))
        session.add(Job(kind="nothing", key="k", asked_by_id=user.id, run_at=NOW, asked_at=NOW))
    remove_demo(sessions)
    with transaction(sessions.system()) as session:
        assert rows_left(session) == 0
        assert session.scalars(select(UserSession)).all() == []


def test_a_demo_user_named_in_records_of_another_practice_stays(demo, sqlite_template, tmp_path):
    with sqlite_template.copy(tmp_path) as engine:
        sessions = SessionMaker(engine)
        load(sessions, tmp_path)
        with transaction(sessions.system()) as session:
            user = session.scalars(select(User).where(User.login == OWNER_LOGIN)).one()
            own = Practice(name="Harbor Rehab")
            session.add(own)
            session.flush()
            given = {"practice_id": own.id, "kind": "comment", "subject_kind": "denial", "subject_id": 1}
            session.add(Event(at=NOW, user_id=user.id, **given))
        remove_demo(sessions)
        with transaction(sessions.system()) as session:
            assert session.scalars(select(User.login)).all() == [OWNER_LOGIN]
            assert session.scalars(select(Event.user_id)).all() == [user.id]


def test_a_practice_of_the_same_name_is_left_alone(sqlite_template, tmp_path):
    with sqlite_template.copy(tmp_path) as engine:
        sessions = SessionMaker(engine)
        with transaction(sessions.system()) as session:
            session.add(Practice(name="Lakeview Hand Therapy"))
        [said] = load(sessions, tmp_path)
        assert said == "There is a practice Lakeview Hand Therapy already, so the demo data was not loaded."
        with transaction(sessions.system()) as session:
            assert session.scalars(select(Practice.name)).all() == ["Lakeview Hand Therapy"]


def test_a_demo_user_who_has_another_practice_keeps_the_sign_in(demo, sqlite_template, tmp_path):
    with sqlite_template.copy(tmp_path) as engine:
        sessions = SessionMaker(engine)
        load(sessions, tmp_path)
        with transaction(sessions.system()) as session:
            user = session.scalars(select(User).where(User.login == "demo")).one()
            own = Practice(name="Harbor Rehab")
            session.add(own)
            session.flush()
            session.add(Membership(user_id=user.id, practice_id=own.id, role="owner"))
        remove_demo(sessions)
        with transaction(sessions.system()) as session:
            assert session.scalars(select(User.login)).all() == ["demo"]
            assert session.scalars(select(Practice.name)).all() == ["Harbor Rehab"]


def test_a_password_made_up_is_kept_and_one_set_later_wins(demo, tmp_path):
    unset = Settings(data_dir=tmp_path, database_url="", fast_hash=True)
    with transaction(demo.system()) as session:
        first, again = how_to_sign_in(session, unset), how_to_sign_in(session, unset)
        user = session.scalars(select(User).where(User.login == OWNER_LOGIN)).one()
        assert first == again
        assert password_is_right(user.password_hash, first[-1].split()[-1], fast_hash=True)
        how_to_sign_in(session, Settings(data_dir=tmp_path, database_url="", demo_password=PASSWORD, fast_hash=True))
        assert password_is_right(user.password_hash, PASSWORD, fast_hash=True)
