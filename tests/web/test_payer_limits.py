"""A practice's limits for a payer on its page: set with the moved deadlines shown first, checked, named."""

import re
from datetime import date, timedelta

import pytest

from tests import build
from tests.forms import fields_of, send
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.models import Denial, Payer, PayerProfile
from tracker.services.clocks import profile_of


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
        payer = session.get_one(Payer, denied.payer_id)
        return f"/payers/{payer.public_id}"


def limit(address, cast, key="appeal-1"):
    return f"{address}/limits/{key}?practice={cast.eastside.public_id}"


def fill(alice, address, cast, key="appeal-1", **typed):
    page = limit(address, cast, key)
    data = fields_of(alice.get(page).text, page.split("?")[0]) | typed
    return alice.post(page, data=data)


def confirm(alice, address, cast, shown, key="appeal-1"):
    page = limit(address, cast, key)
    data = fields_of(shown.text, page.split("?")[0]) | {"confirmed": "yes"}
    return alice.post(page, data=data)


def stored(sessions, denied):
    with sessions.system() as session:
        return session.get_one(Denial, (denied.practice_id, denied.id))


def profile(sessions, denied) -> PayerProfile | None:
    with sessions.system() as session:
        return profile_of(session, denied.practice_id, denied.payer_id)


def test_the_page_shows_levels_and_limits_with_their_source(alice, address):
    page = alice.get(address).text
    for words in ("Level 1", "180 days from receipt of the adverse determination", "29 CFR 2560.503-1", "Level 3",
                  "Corrected claim", "Not checked by you", "We looked on 11/22/2026", "1 open denial"):  # fmt: skip
        assert words in page


def test_a_change_shows_the_deadlines_it_moves_before_anything_is_saved(alice, address, cast, sessions, denied):
    before = stored(sessions, denied)
    shown = fill(alice, address, cast, length="60", source="Agreement 6.2")
    assert shown.status_code == 200
    assert f"D-{denied.number}" in shown.text
    assert f"{before.file_by_safe:%m/%d/%Y}" in shown.text
    assert "12/04/2026" in shown.text  # 10/05/2026 and 60 days
    assert profile(sessions, denied) is None
    assert stored(sessions, denied).file_by_safe == before.file_by_safe

    assert confirm(alice, address, cast, shown).status_code == 303
    row = stored(sessions, denied)
    assert (row.file_by_legal, row.clock_rule) == (date(2026, 12, 4), "OWN")
    page = alice.get(address).text
    assert "60 days from receipt" in page
    assert "Agreement 6.2" in page
    assert "1 deadline changed." in page
    assert f"Checked by your practice on {build.TODAY:%m/%d/%Y}" in alice.get(f"/denials/{denied.public_id}").text


def test_what_moves_no_deadline_is_saved_at_once(alice, address, cast, sessions, denied):
    assert fill(alice, address, cast, "appeal-2", length="3", unit="months").status_code == 303
    assert profile(sessions, denied).limits["appeal-2"]["unit"] == "months"
    assert "3 months from" in alice.get(address).text


def test_an_emptied_length_brings_the_usual_limit_back(alice, address, cast, sessions, denied):
    confirm(alice, address, cast, fill(alice, address, cast, length="60"))
    confirm(alice, address, cast, fill(alice, address, cast, length=""))
    assert profile(sessions, denied).limits == {}
    assert stored(sessions, denied).file_by_safe == date(2027, 4, 2)  # 180 days end on a Saturday


def test_a_date_set_by_hand_does_not_move(alice, address, cast, sessions, denied):
    denial = f"/denials/{denied.public_id}"
    send(alice, denial, f"{denial}/deadline", **{"deadline-file_by": "12/24/2026"})
    assert fill(alice, address, cast, length="60").status_code == 303
    assert stored(sessions, denied).file_by_safe == date(2026, 12, 24)


def test_a_limit_is_marked_checked_by_a_person_and_a_day(alice, address, cast, sessions, denied):
    action = f"{address}/limits/appeal-1/checked"
    page = alice.get(address).text
    answer = alice.post(f"{action}?practice={cast.eastside.public_id}", data=fields_of(page, action))
    assert answer.status_code == 303
    kept = profile(sessions, denied).limits["appeal-1"]
    assert (kept["rule_id"], kept["checked_on"], kept["checked_by"]) == (
        "ERISA_L1", build.TODAY.isoformat(), cast.alice.id,
    )  # fmt: skip
    page = alice.get(address).text
    assert "Level 1 marked checked." in page
    assert re.search(rf"{build.TODAY:%m/%d/%Y}<span[^>]*>{cast.alice.name}", page)
    assert stored(sessions, denied).file_by_safe == denied.file_by_safe


