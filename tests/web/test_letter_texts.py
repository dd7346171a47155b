"""The letter saved while a person types, its earlier texts, and the minutes they measure."""

import re
from datetime import timedelta

import pytest

from tests import build
from tests.forms import fields_of, send
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE, make_ready, newest, sign
from tracker.db import transaction
from tracker.models import Appeal, LetterText, Outcome, Practice


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).address = "410 Alder Street, Springfield, IL 62701"
        return make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=NOTE)


@pytest.fixture
def letter(alice, denied):
    """The address of the letter page of an opened appeal."""
    return send(alice, f"/denials/{denied.public_id}", f"/denials/{denied.public_id}/appeal").location


def autosave(client, letter, opened, **changes):
    """Send what the script sends: the form without its buttons."""
    return client.post(f"{letter}/autosave", data=opened | changes)


def touched(client, letter, **paragraphs):
    """The form of the page with only the touched paragraphs, as the script sends it."""
    opened = fields_of(client.get(letter).text, letter)
    return {name: value for name, value in opened.items() if not name.startswith("p-")} | paragraphs


def texts(sessions) -> list[LetterText]:
    with sessions.system() as session:
        return session.query(LetterText).order_by(LetterText.saved_at, LetterText.id).all()


def test_what_is_typed_is_saved_and_the_answer_holds_version_gaps_and_time(alice, letter, sessions, denied):
    answer = autosave(alice, letter, touched(alice, letter), **{"p-comment": "Typed."})
    row = newest(sessions, denied)
    assert row.fields["paragraphs"] == {"comment": "Typed."}
    assert f'data-version="{row.version}"' in answer.text
    assert re.search(r"Saved \d+:\d\d [AP]M\.", answer.text)
    assert "Add what the therapist did that an aide could not" in answer.text


def test_a_paragraph_not_sent_stays_as_it_was_saved(alice, letter, sessions, denied):
    autosave(alice, letter, touched(alice, letter), **{"p-comment": "First."})
    autosave(alice, letter, touched(alice, letter), **{"p-skilled_need": "Second."})
    assert newest(sessions, denied).fields["paragraphs"] == {"comment": "First.", "skilled_need": "Second."}


def test_typing_never_changes_the_template(alice, letter, sessions, denied):
    autosave(alice, letter, touched(alice, letter), **{"p-comment": "Typed.", "template": "L11"})
    assert newest(sessions, denied).template == "L01"


def test_a_conflict_is_told_and_nothing_is_lost(alice, letter, sessions, denied, signed_in, cast):
    opened = fields_of(alice.get(letter).text, letter)
    send(signed_in(cast.bob), letter, letter, **{"p-comment": "What Bob wrote."})
    answer = autosave(alice, letter, opened, **{"p-comment": "What Alice wrote."})
    assert answer.status_code == 409
    assert answer.text.startswith("Bob saved this letter at ")
    assert newest(sessions, denied).fields["paragraphs"]["comment"] == "What Bob wrote."
    both = alice.post(letter, data=opened | {"p-comment": "What Alice wrote.", "then": "save"}).text
    assert "What Bob wrote." in both
    assert "What Alice wrote." in both


def test_a_signed_letter_is_not_saved_by_typing(alice, letter, sessions, denied):
    make_ready(alice, letter)
    opened = fields_of(alice.get(letter).text, letter)
    sign(alice, letter)
    assert autosave(alice, letter, opened, **{"p-comment": "Late."}).status_code == 409
    assert "comment" not in newest(sessions, denied).fields["paragraphs"]


def test_a_wrong_date_is_named_and_nothing_is_saved(alice, letter, sessions, denied):
    send(alice, letter, letter, then="template", template="L11")
    answer = autosave(alice, letter, touched(alice, letter), **{"f-request-requested_on": "soon"})
    assert answer.status_code == 422
    assert "Date of the records request must be a date like 11/29/2026" in answer.text


def test_every_save_is_kept_with_who_and_when_and_can_be_taken_back(alice, letter, sessions, denied, signed_in, cast):
    send(alice, letter, letter, **{"p-comment": "The good text."})
    bob = signed_in(cast.bob)
    send(bob, letter, letter, **{"p-comment": "Overwritten."})
    page = bob.get(f"{letter}/texts").text
    assert "The good text." in page
    assert re.search(r"Alice: ", page)
    good = texts(sessions)[1]
    address = f"{letter}/texts/{good.public_id}/take-back"
    assert send(bob, f"{letter}/texts", address).status_code == 303
    assert newest(sessions, denied).fields["paragraphs"]["comment"] == "The good text."
    assert "Overwritten." in bob.get(f"{letter}/texts").text


def test_a_changed_template_loses_no_paragraph(alice, letter, sessions, denied):
    send(alice, letter, letter, **{"p-comment": "Hours of work."})
    send(alice, letter, letter, then="template", template="L11")
    assert "Hours of work." in alice.get(f"{letter}/texts").text


def test_taking_back_after_another_save_is_refused(alice, letter, sessions, denied, signed_in, cast):
    send(alice, letter, letter, **{"p-comment": "One."})
    send(alice, letter, letter, **{"p-comment": "Two."})
    address = f"{letter}/texts/{texts(sessions)[1].public_id}/take-back"
    opened = fields_of(alice.get(f"{letter}/texts").text, address)
    send(signed_in(cast.bob), letter, letter, **{"p-comment": "Three."})
    alice.post(address, data=opened)
    assert newest(sessions, denied).fields["paragraphs"]["comment"] == "Three."


def test_another_practice_sees_no_texts(alice, letter, signed_in, cast):
    stranger = signed_in(cast.charlie)
    assert stranger.get(f"{letter}/texts").status_code == 404


@pytest.mark.parametrize(("pause", "minutes"), [(3, "6 minutes"), (20, "10 minutes")])
def test_minutes_are_measured_and_shown_beside_the_survey(alice, letter, clock, pause, minutes):
    for words in ("One.", "Two."):
        clock.now += timedelta(minutes=pause)
        send(alice, letter, letter, **{"p-comment": words})
    assert f"{minutes} of writing so far" in alice.get(letter.removesuffix("/letter")).text
    listed = alice.get("/appeals").text
    assert f"{minutes} of writing per appeal, median of 1 appeal measured" in listed
    assert "more than 30 minutes" in listed


def test_a_paragraph_that_won_is_offered_with_its_decision_and_inserted_by_a_click(alice, letter, sessions, denied):
    words = "Grading each step took the judgment of a therapist."
    make_ready(alice, letter)
    send(alice, letter, letter, **{"p-comment": words, "p-ask": "Pay Okafor's claim."})
    sign(alice, letter)
    with transaction(sessions.system()) as session:
        won = session.query(Appeal).one()
        won.status = "decided"
        session.add(
            Outcome(
                practice_id=won.practice_id, appeal_id=won.id, denial_id=denied.id, result="overturned",
                decided_on=build.TODAY, recorded_at=build.NOW,
            )
        )  # fmt: skip
        other = make_denial(session, session.get_one(Practice, denied.practice_id), carc="50", note=NOTE)
        other.payer_id = denied.payer_id
    place = f"/denials/{other.public_id}"
    second = send(alice, place, f"{place}/appeal").location
    page = alice.get(second).text
    assert words in page
    assert f"A-{won.number}, 11/23/2026: overturned" in page
    assert "Okafor&#39;s claim." not in page
    assert newest(sessions, other).fields["paragraphs"] == {}
    send(alice, second, second, then="won:0")
    assert newest(sessions, other).fields["paragraphs"]["comment"] == words
