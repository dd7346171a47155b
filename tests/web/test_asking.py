"""The sheet of questions to a therapist: what it holds, what it never says, how asking and the answer are recorded."""

import re
from datetime import timedelta

import pypdfium2
import pytest

from tests import build
from tests.forms import send
from tests.web.test_denial_causes import words
from tests.web.test_denial_page import address, make_denial, stored
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Event, Findings, TherapistAsk
from tracker.services.deciding import reject_cause

RULE = next(rule for rule in load().rules.values() if rule.root_causes == ("doc_minutes_missing",))
MISSING = "No minutes for 97530 were found."


@pytest.fixture
def asked(sessions, cast):
    """A denial whose note does not show something, by a rule."""
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside)
        not_shown(session, denial)
        return denial


def not_shown(session, denial) -> None:
    session.query(Findings).filter_by(denial_id=denial.id).delete()
    build.finding(session, denial, RULE.id, "not_shown", MISSING)


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def test_the_sheet_names_rule_requirement_date_and_note(alice, asked):
    page = words(alice.get(address(asked, "/ask")).text)
    assert RULE.title in page
    assert words(RULE.requirement) in page
    assert f"Not shown in the note: {MISSING}" in page
    assert "Daily note of 09/14/2026" in page
    assert "Nkechi Okafor" in page


def test_what_is_not_shown_is_not_said_twice(alice, asked, sessions):
    with transaction(sessions.system()) as session:
        session.query(Findings).filter_by(denial_id=asked.id).delete()
        build.finding(session, asked, RULE.id, "not_shown", "Not shown in the note: minutes for 97530.")
    page = words(alice.get(address(asked, "/ask")).text)
    assert "Not shown in the note: minutes for 97530." in page
    assert "Not shown in the note: Not shown" not in page


def test_the_sheet_says_what_an_addendum_may_hold(alice, asked):
    page = words(alice.get(address(asked, "/ask")).text)
    for part in ("recorded at the time", "late entry", "date it", "sign it", "Leave the original note as it is"):
        assert part in page


def test_the_sheet_offers_no_cure_and_no_words_for_the_note(alice, asked):
    page = words(alice.get(address(asked, "/ask")).text)
    assert RULE.cure
    assert RULE.cure not in page
    assert "for example, write" not in page.lower()


def test_neither_title_nor_address_nor_file_name_holds_the_patients_name(alice, asked):
    page = alice.get(address(asked, "/ask")).text
    assert re.findall(r"<title>(.*?)</title>", page)[0].count("Okafor") == 0
    assert not [link for link in re.findall(r'(?:href|action)="([^"]*)"', page) if "Okafor" in link]
    pdf = alice.get(address(asked, "/ask.pdf"))
    assert "Okafor" not in pdf.headers["Content-Disposition"]
    with pypdfium2.PdfDocument(pdf.data) as document:
        assert "Okafor" not in document.get_metadata_dict()["Title"]
        text = "\n".join(each.get_textpage().get_text_bounded() for each in document)
    assert MISSING in text.replace("\r\n", " ").replace("\n", " ")
    assert "Nkechi Okafor" in text


def test_looking_changes_nothing(alice, asked, sessions):
    before = stored(sessions, asked).version
    alice.get(address(asked, "/ask"))
    alice.get(address(asked, "/ask.pdf"))
    after = stored(sessions, asked)
    assert (after.status, after.version) == ("new", before)
    with sessions.system() as session:
        assert session.query(Event).count() == 0


@pytest.mark.parametrize(("move", "status"), [("yes", "needs_note"), (None, "new")])
def test_asking_is_recorded_and_the_status_moves_only_when_told(alice, asked, sessions, cast, move, status):
    fields = {"asked_of": "J. Cole, PT", "move": move}
    assert send(alice, address(asked, "/ask"), address(asked, "/asked"), **fields).status_code == 303
    assert stored(sessions, asked).status == status
    with sessions.system() as session:
        [event] = session.query(Event).filter_by(kind="therapist_asked")
        assert (event.user_id, event.at, event.details) == (
            cast.alice.id, build.NOW, {"of": "J. Cole, PT", "rules": [RULE.id], "answer_by": "2026-11-30"},
        )  # fmt: skip
    page = alice.get(address(asked)).text
    told = "Asked J. Cole, PT about 1 point the note does not show, answer by 11/30/2026, Alice"
    assert told in words(page).replace(" ,", ",")


def test_a_denial_changed_meanwhile_is_not_moved(alice, asked, sessions, cast, signed_in):
    seen = str(stored(sessions, asked).version)
    send(signed_in(cast.bob), address(asked), address(asked, "/status"), **{"status-status": "in_review"})
    fields = {"version": seen, "move": "yes"}
    assert send(alice, address(asked, "/ask"), address(asked, "/asked"), **fields).status_code == 409
    assert stored(sessions, asked).status == "in_review"


def test_a_name_that_is_too_long_is_refused(alice, asked):
    answer = send(alice, address(asked, "/ask"), address(asked, "/asked"), asked_of="x" * 121)
    assert answer.status_code == 422
    assert "Asked of must be 120 characters or fewer" in answer.text


