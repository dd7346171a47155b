import re

import pytest

from tests import build
from tests.forms import fields_of, send
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.domain.payer_habits import HABITS
from tracker.models import Payer
from tracker.services.cases import case_from_rows


@pytest.fixture(autouse=True)
def leads(become, cast):
    """Payer limits are changed by leads."""
    become(cast.alice, "lead")
    become(cast.charlie, "lead")


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        return make_denial(session, cast.eastside, kind="commercial")


@pytest.fixture
def address(denied, sessions):
    with sessions.system() as session:
        return f"/payers/{session.get_one(Payer, denied.payer_id).public_id}"


def test_the_list_names_the_kind_of_a_payer_as_its_page_does(alice, address):
    page = alice.get("/payers").text
    assert '<td data-l="Kind">Commercial insurance</td>' in page
    assert "Commercial insurance" in alice.get(address).text


def test_the_address_for_appeals_is_kept_line_by_line(alice, address, sessions, denied):
    send(
        alice,
        address,
        f"{address}/address",
        address=" PO Box 1 \r\nFargo, ND 58103",
        fax="701-555-0100",
        portal="Provider portal",
    )
    with sessions.system() as session:
        payer = session.get_one(Payer, denied.payer_id)
    assert (payer.appeal_address, payer.fax) == ("PO Box 1\nFargo, ND 58103", "701-555-0100")
    assert payer.portal == "Provider portal"
    assert "PO Box 1" in alice.get("/payers").text


def test_what_a_payer_asks_for_is_kept_shown_and_used_for_the_causes(alice, address, sessions, denied, cast):
    key = cast.eastside.public_id
    action = f"{address}/figures"
    own = {f"{key}-counting_method": "hybrid", f"{key}-max_timed_units": "3", f"{key}-accepts_97014": "no"}
    alice.post(f"{action}?practice={key}", data=fields_of(alice.get(address).text, action) | own)

    with sessions.system() as session:
        case = case_from_rows(session, denied.practice_id, denied.claim_id, build.TODAY)
    assert case.payer.counting_method == "hybrid"
    assert case.payer.habits == (("accepts_97014", False), ("max_timed_units", 3))
    shown = fields_of(alice.get(address).text, action)
    assert {name: shown[name] for name in own} == {name: [value] for name, value in own.items()}
    assert shown[f"{key}-pays_telehealth"] == [""]

    alice.post(f"{action}?practice={key}", data=shown | {f"{key}-max_timed_units": ""})
    with sessions.system() as session:
        case = case_from_rows(session, denied.practice_id, denied.claim_id, build.TODAY)
    assert case.payer.habits == (("accepts_97014", False),)


def test_the_page_says_what_is_usual_and_where_that_comes_from(alice, address):
    page = alice.get(address).text
    assert "Usual: not known. Anthem wants times per code since 2025 (APTA 7/9/2025)" in page
    assert page.count("Usual: ") == len(HABITS)


def test_nonsense_is_refused_and_kept(alice, address, cast):
    key = cast.eastside.public_id
    fields = fields_of(alice.get(address).text, f"{address}/figures") | {f"{key}-max_timed_units": "sixty"}
    answer = alice.post(f"{address}/figures?practice={key}", data=fields)
    assert answer.status_code == 422
    assert "must be a whole number from 0 to" in answer.text
    assert "sixty" in answer.text


def test_a_second_writer_is_told(alice, address, cast):
    key = cast.eastside.public_id
    action = f"{address}/figures"
    opened = fields_of(alice.get(address).text, action)
    alice.post(f"{action}?practice={key}", data=opened | {f"{key}-max_timed_units": "3"})
    assert alice.post(f"{action}?practice={key}", data=opened | {f"{key}-max_timed_units": "4"}).status_code == 409


def test_another_practice_neither_sees_nor_sets_anything(signed_in, cast, address):
    charlie = signed_in(cast.charlie)
    assert charlie.get(address).status_code == 404
    token = build.csrf_token(charlie.get("/queue"))
    data = {"csrf_token": token, "address": "Elsewhere"}
    assert charlie.post(f"{address}/address", data=data).status_code == 404
    assert charlie.post(f"{address}/figures?practice={cast.eastside.public_id}", data=data).status_code == 404


def test_the_last_twelve_months_say_what_is_too_few_and_lead_to_their_rows(alice, address, denied):
    page = alice.get(address).text
    card = page[page.index('id="year-title"') : page.index("Top denial reasons")]
    words = " ".join(re.sub(r"<[^>]+>", "", card).split())
    assert "Dec 2025 to Nov 2026" in words
    assert "Denied1 line, $147.00 billed" in words.replace("Denied 1 line", "Denied1 line")
    assert "None decided yet" in words
    assert "Not shown under 10 decided appeals" in words
    links = re.findall(r'href="(/queue[^"]*)">1 line<', card)
    assert links
    assert f"D-{denied.number}<" in alice.get(links[0].replace("&amp;", "&")).text


def test_another_practices_year_stays_its_own(signed_in, cast, address, denied):
    assert signed_in(cast.charlie).get(address).status_code == 404
