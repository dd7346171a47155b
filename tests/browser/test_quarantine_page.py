"""Quarantine, protected notes and own numbers in a real browser: accessible in both colors."""

import pytest
from playwright.sync_api import expect

from tests import build
from tests.edi import claim, line, remit
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Membership

FOREIGN = "1999999992"


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def owner(sessions, cast, become):
    become(cast.alice, Role.OWNER, protected=True)
    return cast.alice


def test_a_foreign_file_is_held_and_goes_on_once_its_number_is_added(colored, sign_in, owner, check_axe):
    sign_in(colored, owner)
    colored.goto("/import")
    data = remit(claim("A1", line("97110", 90, 0, "CO-50:90")), npi=FOREIGN)
    colored.get_by_label("Files").set_input_files({"name": "f.835", "mimeType": "text/plain", "buffer": data})
    expect(colored.get_by_role("heading", name="In quarantine")).to_be_visible()
    check_axe(colored)
    colored.set_viewport_size({"width": 320, "height": 800})
    check_axe(colored)
    colored.get_by_role("button", name=f"Add NPI {FOREIGN} to Eastside PT and go on").click()
    expect(colored.get_by_text("A1").first).to_be_visible()


def test_own_numbers_are_accessible(colored, sign_in, owner, cast, check_axe):
    sign_in(colored, owner)
    colored.goto(f"/settings/practices/{cast.eastside.public_id}/numbers")
    colored.get_by_label("NPI or tax ID").fill("12345")
    colored.get_by_role("button", name="Add number").click()
    expect(colored.get_by_role("alert")).to_be_visible()
    check_axe(colored)


def test_a_protected_note_and_who_may_read_it_are_accessible(colored, sign_in, owner, cast, sessions, check_axe):
    with transaction(sessions.system()) as session:
        note = build.note(session, build.patient(session, cast.eastside), "Dreams again", protection="psychotherapy")
        assert session.get_one(Membership, (cast.bob.id, cast.eastside.id)).protected_notes is False
    sign_in(colored, owner)
    colored.goto(f"/notes/{note.public_id}")
    colored.get_by_text("Add an authorization").click()
    colored.get_by_role("button", name="Keep authorization").click()
    expect(colored.get_by_role("alert")).to_be_visible()
    check_axe(colored)
    colored.goto(f"/users/{cast.bob.public_id}")
    check_axe(colored)
    colored.get_by_label("May read them in Eastside PT").check()
    colored.get_by_role("button", name="Save leave").click()
    expect(colored.get_by_text("Leave changed")).to_be_visible()
