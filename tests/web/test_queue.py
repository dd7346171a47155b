"""The queue page: rows, filters, changing many at once, one undo, the file."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.auditing.entries import detail, entries
from tracker.db import transaction
from tracker.domain.audit import Chain
from tracker.models import Denial, Event, Membership, Search, User
from tracker.models.base import new_id

TODAY = build.TODAY


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def three(sessions, cast):
    """Three denials at Eastside, due in 2, 10 and 40 days, and one of Charlie's practice."""
    with transaction(sessions.system()) as session:
        person = build.patient(session, cast.eastside, "Okafor", first_name="Nina")
        payer = build.payer(session, "Union Trust Fund")
        claim = build.claim(session, cast.eastside, person, payer, control_number="EPT-771")
        rows = [
            build.denial(
                session, build.claim_line(session, claim), number=number, carc=carc, remarks="N115",
                file_by_safe=TODAY + timedelta(days=days), amount_cents=cents, denied_on=TODAY - timedelta(days=50),
            )
            for number, carc, days, cents in ((1041, "50", 2, 14_820), (1042, "16", 10, 20_618), (1043, "50", 40, 99_900))
        ]  # fmt: skip
        build.denied_line(session, cast.lakeview, number=2001)
    return rows


def post(client, path, **fields):
    token = build.csrf_token(client.get("/queue"))
    return client.post(path, data={"csrf_token": token, **fields})


def numbers(page):
    return re.findall(r'class="open"[^>]*>(D-\d+)<', page.text)


def test_a_row_says_what_to_do_and_until_when(alice, three):
    page = alice.get("/queue").text
    row = re.search(r"<tr data-row.*?</tr>", page, re.DOTALL)[0]
    for words in (
        "2 days left", "File by 11/25/2026", "D-1041", "Okafor, N.", "Union Trust Fund", "09/14/2026", "50 days old",
        "CO-50", "N115", "Not classified yet", "$148.20", "New", "Unassigned", "Review",
    ):  # fmt: skip
        assert words in row


def test_the_total_row_is_that_of_the_whole_view(alice, three):
    page = alice.get("/queue").text
    assert 'data-total="135338" data-count="3"' in page
    assert "3 open denials, $1,353.38 denied. Nearest deadline first." in " ".join(page.split())


def test_the_queue_is_the_home_page(alice, three):
    assert numbers(alice.get("/", follow_redirects=True)) == ["D-1041", "D-1042", "D-1043"]


def test_denials_of_another_practice_are_not_there(alice, three):
    assert "D-2001" not in alice.get("/queue?view=all").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("due=0-7", ["D-1041"]), ("due=8-14", ["D-1042"]), ("due=31%2B", ["D-1043"]), ("view=due14", ["D-1041", "D-1042"]),
        ("view=over500", ["D-1043"]), ("code=CO-16", ["D-1042"]), ("sort=-amount", ["D-1043", "D-1042", "D-1041"]),
        ("view=unassigned&code=CO-50", ["D-1041", "D-1043"]), ("month=2026-10", ["D-1041", "D-1042", "D-1043"]),
        ("month=2026-09", []), ("view=nonsense&sort=nonsense&page=-4", ["D-1041", "D-1042", "D-1043"]),
    ],
)  # fmt: skip
def test_the_address_alone_decides_what_is_shown(alice, three, query, found):
    assert numbers(alice.get(f"/queue?{query}")) == found


def test_each_tile_leads_to_its_number_of_rows(alice, three):
    page = alice.get("/queue").text
    tiles = re.findall(
        r'href="([^"]+)"[^>]*data-due="([^"]+)" data-cents="(\d+)">\s*<span>[^<]*</span><b>(\d+)</b>', page
    )
    assert len(tiles) == 6
    for address, _, cents, count in tiles:
        there = alice.get(address.replace("&amp;", "&")).text
        assert there.count("<tr data-row") == int(count)
        if int(count):
            assert f'data-total="{cents}" data-count="{count}"' in there


