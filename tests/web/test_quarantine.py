"""The quarantine on the import page, and a practice's own numbers under Settings."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.edi import claim, line, remit
from tests.web.test_imports import alice, count, drop  # noqa: F401  # fixtures
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Denial, ImportFile, Membership, OwnNumber, RawFile

# ruff: noqa: F811  # fixtures of the import pages are asked for by their names

FOREIGN = "1999999992"
THEIRS = claim("Z9", line("97140", 60, 0, "CO-50:60"), last_name="ZANZIBAR")


@pytest.fixture
def held(drop, sessions):
    answer = drop(("foreign.835", remit(THEIRS, npi=FOREIGN)))
    assert answer.location.endswith("/import#held")
    with sessions.system() as session:
        return session.scalars(select(ImportFile).where(ImportFile.state == "held")).one()


def post(client, path, **fields):
    return client.post(path, data={"csrf_token": build.csrf_token(client.get("/account")), **fields})


def test_the_import_page_shows_file_and_reason_and_nothing_of_its_content(alice, held):
    page = alice.get("/import").text
    assert "In quarantine" in page
    assert f"It is for NPI {FOREIGN}, none of the numbers of Eastside PT." in page
    assert "ZANZIBAR" not in page
    assert "and go on" not in page  # a biller adds no numbers


def test_a_biller_deletes_it(alice, held, sessions):
    assert post(alice, f"/import/held/{held.public_id}/delete").location.endswith("/import")
    assert count(sessions, RawFile) == 0
    assert "In quarantine" not in alice.get("/import").text


def test_a_practice_that_it_is_not_for_does_not_get_it(alice, held, cast, sessions):
    answer = post(alice, f"/import/held/{held.public_id}/take", practice=cast.eastside.public_id)
    assert "none of the numbers of Eastside PT either" in alice.get(answer.location).text
    assert count(sessions, Denial) == 0


def test_a_biller_adds_no_number(alice, held, cast, sessions):
    form = {"practice": cast.eastside.public_id, "number": FOREIGN}
    assert post(alice, f"/import/held/{held.public_id}/add-number", **form).status_code == 403
    assert count(sessions, OwnNumber) == 0


def test_an_owner_adds_the_number_with_a_fresh_password_and_goes_on(
    drop, held, cast, become, signed_in, clock, sessions
):
    become(cast.bob, Role.OWNER)
    owner = signed_in(cast.bob)
    assert f"Add NPI {FOREIGN} to Eastside PT and go on" in owner.get("/import").text
    form = {"practice": cast.eastside.public_id, "number": FOREIGN}
    clock.now += timedelta(minutes=10)
    asked = post(owner, f"/import/held/{held.public_id}/add-number", **form)
    assert "Confirm" in asked.text
    assert count(sessions, OwnNumber) == 0
    answer = post(owner, f"/import/held/{held.public_id}/add-number", proof=build.PASSWORD, **form)
    assert "Z9" in owner.get(answer.location).text
    assert count(sessions, OwnNumber) == 1
    post(owner, f"{answer.location}/log")
    assert count(sessions, Denial) == 0  # nothing was ticked


def test_it_is_given_to_another_practice_of_the_person(drop, alice, cast, signed_in, sessions):
    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.alice.id, practice_id=cast.lakeview.id, role=Role.BILLER))
        row = build.import_file(session, cast.eastside, state="undone")
    assert row
    drop(("foreign.835", remit(THEIRS, npi=FOREIGN)))
    with transaction(sessions.system()) as session:
        session.add(OwnNumber(practice_id=cast.lakeview.id, kind="npi", number=FOREIGN, added_at=build.NOW))
        held = session.scalars(select(ImportFile.public_id).where(ImportFile.state == "held")).one()
    answer = post(alice, f"/import/held/{held}/take", practice=cast.lakeview.public_id)
    assert "Z9" in alice.get(answer.location).text
    with sessions.system() as session:
        assert session.scalars(select(ImportFile.practice_id).where(ImportFile.state == "staged")).all() == [
            cast.lakeview.id
        ]


# ---- the list under Settings ----


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_keep_the_list_of_numbers(signed_in, cast, become, sessions, role):
    become(cast.alice, role)
    client, path = signed_in(cast.alice), f"/settings/practices/{cast.eastside.public_id}/numbers"
    refused = post(client, path, number="1000000000")
    assert refused.status_code == 422
    assert "10 digits with the right check digit" in refused.text
    assert post(client, path, number=FOREIGN).status_code == 303
    assert f"NPI {FOREIGN}" in client.get(path).text
    with sessions.system() as session:
        row = session.scalars(select(OwnNumber.public_id)).one()
    post(client, f"{path}/remove", number=row)
    assert "No others are listed" in client.get(path).text
