"""Exporting, keeping, deleting and taking in a practice in a real browser: accessible in both colors."""

import pytest
from playwright.sync_api import expect

from tests import build
from tests.exporting.conftest import exported
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Notice, OwnerRequest, Practice

PASSPHRASE = "five words that nobody guesses"


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def owner(sessions, cast, become):
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        build.denied_line(session, session.merge(cast.eastside))
    return cast.alice


def test_an_export_is_asked_for_watched_and_downloaded(colored, sign_in, owner, cast, check_axe):
    sign_in(colored, owner)
    colored.goto("/settings")
    colored.get_by_role("link", name="Export, keep or delete the data of Eastside PT").click()
    check_axe(colored)
    colored.get_by_role("button", name="Export practice").click()
    expect(colored.get_by_role("alert")).to_contain_text("Choose why you take everything out")
    check_axe(colored)
    colored.get_by_label("Why").select_option("For an audit, a lawyer or a court")
    colored.get_by_role("button", name="Export practice").click()
    expect(colored.get_by_role("heading", name="Passphrase of the export")).to_be_visible()
    check_axe(colored)
    colored.get_by_role("link", name="I have kept it").click()
    link = colored.get_by_role("link", name="Download ZIP")
    expect(link).to_be_visible()
    check_axe(colored)
    with colored.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "practice-export-2026-11-23.zip"
    colored.set_viewport_size({"width": 320, "height": 800})
    check_axe(colored)


def test_a_practice_is_deleted_and_brought_back(colored, sign_in, owner, cast, check_axe):
    sign_in(colored, owner)
    colored.goto(f"/settings/practices/{cast.eastside.public_id}/data")
    colored.get_by_role("link", name="See what would go").click()
    expect(colored.get_by_text("1 denial", exact=True)).to_be_visible()
    check_axe(colored)
    colored.get_by_role("link", name="Go on to delete").click()
    colored.get_by_label("Name of the practice").fill("Westside")
    colored.get_by_role("button", name="Delete practice").click()
    expect(colored.get_by_role("alert")).to_be_visible()
    check_axe(colored)
    colored.get_by_label("Name of the practice").fill("Eastside PT")
    colored.get_by_role("button", name="Delete practice").click()
    expect(colored.get_by_text("an owner can bring it back, below")).to_be_visible()
    check_axe(colored)
    colored.get_by_role("link", name="See Eastside PT, which is deleted").click()
    check_axe(colored)
    colored.get_by_role("button", name="Bring practice back").click()
    expect(colored.get_by_text("Eastside PT is back")).to_be_visible()


def test_a_practice_is_looked_at_and_taken_in(colored, sign_in, owner, cast, sessions, tmp_path, check_axe):
    content = exported(sessions, tmp_path, cast.lakeview.id, PASSPHRASE)
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.lakeview.id)
        practice.name, practice.npi = "Lakeview of before", None
    sign_in(colored, owner)
    colored.goto("/settings/take-in")
    check_axe(colored)
    colored.get_by_role("button", name="Look at file").click()
    expect(colored.get_by_role("alert")).to_be_visible()
    check_axe(colored)
    colored.get_by_label("File", exact=True).set_input_files(
        {"name": "lakeview.zip", "mimeType": "application/zip", "buffer": content}
    )
    colored.get_by_label("Passphrase of the export").fill(PASSPHRASE)
    colored.get_by_role("button", name="Look at file").click()
    expect(colored.get_by_role("heading", name="Lakeview Hand Therapy would come in")).to_be_visible()
    check_axe(colored)
    colored.get_by_role("button", name="Take practice in").click()
    expect(colored.get_by_role("heading", name="Lakeview Hand Therapy is here")).to_be_visible()
    check_axe(colored)


def test_a_request_and_a_notice_are_accessible(colored, sign_in, owner, cast, become, sessions, clock, check_axe):
    become(cast.bob, Role.OWNER)
    with transaction(sessions.system()) as session:
        asked = OwnerRequest(practice_id=cast.eastside.id, kind="delete", asked_by_id=cast.bob.id, asked_at=clock.now)
        session.add_all([asked, Notice(user_id=owner.id, about="new_place", words="Firefox on Windows", at=clock.now)])
    sign_in(colored, owner)
    colored.goto(f"/settings/practices/{cast.eastside.public_id}/requests/{asked.public_id}")
    expect(colored.get_by_text("with Firefox on Windows, on 11/23/2026")).to_be_visible()
    check_axe(colored)
    colored.get_by_role("button", name="I have read this").click()
    expect(colored.get_by_role("heading", name="Bob asks for this")).to_be_visible()
    expect(colored.get_by_text("Firefox on Windows")).to_have_count(0)
    colored.get_by_role("button", name="Confirm deletion").click()
    expect(colored.get_by_text("an owner can bring it back, below")).to_be_visible()
