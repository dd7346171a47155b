"""Denied lines that payers decided on appeal: counts, least numbers, and as many rows behind each."""

from datetime import date

import pytest

from tests import build
from tracker.models import Outcome, Practice
from tracker.reports.decided import history_of, last_year, payer_year
from tracker.reports.months import Month
from tracker.reports.queue import queue_page
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter

VIEWER = Viewer(1, build.TODAY, build.NOW)


@pytest.fixture
def practice(session, cast) -> Practice:
    return session.get_one(Practice, cast.eastside.id)


@pytest.fixture
def payer(session):
    return build.payer(session, "Harbor Health")


def denied(session, practice, payer, **fields):
    line = build.claim_line(session, build.claim(session, practice, None, payer))
    return build.denial(session, line, **{"denied_on": date(2026, 8, 3)} | fields)


def decide(session, denial, *results: str, on: date = date(2026, 10, 5)) -> None:
    for level, result in enumerate(results, 1):
        appeal = build.appeal(session, denial, status="decided", level=level, sent_on=date(2026, 9, 1))
        session.add(
            Outcome(
                practice_id=denial.practice_id, appeal_id=appeal.id, denial_id=denial.id, result=result,
                amount_cents=0, decided_on=on, recorded_at=build.NOW,
            )
        )  # fmt: skip
    session.flush()


def rows(session, **asked) -> int:
    return queue_page(session, QueueFilter(view="all", **asked), VIEWER).denials


def test_a_year_ends_with_this_month():
    assert last_year(date(2026, 11, 23)).first == Month(2025, 12)
    assert last_year(date(2026, 12, 31)).first == Month(2026, 1)


def test_a_line_decided_at_two_levels_counts_once_and_a_request_for_more_is_no_decision(session, practice, payer):
    first = denied(session, practice, payer)
    decide(session, first, "upheld", "overturned")
    decide(session, denied(session, practice, payer), "upheld")
    decide(session, denied(session, practice, payer), "more_information")
    year = payer_year(session, payer, build.TODAY)
    assert (year.decided.part, year.decided.whole, year.decided.share) == (1, 2, None)
    assert (rows(session, only="won-year"), rows(session, only="decided-year")) == (1, 2)
    assert year.median_days is None


def test_a_rate_and_a_median_stand_from_ten_decided_up(session, practice, payer):
    for number in range(10):
        decide(session, denied(session, practice, payer), "partly" if number < 7 else "dismissed")
    year = payer_year(session, payer, build.TODAY)
    assert (year.decided.text(0), year.median_days) == ("70%", 34)


def test_decisions_before_the_year_are_history_alone(session, practice, payer):
    denial = denied(session, practice, payer)
    decide(session, denial, "overturned", on=date(2025, 11, 30))
    assert payer_year(session, payer, build.TODAY).decided.whole == 0
    assert (history_of(session, denial).whole, rows(session, only="decided")) == (1, 1)


def test_history_is_of_the_same_payer_reason_and_practice(session, practice, payer, cast):
    mine = denied(session, practice, payer, carc="50")
    decide(session, mine, "overturned")
    decide(session, denied(session, practice, payer, carc="97"), "overturned")
    decide(session, denied(session, practice, build.payer(session, "Other"), carc="50"), "overturned")
    decide(session, denied(session, session.get_one(Practice, cast.lakeview.id), payer, carc="50"), "overturned")
    assert history_of(session, mine)[:2] == (1, 1)


def test_every_number_of_a_payers_year_leads_to_as_many_rows(session, practice, payer):
    for number in range(6):
        denial = denied(session, practice, payer, carc="50" if number < 4 else "97", amount_cents=1_000 * (number + 1))
        denial.recovered_cents = 500 if number < 2 else 0
    denied(session, practice, payer, denied_on=date(2025, 11, 30))
    denied(session, practice, payer, root_cause="adj_not_a_denial")
    session.flush()
    year = payer_year(session, payer, build.TODAY)
    months = tuple(month.code for month in year.asked.months)
    of_payer = {"payers": (payer.public_id,), "months": months}
    assert (year.denied.denials, year.denied.paid_denials, year.denied.recovered_cents) == (6, 2, 1_000)
    assert rows(session, **of_payer) == 6
    assert rows(session, **of_payer, only="paid") == 2
    assert [(reason.code, reason.denials, reason.cents) for reason in year.reasons] == [
        ("CO-97", 2, 11_000), ("CO-50", 4, 10_000),
    ]  # fmt: skip
    assert [rows(session, **of_payer, code=reason.code) for reason in year.reasons] == [2, 4]
