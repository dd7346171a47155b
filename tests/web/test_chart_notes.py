"""Notes on the trend chart: one's own, those for everybody, and submitted claims for the HFMA basis."""

import re
from datetime import date

import pytest
from sqlalchemy import select, text

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import ChartNote, Practice

WORDS = "Started prior auth check"


@pytest.fixture
def note(sessions, cast):
    """A note of Bob's for everybody, one of Bob's alone, one of another practice; and denials to draw."""
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)

        def made(words, place, user, **fields):
            row = ChartNote(
                practice_id=place.id,
                day=date(2026, 8, 15),
                words=words,
                made_by_id=user.id,
                made_at=build.NOW,
                **fields,
            )
            session.add(row)
            session.flush()
            return row

        made("Private plan", cast.eastside, cast.bob)
        made("Foreign plan", cast.lakeview, cast.charlie, is_shared=True)
        return made(WORDS, cast.eastside, cast.bob, is_shared=True)


def send(client, path, **fields):
    token = build.csrf_token(client.get("/settings"))
    return client.post(path, data={"csrf_token": token} | fields)


def add(client, cast, **fields):
    typed = {"day": "09/01/2026", "words": "New eligibility check", "practice": cast.eastside.public_id}
    return send(client, "/insights/notes", **typed | fields)


def test_a_shared_note_stands_on_the_chart_in_the_table_and_in_the_list(cast, note, signed_in):
    page = signed_in(cast.alice).get("/insights").text
    assert page.count('class="note-mark"') == 3  # three sizes of one chart
    assert re.search(r'<li value="1">08/15/2026: Started prior auth check', page)
    row = page.split('<th scope="row">Aug 2026')[1].split("</tr>")[0]
    assert row.strip().endswith("<td>1</td>")


def test_a_note_of_somebody_else_alone_or_of_another_practice_is_not_shown(cast, note, signed_in):
    for path in ("/insights", "/insights/notes"):
        page = signed_in(cast.alice).get(path).text
        assert "Private plan" not in page
        assert "Foreign plan" not in page


def test_a_biller_adds_a_note_of_their_own_and_cannot_share_it(cast, note, signed_in, sessions):
    client = signed_in(cast.alice)
    assert add(client, cast).status_code == 303
    assert add(client, cast, shared="y").status_code == 403
    with sessions.system() as session:
        mine = session.scalars(select(ChartNote).where(ChartNote.made_by_id == cast.alice.id)).all()
        assert [(row.words, row.day, row.is_shared) for row in mine] == [
            ("New eligibility check", date(2026, 9, 1), False)
        ]
        assert b"eligibility" not in session.execute(text("SELECT words FROM chart_notes")).scalars().all()[-1]
    assert "New eligibility check" not in signed_in(cast.bob).get("/insights").text


def test_a_lead_shares_a_note_and_changes_those_of_others(cast, note, signed_in, become):
    become(cast.alice, Role.LEAD)
    client = signed_in(cast.alice)
    assert add(client, cast, shared="y").status_code == 303
    answer = send(
        client, f"/insights/notes/{note.public_id}", version="1", day="08/16/2026", words=WORDS, shared="y",
        practice=cast.eastside.public_id,
    )  # fmt: skip
    assert answer.status_code == 303
    page = signed_in(cast.bob).get("/insights").text
    assert "08/16/2026: Started prior auth check" in page
    assert "New eligibility check" in page


def test_a_biller_cannot_change_what_a_colleague_shared(cast, note, signed_in):
    assert signed_in(cast.alice).get(f"/insights/notes/{note.public_id}").status_code == 404
    assert send(signed_in(cast.alice), f"/insights/notes/{note.public_id}/remove").status_code == 404


def test_an_older_version_is_not_saved_over_a_newer_one(cast, note, signed_in):
    client, path = signed_in(cast.bob), f"/insights/notes/{note.public_id}"
    fields = {"day": "08/16/2026", "practice": cast.eastside.public_id}
    assert send(client, path, version="1", words="First", **fields).status_code == 303
    assert send(client, path, version="1", words="Second", **fields).status_code == 409


def test_a_removed_note_is_off_the_chart_and_can_be_put_back(cast, note, signed_in):
    client = signed_in(cast.bob)
    send(client, f"/insights/notes/{note.public_id}/remove")
    assert WORDS not in client.get("/insights").text
    assert WORDS in client.get("/insights/notes").text
    send(client, f"/insights/notes/{note.public_id}/put-back")
    assert WORDS in client.get("/insights").text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"day": "13/45/2026"}, "Date must be a date like"),
        ({"words": ""}, "Enter what changed"),
        ({"words": "x" * 121}, "Use 120 characters or fewer"),
        ({"practice": "somewhere"}, "Choose one of the list"),
    ],
)
def test_what_is_wrong_with_a_note_is_said(cast, note, signed_in, fields, problem):
    answer = add(signed_in(cast.alice), cast, **fields)
    assert answer.status_code == 422
    assert problem in answer.text


# ---- the HFMA basis ----


@pytest.fixture
def admin(cast, become, signed_in):
    become(cast.alice, Role.OWNER)
    return signed_in(cast.alice)


def save_counts(client, cast, counts):
    path = f"/settings/practices/{cast.eastside.public_id}/submitted"
    version = re.search(r'name="version"[^>]* value="(\d+)"', client.get(path).text)[1]
    return send(client, path, version=version, counts=counts)


def test_the_hfma_basis_is_offered_with_counts_and_never_beside_the_other_rate(cast, note, admin, sessions):
    assert "HFMA" not in admin.get("/insights?basis=hfma").text
    assert save_counts(admin, cast, "7/2026, 90\n8/2026, 100\n9/2026, 110\n").status_code == 303
    page = admin.get("/insights?basis=hfma").text
    assert "Initial denial rate (HFMA basis)" in page
    assert "Initial denial rate (of lines first answered)" not in page
    assert "1 claim denied, 100.0 submitted on average" in page
    assert "a third party&#39;s page" in page or "a third party's page" in page
    plain = admin.get("/insights").text
    assert "Initial denial rate (of lines first answered)" in plain
    assert "Initial denial rate (HFMA basis)" not in plain
    with sessions.system() as session:
        found = session.scalar(select(Practice.submitted_claims).where(Practice.id == cast.eastside.id))
        assert found == {"2026-07": 90, "2026-08": 100, "2026-09": 110}


def test_with_a_payer_chosen_the_hfma_basis_is_not_offered(cast, note, admin, sessions):
    save_counts(admin, cast, "7/2026, 90")
    page = admin.get("/insights").text
    payer = re.search(r'<option value="([^"]{10,})">Harbor Health', page)[1]
    assert "HFMA" not in admin.get(f"/insights?basis=hfma&payer={payer}").text


def test_the_file_of_the_trend_says_its_basis(cast, note, admin):
    save_counts(admin, cast, "7/2026, 90\n8/2026, 100\n9/2026, 110\n")
    file = admin.get("/insights/trend.csv?basis=hfma").text
    assert "on the HFMA basis" in file
    assert "2026-10,no,1,90.00,1,100.0,0.0100" in file


def test_counts_that_cannot_be_read_are_shown_again(cast, admin):
    answer = save_counts(admin, cast, "7/2026, many")
    assert answer.status_code == 422
    assert "Line 1: write a month and a number of claims" in answer.text
    assert "7/2026, many" in answer.text
