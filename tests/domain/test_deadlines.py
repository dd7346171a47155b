from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.deadline_oracle import oracle
from tracker.domain.business_days import add_business_days, business_day_on_or_after, is_business_day
from tracker.domain.deadlines import (
    Bucket,
    MonthEnd,
    add_months,
    answer_due,
    bucket,
    clock,
    days_left,
    send_by,
)
from tracker.knowledge import load

RULES = load().clocks
REDETERMINATION = RULES["MCR_B_L1"]


@pytest.mark.parametrize(
    ("rule", "trigger", "legal", "safe"),
    [
        ("MCR_B_L1", "2026-01-05", "2026-05-11", "2026-05-05"),  # last day a Sunday
        ("MCR_B_L1", "2026-02-28", "2026-07-06", "2026-06-26"),  # Independence Day observed
        ("MCR_B_L2", "2026-02-03", "2026-08-07", "2026-07-31"),
        ("MCR_B_L3", "2026-06-01", "2026-08-05", "2026-07-31"),
        ("MA_ENR", "2026-08-28", "2026-11-01", "2026-10-27"),  # 65 days in all, no roll stated
        ("ERISA_L1", "2026-03-10", "2026-09-06", "2026-09-04"),  # before Labor Day, no roll
        ("ACA_EXT", "2025-10-30", "2026-03-02", "2026-02-27"),  # no February 30: March 1, a Sunday
        ("WC_CA_SBR", "2026-01-02", "2026-04-07", "2026-04-02"),
        ("UHC_COM", "2026-02-28", "2027-02-28", "2027-02-26"),
        ("TRI_APP", "2026-04-01", "2026-06-30", "2026-06-30"),
        ("MCR_B_CLAIM", "2025-11-22", "2026-11-23", "2026-11-20"),
        ("MA_NONPAR", "2026-08-28", "2026-11-01", "2026-10-27"),
        ("MA_NONPAR_2024", "2024-06-03", "2024-08-02", "2024-08-02"),
        ("ANTHEM_A", "2026-02-03", "2026-05-04", "2026-04-03"),  # sources give 90 or 60 days
        ("CIGNA_MA", "2026-02-03", "2026-05-04", "2026-04-03"),
        ("MCR_B_L1_OVP", "2026-06-01", "2026-06-30", "2026-06-30"),  # the letter's date is day 1
    ],
)
def test_a_clock_gives_the_safe_and_the_legal_date(rule, trigger, legal, safe):
    found = clock(RULES[rule], date.fromisoformat(trigger))
    assert (found.legal, found.safe) == (date.fromisoformat(legal), date.fromisoformat(safe))


def test_a_proven_receipt_replaces_the_presumption():
    found = clock(REDETERMINATION, date(2026, 1, 5), received_on=date(2026, 1, 7))
    assert found.legal == date(2026, 5, 7)
    assert found.safe == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("rule", "trigger", "more", "basis"),
    [
        ("MCR_B_L1", "2026-07-27", {}, "120 days from the remittance date, with 5 days presumed for receipt; rolled to a business day"),
        ("MCR_B_L3", "2026-06-01", {}, "60 days from the reconsideration notice, with 5 days presumed for receipt"),
        (
            "MCR_B_L1", "2026-01-05", {"received_on": date(2026, 1, 7), "extension_days": 1},
            "120 days from the remittance date, received on January 7, 2026, and 1 day more that you granted",
        ),
        ("AETNA_R", "2026-02-02", {}, "180 days from the initial claim decision"),
    ],
)  # fmt: skip
def test_the_words_to_the_payer_hold_every_day_of_the_count(rule, trigger, more, basis):
    assert clock(RULES[rule], date.fromisoformat(trigger), **more).basis == basis


def test_where_sources_disagree_the_words_say_which_days_the_safe_date_counts():
    found = clock(RULES["CIGNA_MA"], date(2026, 2, 3), extension_days=1)
    assert found.words.endswith("May 5, 2026. Another source gives 60 days, which the safe date counts.")
    assert found.safe == date(2026, 4, 3)


def test_a_receipt_before_the_notice_is_refused():
    with pytest.raises(ValueError, match="before the notice"):
        clock(REDETERMINATION, date(2026, 1, 5), received_on=date(2026, 1, 4))


def test_an_extension_moves_both_dates():
    found = clock(RULES["TRI_APP"], date(2026, 4, 1), extension_days=7)
    assert (found.safe, found.legal) == (date(2026, 7, 7), date(2026, 7, 7))