@pytest.mark.parametrize(("days", "warned"), [(360, False), (367, True)])
def test_a_check_of_over_a_year_ago_is_a_warning(alice, address, cast, sessions, denied, days, warned):
    old = {"length": 180, "unit": "days", "checked_on": (build.TODAY - timedelta(days=days)).isoformat()}
    with transaction(sessions.system()) as session:
        session.add(PayerProfile(practice_id=denied.practice_id, payer_id=denied.payer_id, limits={"appeal-1": old}))
    assert ("Over a year ago" in alice.get(address).text) == warned
    with transaction(sessions.system()) as session:
        session.query(Denial).filter_by(id=denied.id).one().clock_rule = "OWN"
    page = " ".join(alice.get(f"/denials/{denied.public_id}").text.split())
    assert ("That is over a year ago: look at the source again." in page) == warned


def test_a_denials_page_says_where_its_days_come_from_how_sure_they_are_and_who_looked(
    alice, address, cast, sessions, denied
):
    action = f"{address}/named"
    named = f"{action}?practice={cast.eastside.public_id}"
    shown = alice.post(named, data=fields_of(alice.get(address).text, action) | {"named": "unitedhealthcare"})
    alice.post(named, data=fields_of(shown.text, action) | {"confirmed": "yes"})
    page = " ".join(alice.get(f"/denials/{denied.public_id}").text.split())
    assert "Mar-2024 bulletin, as we read it on 11/22/2026. Not sure: an old copy." in page
    assert "have their own dispute process. Not checked by you." in page
    assert "over a year ago" not in page


def test_a_large_payer_is_suggested_by_its_name_and_counts_once_somebody_says_so(
    alice, address, cast, sessions, denied
):
    with transaction(sessions.system()) as session:
        session.get_one(Payer, denied.payer_id).name = "UNITEDHEALTHCARE OF ND"
    page = alice.get(address).text
    assert "By its name it may be UnitedHealthcare" in page
    assert stored(sessions, denied).clock_rule != "UHC_COM"

    action = f"{address}/named"
    named = f"{action}?practice={cast.eastside.public_id}"
    shown = alice.post(named, data=fields_of(page, action) | {"named": "unitedhealthcare"})
    assert "10/05/2027" in shown.text  # 12 months from 10/05/2026
    assert alice.post(named, data=fields_of(shown.text, action) | {"confirmed": "yes"}).status_code == 303
    assert stored(sessions, denied).clock_rule == "UHC_COM"
    page = alice.get(address).text
    assert "12 months from the remittance date" in page
    assert "Not sure: an old copy" in page
    assert "By its name" not in page


def test_the_amount_in_controversy_stands_with_the_level(alice, address, sessions, denied):
    with transaction(sessions.system()) as session:
        session.get_one(Payer, denied.payer_id).kind = "medicare_b"
    page = alice.get(address).text
    assert "At least $200.00 if filed in 2026" in page
    assert "At least $1,960.00 if filed in 2026" in page


def test_nonsense_is_refused_and_kept(alice, address, cast):
    answer = fill(alice, address, cast, length="sixty")
    assert answer.status_code == 422
    assert "How long must be a whole number from 0 to 1,500" in answer.text
    assert 'value="sixty"' in answer.text


def test_a_second_writer_is_told(alice, address, cast):
    page = limit(address, cast, "appeal-2")
    opened = fields_of(alice.get(page).text, page.split("?")[0])
    assert alice.post(page, data=opened | {"length": "50"}).status_code == 303
    assert alice.post(page, data=opened | {"length": "70"}).status_code == 409


def test_another_practice_neither_sees_nor_sets_a_limit(signed_in, cast, address):
    charlie = signed_in(cast.charlie)
    token = {"csrf_token": build.csrf_token(charlie.get("/queue"))}
    assert charlie.get(limit(address, cast)).status_code == 404
    for place in (limit(address, cast), limit(address, cast, "appeal-1/checked"), f"{address}/named"):
        assert charlie.post(place, data=token | {"length": "60"}).status_code == 404


def test_a_limit_that_is_none_is_not_found(alice, address, cast):
    assert alice.get(limit(address, cast, "appeal-9")).status_code == 404