def test_what_a_person_ruled_out_is_not_asked(alice, asked, sessions, cast):
    with transaction(sessions.system()) as session:
        row = session.get_one(build.Denial, (asked.practice_id, asked.id))
        reject_cause(session, row, "doc_minutes_missing", "", build.NOW, cast.alice.id)
    assert "Nothing to ask" in alice.get(address(asked, "/ask")).text
    assert alice.get(address(asked, "/ask.pdf")).status_code == 404


def test_without_a_note_the_sheet_asks_for_the_note(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note="")
        not_shown(session, denial)
    assert "Add the note first" in alice.get(address(denial, "/ask")).text


def test_the_denial_page_leads_to_the_sheet(alice, asked):
    page = alice.get(address(asked)).text
    assert address(asked, "/ask") in page
    assert "about 1 point the note does not show" in words(page)


def test_nobody_of_another_practice_opens_the_sheet(signed_in, cast, asked):
    charlie = signed_in(cast.charlie)
    assert charlie.get(address(asked, "/ask")).status_code == 404
    assert charlie.get(address(asked, "/ask.pdf")).status_code == 404
    token = build.csrf_token(charlie.get("/queue"))
    assert charlie.post(address(asked, "/asked"), data={"csrf_token": token}).status_code == 404


# ---- answers


def ask(client, denial, **fields):
    return send(client, address(denial, "/ask"), address(denial, "/asked"), asked_of="J. Cole, PT", **fields)


def late(sessions, denial, days: int = 9) -> None:
    """Make the last ask ``days`` old, with an answer wanted after five."""
    with transaction(sessions.system()) as session:
        [row] = session.query(TherapistAsk).filter_by(denial_id=denial.id, ended_on=None)
        row.asked_on = build.TODAY - timedelta(days=days)
        row.answer_by = row.asked_on + timedelta(days=5)


def test_until_the_day_it_is_the_therapists_turn(alice, asked):
    ask(alice, asked, answer_by="11/30/2026")
    page = words(alice.get(address(asked)).text)
    assert "Asked today, answer by 11/30/2026." in page
    assert "Therapist&#39;s turn" in page
    assert "No answer" not in page
    row = words(alice.get("/queue").text)
    assert "Asked today, answer by 11/30/2026" in row
    assert "Ask again" not in row


def test_after_it_queue_and_page_say_that_there_is_no_answer(alice, asked, sessions):
    ask(alice, asked)
    late(sessions, asked)
    page = words(alice.get(address(asked)).text)
    assert "Asked 9 days ago, no answer." in page
    assert "J. Cole, PT was asked on 11/14/2026 to answer by 11/19/2026" in page
    assert "Therapist&#39;s turn" not in page
    queue = words(alice.get("/queue?only=no-answer").text)
    assert "Asked 9 days ago, no answer" in queue
    assert f'href="{address(asked, "/ask")}"' in alice.get("/queue?only=no-answer").text


def test_an_answer_that_came_ends_the_waiting(alice, asked, sessions):
    ask(alice, asked)
    late(sessions, asked)
    assert send(alice, address(asked), address(asked, "/answered")).status_code == 303
    page = words(alice.get(address(asked)).text)
    assert "The therapist answered" in page
    assert "no answer" not in page
    assert f"D-{asked.number}<" not in alice.get("/queue?only=no-answer").text


def test_a_note_of_the_visit_is_an_answer_too(alice, asked, sessions):
    ask(alice, asked)
    late(sessions, asked)
    note = {"note-text": "Late entry 11/20/2026: 97530 15 min by the schedule.", "note-service_date": "09/14/2026"}
    assert send(alice, address(asked), address(asked, "/notes"), **note).status_code == 303
    with sessions.system() as session:
        assert session.query(TherapistAsk).one().ended_on == build.TODAY


def test_asking_again_replaces_the_ask(alice, asked, sessions):
    ask(alice, asked)
    late(sessions, asked)
    ask(alice, asked, answer_by="12/01/2026")
    with sessions.system() as session:
        rows = session.query(TherapistAsk).order_by(TherapistAsk.id).all()
    assert [(row.ended_on, f"{row.answer_by:%m/%d}") for row in rows] == [(build.TODAY, "11/19"), (None, "12/01")]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter the day by which you want an answer"),
        ("11/22/2026", "Answer by must be today or later"),
        ("soon", "Answer by must be a date like 11/29/2026"),
    ],
)
def test_a_day_that_cannot_be_is_refused(alice, asked, sessions, typed, says):
    answer = ask(alice, asked, answer_by=typed)
    assert answer.status_code == 422
    assert says in answer.text
    with sessions.system() as session:
        assert session.query(TherapistAsk).count() == 0


def test_the_sheet_names_the_day_and_keeps_that_of_an_ask_that_runs(alice, asked):
    assert "Answer by 11/30/2026" in words(alice.get(address(asked, "/ask")).text)
    ask(alice, asked, answer_by="12/04/2026")
    with pypdfium2.PdfDocument(alice.get(address(asked, "/ask.pdf")).data) as document:
        text = " ".join("\n".join(each.get_textpage().get_text_bounded() for each in document).split())
    assert "Answer by 12/04/2026" in text


def test_nobody_of_another_practice_records_an_answer(signed_in, cast, asked, alice):
    ask(alice, asked)
    charlie = signed_in(cast.charlie)
    token = build.csrf_token(charlie.get("/queue"))
    assert charlie.post(address(asked, "/answered"), data={"csrf_token": token}).status_code == 404
    assert "no answer" not in charlie.get("/queue?only=no-answer").text
