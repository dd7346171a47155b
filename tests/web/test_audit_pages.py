"""The pages of the audit log: who may see them, what is found, whether it holds, the report of a month."""

import re
from datetime import timedelta

import pytest

from tests import build
from tests.auditing.entries import as_owner, entries, without_triggers
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.domain.audit import ACT_WORDS, OUTCOME_WORDS, Act, Chain, Outcome
from tracker.services.audit_sealing import seal


@pytest.fixture
def denial(sessions, cast):
    with transaction(sessions.system()) as session:
        return build.denied_line(session, cast.eastside)


@pytest.fixture
def audrey(sessions, cast):
    with transaction(sessions.system()) as session:
        return build.user(session, "audrey", cast.eastside, role=Role.AUDITOR)


@pytest.fixture
def auditor(audrey, signed_in):
    return signed_in(audrey)


def rows(page) -> list[str]:
    """The rows of the table as one line of text each."""
    body = page.text.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page.text else ""
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>") if "<td" in row]


def total(page) -> int:
    return int(page.text.split('data-total="')[1].split('"')[0])


@pytest.mark.parametrize("path", ["/audit", "/audit/verify", "/audit/activity"])
@pytest.mark.parametrize("role", list(Role))
def test_only_owners_and_auditors_open_it(signed_in, cast, become, path, role):
    become(cast.alice, role)
    status = 200 if role in {Role.OWNER, Role.AUDITOR} else 403
    assert signed_in(cast.alice).get(path).status_code == status


def test_an_auditor_begins_at_the_log_and_an_owner_finds_it_in_the_settings(auditor, signed_in, cast, become):
    assert auditor.get("/").headers["Location"] == "/audit"
    assert 'href="/audit"' in auditor.get("/audit").text.split("<main")[0]
    become(cast.alice, Role.OWNER)
    assert 'href="/audit"' in signed_in(cast.alice).get("/settings").text.split("<main")[1]
    become(cast.alice, Role.BILLER)
    assert 'href="/audit"' not in signed_in(cast.alice).get("/settings").text


def test_entries_stand_newest_first_in_plain_words(auditor, signed_in, cast, denial, clock):
    alice = signed_in(cast.alice)
    clock.now += timedelta(minutes=1)
    alice.get(f"/denials/{denial.public_id}")
    clock.now += timedelta(minutes=1)
    page = auditor.get(f"/audit?who={cast.alice.id}")
    first = rows(page)[0]
    assert "Alice" in first
    assert "Opened" in first
    assert denial.public_id in first
    assert "127.0.0.1" in first
    assert "Signed in" in page.text


@pytest.mark.parametrize(
    "asked",
    [
        "?act=read",
        "?who={alice}&act=read",
        "?object={denial}",
        "?act=read&outcome=ok",
        "?act=read&since=11/23/2026&until=11/23/2026",
    ],
)
def test_filters_find_who_what_which_and_when(auditor, signed_in, cast, denial, asked):
    signed_in(cast.alice).get(f"/denials/{denial.public_id}")
    page = auditor.get("/audit" + asked.format(alice=cast.alice.id, denial=denial.public_id))
    assert total(page) == 1
    assert denial.public_id in rows(page)[0]


@pytest.mark.parametrize(
    "asked", ["?act=keys", "?who={bob}", "?object=nothing", "?act=read&outcome=refused", "?act=read&since=11/24/2026"]
)
def test_what_does_not_fit_is_not_shown(auditor, signed_in, cast, denial, asked):
    signed_in(cast.alice).get(f"/denials/{denial.public_id}")
    page = auditor.get("/audit" + asked.format(bob=cast.bob.id))
    assert "No entries" in page.text
    assert denial.public_id not in page.text


@pytest.mark.parametrize(
    ("asked", "says"), [("?since=soon", "From must be a date like 11/29/2026"), ("?act=all", "Choose one of the list")]
)
def test_what_cannot_be_looked_for_is_said(auditor, asked, says):
    page = auditor.get("/audit" + asked)
    assert page.status_code == 422
    assert says in page.text


