"""Every list leaves as CSV and as XLSX: all rows, what it is on top, ISO dates, no formula, and logged."""

import csv
import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from tests import build
from tests.auditing.entries import detail, entries
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.domain.audit import Act, Chain
from tracker.domain.sheet import Column, Kind, Sheet
from tracker.models import Event, ProviderAdjustment, RecordsRequest
from tracker.reports.xlsx_export import XLSX, xlsx_of

LISTS = ("/appeals/list", "/records-requests/list", "/takebacks/list", "/payers/list", "/import/list", "/notes/list", "/users/list", "/audit/list", "/reports/list", "/queue/export", "/payers/fee-schedules/list")  # fmt: skip
FORMULA = '=HYPERLINK("http://x","y")'
_CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def owner(sessions, cast, become, signed_in):
    """An owner of Eastside, whose payer, patient and file bear names that start a formula."""
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        payer = build.payer(session, FORMULA)
        patient = build.patient(session, cast.eastside, FORMULA)
        claim = build.claim(session, cast.eastside, patient, payer, control_number="+1+2")
        denial = build.denial(session, build.claim_line(session, claim), amount_cents=12_345)
        build.note(session, patient, "S: walks", author="@author")
        build.appeal(session, denial)
        remittance = build.remittance(session, cast.eastside, payer, payment_date=date(2026, 10, 5))
        session.add(
            ProviderAdjustment(
                practice_id=cast.eastside.id, remittance_id=remittance.id, reason="WO", amount_cents=2_500, task="open"
            )
        )
        for number in range(501, 1_004):
            session.add(
                RecordsRequest(
                    practice_id=cast.eastside.id, number=number, claim_id=claim.id, requested_on=date(2026, 11, 2),
                    logged_at=build.NOW, reference="=1+1",
                )
            )  # fmt: skip
    return signed_in(cast.alice)


