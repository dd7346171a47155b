"""An appeal on its way: sent, followed up, decided, paid by a remittance, taken to the next level."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.edi import claim, line, remit
from tracker.domain.appeal_life import Result
from tracker.knowledge import load
from tracker.models import Appeal, Denial, Event, Outcome, Payer, Practice
from tracker.reports.months import Month
from tracker.reports.tallies import Asked, decided_appeals
from tracker.services import importing
from tracker.services.appeal_sending import (
    FollowUp,
    Sending,
    record_follow_up,
    record_sent,
    usual_reply_due,
    withdraw,
)
from tracker.services.appealed import denials_of
from tracker.services.appealing import AppealRefused, newest_letter, open_appeal
from tracker.services.letter_drafts import letter_in_hand
from tracker.services.letter_levels import decisions_below, least_amount
from tracker.services.next_level import open_next_level
from tracker.services.outcomes import Decision, LineDecision, outcomes_of, record_decision
from tracker.services.undoing_imports import undo_import

NOW, TODAY = build.NOW, build.TODAY
SENT_ON = date(2026, 11, 10)


@pytest.fixture
def practice(session, cast) -> Practice:
    return session.get_one(Practice, cast.eastside.id)


@pytest.fixture
def remits(session, practice):
    """Import small remittances of a commercial payer, one after the other."""

    def bring_in(*claims, day="20261005", trace="T1"):
        data = remit(*claims, paid_on=day, trace=trace)
        row, _ = importing.import_now(session, practice, f"{trace}.835", data, NOW, load())
        session.flush()
        return row

    return bring_in


@pytest.fixture
def denials(session, remits) -> list[Denial]:
    remits(claim("A1", line("97110", 90, 0, "CO-50:90", number="1"), line("97530", 60, 0, "CO-50:60", number="2")))
    return list(session.scalars(select(Denial).order_by(Denial.number)))


@pytest.fixture
def appeal(session, cast, denials) -> Appeal:
    """A signed appeal of both lines, ready to send."""
    opened = open_appeal(session, denials[0], "L01", load(), NOW, TODAY, cast.alice.id)
    opened.status = "ready"
    session.flush()
    return opened


@pytest.fixture
def sent(session, cast, appeal) -> Appeal:
    reply_due = usual_reply_due(session, appeal, SENT_ON, load())
    record_sent(session, appeal, Sending(SENT_ON, "certified_mail", "9407"), reply_due, NOW, TODAY, cast.alice.id)
    return appeal


def decide(session, cast, appeal, *results, on=TODAY, **fields):
    lines = [
        LineDecision(denial.id, result, cents)
        for denial, (result, cents) in zip(denials_of(session, appeal), results, strict=True)
    ]
    record_decision(session, appeal, Decision(on, lines, **fields), load(), NOW, TODAY, cast.alice.id)


def test_sending_starts_the_clock_of_the_reply(session, sent, denials):
    assert (sent.status, sent.tracking, sent.reply_due) == ("sent", "9407", SENT_ON + timedelta(days=60))
    assert {(one.status, one.clock, one.due_on) for one in denials} == {
        ("waiting_on_payer", "reply_due", date(2027, 1, 9))
    }


def test_a_draft_cannot_be_sent(session, cast, appeal):
    appeal.status = "draft"
    with pytest.raises(AppealRefused, match="is draft"):
        record_sent(session, appeal, Sending(SENT_ON, "fax"), None, NOW, TODAY, cast.alice.id)
    assert appeal.sent_on is None


def test_nothing_is_sent_tomorrow(session, cast, appeal):
    with pytest.raises(AppealRefused, match="today or before"):
        record_sent(session, appeal, Sending(TODAY + timedelta(days=1), "fax"), None, NOW, TODAY, cast.alice.id)
    assert appeal.status == "ready"


def test_a_follow_up_puts_the_denials_aside_until_the_day_to_ask_again(session, cast, sent, denials):
    told = FollowUp(TODAY, "Rep 12", "R-77", "In review", TODAY + timedelta(days=14))
    record_follow_up(session, sent, told, NOW, cast.alice.id)
    assert {one.snoozed_to for one in denials} == {TODAY + timedelta(days=14)}
    event = session.scalars(select(Event).where(Event.kind == "follow_up")).one()
    assert event.details["reference"] == "R-77"


def test_an_overturned_line_closes_and_an_upheld_one_goes_up(session, cast, sent, denials):
    decide(session, cast, sent, (Result.OVERTURNED, 9_000), (Result.UPHELD, 0), reason="Not skilled")
    first, second = denials
    assert (first.status, first.close_reason, first.is_open) == ("closed_paid", "overturned", False)
    assert (second.is_open, second.clock, second.clock_rule) == (True, "next_level", "ERISA_L2")
    assert second.due_on is not None
    assert sent.status == "decided"
    assert [one.reason for one in outcomes_of(session, sent)] == ["Not skilled"] * 2


def test_a_decision_awards_no_money_yet(session, cast, sent, denials):
    decide(session, cast, sent, (Result.OVERTURNED, 9_000), (Result.OVERTURNED, 6_000))
    assert [one.recovered_cents for one in denials] == [0, 0]


def test_more_information_wanted_decides_nothing(session, cast, sent, denials):
    due = TODAY + timedelta(days=30)
    decide(session, cast, sent, (Result.MORE_INFORMATION, 0), (Result.MORE_INFORMATION, 0), records_due=due)
    assert sent.status == "sent"
    assert {(one.status, one.clock, one.due_on) for one in denials} == {("needs_note", "records_due", due)}
    decide(session, cast, sent, (Result.UPHELD, 0), (Result.UPHELD, 0))
    assert sent.status == "decided"
    assert len(outcomes_of(session, sent)) == 2


@pytest.mark.parametrize(
    ("results", "on", "words"),
    [
        ([(Result.OVERTURNED, 9_001), (Result.UPHELD, 0)], TODAY, "D-1001: Amount must be from"),
        ([(Result.UPHELD, 0), (Result.UPHELD, 0)], TODAY + timedelta(days=1), "today or before"),
        ([(Result.UPHELD, 0), (Result.UPHELD, 0)], SENT_ON - timedelta(days=1), "before the appeal was sent"),
    ],
)
def test_a_decision_that_cannot_be_changes_nothing(session, cast, sent, denials, results, on, words):
    with pytest.raises(AppealRefused, match=words):
        decide(session, cast, sent, *results, on=on)
    assert sent.status == "sent"
    assert session.scalars(select(Outcome)).all() == []
    assert {one.status for one in denials} == {"waiting_on_payer"}


def test_every_line_needs_its_decision(session, cast, sent, denials):
    decision = Decision(TODAY, [LineDecision(denials[0].id, Result.UPHELD, 0)])
    with pytest.raises(AppealRefused, match="each line"):
        record_decision(session, sent, decision, load(), NOW, TODAY, cast.alice.id)


def test_the_next_level_takes_the_refused_lines_only(session, cast, sent, denials):
    decide(session, cast, sent, (Result.OVERTURNED, 9_000), (Result.UPHELD, 0))
    following = open_next_level(session, sent, load(), NOW, TODAY, cast.alice.id)
    assert (following.level, following.previous_id, following.status) == (2, sent.id, "draft")
    assert denials_of(session, following) == [denials[1]]
    assert open_next_level(session, sent, load(), NOW, TODAY, cast.alice.id).id == following.id


def test_the_letter_of_the_next_level_knows_what_was_decided_below(session, cast, sent, denials):
    decide(session, cast, sent, (Result.OVERTURNED, 9_000), (Result.UPHELD, 0), reference="R-5", reason="Not skilled")
    following = open_next_level(session, sent, load(), NOW, TODAY, cast.alice.id)
    assert decisions_below(session, sent) == ()
    (below,) = decisions_below(session, following)
    assert (below.level, below.name, below.result) == (1, "appeal", "upheld")
    assert (below.decided_on, below.reference, below.reason) == (TODAY, "R-5", "Not skilled")
    facts = letter_in_hand(session, following, newest_letter(session, following), load(), TODAY).facts
    assert facts.previous == below
    assert facts.appeal.due == denials[1].file_by_legal


@pytest.mark.parametrize(("filed_on", "cents"), [(date(2024, 5, 1), 18_000), (date(2026, 12, 31), 20_000)])
def test_the_least_amount_follows_the_year_of_filing(filed_on, cents):
    assert least_amount("medicare_b", 3, filed_on, load()).minimum_cents == cents
    assert least_amount("medicare_b", 2, filed_on, load()) is None
    assert least_amount("commercial", 3, filed_on, load()) is None


def test_there_is_no_next_level_where_nothing_was_refused(session, cast, sent):
    decide(session, cast, sent, (Result.OVERTURNED, 9_000), (Result.OVERTURNED, 6_000))
    with pytest.raises(AppealRefused, match="no refused line"):
        open_next_level(session, sent, load(), NOW, TODAY, cast.alice.id)


def test_a_withdrawn_appeal_gives_its_denials_back(session, cast, sent, denials):
    withdraw(session, sent, load(), NOW, cast.alice.id)
    assert (sent.status, {one.status for one in denials}) == ("withdrawn", {"in_review"})
    assert {(one.clock, one.clock_rule) for one in denials} == {("file_by", "ERISA_L1")}
    assert all(one.due_on == one.file_by_safe for one in denials)


def paid(*, day="20261118", trace="T2", lines=(("97110", 90, 72), ("97530", 60, 48))):
    return (
        claim(
            "A1",
            *(
                line(code, charge, money, f"CO-45:{charge - money}", number=str(number))
                for number, (code, charge, money) in enumerate(lines, start=1)
            ),
        ),
        day,
        trace,
    )


def test_a_remittance_that_pays_is_the_decision(session, sent, denials, remits):
    one, day, trace = paid()
    remits(one, day=day, trace=trace)
    found = outcomes_of(session, sent)
    assert [(one.result, one.amount_cents, one.decided_on) for one in found] == [
        ("overturned", 7_200, date(2026, 11, 18)), ("overturned", 4_800, date(2026, 11, 18)),
    ]  # fmt: skip
    assert sent.status == "decided"
    assert [(one.status, one.recovered_cents) for one in denials] == [("closed_paid", 7_200), ("closed_paid", 4_800)]
    asked = Asked(Month(2026, 11), Month(2026, 11))
    assert [(tally.appeals, tally.won) for tally in decided_appeals(session, asked)] == [(1, 1)]


def test_a_remittance_that_pays_a_part_and_denies_the_rest_is_a_decision_in_part(session, sent, denials, remits):
    rest = line("97110", 90, 30, "CO-50:60", number="1")
    remits(claim("A1", rest, line("97530", 60, 48, "CO-45:12", number="2")), day="20261118", trace="T2")
    assert [(one.result, one.amount_cents) for one in outcomes_of(session, sent)] == [
        ("partly", 3_000), ("overturned", 4_800),
    ]  # fmt: skip
    assert sent.status == "decided"
    assert [(one.is_open, one.recovered_cents) for one in denials] == [(True, 3_000), (False, 4_800)]


def test_a_payment_before_the_appeal_was_sent_decides_nothing(session, sent, remits):
    one, _, trace = paid()
    remits(one, day="20261109", trace=trace)
    assert outcomes_of(session, sent) == []


def test_undoing_the_import_takes_its_decision_back(session, sent, denials, remits):
    one, day, trace = paid()
    row = remits(one, day=day, trace=trace)
    undo_import(session, row, NOW)
    session.flush()
    assert (sent.status, outcomes_of(session, sent)) == ("sent", [])
    assert {one.is_open for one in denials} == {True}


def test_a_corrected_claim_that_is_paid_is_no_overturned_appeal(session, denials, remits):
    one, day, trace = paid()
    remits(one, day=day, trace=trace)
    assert session.scalars(select(Outcome)).all() == []
    assert {one.close_reason for one in denials} == {"recovered"}


def test_medicare_decides_in_sixty_days_and_an_unknown_contract_in_none(session, appeal):
    payer = session.get_one(Payer, appeal.payer_id)
    payer.kind = "medicare_b"
    assert usual_reply_due(session, appeal, SENT_ON, load()) == SENT_ON + timedelta(days=60)
    payer.kind = "auto"
    assert usual_reply_due(session, appeal, SENT_ON, load()) is None


def test_the_story_is_told_in_order(session, cast, sent):
    decide(session, cast, sent, (Result.UPHELD, 0), (Result.UPHELD, 0))
    kinds = session.scalars(select(Event.kind).where(Event.subject_kind == "appeal").order_by(Event.id)).all()
    assert kinds == ["appeal_opened", "appeal_sent", "decision"]
    assert all(isinstance(at, datetime) for at in session.scalars(select(Event.at)))
