"""A list of open denials through a browser without scripts: choose, columns, check, log, undo."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests import build
from tests.forms import fields_of
from tests.xlsx import number, text, workbook
from tracker.db import transaction
from tracker.models import BacklogMapping, Claim, ClaimLine, Denial, ImportFile, Patient, RawFile

HEADERS = "Insurance,Pt Name,Acct #,DOS,EOB Date,Denial Code,CPT,Balance"
NORA = 'Harbor Health,"Quill, Nora",A100,9/14/2026,10/5/2026,CO-50,97110,90.00'
OMAR = 'Harbor Health,"Haddad, Omar",A101,9/15/2026,10/5/2026,CO-16 N115,97140,60.50'
BAD = 'Harbor Health,"Haddad, Omar",A102,9/35/2026,10/5/2026,CO-50,97140,60'


def a_list(*rows: str, headers: str = HEADERS) -> bytes:
    return "\n".join([headers, *rows]).encode()


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def bring(alice, cast):
    """Send a list through the form; returns the answer."""

    def send(data: bytes, name: str = "open.csv", browser=alice):
        token = build.csrf_token(browser.get("/import/list"))
        fields = [
            ("csrf_token", token),
            ("practice", cast.eastside.public_id),
            ("file", FileStorage(io.BytesIO(data), name)),
        ]
        boundary, body = encode_multipart(MultiDict(fields))
        form_type = f"multipart/form-data; boundary={boundary}"
        return browser.post("/import/list", input_stream=io.BytesIO(body), content_type=form_type)

    return send


@pytest.fixture
def checked(bring, alice):
    """Bring a list and take the columns as guessed; returns the check page's address."""

    def go(data: bytes, **typed: str) -> str:
        columns = bring(data).location
        return alice.post(columns, data=fields_of(alice.get(columns).text, columns) | typed).location

    return go


def log(alice, page: str, **typed):
    found = alice.get(page).text
    numbers = re.findall(r'name="log" value="(\d+)" checked', found)
    token = build.csrf_token(alice.get(page))
    return alice.post(
        f"{page}/log",
        data=MultiDict([("csrf_token", token), *(("log", one) for one in numbers)])
        if not typed
        else typed | {"csrf_token": token},
    )


def count(sessions, model) -> int:
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_nothing_is_logged_before_the_list_is_confirmed_and_then_all_of_it_is(checked, alice, sessions):
    page = checked(a_list(NORA, OMAR))
    shown = alice.get(page).text
    assert "2 denials can be logged" in shown
    assert "Log 2 denials" in shown
    assert (count(sessions, Denial), count(sessions, Patient), count(sessions, Claim)) == (0, 0, 0)
    answer = log(alice, page)
    assert "2 denials logged" in alice.get(answer.location).text
    with sessions.system() as session:
        first, second = session.scalars(select(Denial).order_by(Denial.number))
        assert (first.amount_cents, first.source, second.remarks) == (9000, "list", "N115")
        assert first.file_by_safe is not None  # its clock is that of a denial logged by hand
        assert first.diagnosed_with


def test_the_clock_is_the_one_the_check_page_showed(checked, alice, sessions):
    page = checked(a_list(NORA))
    log(alice, page)
    with sessions.system() as session:
        due = session.scalars(select(Denial.file_by_safe)).one()
    assert f"{due:%m/%d/%Y}" in alice.get("/queue").text


def test_a_file_by_date_of_the_list_wins_over_the_rule(checked, alice, sessions):
    log(alice, checked(a_list(f"{NORA},12/24/2026", headers=f"{HEADERS},Appeal Deadline")))
    with sessions.system() as session:
        denial = session.scalars(select(Denial)).one()
        assert (f"{denial.file_by_safe:%m/%d/%Y}", denial.clock_rule) == ("12/24/2026", "by_hand")


def test_what_cannot_be_read_is_named_and_the_rest_is_logged(checked, alice, sessions):
    page = checked(a_list(NORA, BAD))
    shown = alice.get(page).text
    assert "1 row cannot be logged." in shown
    assert "Row 3, column D (DOS): Service date must be a date like 11/29/2026" in shown
    log(alice, page)
    assert count(sessions, Denial) == 1


def test_a_denial_that_is_there_already_is_pointed_out_and_not_ticked(checked, alice, sessions):
    log(alice, checked(a_list(NORA)))
    page = checked(a_list(NORA, OMAR, OMAR))
    shown = alice.get(page).text
    assert "Looks like D-" in shown
    assert "Looks like row 3" in shown
    log(alice, page)
    assert count(sessions, Denial) == 2


def test_a_row_that_somebody_logged_since_the_check_stops_the_list_whole(checked, alice, sessions):
    page, same = checked(a_list(OMAR, NORA)), checked(a_list(NORA))
    log(alice, same)
    answer = log(alice, page)
    assert answer.status_code == 409
    assert "Row 3: It looks like D-" in answer.text
    assert count(sessions, Denial) == 1
    log(alice, page)
    assert count(sessions, Denial) == 2


def test_without_a_tick_nothing_is_logged_and_the_page_says_so(checked, alice, sessions):
    answer = log(alice, checked(a_list(NORA)), show="")
    assert answer.status_code == 409
    assert "No row is ticked. Tick the rows to log." in answer.text
    assert count(sessions, Denial) == 0


def test_a_list_is_logged_once_however_often_the_form_is_sent(checked, alice, sessions):
    page = checked(a_list(NORA))
    form = fields_of(alice.get(page).text, f"{page}/log")
    first, second = (alice.post(f"{page}/log", data=form | {"log": "2"}) for _ in range(2))
    assert first.location == second.location
    assert count(sessions, Denial) == 1


