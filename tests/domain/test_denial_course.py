"""One step a denial: what waits is not lost, a corrected claim that pays is not overturned, a partial win is."""

from datetime import date

import pytest

from tracker.domain.denial_course import NOTHING, Course, Sent, Step, course, step

D1, D2, D3, D4 = (date(2026, 10, day) for day in (1, 5, 12, 20))


def test_a_denial_nothing_happened_to_has_no_course():
    assert course((), (), None, ()) == NOTHING
    assert step(NOTHING, 0, is_closed=False) is Step.UNTOUCHED
    assert step(NOTHING, 5_000, is_closed=True) is Step.UNTOUCHED


def test_the_first_act_counts_and_filing_is_an_act_too():
    assert course((D3, D2), (), None, ()).acted_on == D2
    assert course((D3,), (), D1, ()).acted_on == D1
    assert course((), [Sent(D2, None, False)], None, ()).acted_on == D2


def test_an_appeal_that_is_not_answered_waits_and_one_that_ended_otherwise_is_not_pending():
    found = course((), [Sent(D2, None, False)], None, ())
    assert found == Course(acted_on=D2, appealed_on=D2)
    assert step(found, 0, is_closed=False) is Step.WAITING
    assert step(found, 0, is_closed=True) is Step.ENDED


def test_a_second_level_that_waits_leaves_the_denial_undecided_yet_what_was_won_stays_won():
    lost_then_up = course((), [Sent(D1, D2, False), Sent(D3, None, False)], None, ())
    assert lost_then_up.decided_on is None
    assert step(lost_then_up, 0, is_closed=False) is Step.WAITING
    won_then_up = course((), [Sent(D1, D2, True), Sent(D3, None, False)], None, ())
    assert won_then_up.overturned_on == D2
    assert step(won_then_up, 0, is_closed=False) is Step.OVERTURNED


def test_the_last_answer_is_the_decision_and_the_first_win_the_overturning():
    found = course((), [Sent(D1, D2, False), Sent(D3, D4, True)], None, ())
    assert (found.decided_on, found.overturned_on) == (D4, D4)


@pytest.mark.parametrize(
    ("answers", "recovered", "expected"),
    [((), 0, Step.WAITING), ((D1,), 0, Step.WAITING), ((D3,), 0, Step.REFUSED), ((D3,), 4_000, Step.CORRECTED)],
)
def test_a_corrected_claim_is_answered_by_a_remittance_that_comes_after_it(answers, recovered, expected):
    assert step(course((), (), D2, answers), recovered, is_closed=False) is expected


def test_money_without_an_appeal_or_correction_is_neither_overturned_nor_corrected():
    assert step(course((D1,), (), None, (D3,)), 4_000, is_closed=True) is Step.ACTED
    assert step(course((), [Sent(D1, D2, False)], None, (D3,)), 4_000, is_closed=True) is Step.REFUSED
