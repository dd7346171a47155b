"""The pages of fee schedules: a list is looked at before it is loaded, whole or not at all; rates leave and go again."""

import io
import re
from html import unescape

import pytest
from sqlalchemy import select

from tests import build
from tests.xlsx import number, text, workbook
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import ContractedRate, Denial, Event

HEAD = "payer,code,modifier,rate,from,to\n"
TWO = HEAD + "Harbor Health,97110,,31.40,1/1/2026,\nHarbor Health,97110,CQ,26.69,1/1/2026,12/31/2026\n"


@pytest.fixture
def harbor(sessions, cast):
    """A payer with a denied line of two units in each of the two practices."""
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "Harbor Health")
        for place in (cast.eastside, cast.lakeview):
            claim = build.claim(session, place, payer_row=payer)
            line = build.claim_line(session, claim, code="97110", units=2.0, charge_cents=9_000)
            build.denial(session, line, amount_cents=9_000)
    return payer


@pytest.fixture
def lead(signed_in, cast, become, harbor):
    become(cast.alice, Role.LEAD)
    return signed_in(cast.alice)


def look(client, practice, content, name="rates.csv"):
    token = build.csrf_token(client.get("/payers/fee-schedules"))
    data = content if isinstance(content, bytes) else content.encode()
    form = {"csrf_token": token, "practice": practice.public_id, "file": (io.BytesIO(data), name)}
    return client.post("/payers/fee-schedules", data=form, content_type="multipart/form-data")


def load(client, page):
    fields = re.findall(r'<input type="hidden" name="(csrf_token|practice|rates)" value="([^"]*)"', page)
    form = {name: unescape(value) for name, value in fields}
    assert set(form) == {"csrf_token", "practice", "rates"}
    return client.post("/payers/fee-schedules/load", data=form)


def rates(sessions):
    with sessions.system() as session:
        columns = ContractedRate.practice_id, ContractedRate.code, ContractedRate.modifier, ContractedRate.cents
        return sorted(session.execute(select(*columns)).all())


def expected(sessions, practice):
    with sessions.system() as session:
        return session.scalar(select(Denial.expected_cents).where(Denial.practice_id == practice.id))


def test_looking_loads_nothing_and_says_what_is_new(lead, sessions, cast):
    page = look(lead, cast.eastside, TWO)
    assert page.status_code == 200
    assert "2 rates for Eastside PT" in page.text
    assert re.search(r'data-l="New" class="num">2<', page.text)
    assert rates(sessions) == []


def test_what_was_looked_at_is_loaded_and_denials_are_priced(lead, sessions, cast):
    answer = load(lead, look(lead, cast.eastside, TWO).text)
    assert answer.status_code == 303
    assert rates(sessions) == [(cast.eastside.id, "97110", "", 3140), (cast.eastside.id, "97110", "CQ", 2669)]
    assert (expected(sessions, cast.eastside), expected(sessions, cast.lakeview)) == (6280, None)
    page = lead.get("/payers/fee-schedules").text
    assert "2 rates loaded for Eastside PT." in page
    with sessions.system() as session:
        assert [one.details for one in session.scalars(select(Event).where(Event.kind == "rates_loaded"))] == [
            {"rows": 2}
        ]


def test_a_second_list_says_what_it_replaces(lead, cast):
    load(lead, look(lead, cast.eastside, TWO).text)
    page = look(lead, cast.eastside, HEAD + "Harbor Health,97110,,33,1/1/2026,\n").text
    assert re.search(r'data-l="Replace another" class="num">1<', page)
    assert re.search(r'data-l="Not in the file" class="num">1<', page)
    assert ">$31.40<" in page
    assert ">$33.00<" in page


def test_bad_rows_are_named_and_nothing_is_loaded(lead, sessions, cast):
    page = look(lead, cast.eastside, TWO + "Nobody,97110,,31,1/1/2026,\nHarbor Health,97112,,x,1/1/2026,\n")
    assert page.status_code == 422
    assert "Row 4, payer: No payer has this name." in page.text
    assert "Row 5, rate: Enter the dollars of one unit" in page.text
    assert "Nothing was loaded" in page.text
    assert 'name="rates"' not in page.text
    assert rates(sessions) == []


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x00\x01", b"a,b\n1,2\n", b""])
def test_a_file_that_is_no_list_says_what_to_do(lead, cast, content):
    assert look(lead, cast.eastside, content).status_code == 422


