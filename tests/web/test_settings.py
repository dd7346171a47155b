"""Settings: looks, practices, the demo's end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tracker.db import transaction
from tracker.models import Membership, Practice

NEW_NPI = "1999999992"


@pytest.fixture
def owner(sessions, cast):
    with transaction(sessions.system()) as session:
        return build.user(session, "olga", cast.eastside, role="owner")


def post(client, path, **fields):
    token = build.csrf_token(client.get("/settings"))
    return client.post(path, data={"csrf_token": token, **fields})


def test_looks_and_keys_are_kept_on_the_server(signed_in, cast):
    client = signed_in(cast.alice)
    post(client, "/settings/looks", theme="dark", compact_rows="y")
    page = signed_in(cast.alice).get("/queue").text
    assert 'data-theme="dark"' in page
    assert "data-keys" not in page
    assert 'data-theme="system"' in signed_in(cast.bob).get("/queue").text


def test_an_unknown_theme_changes_nothing(signed_in, cast):
    assert post(signed_in(cast.alice), "/settings/looks", theme="pink").status_code == 422


# ---- practices ----


def form_of(client, practice):
    page = client.get(f"/settings/practices/{practice.public_id}").text
    return {"version": re.search(r'name="version"[^>]*value="(\d+)"', page)[1], "name": practice.name, "npi": ""}


def test_an_owner_changes_the_practice(signed_in, owner, cast, sessions):
    client = signed_in(owner)
    fields = form_of(client, cast.eastside) | {
        "npi": NEW_NPI, "address": "1 Elm St\nSpringfield", "signer_name": "Ann Poe",
    }  # fmt: skip
    assert post(client, f"/settings/practices/{cast.eastside.public_id}", **fields).status_code == 303
    with sessions.reading(()) as session:
        row = session.get_one(Practice, cast.eastside.id)
    assert (row.npi, row.signer_name, row.address.split()) == (NEW_NPI, "Ann Poe", ["1", "Elm", "St", "Springfield"])


def test_a_biller_cannot_change_it(signed_in, cast):
    client = signed_in(cast.alice)
    assert client.get(f"/settings/practices/{cast.eastside.public_id}").status_code == 403
    assert post(client, f"/settings/practices/{cast.eastside.public_id}", name="X").status_code == 403


def test_an_owner_does_not_reach_another_practice(signed_in, owner, cast):
    assert signed_in(owner).get(f"/settings/practices/{cast.lakeview.public_id}").status_code == 404


def test_a_change_made_meanwhile_is_not_overwritten(signed_in, owner, cast, sessions):
    client = signed_in(owner)
    fields = form_of(client, cast.eastside)
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).phone = "555-0100"
    answer = post(client, f"/settings/practices/{cast.eastside.public_id}", **fields)
    assert answer.status_code == 409
    assert "Someone else changed this" in answer.text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "Enter the practice&#39;s name"),
        ({"npi": "1234567890"}, "NPI must be 10 digits with the right check digit"),
        ({"name": "LAKEVIEW hand therapy"}, "Another practice here has this name"),
    ],
)
def test_a_practice_that_will_not_do(signed_in, owner, cast, fields, message):
    client = signed_in(owner)
    fields = form_of(client, cast.eastside) | fields
    page = post(client, f"/settings/practices/{cast.eastside.public_id}", **fields)
    assert page.status_code == 422
    assert message in page.text


def test_the_npi_of_another_practice_is_refused(signed_in, owner, cast, sessions):
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.lakeview.id).npi = NEW_NPI
    client = signed_in(owner)
    fields = form_of(client, cast.eastside) | {"npi": NEW_NPI}
    assert (
        "Another practice here has this NPI"
        in post(client, f"/settings/practices/{cast.eastside.public_id}", **fields).text
    )


def test_who_adds_a_practice_owns_it(signed_in, cast, sessions, become):
    become(cast.alice, "admin")
    client = signed_in(cast.alice)
    assert post(client, "/settings/practices/new", name="Riverside SLP").status_code == 303
    assert client.get("/queue").status_code == 200
    with sessions.reading(()) as session:
        row = session.scalars(select(Practice).where(Practice.name == "Riverside SLP")).one()
        assert session.get_one(Membership, (cast.alice.id, row.id)).role == "owner"


# ---- the demo ----


@pytest.fixture
def demo(sessions, cast):
    with transaction(sessions.system()) as session:
        place = build.practice(session, "Demo Clinic", is_demo=True)
        build.denied_line(session, place)
        return build.user(session, "dora", place, role="owner", is_demo=True)


def test_a_page_with_demo_data_says_so(signed_in, demo, cast):
    assert "You are looking at demo data." in signed_in(demo).get("/queue").text
    assert "demo data" not in signed_in(cast.alice).get("/queue").text


def test_the_demo_is_removed_only_by_a_tick_and_with_a_practice_of_ones_own(signed_in, demo, sessions):
    client = signed_in(demo)
    assert "Tick the box to remove the demo data" in post(client, "/settings/demo").text
    assert "Add your own practice first" in post(client, "/settings/demo", sure="y").text
    post(client, "/settings/practices/new", name="My Own Clinic")
    assert post(client, "/settings/demo", sure="y").status_code == 303
    page = client.get("/queue").text
    assert "Import an 835 to fill your queue" in page
    assert "demo data" not in page.split("<main")[1].replace("Demo data removed.", "")
    with sessions.reading(()) as session:
        assert session.scalars(select(Practice).where(Practice.is_demo)).all() == []


def test_the_practices_time_zone_says_which_day_it_is(signed_in, owner, cast, sessions, clock):
    client = signed_in(owner)
    fields = form_of(client, cast.eastside) | {"time_zone": "Pacific/Honolulu"}
    assert post(client, f"/settings/practices/{cast.eastside.public_id}", **fields).status_code == 303
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside, file_by_safe=build.TODAY, file_by_legal=build.TODAY)
    clock.now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert "Due today" in signed_in(owner).get("/queue").text
    clock.now += timedelta(hours=1)
    assert "1 day overdue" in signed_in(owner).get("/queue").text


def test_an_unknown_time_zone_is_refused(signed_in, owner, cast):
    client = signed_in(owner)
    fields = form_of(client, cast.eastside) | {"time_zone": "Mars/Olympus"}
    assert post(client, f"/settings/practices/{cast.eastside.public_id}", **fields).status_code == 422


def test_masked_names_show_initials_in_the_queue_and_on_a_denial(signed_in, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = build.denied_line(session, cast.eastside)
    client = signed_in(cast.alice)
    pages = ("/queue", f"/denials/{denial.public_id}")
    assert all("Quill" in client.get(page).text for page in pages)
    post(client, "/settings/looks", theme="system", mask_names="y")
    assert not any("Quill" in client.get(page).text for page in pages)