def test_days_closed_by_order_are_no_business_days():
    rule = replace(REDETERMINATION, days=10, receipt_days=0)
    found = clock(rule, date(2025, 12, 16), closed=load().closed_days)  # day 10 is Friday, December 26
    assert (found.safe, found.legal) == (date(2025, 12, 23), date(2025, 12, 29))


def test_the_words_say_how_the_days_were_counted():
    words = clock(REDETERMINATION, date(2026, 1, 5)).words
    assert words == (
        "120 days from the remittance date, Mon, Jan 5, 2026, with 5 days presumed for receipt: "
        "the last day is Mon, May 11, 2026 (Sun, May 10, 2026 is no business day)."
    )


def test_the_words_name_a_proven_receipt():
    words = clock(RULES["ACA_EXT"], date(2026, 3, 2), received_on=date(2026, 3, 4)).words
    assert "4 months from" in words
    assert "counted from its receipt on Wed, Mar 4, 2026" in words


@pytest.mark.parametrize(
    ("start", "months", "month_end", "end"),
    [
        (date(2026, 1, 31), 1, MonthEnd.LAST_DAY, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, MonthEnd.FIRST_OF_NEXT, date(2026, 3, 1)),
        (date(2023, 10, 30), 4, MonthEnd.FIRST_OF_NEXT, date(2024, 3, 1)),
        (date(2024, 2, 29), 12, MonthEnd.LAST_DAY, date(2025, 2, 28)),
        (date(2026, 11, 30), 1, MonthEnd.LAST_DAY, date(2026, 12, 30)),
        (date(2026, 8, 31), 4, MonthEnd.FIRST_OF_NEXT, date(2026, 12, 31)),
    ],
)
def test_months_are_counted_to_the_same_day(start, months, month_end, end):
    assert add_months(start, months, month_end) == end


@pytest.mark.parametrize(
    ("method", "last_day"),
    [("portal", "2026-05-05"), ("fax", "2026-05-04"), ("certified_mail", "2026-04-30"), ("mail", "2026-04-28")],
)
def test_what_must_be_received_is_sent_earlier(method, last_day):
    due = clock(REDETERMINATION, date(2026, 1, 5))
    assert send_by(due, method) == date.fromisoformat(last_day)


def test_a_letter_mailed_on_the_last_day_is_timely_where_the_postmark_counts():
    due = clock(RULES["TRI_APP"], date(2026, 4, 1))
    assert send_by(due, "mail") == due.safe


def test_the_days_left_are_none_on_the_day_itself():
    assert days_left(date(2026, 6, 30), date(2026, 6, 30)) == 0
    assert days_left(date(2026, 6, 30), date(2026, 7, 1)) == -1


@pytest.mark.parametrize(
    ("left", "expected", "label"),
    [
        (-1, Bucket.OVERDUE, "Overdue"),
        (0, Bucket.WEEK, "1 to 7 days"),
        (7, Bucket.WEEK, "1 to 7 days"),
        (8, Bucket.TWO_WEEKS, "8 to 14 days"),
        (14, Bucket.TWO_WEEKS, "8 to 14 days"),
        (15, Bucket.MONTH, "15 to 30 days"),
        (30, Bucket.MONTH, "15 to 30 days"),
        (31, Bucket.LATER, "31 days or more"),
    ],
)
def test_a_deadline_falls_into_its_bucket(left, expected, label):
    today = date(2026, 11, 22)
    found = bucket(today + timedelta(days=left), today)
    assert (found, found.label) == (expected, label)


def test_no_deadline_is_a_bucket_of_its_own():
    assert bucket(None, date(2026, 11, 22)) is Bucket.NONE


def test_business_days_leave_weekends_and_holidays_out():
    rule = replace(RULES["AETNA_A"], days=None, business_days=10)
    found = clock(rule, date(2026, 11, 20))  # Friday; Thanksgiving on the 26th
    assert (found.safe, found.legal) == (date(2026, 12, 7), date(2026, 12, 7))
    assert found.words.startswith("10 business days from the previous decision, Fri, Nov 20, 2026: ")


@pytest.mark.parametrize(
    ("rule", "answer"),
    [("MCR_B_L1", date(2026, 3, 6)), ("CA_PDR", date(2026, 3, 11)), ("ANTHEM_R", None)],
)
def test_a_payers_answer_is_due_in_calendar_or_in_business_days(rule, answer):
    assert answer_due(RULES[rule], date(2026, 1, 5)) == answer  # 60 days; 45 without 1/19 and 2/16