def test_a_chip_names_each_part_of_the_filter_and_removes_it(alice, three):
    page = alice.get("/queue?code=CO-16&due=8-14").text
    assert "Reason code: CO-16" in page
    assert "Due: 8 to 14 days" in page
    without = re.search(r'<a href="([^"]+)" aria-label="Remove filter: Reason code CO-16"', page)[1]
    assert without == "/queue?due=8-14"


# ---- nothing to show ----


def test_a_first_use_leads_to_the_import(alice):
    page = alice.get("/queue").text
    assert "Import an 835 to fill your queue" in page
    assert "<table" not in page


def test_no_match_names_the_filter_that_caused_it(alice, three):
    payer = re.search(r'value="([\w-]{22})">Union Trust Fund', alice.get("/queue").text)[1]
    page = alice.get(f"/queue?payer={payer}&due=overdue").text
    assert "No Union Trust Fund denials are overdue" in page
    assert "Show all 3 open" in page


def test_an_empty_view_says_that_all_is_done_and_what_is_next(alice, three):
    page = alice.get("/queue?view=needs-note").text
    assert "No denial needs a note" in page
    assert "Next: D-1041 on 11/25/2026." in page


# ---- searching ----


def test_a_name_that_is_searched_stands_in_no_address(alice, three, sessions):
    answer = post(alice, "/queue/search", words="okafor")
    assert "okafor" not in answer.headers["Location"].lower()
    page = alice.get(answer.headers["Location"])
    assert numbers(page) == ["D-1041", "D-1042", "D-1043"]
    assert "Search: okafor" in page.text
    title = re.search("<title>.*?</title>", page.text)[0]
    assert "okafor" not in title.lower()
    assert not [link for link in re.findall(r'(?:href|action|src)="([^"]*)"', page.text) if "okafor" in link.lower()]


def test_a_search_finds_closed_denials_too(alice, three, sessions, cast):
    with transaction(sessions.system()) as session:
        row = session.get_one(Denial, (cast.eastside.id, three[0].id))
        row.is_open, row.status, row.close_reason = False, "closed_not_paid", "not_a_denial"
    assert "D-1041" in numbers(alice.get(post(alice, "/queue/search", words="EPT-771").headers["Location"]))


def test_a_search_id_of_somebody_else_finds_nothing(alice, three, signed_in, cast):
    location = post(alice, "/queue/search", words="okafor").headers["Location"]
    page = signed_in(cast.bob).get(location)
    assert "This search has ended" in page.text
    assert "okafor" not in page.text.lower()


def test_an_empty_search_keeps_nothing(alice, sessions):
    post(alice, "/queue/search", words="  ")
    with sessions.reading(()) as session:
        assert session.scalars(select(Search)).all() == []


# ---- changing many ----


def ids(rows):
    return [row.public_id for row in rows]


def stored(sessions, cast):
    with sessions.reading({cast.eastside.id}) as session:
        return {row.number: row for row in session.scalars(select(Denial))}


def test_assigning_two_and_undoing_it(alice, three, sessions, cast, become):
    become(cast.alice, "lead")
    post(alice, "/queue/change", denial=ids(three[:2]), do="assign", owner=cast.bob.public_id)
    assert [stored(sessions, cast)[n].owner_id for n in (1041, 1042, 1043)] == [cast.bob.id, cast.bob.id, None]
    page = alice.get("/queue").text
    assert "2 denials assigned to Bob." in page
    event = re.search(r'name="event" value="(\d+)"', page)[1]
    assert 'name="event"' not in alice.get("/queue").text, "the Undo stays until the next page"
    post(alice, "/undo", event=event)
    assert [row.owner_id for row in stored(sessions, cast).values()] == [None, None, None]
    with sessions.reading({cast.eastside.id}) as session:
        events = session.execute(select(Event.kind, Event.undone)).all()
    assert sorted(tuple(row) for row in events) == [("owner", True)] * 2 + [("undone", False)] * 2


def test_changing_the_status_of_one(alice, three, sessions, cast):
    post(alice, "/queue/change", denial=ids(three[:1]), do="status", status="needs_note")
    assert stored(sessions, cast)[1041].status == "needs_note"
    assert "Status of D-1041 changed." in alice.get("/queue").text


