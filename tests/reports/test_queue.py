"""The queue's views: what they hold, in which order, and that every figure equals the rows behind it."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests import build
from tracker.db import transaction
from tracker.domain.deadlines import Bucket, bucket
from tracker.models import Denial, Search
from tracker.reports.queue import all_ids, counts, queue_page
from tracker.reports.queue_choices import choices
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import ONLY, PAGE_SIZES, SORTS, VIEWS, QueueFilter, read_filter
from tracker.reports.queue_rows import queue_rows

TODAY = build.TODAY
STATUSES = ("new", "in_review", "needs_note", "ready_to_send", "waiting_on_payer", "corrected_claim_sent", "reopened")
CAUSES = ("", "mn_skill_not_shown", "auth_absent", "adj_not_a_denial")


@pytest.fixture
def viewer(cast):
    return Viewer(cast.alice.id, TODAY, build.NOW)


@pytest.fixture
def filled(sessions, cast):
    """Two practices of one viewer and one of others, with every kind of denial."""
    rnd = random.Random(11)
    with transaction(sessions.system()) as session:
        hand = build.practice(session, "Hand Therapy West")
        payers = [build.payer(session, f"Payer {name}") for name in "ABC"]
        for place, count in ((cast.eastside, 60), (hand, 40), (cast.lakeview, 15)):
            claims = [build.claim(session, place, build.patient(session, place), payer) for payer in payers]
            for _ in range(count):
                line = build.claim_line(session, rnd.choice(claims))
                due = rnd.choice([None, TODAY + timedelta(days=rnd.choice([-9, -1, 0, 1, 7, 8, 14, 15, 30, 31, 90]))])
                is_open = rnd.random() < 0.8
                build.denial(
                    session, line, file_by_safe=due, file_by_legal=due, clock=rnd.choice(["file_by", "reply_due"]),
                    status=rnd.choice(STATUSES) if is_open else "closed_paid", is_open=is_open,
                    amount_cents=rnd.choice([5_000, 49_999, 50_000, 50_001, 99_000]),
                    owner_id=rnd.choice([None, cast.alice.id, cast.bob.id]), carc=rnd.choice(["50", "16", "197"]),
                    root_cause=rnd.choice(CAUSES), denied_on=TODAY - timedelta(days=rnd.randrange(200)),
                    created_at=build.NOW - timedelta(days=rnd.randrange(20)),
                    snoozed_to=rnd.choice([None, None, TODAY, TODAY + timedelta(days=3)]),
                    recovered_cents=rnd.choice([0, 2_500]),
                    write_off=rnd.choice(["", "", "asked"]),
                )  # fmt: skip
    return frozenset({cast.eastside.id, hand.id})


def all_rows(session):
    return session.scalars(select(Denial)).all()


def is_in_view(denial, view, viewer):
    """The views of ux.md 2.4, said once more and in another way."""
    acted = denial.status in {"waiting_on_payer", "corrected_claim_sent"}
    due = None if acted and denial.clock == "file_by" else denial.file_by_safe
    asleep = denial.snoozed_to is not None and denial.snoozed_to > viewer.today
    return {
        "all": denial.root_cause != "adj_not_a_denial" and denial.close_reason != "not_a_denial",
        "open": denial.is_open,
        "mine": denial.is_open and denial.owner_id == viewer.user_id and not asleep,
        "due14": denial.is_open and due is not None and (due - viewer.today).days <= 14,
        "over500": denial.is_open and denial.amount_cents > 50_000,
        "needs-note": denial.is_open and denial.status == "needs_note",
        "waiting": denial.is_open and acted,
        "no-deadline": denial.is_open and due is None,
        "new-week": denial.is_open and denial.created_at >= viewer.now - timedelta(days=7),
        "unassigned": denial.is_open and denial.owner_id is None,
        "to-approve": denial.is_open and denial.write_off == "asked",
    }[view]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_holds_what_it_says_and_its_figures_equal_its_rows(sessions, filled, viewer, view):
    with sessions.reading(filled) as session:
        expected = [denial for denial in all_rows(session) if is_in_view(denial, view, viewer)]
        page = queue_page(session, QueueFilter(view=view, size=100), viewer)
        ids = all_ids(session, QueueFilter(view=view), viewer, 1000)
    assert expected
    assert set(ids) == {denial.id for denial in expected}
    assert len(ids) == page.denials == len(expected)
    assert page.cents == sum(denial.amount_cents for denial in expected)


@pytest.mark.parametrize("name", list(Bucket))
def test_a_tile_equals_the_rows_after_clicking_it(sessions, filled, viewer, name):
    with sessions.reading(filled) as session:
        tile = next(tile for tile in queue_page(session, QueueFilter(), viewer).tiles if tile.bucket is name)
        page = queue_page(session, QueueFilter(due=name.value, size=100), viewer)
        rows = queue_rows(session, page.ids, {}, TODAY)
    assert tile.denials == page.denials == len(rows) > 0
    assert tile.cents == page.cents == sum(row.amount_cents for row in rows)
    assert {bucket(row.due.on, TODAY) for row in rows} == {name}


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
@pytest.mark.parametrize("view", ["open", "all"])
def test_the_pages_of_a_view_hold_every_denial_once(sessions, filled, viewer, sort, view):
    with sessions.reading(filled) as session:
        whole = all_ids(session, QueueFilter(view=view, sort=sort), viewer, 1000)
        pages = queue_page(session, QueueFilter(view=view, sort=sort), viewer).pages
        paged = [
            row_id
            for number in range(1, pages + 1)
            for row_id in queue_page(session, QueueFilter(view=view, sort=sort, page=number), viewer).ids
        ]
    assert pages > 1
    assert paged == list(whole)
    assert len(set(paged)) == len(paged)


def test_the_nearest_clock_comes_first_then_the_larger_amount_and_closed_ones_last(sessions, filled, viewer):
    with sessions.reading(filled) as session:
        ids = all_ids(session, QueueFilter(view="all"), viewer, 1000)
        rows = queue_rows(session, ids, {}, TODAY)
    keys = [
        (
            row.due is None,
            row.due is not None and row.due.on is None,
            row.due.on.toordinal() if row.due and row.due.on else 0,
        )
        for row in rows
    ]
    assert keys == sorted(keys)
    dated = [(row.due.on, -row.amount_cents) for row in rows if row.due and row.due.on]
    assert dated == sorted(dated)


def test_the_largest_amount_comes_first_when_asked(sessions, filled, viewer):
    with sessions.reading(filled) as session:
        ids = all_ids(session, QueueFilter(sort="-amount"), viewer, 1000)
        amounts = [row.amount_cents for row in queue_rows(session, ids, {}, TODAY)]
    assert amounts == sorted(amounts, reverse=True)


def test_a_page_past_the_end_is_the_first(sessions, filled, viewer):
    with sessions.reading(filled) as session:
        assert queue_page(session, QueueFilter(page=999), viewer).page == 1


def test_another_practice_is_never_seen(sessions, filled, viewer, cast):
    with sessions.reading(filled) as session:
        ids = all_ids(session, QueueFilter(view="all"), viewer, 1000)
    with sessions.reading({cast.lakeview.id}) as session:
        others = {denial.id for denial in all_rows(session)}
    assert others
    assert not others & set(ids)


def test_a_passed_date_to_file_is_not_overdue_once_the_appeal_is_sent(sessions, cast, viewer):
    past = TODAY - timedelta(days=5)
    with transaction(sessions.system()) as session:
        waits = build.denied_line(session, cast.eastside, status="waiting_on_payer", file_by_safe=past)
        late_reply = build.denied_line(
            session, cast.eastside, status="waiting_on_payer", clock="reply_due", file_by_safe=past
        )
    with sessions.reading({cast.eastside.id}) as session:
        overdue = queue_page(session, QueueFilter(due=Bucket.OVERDUE.value), viewer).ids
        [row] = queue_rows(session, [waits.id], {}, TODAY)
    assert overdue == (late_reply.id,)
    assert row.due.words == "No deadline"


def test_the_due_date_follows_every_change_of_status(sessions, cast):
    day = TODAY + timedelta(days=5)
    with transaction(sessions.system()) as session:
        denial = build.denied_line(session, cast.eastside, file_by_safe=day)
    for status, expected in (("waiting_on_payer", None), ("in_review", day), ("corrected_claim_sent", None)):
        with transaction(sessions.writing({cast.eastside.id})) as session:
            row = session.get_one(Denial, (cast.eastside.id, denial.id))
            row.status = status
        with sessions.reading({cast.eastside.id}) as session:
            assert session.get_one(Denial, (cast.eastside.id, denial.id)).due_on == expected


def test_a_due_date_that_contradicts_its_row_cannot_be_stored(sessions, cast):
    from sqlalchemy import update
    from sqlalchemy.exc import IntegrityError

    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
    with pytest.raises(IntegrityError), transaction(sessions.system()) as session:
        session.execute(update(Denial).values(due_on=TODAY))


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        (QueueFilter(view="all", code="CO-16"), lambda d: d.carc == "16"),
        (QueueFilter(view="all", cause="auth_absent"), lambda d: d.root_cause == "auth_absent"),
        (QueueFilter(view="all", cause="none"), lambda d: d.root_cause == ""),
        (QueueFilter(view="all", status="reopened"), lambda d: d.status == "reopened"),
        (QueueFilter(view="all", owner="none"), lambda d: d.owner_id is None),
        (QueueFilter(view="all", months=("2026-10",)), lambda d: (d.denied_on.year, d.denied_on.month) == (2026, 10)),
        (QueueFilter(view="all", months=("2026-09", "2026-10")), lambda d: d.denied_on.month in {9, 10}),
        (QueueFilter(view="all", only="paid"), lambda d: d.recovered_cents > 0),
    ],
)
def test_a_filter_narrows_to_what_it_says(sessions, filled, viewer, asked, holds):
    with sessions.reading(filled) as session:
        expected = {d.id for d in all_rows(session) if is_in_view(d, "all", viewer) and holds(d)}
        assert set(all_ids(session, asked, viewer, 1000)) == expected
    assert expected


def test_filters_of_payer_and_owner_work_together(sessions, filled, viewer, cast):
    with sessions.reading(filled) as session:
        payer = choices(session, filled, {}).payers[1][0]
        asked = QueueFilter(payers=(payer,), owner=cast.bob.public_id)
        rows = queue_rows(session, all_ids(session, asked, viewer, 1000), {}, TODAY)
    assert rows
    assert {(row.payer, row.owner) for row in rows} == {("Payer B", "Bob")}


@pytest.mark.parametrize(("code", "due"), [("", ""), ("", "8-14"), ("CO-16", "")])
def test_the_numbers_beside_the_views_are_those_without_the_filter(sessions, filled, viewer, code, due):
    with sessions.reading(filled) as session:
        rows, asked = all_rows(session), QueueFilter(code=code, due=due)
        assert counts(session, asked, queue_page(session, asked, viewer), viewer) == (
            sum(is_in_view(d, "open", viewer) for d in rows), sum(is_in_view(d, "mine", viewer) for d in rows)
        )  # fmt: skip


def test_the_choices_are_what_the_practices_have(sessions, filled, cast):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.lakeview, carc="B7", group_code="PR", root_cause="elig_terminated")
    with sessions.reading(filled) as session:
        offered = choices(session, filled, {})
    assert [name for _, name in offered.payers] == ["Payer A", "Payer B", "Payer C"]
    assert [code for code, _ in offered.codes] == ["CO-16", "CO-50", "CO-197"]
    assert {cause for cause, _ in offered.causes} == {"mn_skill_not_shown", "auth_absent", "adj_not_a_denial"}
    assert [name for _, name in offered.owners] == ["Alice", "Bob"]


# ---- searching ----


@pytest.fixture
def okafor(sessions, cast):
    with transaction(sessions.system()) as session:
        person = build.patient(session, cast.eastside, "Okafor", first_name="Nina")
        claim = build.claim(session, cast.eastside, person, control_number="EPT-77_1", payer_claim_number="9917X")
        denial = build.denial(session, build.claim_line(session, claim), number=1042)
        build.denied_line(session, cast.eastside, number=1043)
    return denial


def search(sessions, cast, viewer, words, by=None, age=timedelta(0)):
    with transaction(sessions.system()) as session:
        row = Search(user_id=(by or cast.alice).id, words=words, expires_at=build.NOW + timedelta(hours=12) - age)
        session.add(row)
    with sessions.reading({cast.eastside.id}) as session:
        return all_ids(session, QueueFilter(view="all", search=row.public_id), viewer, 100)


@pytest.mark.parametrize(
    "words",
    ["okafor", "Okafor, Nina", "Nina Okafor", "oka", "Okafor, N.", "D-1042", "d1042", "EPT-77", "ept-77_1", "9917x"],
)
def test_a_denial_is_found_by_name_number_or_claim(sessions, cast, viewer, okafor, words):
    assert search(sessions, cast, viewer, words) == (okafor.id,)


@pytest.mark.parametrize("words", ["D-104", "EPT%", "EPT-77%1", "_kafor", "Okafor Zoe", ","])
def test_what_does_not_fit_finds_nothing(sessions, cast, viewer, okafor, words):
    assert search(sessions, cast, viewer, words) == ()


def test_a_search_of_somebody_else_or_of_yesterday_finds_nothing(sessions, cast, viewer, okafor):
    assert search(sessions, cast, viewer, "okafor", by=cast.bob) == ()
    assert search(sessions, cast, viewer, "okafor", age=timedelta(hours=12)) == ()


# ---- the address ----

filters = st.builds(
    QueueFilter,
    view=st.sampled_from(sorted(VIEWS)),
    payers=st.lists(st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True), unique=True, max_size=3).map(tuple),
    code=st.sampled_from(["", "CO-50", "PR-B7", "OA-23"]),
    cause=st.sampled_from(["", "none", "mn_skill_not_shown"]),
    status=st.sampled_from(["", *STATUSES]),
    owner=st.sampled_from(["", "me", "none", "AbC_12-x"]),
    due=st.sampled_from(["", *(one.value for one in Bucket)]),
    months=st.lists(st.sampled_from(["2026-09", "2026-10", "2025-12"]), max_size=2).map(tuple),
    only=st.sampled_from(["", *ONLY]),
    search=st.sampled_from(["", "abc"]),
    sort=st.sampled_from([*SORTS, *(f"-{one}" for one in SORTS)]),
    page=st.integers(1, 10_000),
    size=st.sampled_from(PAGE_SIZES),
)


@given(filters)
def test_a_filter_survives_its_address(asked):
    lists = {name: [str(one) for one in (v if isinstance(v, list) else [v])] for name, v in asked.query().items()}
    assert read_filter(lists) == asked


_NAMES = ["view", "payer", "code", "page", "size", "sort", "due", "month", "search", "owner", "status", "cause", "only"]


@given(st.dictionaries(st.sampled_from(_NAMES), st.lists(st.text() | st.sampled_from(["open", "25", "CO-50", "-due"]))))
def test_any_address_gives_a_filter(arguments):
    asked = read_filter(arguments)
    assert asked.view in VIEWS
    assert asked.page >= 1
    assert asked.size in PAGE_SIZES
