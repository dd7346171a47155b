"""A level nobody files: a Medicare Advantage plan sends its refusal on to the independent reviewer itself."""

from datetime import date, timedelta

import pytest

from tests import build
from tests.build import NOW, TODAY
from tracker.domain.appeal_life import Result, forwarding
from tracker.knowledge import load
from tracker.models import Payer
from tracker.reports.appeal_page import appeal_page
from tracker.services.appeal_sending import Sending, record_sent
from tracker.services.appealed import denials_of
from tracker.services.appealing import AppealRefused, open_appeal
from tracker.services.next_level import open_next_level
from tracker.services.outcomes import Decision, LineDecision, record_decision

SENT_ON, DECIDED_ON = date(2026, 11, 3), date(2026, 11, 16)


def refuse(session, appeal, on, result=Result.UPHELD, cents=0):
    lines = [LineDecision(denial.id, result, cents) for denial in denials_of(session, appeal)]
    record_decision(session, appeal, Decision(on, lines, "REF", "Not shown", None), load(), NOW, TODAY, None)


@pytest.fixture
def denial(session, cast):
    payer = build.payer(session, "Summit Medicare Advantage", "medicare_advantage")
    line = build.claim_line(session, build.claim(session, cast.eastside, payer_row=payer))
    return build.denial(session, line)


@pytest.fixture
def refused(session, denial, cast):
    appeal = open_appeal(session, denial, "L01", load(), NOW, TODAY, cast.alice.id)
    appeal.status = "ready"
    record_sent(session, appeal, Sending(SENT_ON, "fax"), None, NOW, TODAY, cast.alice.id)
    refuse(session, appeal, DECIDED_ON)
    return appeal


def test_the_second_level_waits_for_the_reviewer_from_the_day_of_the_refusal(session, cast, refused, denial):
    page = appeal_page(session, refused, load())
    assert not page.can_go_up
    assert page.forwarding.to == "the independent reviewer (IRE)"
    second = open_next_level(session, refused, load(), NOW, TODAY, cast.alice.id)
    assert (second.level, second.status, second.sent_on) == (2, "sent", DECIDED_ON)
    assert second.reply_due == DECIDED_ON + timedelta(days=60)
    assert (denial.status, denial.clock, denial.due_on) == ("waiting_on_payer", "reply_due", second.reply_due)
    shown = appeal_page(session, second, load())
    assert shown.method == "Sent on by the payer itself"
    assert any("sent its refusal on to the next reviewer, 11/16/2026" in entry.words for entry in shown.history)


def test_it_is_recorded_once(session, cast, refused):
    second = open_next_level(session, refused, load(), NOW, TODAY, cast.alice.id)
    assert open_next_level(session, refused, load(), NOW, TODAY, cast.alice.id) is second


def test_the_third_level_is_filed_again_with_its_own_clock(session, cast, refused, denial):
    second = open_next_level(session, refused, load(), NOW, TODAY, cast.alice.id)
    refuse(session, second, date(2026, 11, 20))
    assert (denial.clock, denial.clock_rule) == ("next_level", "MA_L3")
    third = open_next_level(session, second, load(), NOW, TODAY, cast.alice.id)
    assert (third.level, third.status) == (3, "draft")


def test_a_line_allowed_in_part_goes_on_too(session, cast, denial):
    appeal = open_appeal(session, denial, "L01", load(), NOW, TODAY, cast.alice.id)
    appeal.status = "ready"
    record_sent(session, appeal, Sending(SENT_ON, "fax"), None, NOW, TODAY, cast.alice.id)
    refuse(session, appeal, DECIDED_ON, Result.PARTLY, 1_000)
    assert denial.is_open
    assert open_next_level(session, appeal, load(), NOW, TODAY, cast.alice.id).status == "sent"


@pytest.mark.parametrize("kind", ["medicare_b", "commercial", "medicaid"])
def test_others_file_every_level(kind):
    assert [forwarding(kind, level) for level in range(1, 6)] == [None] * 5


def test_a_payer_without_a_further_level_is_refused_as_before(session, cast, denial):
    session.get_one(Payer, denial.payer_id).kind = "auto"
    appeal = open_appeal(session, denial, "L01", load(), NOW, TODAY, cast.alice.id)
    appeal.status = "ready"
    record_sent(session, appeal, Sending(SENT_ON, "fax"), None, NOW, TODAY, cast.alice.id)
    refuse(session, appeal, DECIDED_ON)
    with pytest.raises(AppealRefused, match="No level 2 is known"):
        open_next_level(session, appeal, load(), NOW, TODAY, cast.alice.id)