def test_snoozing_two_and_waking_one(alice, three, sessions, cast):
    post(alice, "/queue/change", denial=ids(three[:2]), do="snooze", until="12/01/2026")
    assert "2 denials snoozed to 12/01/2026." in alice.get("/queue").text
    post(alice, "/queue/change", denial=ids(three[:1]), do="snooze", until="")
    assert [stored(sessions, cast)[n].snoozed_to for n in (1041, 1042, 1043)] == [None, date(2026, 12, 1), None]


def test_the_date_of_one_is_set_where_it_stands(alice, three, sessions, cast):
    post(alice, "/queue/change", denial=ids(three[:1]), do="deadline", file_by="12/31/2026")
    assert stored(sessions, cast)[1041].file_by_legal == date(2026, 12, 31)
    assert "Date of D-1041 set to 12/31/2026." in alice.get("/queue").text


def test_changing_the_whole_view_leaves_the_rest_alone(alice, three, sessions, cast):
    fields = {"everything": "1", "view-code": "CO-50", "do": "status", "status": "in_review"}
    post(alice, "/queue/change", **fields)
    assert [stored(sessions, cast)[n].status for n in (1041, 1042, 1043)] == ["in_review", "new", "in_review"]


def test_undo_leaves_alone_what_somebody_changed_since(alice, three, sessions, cast, signed_in):
    post(alice, "/queue/change", denial=ids(three[:1]), do="status", status="needs_note")
    event = re.search(r'name="event" value="(\d+)"', alice.get("/queue").text)[1]
    post(signed_in(cast.bob), "/queue/change", denial=ids(three[:1]), do="status", status="in_review")
    post(alice, "/undo", event=event)
    assert stored(sessions, cast)[1041].status == "in_review"
    assert "D-1041 was changed again since" in alice.get("/queue").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"do": "assign", "owner": "none"}, "Select at least one denial"),
        ({"do": "assign", "owner": "", "one": "1"}, "Choose who the denials are for"),
        ({"do": "status", "status": "", "one": "1"}, "Choose one of the open statuses"),
        ({"do": "status", "status": "closed_paid", "one": "1"}, "Choose one of the open statuses"),
        ({"do": "snooze", "until": "", "one": "1"}, "Enter the snooze date, like 11/29/2026"),
        ({"do": "snooze", "until": "soon", "one": "1"}, "Enter the date like 11/29/2026"),
        ({"do": "snooze", "until": "11/23/2026", "one": "1"}, "Snooze date must be after today"),
        ({"do": "deadline", "file_by": "", "one": "1"}, "Enter the date like 11/29/2026"),
    ],
)
def test_a_change_that_says_too_little_changes_nothing(alice, three, sessions, cast, fields, words):
    chosen = {"denial": three[0].public_id} if "one" in fields else {}
    post(alice, "/queue/change", **fields, **chosen)
    page = alice.get("/queue").text
    assert words in page
    assert "Nothing was changed" in page
    assert 'class="note warn status-line"' in page
    assert stored(sessions, cast)[1041].version == three[0].version


def test_denials_of_another_practice_cannot_be_changed(signed_in, three, sessions, cast):
    charlie = signed_in(cast.charlie)
    post(charlie, "/queue/change", denial=ids(three), do="status", status="needs_note")
    assert {row.status for row in stored(sessions, cast).values()} == {"new"}


def test_nobody_is_assigned_what_they_cannot_see(signed_in, three, sessions, cast):
    with transaction(sessions.system()) as session:
        dana = build.user(session, "dana", cast.eastside, cast.lakeview)
        [foreign] = session.scalars(select(Denial).where(Denial.number == 2001)).all()
    client = signed_in(dana)
    post(client, "/queue/change", denial=[three[0].public_id, foreign.public_id], do="assign", owner=cast.bob.public_id)
    assert "Bob cannot see Lakeview Hand Therapy. Choose someone who can." in client.get("/queue").text
    assert stored(sessions, cast)[1041].owner_id is None