def table(text: str) -> tuple[dict[str, str], list[list[str]]]:
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    blank = rows.index([])
    return dict(rows[:blank]), rows[blank + 1 :]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_comes_as_a_file_that_says_what_it_is(owner, address):
    answer = owner.get(f"{address}.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    about, (heads, *rows) = table(answer.text)
    assert about["Table"]
    assert about["Practices"] == "Eastside PT"
    assert about["Rows"] == str(len(rows))
    assert re.match(r"2026-11-23T\d\d:\d\d", about["Made"])
    assert all(len(row) == len(heads) for row in rows)
    assert not re.search(r'(^|[,"\n])[=+@]', answer.text.replace("'=", "").replace("'+", "").replace("'@", ""))
    assert owner.get(f"{address}.pdf").status_code == 404


def test_the_file_holds_all_rows_and_not_only_those_of_the_page(owner):
    about, (heads, *rows) = table(owner.get("/records-requests/list.csv").text)
    assert about["Rows"] == "503"
    assert len(rows) == 503
    first = dict(zip(heads, rows[0], strict=True))
    assert (first["asked on"], first["reference"], first["claim"]) == ("2026-11-02", "'=1+1", "'+1+2")


def test_amounts_are_plain_dollars_and_days_iso(owner):
    _, (heads, row) = table(owner.get("/takebacks/list.csv").text)
    found = dict(zip(heads, row, strict=True))
    assert (found["taken on"], found["taken"], found["payer"]) == ("2026-10-05", "25.00", f"'{FORMULA}")


def test_a_note_leaves_without_its_words(owner):
    assert "walks" not in owner.get("/notes/list.csv").text


def test_the_filters_of_the_audit_log_stand_on_top_of_its_file(owner, engine):
    owner.get("/appeals/list.csv")
    about, (heads, *rows) = table(owner.get("/audit/list.csv?act=exported").text)
    assert about["What"] == "exported"
    assert rows
    assert {row[heads.index("what")] for row in rows} == {"exported"}
    assert owner.get("/audit/list.csv?since=yesterday").status_code == 404


def test_taking_a_list_is_logged_with_its_rows(owner, engine, cast):
    owner.get("/records-requests/list.csv")
    row = entries(engine, Chain.READS)[-1]
    assert (row.action, row.actor, row.practice_id) == (Act.EXPORTED, "alice", cast.eastside.id)
    assert (detail(row)["page"], detail(row)["count"]) == ("lists.requests", 503)


def test_nothing_of_another_practice_is_in_a_file(owner, signed_in, cast, become):
    become(cast.charlie, Role.OWNER)
    stranger = signed_in(cast.charlie)
    for address in LISTS:
        text = stranger.get(f"{address}.csv").text
        assert "HYPERLINK" not in text
        assert "Eastside" not in text


# ---- XLSX ----


def cells(workbook: bytes, page: int = 1) -> dict[str, tuple[str, str, bool]]:
    """Each cell of a worksheet by its address: kind (s, n), value, and whether a formula stands in it."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as files:
        names = files.namelist()
        shared = (
            ET.fromstring(files.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
        )  # made by us
        texts = ["".join(item.itertext()) for item in shared]
        sheet = ET.fromstring(files.read(f"xl/worksheets/sheet{page}.xml"))
    found = {}
    for cell in sheet.iter(f"{_CELLS}c"):
        value = cell.findtext(f"{_CELLS}v") or ""
        is_text = cell.get("t") == "s"
        has_formula = cell.find(f"{_CELLS}f") is not None
        found[cell.get("r", "")] = ("s" if is_text else "n", texts[int(value)] if is_text else value, has_formula)
    return found


@pytest.fixture
def _writer():
    pytest.importorskip("xlsxwriter", reason="./dev installs it from the lock")


@pytest.mark.usefixtures("_writer")
def test_a_workbook_has_real_days_and_amounts_and_never_a_formula():
    sheet = Sheet(
        "Things [of all kinds]",
        (Column("name"), Column("on", Kind.DATE), Column("denied", Kind.CENTS), Column("share", Kind.SHARE)),
        [("=1+1", date(2026, 10, 5), -12_345, 0.25), ("http://x.example", None, None, None), ("007", None, 0, 0.0)],
        (("Filter", "@all"),),
    )
    found = cells(xlsx_of([sheet]))
    assert found["A5"] == ("s", "=1+1", False)
    assert found["B5"] == ("n", "46300", False)  # 10/05/2026, days since 12/30/1899
    assert found["C5"] == ("n", "-123.45", False)
    assert found["D5"] == ("n", "0.25", False)
    assert (found["A6"][1], found["A7"], found["C7"][1]) == ("http://x.example", ("s", "007", False), "0")
    assert (found["A2"][1], found["B2"][1], found["A4"][1]) == ("Filter", "@all", "name")
    assert not any(formula for _, _, formula in found.values())


@pytest.mark.usefixtures("_writer")
@pytest.mark.parametrize("address", LISTS)
def test_a_list_comes_as_a_workbook_with_the_same_rows(owner, address):
    answer = owner.get(f"{address}.xlsx")
    assert (answer.status_code, answer.mimetype) == (200, XLSX)
    assert answer.headers["Content-Disposition"].endswith("2026-11-23.xlsx")
    _, (heads, *rows) = table(owner.get(f"{address}.csv").text)
    found = cells(answer.data)
    tops = [int(re.sub(r"\D", "", place)) for place, cell in found.items() if cell[1] == heads[0] and place[0] == "A"]
    lines = {int(re.sub(r"\D", "", place)) for place in found} - set(range(1, max(tops) + 1))
    assert len(lines) >= len(rows) - (2 if address == "/audit/list" else 0)
    assert not any(formula for _, _, formula in found.values())


@pytest.mark.parametrize("address", [*LISTS, "/insights/trend"])
@pytest.mark.parametrize(("typed", "kept"), [("audit", "audit"), ("", "work"), ("for a friend", "other")])
def test_every_file_says_why_it_was_taken_out(owner, sessions, cast, engine, address, typed, kept):
    assert owner.get(f"{address}.csv", query_string={"reason": typed}).status_code == 200
    row = entries(engine, Chain.READS)[-1]
    assert detail(row)["reason"] == kept
    assert "friend" not in row.detail
    with sessions.reading({cast.eastside.id}) as session:
        [event] = session.scalars(select(Event).where(Event.kind == "exported"))
    assert (event.details["reason"], event.user_id) == (kept, cast.alice.id)


@pytest.mark.parametrize("page", ["/appeals", "/records-requests", "/takebacks", "/payers", "/import", "/users", "/audit", "/queue", "/insights"])  # fmt: skip
def test_the_pages_ask_why_and_the_form_keeps_the_filters(owner, page):
    text = owner.get(page, query_string={"period": "2026-09_2026-11"} if page == "/insights" else {}).text
    [menu] = re.findall(r'<form class="card" hx-boost="false" method="get".*?</form>', text, re.DOTALL)[:1]
    assert 'name="reason"' in menu
    assert 'formaction="' in menu
    assert ".xlsx" in menu
    if page == "/insights":
        assert '<input type="hidden" name="period" value="2026-09_2026-11">' in menu


def test_the_queue_as_a_workbook_holds_days_and_dollars_and_runs_no_formula(owner):
    found = cells(owner.get("/queue/export.xlsx").data)
    text = owner.get("/queue/export.csv").text
    _, (heads, row) = table(text)
    head = next(int(place[1:]) for place, cell in found.items() if cell[1] == "denial")
    by_name = {found[f"{chr(65 + at)}{head}"][1]: f"{chr(65 + at)}{head + 1}" for at in range(len(heads))}
    assert found[by_name["denied"]] == ("n", "123.45", False)
    assert found[by_name["patient"]][1].startswith("=HYPERLINK")
    assert not any(has_formula for *_, has_formula in found.values())
    assert row[heads.index("denied")] == "123.45"
