"""The page "What is due"."""

import re
from datetime import date, timedelta

import pytest

from tests import build
from tests.forms import send
from tracker.db import transaction
from tracker.models import Membership, TherapistAsk, User


@pytest.fixture
def denials(sessions, cast):
    """Alice's: passed but not missed, in 10 days, in 31; bob's in 3."""
    with transaction(sessions.system()) as session:
        owners = (cast.alice.id, cast.alice.id, cast.alice.id, cast.bob.id)
        rows = [build.denied_line(session, cast.eastside, owner_id=owner) for owner in owners]
        for denial, left in zip(rows, (-1, 10, 31, 3), strict=True):
            denial.file_by_safe = build.TODAY + timedelta(days=left)
            denial.file_by_legal = denial.file_by_safe + timedelta(days=5)
        return rows


def test_it_shows_the_own_denials_within_a_month_by_how_near_they_are(signed_in, cast, denials):
    page = signed_in(cast.alice).get("/digest").text
    assert f"D-{denials[0].number}<" in page
    assert f"D-{denials[1].number}<" in page
    assert f"D-{denials[2].number}<" not in page
    assert f"D-{denials[3].number}<" not in page
    assert page.index("Today or passed") < page.index("Within 14 days")
    assert f"The last day is {build.TODAY + timedelta(days=4):%m/%d/%Y}" in page
    assert "has passed" not in page


def test_a_lead_sees_everybodys_within_a_week(signed_in, cast, denials, sessions):
    with transaction(sessions.system()) as session:
        session.get_one(Membership, (cast.bob.id, cast.eastside.id)).role = "owner"
    page = signed_in(cast.bob).get("/digest").text
    assert f"D-{denials[3].number}<" in page
    assert f"D-{denials[0].number}<" in page
    assert f"D-{denials[1].number}<" not in page


def test_another_practice_sees_none_of_it(signed_in, cast, denials):
    assert "Nothing is due" in signed_in(cast.charlie).get("/digest").text


def test_what_waits_for_the_payer_is_due_by_its_reply(signed_in, cast, denials, sessions):
    with transaction(sessions.system()) as session:
        row = session.merge(denials[1])
        row.status, row.clock, row.file_by_safe = "waiting_on_payer", "reply_due", date(2026, 11, 25)
    page = signed_in(cast.alice).get("/digest").text
    assert "Reply due 11/25/2026" in page


def test_the_address_for_mail_is_kept_and_checked(signed_in, cast, sessions):
    alice = signed_in(cast.alice)
    assert send(alice, "/settings", "/settings/mail", email="alice@clinic.example").status_code == 303
    with sessions.system() as session:
        assert session.get_one(User, cast.alice.id).email == "alice@clinic.example"
    answer = send(alice, "/settings", "/settings/mail", email="alice at clinic")
    assert answer.status_code == 422
    assert "E-mail address must be like name@example.org" in answer.text
    send(alice, "/settings", "/settings/mail", email="")
    with sessions.system() as session:
        assert session.get_one(User, cast.alice.id).email == ""


def asked_long_ago(session, denial, by: int) -> None:
    session.add(
        TherapistAsk(
            practice_id=denial.practice_id, denial_id=denial.id, asked_of="J. Cole, PT", asked_by_id=by,
            asked_on=build.TODAY - timedelta(days=9), answer_by=build.TODAY - timedelta(days=4),
        )
    )  # fmt: skip


def test_late_answers_of_therapists_are_named_and_lead_to_as_many_rows(signed_in, cast, denials, sessions):
    with transaction(sessions.system()) as session:
        asked_long_ago(session, denials[2], cast.alice.id)
        asked_long_ago(session, denials[3], cast.bob.id)
    alice = signed_in(cast.alice)
    page = alice.get("/digest").text
    assert "Asked 9 days ago, no answer" in page
    assert f"D-{denials[2].number}<" in page
    assert f"D-{denials[3].number}<" not in page
    link = re.search(r'href="(/queue\?[^"]*only=no-answer[^"]*)">1 denial<', page)
    assert link is not None
    rows = alice.get(link[1].replace("&amp;", "&")).text
    assert re.findall(r"data-row ", rows) == ["data-row "]
    assert f"D-{denials[2].number}<" in rows