def test_one_undo_takes_back_a_change_over_two_practices(signed_in, three, sessions, cast):
    with transaction(sessions.system()) as session:
        dana = build.user(session, "dana", cast.eastside, cast.lakeview)
        [foreign] = session.scalars(select(Denial).where(Denial.number == 2001)).all()
    client = signed_in(dana)
    post(client, "/queue/change", denial=[three[0].public_id, foreign.public_id], do="status", status="needs_note")
    event = re.search(r'name="event" value="(\d+)"', client.get("/queue").text)[1]
    post(client, "/undo", event=event)
    with sessions.reading({cast.eastside.id, cast.lakeview.id}) as session:
        assert set(session.scalars(select(Denial.status))) == {"new"}


def test_nobody_undoes_the_change_of_another_practice(alice, three, sessions, cast, signed_in):
    post(alice, "/queue/change", denial=ids(three[:1]), do="status", status="needs_note")
    event = re.search(r'name="event" value="(\d+)"', alice.get("/queue").text)[1]
    assert post(signed_in(cast.charlie), "/undo", event=event).status_code == 404
    assert stored(sessions, cast)[1041].status == "needs_note"


# ---- looks and the file ----


def test_compact_rows_are_kept_on_the_server(alice, three, sessions, cast, signed_in):
    assert 'class="stack-t queue"' in alice.get("/queue").text
    post(alice, "/queue/density")
    assert 'class="stack-t queue dense"' in alice.get("/queue").text
    assert 'class="stack-t queue dense"' in signed_in(cast.alice).get("/queue").text
    assert 'class="stack-t queue"' in signed_in(cast.bob).get("/queue").text


def test_pages_of_a_hundred_hold_a_hundred(alice, sessions, cast):
    with transaction(sessions.system()) as session:
        claim = build.claim(session, cast.eastside)
        for _ in range(101):
            build.denial(session, build.claim_line(session, claim))
    assert len(numbers(alice.get("/queue"))) == 25
    assert len(numbers(alice.get("/queue?size=100"))) == 100
    assert len(numbers(alice.get("/queue?size=100&page=2"))) == 1
    assert "(page 2 of 2)" in alice.get("/queue?size=100&page=2").text


def test_the_file_holds_the_whole_view_and_says_what_it_is(alice, sessions, cast, three):
    with transaction(sessions.system()) as session:
        person = build.patient(session, cast.eastside, "=HYPERLINK(1)", first_name="X")
        claim = build.claim(session, cast.eastside, person)
        for _ in range(30):
            build.denial(session, build.claim_line(session, claim), carc="50")
    answer = alice.get("/queue/export.csv?code=CO-50")
    assert answer.headers["Content-Disposition"] == "attachment; filename=queue-2026-11-23.csv"
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    blank = rows.index([])
    assert ["Reason code", "CO-50"] in rows[:blank]
    assert ["Rows", "32"] in rows[:blank]
    heads, *body = rows[blank + 1 :]
    assert len(body) == 32
    first = dict(zip(heads, body[0], strict=True))
    assert (first["denial"], first["due"], first["days left"], first["denied"]) == (
        "D-1041",
        "2026-11-25",
        "2",
        "148.20",
    )
    assert {row[heads.index("patient")] for row in body} == {"Okafor, N.", "'=HYPERLINK(1), X."}


def test_all_of_a_view_is_exported_beyond_what_may_be_changed_at_once(alice, three, monkeypatch):
    monkeypatch.setattr("tracker.web.queue._MOST_AT_ONCE", 1)
    answer = post(alice, "/queue/export.csv", everything="1")
    assert [line[:6] for line in answer.text.splitlines() if line.startswith("D-")] == ["D-1041", "D-1042", "D-1043"]


def test_only_the_ticked_denials_are_in_the_file_of_a_selection(alice, three, sessions, cast):
    answer = post(alice, "/queue/export.csv", denial=ids(three[1:]), **{"view-sort": "-denial"})
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert ["Rows", "2"] in rows
    assert [row[0] for row in rows[rows.index([]) + 2 :]] == ["D-1043", "D-1042"]
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalars(select(Event.details).where(Event.kind == "exported")).all() == [
            {"what": "queue", "rows": 2, "reason": "work"}
        ]
    post(alice, "/queue/export.csv")
    assert "Select at least one denial. Nothing was exported." in alice.get("/queue").text