def test_a_workbook_is_read_too(lead, sessions, cast):
    heads, row = (
        ["Payer", "Code", "Rate", "From"],
        [text("Harbor Health"), number(97110), number(31.4), text("2026-01-01")],
    )
    rows = [[text(head) for head in heads], row]
    load(lead, look(lead, cast.eastside, workbook(rows), "rates.xlsx").text)
    assert rates(sessions) == [(cast.eastside.id, "97110", "", 3140)]


def test_rates_that_were_changed_on_the_way_are_read_again_and_refused(lead, sessions, cast):
    page = look(lead, cast.eastside, TWO).text
    answer = load(lead, page.replace("31.40", "much"))
    assert answer.status_code == 303
    assert rates(sessions) == []
    assert "Nothing was loaded." in lead.get("/payers/fee-schedules").text


def test_an_export_can_be_loaded_again(lead, sessions, cast, harbor):
    load(lead, look(lead, cast.eastside, TWO).text)
    before = rates(sessions)
    for kind in ("csv", "xlsx"):
        file = lead.get(f"/payers/fee-schedules/list.{kind}?payer={harbor.public_id}").data
        page = look(lead, cast.eastside, file, f"rates.{kind}").text
        assert re.search(r'data-l="As they are" class="num">2<', page)
        load(lead, page)
        assert rates(sessions) == before


def test_removing_the_rates_of_a_payer_takes_the_expected_amounts_away(lead, sessions, cast, harbor):
    load(lead, look(lead, cast.eastside, TWO).text)
    address = f"/payers/{harbor.public_id}/rates"
    page = lead.get(address)
    assert ">$31.40<" in page.text
    form = {"csrf_token": build.csrf_token(page), "practice": cast.eastside.public_id}
    assert lead.post(f"{address}/remove", data=form).status_code == 303
    assert rates(sessions) == []
    assert expected(sessions, cast.eastside) is None
    assert lead.get(address).status_code == 404


def test_who_only_works_the_queue_sees_rates_and_changes_none(lead, signed_in, sessions, cast, harbor):
    load(lead, look(lead, cast.eastside, TWO).text)
    biller = signed_in(cast.bob)
    page = biller.get(f"/payers/{harbor.public_id}/rates").text
    assert ">$31.40<" in page
    assert "Remove these rates" not in page
    assert 'type="file"' not in biller.get("/payers/fee-schedules").text
    form = {"csrf_token": build.csrf_token(biller.get("/queue")), "practice": cast.eastside.public_id}
    assert biller.post(f"/payers/{harbor.public_id}/rates/remove", data=form).status_code == 403


def test_another_practices_rates_are_not_there(lead, signed_in, become, sessions, cast, harbor):
    load(lead, look(lead, cast.eastside, TWO).text)
    become(cast.charlie, Role.LEAD)
    stranger = signed_in(cast.charlie)
    assert stranger.get(f"/payers/{harbor.public_id}/rates").status_code == 404
    assert "31.40" not in stranger.get("/payers/fee-schedules/list.csv").text
    form = {"csrf_token": build.csrf_token(stranger.get("/queue")), "practice": cast.eastside.public_id}
    assert stranger.post(f"/payers/{harbor.public_id}/rates/remove", data=form).status_code == 404
    assert stranger.post("/payers/fee-schedules/load", data=form | {"rates": TWO}).status_code == 404
    assert look(stranger, cast.eastside, TWO).status_code in {404, 422}
    assert len(rates(sessions)) == 2


def test_the_page_of_a_denial_says_what_is_expected(lead, sessions, cast):
    with sessions.system() as session:
        public_id = session.scalar(select(Denial.public_id).where(Denial.practice_id == cast.eastside.id))
    assert "expected by the contracted rate" not in lead.get(f"/denials/{public_id}").text
    load(lead, look(lead, cast.eastside, TWO).text)
    assert "$90.00 denied, $62.80 expected by the contracted rate." in lead.get(f"/denials/{public_id}").text
