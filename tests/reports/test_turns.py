"""Whose turn it is: what the rows say and what the queue's filter finds are the same."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product

from tests import build
from tracker.domain.turns import Holder
from tracker.models import Denial, Event, TherapistAsk
from tracker.reports.queue import queue_page
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter
from tracker.reports.turns import turns

TODAY = build.TODAY
NOT_DUE, PAST = TODAY + timedelta(days=2), TODAY - timedelta(days=2)


def make_all(session, cast) -> list[Denial]:
    """One denial for each way the facts can stand together."""
    made = []
    for status, clock, due, sign, ask, cause, letter in product(
        ("in_review", "waiting_on_payer", "corrected_claim_sent"),
        (("file_by"), ("reply_due"), ("records_due")),
        (None, NOT_DUE, PAST),
        (None, NOT_DUE, PAST),
        (None, NOT_DUE, PAST),
        ("", "auth_absent", "pt_responsibility"),
        ("", "draft", "sent"),
    ):
        if sum(fact not in {None, ""} for fact in (sign, ask, cause, letter)) > 2:
            continue
        denial = build.denied_line(
            session, cast.eastside, status=status, clock=clock, file_by_safe=due, file_by_legal=due,
            signature_due=sign, root_cause=cause, cause_chosen_by_id=cast.alice.id if cause else None,
        )  # fmt: skip
        if ask:
            session.add(
                TherapistAsk(
                    practice_id=denial.practice_id, denial_id=denial.id, asked_on=PAST, asked_by_id=cast.alice.id,
                    answer_by=ask,
                )
            )  # fmt: skip
        if letter:
            build.appeal(session, denial, status=letter)
        made.append(denial)
    session.flush()
    return made


def test_the_filter_finds_exactly_the_denials_whose_rows_say_so(session, cast):
    denials = make_all(session, cast)
    said = Counter(found.holder for found in turns(session, denials, TODAY).values())
    viewer = Viewer(cast.alice.id, TODAY, build.NOW)
    found = {who: queue_page(session, QueueFilter(who=who.value), viewer).denials for who in Holder}
    assert found == said
    assert all(found.values())


def test_a_turn_begins_with_the_last_thing_that_was_done(session, cast):
    denial = build.denied_line(session, cast.eastside, denied_on=date(2026, 10, 1))
    assert turns(session, [denial], TODAY)[denial.id].since == date(2026, 10, 1)
    for kind, day in (("status", 5), ("comment", 9), ("owner", 10)):
        session.add(
            Event(
                practice_id=denial.practice_id, at=datetime(2026, 11, day, 15, tzinfo=UTC), kind=kind,
                subject_kind="denial", subject_id=denial.id, details={},
            )
        )  # fmt: skip
    session.flush()
    assert turns(session, [denial], TODAY)[denial.id].since == date(2026, 11, 5)


def test_a_closed_denial_is_nobodys_turn(session, cast):
    denial = build.denied_line(session, cast.eastside, is_open=False, status="closed_paid")
    assert turns(session, [denial], TODAY) == {}