def test_a_file_that_is_taken_out_is_logged(alice, three, sessions, cast):
    alice.get("/queue/export.csv")
    with sessions.reading({cast.eastside.id}) as session:
        [event] = session.scalars(select(Event).where(Event.kind == "exported"))
    assert (event.user_id, event.details) == (
        cast.alice.id,
        {"what": "queue", "rows": 3, "reason": "work"},
    )


@pytest.mark.parametrize(("typed", "kept"), [("payer", "payer"), ("", "work"), ("for a friend", "other")])
def test_the_file_says_why_it_was_taken_out_by_a_closed_list(alice, three, sessions, cast, engine, typed, kept):
    assert 'name="reason"' in alice.get("/queue").text
    alice.get("/queue/export.csv", query_string={"reason": typed, "code": "CO-50"})
    row = entries(engine, Chain.READS)[-1]
    assert (row.action, detail(row)["reason"]) == ("exported", kept)
    assert "friend" not in row.detail
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalars(select(Event.details).where(Event.kind == "exported")).one()["reason"] == kept


def test_the_people_who_may_take_over_are_those_of_the_practice(alice, three, sessions, cast, become):
    become(cast.alice, "lead")
    page = alice.get("/queue").text
    owners = re.search(r'id="bulk-owner".*?</select>', page, re.DOTALL)[0]
    assert re.findall(r">([A-Z]\w+)</option>", owners) == ["Alice", "Bob", "Nobody"]
    with transaction(sessions.system()) as session:
        session.delete(session.get_one(Membership, (cast.bob.id, cast.eastside.id)))
        assert session.get(User, cast.bob.id)
    assert "Bob" not in re.search(r'id="bulk-owner".*?</select>', alice.get("/queue").text, re.DOTALL)[0]


def test_a_page_is_told_of_denials_that_came_since_it_was_made(alice, sessions, cast):
    ask = re.search(r'data-news="([^"]+)"', alice.get("/queue?view=open").text)[1].replace("&amp;", "&")
    assert alice.get(ask).json == {"words": ""}
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
        build.denied_line(session, cast.eastside, is_open=False, status="closed_paid")
        build.denied_line(session, cast.lakeview)
    assert alice.get(ask).json == {"words": "1 new denial, show"}


def test_a_page_is_told_of_denials_of_an_import_that_began_before_it(alice, sessions, cast):
    """Its ids are older than the page, its rows are seen when it ends."""
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
    of_the_import = new_id()
    ask = re.search(r'data-news="([^"]+)"', alice.get("/queue?view=open").text)[1].replace("&amp;", "&")
    assert alice.get(ask).json == {"words": ""}
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside, id=of_the_import)
    assert alice.get(ask).json == {"words": "1 new denial, show"}


def test_asking_for_news_keeps_nobody_signed_in(alice, clock):
    ask = re.search(r'data-news="([^"]+)"', alice.get("/queue").text)[1].replace("&amp;", "&")
    for _ in range(4):
        clock.now += timedelta(minutes=9)
        answer = alice.get(ask)
    assert answer.status_code == 303


def test_a_page_says_how_long_its_person_stays_signed_in(alice, clock):
    page = alice.get("/queue")
    assert 'data-session-seconds="1800"' in page.text
    clock.now += timedelta(minutes=28)
    answer = alice.post("/stay", data={"csrf_token": build.csrf_token(page)})
    assert (answer.status_code, answer.headers["X-Session-Seconds"]) == (204, "1800")
    clock.now += timedelta(minutes=28)
    assert alice.get("/queue").status_code == 200


def test_the_filter_says_who_has_it(alice, sessions, cast):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside, status="waiting_on_payer")
        build.denied_line(session, cast.eastside)
    page = alice.get("/queue?who=payer").text
    assert 'data-total="1"' in page
    assert "Who has it: payer" in page
    assert "Payer, " in page