def test_one_undo_takes_back_all_of_it(checked, alice, sessions, cast):
    with transaction(sessions.system()) as session:
        known = build.claim(session, cast.eastside, build.patient(session, cast.eastside), control_number="A100")
        build.claim_line(session, known, code="97530")
    before = count(sessions, ClaimLine)
    done = log(alice, checked(a_list(NORA, OMAR))).location
    assert count(sessions, ClaimLine) == before + 2
    alice.post(f"{done}/undo", data={"csrf_token": build.csrf_token(alice.get(done))})
    assert count(sessions, Denial) == 0
    assert (count(sessions, Claim), count(sessions, ClaimLine), count(sessions, Patient)) == (1, before, 1)
    assert count(sessions, RawFile) == 0


def test_columns_kept_under_a_name_are_used_by_themselves_for_the_same_headers(bring, checked, alice, sessions):
    odd = HEADERS.replace("Balance", "Left open")
    columns = bring(a_list(NORA, headers=odd)).location
    form = fields_of(alice.get(columns).text, columns)
    refused = alice.post(columns, data=form)
    assert refused.status_code == 422
    assert "Choose the column with the denied amount" in refused.text
    alice.post(columns, data=form | {"amount": "7", "save_as": "Our old program"})
    again = bring(a_list(OMAR, headers=odd)).location
    assert not again.endswith("/columns")
    shown = alice.get(again).text
    assert "Columns as kept under Our old program." in shown
    assert "$60.50" in shown
    with sessions.system() as session:
        assert session.scalars(select(BacklogMapping)).one().columns["amount"] == 7


def test_kept_columns_are_the_practices_own(bring, checked, sessions, cast):
    checked(a_list(NORA), save_as="Ours")
    with transaction(sessions.system()) as session:
        session.scalars(select(BacklogMapping)).one().practice_id = cast.lakeview.id
    assert bring(a_list(OMAR)).location.endswith("/columns")


def test_an_excel_workbook_is_a_list_too(checked, alice, sessions):
    rows = [
        [text(name) for name in HEADERS.split(",")],
        [text("Harbor Health"), text("Quill, Nora"), number(100), number(46279, 1), number(46300, 1), text("CO-50"), number(97110), number(90)],
    ]  # fmt: skip
    log(alice, checked(workbook(rows)))
    with sessions.system() as session:
        denial = session.scalars(select(Denial)).one()
        assert (denial.code, f"{denial.service_date}", denial.amount_cents) == ("97110", "2026-09-14", 9000)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file holds no rows."),
        (b"Payer,Claim\n", "headers but no rows"),
        (b"%PDF-1.7", "It looks like a PDF."),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 99, "an old Excel file"),
        (a_list(*[NORA] * 3001), "3,001 rows. Up to 3,000"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(bring, data, why, sessions):
    answer = bring(data)
    assert answer.status_code == 422
    assert why in answer.text
    assert count(sessions, ImportFile) == 0


def test_a_list_that_waits_is_found_from_the_import_page_and_cancelled(checked, alice, sessions):
    page = checked(a_list(NORA))
    link = re.search(r'href="(/import/[^"]+)">open.csv', alice.get("/import").text)[1]
    assert alice.get(link).location == page
    alice.post(f"{page}/cancel", data={"csrf_token": build.csrf_token(alice.get(page))})
    assert count(sessions, RawFile) == 0


def test_the_log_of_a_denial_names_the_list(checked, alice, sessions):
    log(alice, checked(a_list(NORA)))
    with sessions.system() as session:
        public_id = session.scalars(select(Denial.public_id)).one()
    assert "Created from the list open.csv" in alice.get(f"/denials/{public_id}").text


def test_masked_names_show_initials_before_the_list_is_logged(checked, alice):
    page = checked(a_list(NORA))
    assert "Quill" in alice.get(page).text
    token = build.csrf_token(alice.get("/settings"))
    alice.post("/settings/looks", data={"csrf_token": token, "theme": "system", "mask_names": "y"})
    shown = alice.get(page).text
    assert "Q. N." in shown
    assert "Quill" not in shown


@pytest.fixture
def two_noras(sessions, cast):
    with transaction(sessions.system()) as session:
        born = [date(1961, 4, 2), date(1990, 1, 1)]
        return [build.patient(session, cast.eastside, "Quill", first_name="Nora", birth_date=day) for day in born]


def patients_of_claims(sessions) -> dict[str, int]:
    with sessions.system() as session:
        return dict(session.execute(select(Claim.control_number, Claim.patient_id)).all())


def test_two_patients_of_one_name_are_told_apart_by_the_lists_birth_dates_and_member_ids(
    checked, alice, sessions, two_noras
):
    headers = f"{HEADERS},DOB,Member ID"
    who = ["4/2/1961,", "1/1/1990,", f",{two_noras[1].member_id}", "5/5/1955,", "5/5/1955,"]
    rows = [
        f"{NORA.replace('A100', f'A{at}00').replace('9/14', f'9/{at + 13}')},{told}" for at, told in enumerate(who, 1)
    ]
    there = checked(a_list(*rows, headers=headers))
    log(alice, there)
    found = patients_of_claims(sessions)
    assert [found[number] for number in ("A100", "A200", "A300")] == [two_noras[0].id, two_noras[1].id, two_noras[1].id]
    assert found["A400"] == found["A500"] not in {one.id for one in two_noras}


def test_a_row_that_could_be_either_of_two_patients_is_named_and_makes_no_third(checked, alice, sessions, two_noras):
    there = checked(a_list(NORA, OMAR))
    page = alice.get(there).text
    assert "Several patients have this name" in page
    log(alice, there)
    with sessions.system() as session:
        assert session.scalar(select(func.count()).select_from(Patient)) == 3
    assert set(patients_of_claims(sessions)) == {"A101"}
