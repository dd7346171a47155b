"""A practice's own limits at every level: the next level's clock, the reply and open deadlines follow them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tracker.domain.appeal_life import Result
from tracker.domain.deadlines import add_months, clock
from tracker.domain.own_limits import OwnLimit
from tracker.knowledge import load
from tracker.models import Appeal, Denial, Outcome, Payer, Practice
from tracker.services.appealing import AppealRefused
from tracker.services.case_payers import case_payer
from tracker.services.clock_moves import counted_clock
from tracker.services.clocks import level_rule, profile_of
from tracker.services.next_level import open_next_level
from tracker.services.outcomes import Decision, LineDecision, next_level_clock, record_decision
from tracker.services.payer_figures import moves_of_change, set_figures, with_limit

DECIDED = date(2026, 11, 2)
OWN = OwnLimit(45, "business_days", "", "", "Agreement 7", build.TODAY, None)


@pytest.fixture
def practice(session, cast) -> Practice:
    return session.get_one(Practice, cast.eastside.id)


@pytest.fixture
def refused(session, practice) -> Denial:
    """A denial of a commercial payer whose first appeal was upheld: the second level's clock runs."""
    denial = build.denied_line(session, practice)
    appeal = build.appeal(session, denial, status="decided", level=1)
    session.add(
        Outcome(
            practice_id=practice.id, appeal_id=appeal.id, denial_id=denial.id, result="upheld", amount_cents=0,
            decided_on=DECIDED, recorded_at=build.NOW,
        )
    )  # fmt: skip
    usual = DECIDED + timedelta(days=60)  # New Year's Day
    denial.clock, denial.clock_rule, denial.notice_on = "next_level", "ERISA_L2", DECIDED
    denial.file_by_safe, denial.file_by_legal = date(2026, 12, 31), usual
    session.flush()
    return denial


def change(session, refused, level, limit=OWN):
    payer = session.get_one(Payer, refused.payer_id)
    return payer, with_limit(profile_of(session, refused.practice_id, payer.id), "appeal", level, limit)


def test_an_own_limit_of_level_two_moves_the_next_levels_clock(session, refused):
    payer, values = change(session, refused, 2)
    [move] = moves_of_change(session, refused.practice_id, payer, values, load())
    assert (move.denial.id, move.before, move.after.safe) == (refused.id, date(2026, 12, 31), date(2027, 1, 8))
    assert refused.file_by_safe == date(2026, 12, 31)

    assert set_figures(session, refused.practice_id, payer, None, values, load(), build.TODAY) == 1
    row = session.scalars(select(Denial).where(Denial.id == refused.id)).one()
    assert (row.file_by_safe, row.clock_rule, row.due_on) == (date(2027, 1, 8), "OWN", date(2027, 1, 8))


def test_a_limit_of_another_level_moves_it_not(session, refused):
    payer, values = change(session, refused, 1)
    assert moves_of_change(session, refused.practice_id, payer, values, load()) == []


def test_a_date_set_by_hand_and_a_reply_stay(session, refused):
    payer, values = change(session, refused, 2)
    refused.clock_rule = "by_hand"
    session.flush()
    assert moves_of_change(session, refused.practice_id, payer, values, load()) == []
    refused.clock, refused.clock_rule = "reply_due", ""
    session.flush()
    assert moves_of_change(session, refused.practice_id, payer, values, load()) == []


def test_another_practices_limit_counts_for_it_alone(session, refused, cast):
    payer, values = change(session, refused, 2)
    set_figures(session, refused.practice_id, payer, None, values, load(), build.TODAY)
    own = level_rule(session, refused.practice_id, payer.id, 2, DECIDED, load())
    others = level_rule(session, cast.lakeview.id, payer.id, 2, DECIDED, load())
    assert (own.length, own.answer_days, others.id) == ("45 business days", 30, "ERISA_L2")


def test_two_levels_in_one_window_are_counted_from_the_denial(session, practice):
    payer = build.payer(session, "UnitedHealthcare")
    set_figures(session, practice.id, payer, None, {"named": "unitedhealthcare"}, load(), build.TODAY)
    denial = build.denial(session, build.claim_line(session, build.claim(session, practice, payer_row=payer)))
    appeal = build.appeal(session, denial, status="sent", level=1)
    due = next_level_clock(session, appeal, DECIDED, load())
    assert (due.rule.id, due.legal) == ("UHC_COM_L2", date(2027, 10, 5))  # 12 months from October 5, 2026
    denial.clock, denial.notice_on = "next_level", DECIDED
    session.add(
        Outcome(
            practice_id=practice.id, appeal_id=appeal.id, denial_id=denial.id, result="upheld", amount_cents=0,
            decided_on=DECIDED, recorded_at=build.NOW,
        )
    )  # fmt: skip
    session.flush()
    assert counted_clock(session, denial, load())[:2] == due[:2]


