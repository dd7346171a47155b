"""Payers that a practice has twice: offered, compared, merged by a lead with the numbers shown, parted."""

import re

import pytest
from sqlalchemy import select

from tests import build
from tests.forms import fields_of
from tracker.db import transaction
from tracker.models import Claim, Denial


@pytest.fixture
def twice(sessions, cast):
    """Harbor Health twice at Eastside, and a third payer with the id of one of them at Lakeview alone."""
    with transaction(sessions.system()) as session:
        payers = [
            build.payer(session, "Harbor Health, Inc.", payer_code="60054"),
            build.payer(session, "HARBOR HEALTH"),
        ]
        elsewhere = build.payer(session, "Harbour", payer_code="60054")
        for place, payer in ((cast.eastside, payers[0]), (cast.eastside, payers[1]), (cast.lakeview, elsewhere)):
            claim = build.claim(session, place, build.patient(session, place), payer)
            build.denial(session, build.claim_line(session, claim))
        return payers


@pytest.fixture
def lead(signed_in, cast, become):
    become(cast.alice, "lead")
    return signed_in(cast.alice)


def compare(twice, cast, stays=0):
    return f"/payers/{twice[stays].public_id}/same-as/{twice[1 - stays].public_id}?practice={cast.eastside.public_id}"


def merge(client, twice, cast):
    path = compare(twice, cast)
    data = fields_of(client.get(path).text, path.split("?")[0])
    return client.post(path, data=data, follow_redirects=True)


def test_a_name_that_differs_by_its_form_of_company_alone_is_offered(lead, twice, cast):
    page = lead.get("/duplicate-payers").text
    assert 'data-total="1"' in page
    assert compare(twice, cast) in page
    assert "1 pair of payers" in lead.get("/payers").text


def test_each_side_says_what_would_move_to_it(lead, twice, cast):
    page = lead.get(compare(twice, cast)).text
    assert page.count("Claims that move here</dt><dd>1</dd>") == 2
    assert page.count("Deadlines that change</dt>") == 2


def test_a_lead_merges_and_undoes(lead, twice, cast, sessions):
    page = merge(lead, twice, cast).text
    assert "HARBOR HEALTH merged: 1 claim, 1 claim line, 1 denial moved." in page
    with sessions.system() as session:
        mine = select(Denial.payer_id).where(Denial.practice_id == cast.eastside.id)
        assert set(session.scalars(mine)) == {twice[0].id}
    old = lead.get(f"/payers/{twice[1].public_id}")
    assert (old.status_code, old.location) == (303, f"/payers/{twice[0].public_id}")
    assert 'data-total="2"' in lead.get(f"/queue?view=all&payer={twice[1].public_id}").text
    assert "No payer seems to be stored twice" in lead.get("/duplicate-payers").text
    event = re.search(r'name="event" value="(\d+)"', page)[1]
    data = {"csrf_token": build.csrf_token(lead.get("/settings")), "event": event}
    path = f"/payers/{twice[0].public_id}/part?practice={cast.eastside.public_id}"
    assert "a payer of its own again" in lead.post(path, data=data, follow_redirects=True).text
    assert "can be undone once" in lead.post(path, data=data, follow_redirects=True).text


def test_numbers_that_changed_since_the_page_stop_the_merge(lead, twice, cast, sessions):
    path = compare(twice, cast)
    data = fields_of(lead.get(path).text, path.split("?")[0])
    with transaction(sessions.system()) as session:
        person = build.patient(session, cast.eastside)
        build.claim(session, cast.eastside, person, twice[1])
    answer = lead.post(path, data=data)
    assert (answer.status_code, "Look again" in answer.text) == (409, True)
    with sessions.system() as session:
        assert set(session.scalars(select(Claim.payer_id).where(Claim.practice_id == cast.eastside.id))) == {
            payer.id for payer in twice
        }


def test_a_biller_sees_the_pair_and_cannot_merge_it(signed_in, cast, twice):
    biller = signed_in(cast.bob)
    assert "An owner or a lead can merge them" in biller.get("/duplicate-payers").text
    assert biller.get(compare(twice, cast)).status_code == 403


def test_payers_of_another_practice_are_not_there(signed_in, become, cast, twice):
    become(cast.charlie, "lead")
    charlie = signed_in(cast.charlie)
    assert charlie.get(compare(twice, cast)).status_code == 404
    here = compare(twice, cast).replace(cast.eastside.public_id, cast.lakeview.public_id)
    assert charlie.get(here).status_code == 404
    token = build.csrf_token(charlie.get("/settings"))
    assert charlie.post(here, data={"csrf_token": token}).status_code == 404


def test_a_payer_chosen_on_the_payers_page_leads_to_the_comparison(lead, twice, cast):
    page = lead.get(f"/payers/{twice[0].public_id}").text
    assert f'<option value="{twice[1].public_id}">HARBOR HEALTH</option>' in page
    there = lead.get(
        f"/payers/{twice[0].public_id}/same-as?practice={cast.eastside.public_id}&other={twice[1].public_id}"
    )
    assert there.location == compare(twice, cast)


def test_a_merge_is_in_the_audit_log_and_on_the_payers_page(lead, twice, cast, become, signed_in):
    merge(lead, twice, cast)
    assert re.search(
        r"HARBOR HEALTH was merged into this payer on [^<]* by [^<]+: 1 claim",
        lead.get(f"/payers/{twice[0].public_id}").text,
    )
    become(cast.bob, "owner")
    assert "payer aliases: 1 added" in signed_in(cast.bob).get("/audit").text
