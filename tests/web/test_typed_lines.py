"""Putting a typed claim line right: on the claim's page, for its denials, with a word to a second writer."""

from datetime import date

import pytest
from sqlalchemy import select

from tests import build
from tests.forms import fields_of, send
from tests.web.test_log import log, only_denial
from tracker.db import transaction
from tracker.models import Claim, ClaimLine, Denial, Event, NoteLink


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def typed(alice, cast, sessions):
    """A claim of one line, 97110 GP KX x2 of 09/14/2026 for $1,148.20, typed with its denial."""
    log(alice, cast, payer="Medicare Part B")
    with sessions.reading({cast.eastside.id}) as session:
        return session.scalars(select(Claim)).one()


def page_of(claim: Claim) -> tuple[str, str]:
    return f"/claims/{claim.public_id}", f"/claims/{claim.public_id}/lines/1"


def stored(sessions, cast):
    with sessions.reading({cast.eastside.id}) as session:
        return session.scalars(select(Claim)).one(), session.scalars(select(ClaimLine)).one()


def test_the_form_shows_what_was_typed(alice, typed):
    page, action = page_of(typed)
    shown = fields_of(alice.get(page).text, action)
    assert shown["line1-line"] == ["97110 GP KX x2"]
    assert (shown["line1-service_date"], shown["line1-amount"]) == (["09/14/2026"], ["1148.20"])


def test_a_change_reaches_line_claim_and_denial(alice, cast, sessions, typed):
    fields = {"line1-line": "97530 gp x3", "line1-service_date": "9/15/26", "line1-amount": "$120.50"}
    answer = send(alice, *page_of(typed), **fields)
    assert answer.status_code == 303
    claim, line = stored(sessions, cast)
    assert (line.code, line.modifiers, line.units) == ("97530", "GP", 3.0)
    assert (line.service_date, line.service_to, line.charge_cents) == (date(2026, 9, 15), date(2026, 9, 15), 12_050)
    assert (claim.charge_cents, claim.service_from, claim.service_to) == (12_050, line.service_date, line.service_date)
    denial = only_denial(sessions, cast)
    assert (denial.code, denial.service_date) == ("97530", date(2026, 9, 15))
    assert (denial.amount_cents, denial.billed_cents) == (12_050, 12_050)


def test_it_stands_in_the_activity_with_who_did_it(alice, cast, sessions, typed):
    send(alice, *page_of(typed), **{"line1-line": "97110 GP KX x4"})
    text = alice.get(f"/denials/{only_denial(sessions, cast).public_id}").text
    assert "Line 1 put right: units, Alice" in " ".join(text.split())


def test_causes_are_looked_for_again(alice, cast, sessions, typed):
    before = only_denial(sessions, cast).root_cause
    send(alice, *page_of(typed), **{"line1-line": "97110 x2"})
    assert before != "mod_discipline"
    assert only_denial(sessions, cast).root_cause == "mod_discipline"


def test_a_note_of_the_right_day_is_linked(alice, cast, sessions, typed):
    with transaction(sessions.system()) as session:
        patient = session.get_one(build.Patient, (typed.practice_id, typed.patient_id))
        note = build.note(session, patient, "97110 30 min", service_date=date(2026, 9, 15))
    send(alice, *page_of(typed), **{"line1-service_date": "09/15/2026"})
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalars(select(NoteLink.note_id).where(NoteLink.claim_id == typed.id)).all() == [note.id]


def test_a_part_denied_stays_a_part_and_never_more_than_was_billed(alice, cast, sessions, typed):
    with transaction(sessions.system()) as session:
        session.scalars(select(Denial)).one().amount_cents = 30_000
    send(alice, *page_of(typed), **{"line1-amount": "900"})
    assert only_denial(sessions, cast).amount_cents == 30_000
    send(alice, *page_of(typed), **{"line1-amount": "200"})
    assert only_denial(sessions, cast).amount_cents == 20_000


@pytest.mark.parametrize("file_by", ["", "12/15/2026"])
def test_a_limit_that_counts_from_the_service_moves_with_it_unless_it_was_typed(alice, cast, sessions, file_by):
    log(alice, cast, payer="Medicare Part B", reason="CO-16 MA130", file_by=file_by)
    before = only_denial(sessions, cast).file_by_legal
    claim, _ = stored(sessions, cast)
    send(alice, *page_of(claim), **{"line1-service_date": "08/13/2026"})
    assert only_denial(sessions, cast).file_by_legal == (before if file_by else date(2027, 8, 13))


def test_nothing_changed_writes_nothing(alice, cast, sessions, typed):
    send(alice, *page_of(typed))
    claim, _ = stored(sessions, cast)
    assert claim.version == typed.version
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalars(select(Event).where(Event.kind == "line_edited")).all() == []


def test_the_second_of_two_writers_is_told(alice, cast, sessions, typed):
    page, action = page_of(typed)
    opened = fields_of(alice.get(page).text, action)
    send(alice, page, action, **{"line1-line": "97110 GP x1"})
    assert alice.post(action, data=opened | {"line1-line": "97112 GP x1"}).status_code == 409
    assert stored(sessions, cast)[1].code == "97110"


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("line", "9711", "Line code must start with five characters"),
        ("line", "", "Enter the line code"),
        ("service_date", "13/45/2026", "Service date must be a date like 11/29/2026"),
        ("service_date", "01/01/2031", "Service date must be in the past"),
        ("amount", "12 dollars", "Enter the billed amount in dollars"),
        ("amount", "0", "Enter the billed amount in dollars"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_lost(alice, cast, sessions, typed, field, value, why):
    answer = send(alice, *page_of(typed), **{f"line1-{field}": value})
    assert answer.status_code == 422
    assert f'href="#line1-{field}"' in answer.text
    assert why in answer.text
    assert f'value="{value}"' in answer.text
    assert stored(sessions, cast)[1].code == "97110"


def test_a_claim_a_file_brought_is_not_typed_over(alice, cast, sessions, typed):
    page, action = page_of(typed)
    opened = fields_of(alice.get(page).text, action)
    with transaction(sessions.system()) as session:
        session.get_one(Claim, (typed.practice_id, typed.id)).source = "837"
    assert action not in alice.get(page).text
    told = alice.post(action, data=opened | {"line1-line": "97112 GP x1"})
    assert told.status_code == 409
    assert "A file brought this claim meanwhile" in told.text
    assert stored(sessions, cast)[1].code == "97110"


def test_nobody_of_another_practice_changes_a_line(alice, signed_in, cast, sessions, typed):
    page, action = page_of(typed)
    opened = fields_of(alice.get(page).text, action)
    charlie = signed_in(cast.charlie)
    token = build.csrf_token(charlie.get("/denials/new"))
    answer = charlie.post(action, data=opened | {"line1-csrf_token": token, "line1-line": "97112 GP x1"})
    assert answer.status_code == 404
    assert stored(sessions, cast)[1].code == "97110"
