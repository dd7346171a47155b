"""The four steps to a first appeal, and the pages of help."""

import re

import pytest

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Letter, PayerProfile, Practice
from tracker.web.guides import TOPICS


def done(answer) -> int:
    return int(re.search(r'data-done="(\d)"', answer.text)[1])


def draft_letter(session, denial):
    appeal = build.appeal(session, denial)
    session.add(
        Letter(practice_id=denial.practice_id, appeal_id=appeal.id, template="L01",
               letter_date=build.TODAY, saved_at=build.NOW)
    )  # fmt: skip


def stands_in_the_menu(answer) -> bool:
    menu = answer.text.split('<details class="menu">')[-1].split("</details>")[0]
    return "Getting started" in menu


def test_check_30_a_new_practice_has_four_steps_and_the_last_cannot_start_yet(signed_in, cast, become):
    become(cast.alice, Role.OWNER)
    page = signed_in(cast.alice).get("/start")
    assert done(page) == 0
    assert page.text.count("Incomplete") == 3
    assert page.text.count("Cannot start yet") == 1
    assert "Where your data lives" in page.text


def test_each_step_is_completed_by_what_it_asks_for(signed_in, cast, become, sessions):
    become(cast.alice, Role.OWNER)
    client = signed_in(cast.alice)
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        practice.npi, practice.address, practice.signer_name = "1234567893", "1 Main St", "Ann Lee, PT"
    assert done(client.get("/start")) == 1
    with transaction(sessions.system()) as session:
        denial = build.denied_line(session, cast.eastside)
    assert done(client.get("/start")) == 2
    assert "0 of 1 payers checked" in client.get("/start").text
    with transaction(sessions.system()) as session:
        checked = {"appeal-1": {"checked_on": "2026-11-20"}}
        session.add(PayerProfile(practice_id=cast.eastside.id, payer_id=denial.payer_id, limits=checked))
    assert done(client.get("/start")) == 3
    with transaction(sessions.system()) as session:
        draft_letter(session, session.merge(denial))
    assert "All four steps are done" in client.get("/start").text


def test_the_steps_stand_in_the_menu_until_a_letter_is_drafted_and_under_help_for_good(signed_in, cast, sessions):
    client = signed_in(cast.alice)
    assert stands_in_the_menu(client.get("/settings"))
    with transaction(sessions.system()) as session:
        draft_letter(session, build.denied_line(session, cast.eastside))
    assert not stands_in_the_menu(client.get("/settings"))
    assert 'href="/start"' in client.get("/help").text


def test_another_practices_denials_complete_nothing(signed_in, cast, become, sessions):
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.lakeview)
    assert done(signed_in(cast.alice).get("/start")) == 0


def test_check_30_the_demo_completes_nothing_and_leads_to_the_steps(signed_in, cast, become, sessions):
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).is_demo = True
        build.denied_line(session, cast.eastside)
    client = signed_in(cast.alice)
    assert done(client.get("/start")) == 0
    assert "Open the demo queue" in client.get("/start").text
    assert "Four steps to your first appeal" in client.get("/queue").text


@pytest.mark.parametrize("topic", TOPICS)
def test_every_page_of_help_opens_for_everybody_who_signs_in(signed_in, cast, become, topic):
    become(cast.alice, Role.READER)
    page = signed_in(cast.alice).get(f"/help/{topic}")
    assert page.status_code == 200
    assert f"How this works: {TOPICS[topic]}" in page.text


def test_a_screen_leads_to_its_own_help(signed_in, cast):
    assert 'href="/help/queue">How this works: Work queue' in signed_in(cast.alice).get("/queue").text


def test_no_help_of_another_name(signed_in, cast):
    assert signed_in(cast.alice).get("/help/unknown").status_code == 404