TEN_MONTHS = OwnLimit(10, "months", "the date of service", "", "28 TAC 133.250", build.TODAY, None)


def test_a_limit_from_the_date_of_service_starts_on_that_day_and_not_on_the_notice(session, practice):
    denial = build.denied_line(session, practice)
    payer, values = change(session, denial, 1, TEN_MONTHS)
    set_figures(session, practice.id, payer, None, values, load(), build.TODAY)
    assert denial.denied_on > denial.service_date
    assert denial.file_by_legal == add_months(denial.service_date, 10)


def test_without_a_date_of_service_such_a_limit_gives_no_date(session, practice):
    denial = build.denied_line(session, practice)
    denial.service_date = None
    payer, values = change(session, denial, 1, TEN_MONTHS)
    set_figures(session, practice.id, payer, None, values, load(), build.TODAY)
    assert (denial.file_by_safe, denial.file_by_legal, denial.clock_rule) == (None, None, "")


def test_the_next_level_can_count_from_the_date_of_service_too(session, refused):
    payer, values = change(session, refused, 2, replace(TEN_MONTHS, length=12))
    set_figures(session, refused.practice_id, payer, None, values, load(), build.TODAY)
    assert refused.file_by_legal == add_months(refused.service_date, 12)
    [appeal] = session.scalars(select(Appeal))
    assert next_level_clock(session, appeal, DECIDED, load()).legal == add_months(refused.service_date, 12)


def test_a_case_has_the_days_that_the_notice_leaves_of_such_a_limit(session, practice):
    denial = build.denied_line(session, practice)
    payer, values = change(session, denial, 1, TEN_MONTHS)
    set_figures(session, practice.id, payer, None, values, load(), build.TODAY)
    own = profile_of(session, practice.id, payer.id)
    found = case_payer(payer.name, payer.kind, own, date(2026, 1, 5), date(2026, 3, 2))
    assert date(2026, 3, 2) + timedelta(days=found.appeal_days) == date(2026, 11, 5)


@pytest.fixture
def redetermined(session, practice):
    """An appeal of a Medicare denial that is with the contractor."""
    denial = build.denied_line(session, practice)
    session.get_one(Payer, denial.payer_id).kind = "medicare_b"
    appeal = build.appeal(session, denial, status="sent", level=1)
    session.flush()
    return denial, appeal


@pytest.mark.parametrize(
    ("result", "rule", "days"), [(Result.UPHELD, "MCR_B_L2", 180), (Result.DISMISSED, "MCR_B_DISMISS", 60)]
)
def test_a_dismissal_leaves_the_days_of_its_own_review(session, redetermined, result, rule, days):
    denial, appeal = redetermined
    lines = [LineDecision(denial.id, result, 0)]
    record_decision(session, appeal, Decision(DECIDED, lines), load(), build.NOW, build.TODAY, None)
    due = clock(load().clocks[rule], DECIDED, closed=load().closed_days)
    assert due.legal >= DECIDED + timedelta(days=days + 5)
    assert (denial.clock, denial.clock_rule, denial.file_by_safe) == ("next_level", rule, due.safe)
    assert denial.file_by_legal == due.legal
    assert counted_clock(session, denial, load()).words == due.words


def test_a_late_claim_of_medicare_has_no_days_for_an_appeal_nor_for_a_next_level(session, practice):
    payer = build.payer(session, "Medicare Part B", kind="medicare_b")
    line = build.claim_line(session, build.claim(session, practice, payer_row=payer))
    late = build.denial(session, line, carc="29")
    other = build.denial(session, build.claim_line(session, build.claim(session, practice, payer_row=payer)), carc="50")
    assert counted_clock(session, late, load()) is None
    assert counted_clock(session, other, load()).rule.id == "MCR_B_L1"

    request = build.appeal(session, late, status="sent", level=1, sent_on=DECIDED)
    decision = Decision(DECIDED, [LineDecision(late.id, Result.UPHELD, 0)])
    record_decision(session, request, decision, load(), build.NOW, build.TODAY, None)
    assert next_level_clock(session, request, DECIDED, load()) is None
    assert late.file_by_safe is None
    assert late.is_open
    with pytest.raises(AppealRefused, match="no next level"):
        open_next_level(session, request, load(), build.NOW, build.TODAY, None)