def test_a_hundred_years_of_deadlines_keep_the_rules():
    """Every day from 1990 to 2090 as a trigger, for a count of days with a presumption and for one of months."""
    swept = [REDETERMINATION, RULES["ACA_EXT"]]
    for rule in swept:
        before = clock(rule, date(1989, 12, 31))
        for day in range(date(1990, 1, 1).toordinal(), date(2090, 1, 1).toordinal()):
            due = clock(rule, date.fromordinal(day))
            assert due.safe <= due.legal
            assert before.safe <= due.safe
            assert before.legal <= due.legal
            assert is_business_day(due.safe)
            assert is_business_day(due.legal)
            before = due


def shape(rule):
    return rule.days, rule.business_days, rule.months, rule.month_end, rule.receipt_days, rule.rolls


SHAPES = {shape(rule): rule for rule in RULES.values()}
SHAPES["business days"] = replace(RULES["AETNA_A"], days=None, business_days=10)
KINDS = {  # one rule for each way of counting; the others differ from it in their length alone
    (*(value is not None for value in shape(rule)[:3]), rule.month_end, rule.receipt_days, rule.rolls): rule
    for rule in SHAPES.values()
}


@pytest.mark.parametrize("rule", KINDS.values(), ids=lambda rule: rule.id)
def test_on_every_day_of_a_hundred_years_each_way_of_counting_agrees_with_a_second_count(rule):
    for day in range(date(1990, 1, 1).toordinal(), date(2090, 1, 1).toordinal()):
        trigger = date.fromordinal(day)
        assert clock(rule, trigger)[:2] == oracle(rule, trigger), trigger


@pytest.mark.parametrize("rule", SHAPES.values(), ids=lambda rule: rule.id)
def test_every_length_agrees_with_a_second_count_on_each_weekday_of_a_hundred_years(rule):
    for day in range(date(1990, 1, 1).toordinal(), date(2090, 1, 1).toordinal(), 17):
        trigger = date.fromordinal(day)
        assert clock(rule, trigger)[:2] == oracle(rule, trigger), trigger


days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
rules = st.sampled_from(list(RULES.values()))


@given(rules, days, st.integers(0, 60), st.one_of(st.none(), st.integers(0, 40)))
def test_the_safe_date_is_a_business_day_not_after_the_legal_one(rule, trigger, extension, received_after):
    received_on = None if received_after is None else trigger + timedelta(days=received_after)
    found = clock(rule, trigger, received_on=received_on, extension_days=extension)
    assert found.safe <= found.legal
    assert is_business_day(found.safe)
    if rule.rolls:
        assert is_business_day(found.legal)


@given(rules, days, st.one_of(st.none(), st.integers(0, 60)), st.integers(0, 90))
def test_receipt_and_extension_agree_with_a_second_count(rule, trigger, received_after, more):
    receipt = None if received_after is None else trigger + timedelta(days=received_after)
    assert clock(rule, trigger, received_on=receipt, extension_days=more)[:2] == oracle(rule, trigger, receipt, more)


@given(rules, days, st.integers(0, 60))
def test_a_receipt_moves_the_last_day_only_where_the_time_counts_from_it(rule, trigger, received_after):
    received_on = trigger + timedelta(days=received_after)
    if not rule.counts_receipt:
        assert clock(rule, trigger, received_on=received_on) == clock(rule, trigger)


@given(rules, days)
def test_a_later_notice_never_gives_an_earlier_deadline(rule, trigger):
    one, next_day = clock(rule, trigger), clock(rule, trigger + timedelta(days=1))
    assert one.safe <= next_day.safe
    assert one.legal <= next_day.legal


@given(rules, days, st.integers(1, 60))
def test_an_extension_moves_both_dates_by_its_days_but_for_closed_days(rule, trigger, extension):
    plain, extended = clock(rule, trigger), clock(rule, trigger, extension_days=extension)
    assert extended.safe >= plain.safe
    assert extended.legal >= plain.legal
    if not rule.rolls:
        assert extended.legal == plain.legal + timedelta(days=extension)


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_business_days_add_up(start, some, more):
    assert add_business_days(add_business_days(start, some), more) == add_business_days(start, some + more)


@given(days, st.integers(1, 60))
def test_a_count_of_business_days_ends_on_one_and_holds_as_many(start, count):
    end = add_business_days(start, count)
    between = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert is_business_day(end)
    assert sum(map(is_business_day, between)) == count
    assert add_business_days(start, 1) == business_day_on_or_after(start + timedelta(days=1))


@given(rules, days, st.sampled_from(["portal", "fax", "mail", "certified_mail"]))
def test_what_is_sent_in_time_is_sent_on_a_business_day_by_the_safe_date(rule, trigger, method):
    due = clock(rule, trigger)
    assert send_by(due, method) <= due.safe
    assert is_business_day(send_by(due, method))