def test_pages_hold_fifty_and_no_entry_is_left_out_between_them(auditor, signed_in, cast, denial):
    alice = signed_in(cast.alice)
    for _ in range(60):
        alice.get("/appeals")
    first, second = auditor.get("/audit?act=listed"), auditor.get("/audit?act=listed&page=2")
    assert (total(first), len(rows(first)), len(rows(second))) == (60, 50, 10)
    assert not set(rows(first)) & set(rows(second))
    assert rows(auditor.get("/audit?act=listed&page=99")) == rows(second)


def test_another_practices_entries_are_not_shown(auditor, signed_in, cast, sessions, become):
    with transaction(sessions.system()) as session:
        foreign = build.denied_line(session, cast.lakeview)
    charlie = signed_in(cast.charlie)
    charlie.get(f"/denials/{foreign.public_id}")
    charlie.get("/settings/practices/nothing")
    page = auditor.get("/audit")
    assert foreign.public_id not in page.text
    assert "Charlie" not in page.text
    assert cast.lakeview.name not in page.text
    assert str(cast.charlie.id) not in page.text


def test_reading_the_log_is_in_the_log(auditor, engine):
    auditor.get("/audit")
    row = entries(engine, Chain.READS)[-1]
    assert (row.actor, row.action) == ("audrey", "audit_read")


def test_every_act_and_outcome_has_its_words():
    assert set(ACT_WORDS) == set(Act)
    assert set(OUTCOME_WORDS) == set(Outcome)


# ---- verify ----


def test_verify_says_that_it_holds_with_its_checkpoints(auditor, engine, settings, clock):
    seal(engine, settings, clock.now)
    page = auditor.get("/audit/verify")
    assert "<h1>The audit log holds</h1>" in page.text
    assert page.text.count("1 checkpoint fits") == 2
    assert "Newest checkpoints" in page.text


def test_verify_says_the_first_entry_that_does_not_hold_and_how(auditor, engine):
    with as_owner(engine, Chain.READS) as connection:
        for stop in without_triggers(engine):
            connection.exec_driver_sql(stop)
        connection.exec_driver_sql("UPDATE audit_entries SET address = '192.0.2.9' WHERE chain = 'reads' AND seq = 1")
    page = auditor.get("/audit/verify")
    assert "<h1>The audit log does not hold</h1>" in page.text
    assert "An entry was changed" in page.text
    assert "Entry 1 is the first that does not hold" in page.text


def test_a_spoiled_checkpoint_file_is_said(auditor, settings):
    from tracker.services.audit_checkpoints import checkpoint_file

    checkpoint_file(settings).write_text("spoiled\n")
    page = auditor.get("/audit/verify")
    assert "Line 1 of audit-checkpoints.jsonl is not a checkpoint" in page.text
    assert auditor.get("/audit/activity").status_code == 200


def test_a_long_log_is_verified_from_a_checkpoint_on(auditor, engine, settings, clock, monkeypatch):
    monkeypatch.setattr("tracker.web.audit._MOST_AT_ONCE", 3)
    seal(engine, settings, clock.now)
    for _ in range(5):
        auditor.get("/audit")
    page = auditor.get("/audit/verify")
    assert "To verify all, type: tracker audit verify" in page.text
    assert "<h1>The audit log holds</h1>" in page.text


# ---- the report ----


def test_the_report_counts_each_person_of_the_month(audrey, signed_in, cast, denial, clock, client):
    alice = signed_in(cast.alice)
    alice.get(f"/denials/{denial.public_id}")
    alice.get("/queue")
    alice.get("/settings/practices/nothing")
    alice.get("/queue/export.csv")
    form = {"login": "alice", "password": "not the password", "csrf_token": build.csrf_token(client.get("/login"))}
    client.post("/login", data=form)
    clock.now = clock.now.replace(hour=3) + timedelta(days=5)  # a Saturday
    signed_in(cast.alice).get("/queue")
    page = signed_in(audrey).get("/audit/activity")
    assert "Activity of Nov 2026" in page.text
    (row,) = [row for row in rows(page) if row.startswith("Alice")]
    assert row.split()[-6:] == ["4", "1", "1", "1", "1", "1"]


def test_another_month_is_chosen(auditor, signed_in, cast):
    signed_in(cast.alice).get("/queue")
    assert "Nothing in this month" in auditor.get("/audit/activity?month=2026-09").text
    assert "Activity of Nov 2026" in auditor.get("/audit/activity?month=nonsense").text
