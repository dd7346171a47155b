"""Denials are diagnosed again when knowledge or rules change; what a person chose stands."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import build
from tests.services.test_diagnosing import denied_claim, look
from tracker.knowledge import load
from tracker.models import Denial, Event, Job, RuleSwitch, Suggestion
from tracker.services.deciding import choose_cause, reject_cause
from tracker.services.diagnosing import diagnose_claims
from tracker.services.renewing import ask_for_all_renewals, ask_for_renewal, count_behind, renew_some
from tracker.services.rule_switches import knowledge_key, rules_off, switch_rule

K = load()
NEWER = replace(K, version="newer")


@pytest.fixture
def eastside(session: Session):
    return build.practice(session)


@pytest.fixture
def dana(session: Session, eastside):
    return build.user(session, "dana", eastside)


def again(session: Session, practice, knowledge=NEWER) -> int:
    """Bring the practice's denials up to date, and return how many were diagnosed."""
    done, last = 0, 0
    while last is not None:
        step = renew_some(session, practice.id, last, knowledge, build.TODAY, build.NOW)
        done, last = done + step.denials, step.last_claim_id
    session.expire_all()
    return done


def test_new_knowledge_leaves_open_denials_behind_until_they_are_diagnosed_again(session, eastside):
    claim = denied_claim(session, eastside)
    first, second = look(session, claim)
    assert (first.diagnosed_with, count_behind(session, eastside.id, K)) == (K.version, 0)
    assert count_behind(session, eastside.id, NEWER) == 2

    assert again(session, eastside) == 2

    assert (first.diagnosed_with, second.diagnosed_with) == ("newer", "newer")
    assert set(session.scalars(select(Suggestion.knowledge_version))) == {"newer"}
    assert count_behind(session, eastside.id, NEWER) == 0


def test_closed_denials_and_other_practices_are_left_alone(session, eastside):
    claim, other = denied_claim(session, eastside), denied_claim(session, build.practice(session, "Lakeview"))
    for denial in look(session, claim):
        denial.is_open = False
    look(session, other)
    session.flush()

    assert count_behind(session, eastside.id, NEWER) == 0
    assert again(session, eastside) == 0
    assert set(session.scalars(select(Denial.diagnosed_with))) == {K.version}


def test_what_a_person_chose_or_rejected_stands(session, eastside, dana):
    first, second = look(session, denied_claim(session, eastside))
    choose_cause(session, first, "cob_other_coverage", "bill_other_payer", build.NOW, dana.id)
    reject_cause(session, second, second.root_cause, "", build.NOW, dana.id)
    session.flush()
    before = [(denial.root_cause, denial.path) for denial in (first, second)]

    assert again(session, eastside) == 2

    assert [(denial.root_cause, denial.path) for denial in (first, second)] == before
    assert first.root_cause == "cob_other_coverage"
    assert first.cause_chosen_by_id == dana.id


def test_interrupted_work_goes_on_where_it_was(session, eastside, monkeypatch):
    monkeypatch.setattr("tracker.services.renewing.CLAIMS_AT_ONCE", 1)
    for _ in range(3):
        look(session, denied_claim(session, eastside))

    assert renew_some(session, eastside.id, 0, NEWER, build.TODAY, build.NOW).denials == 2
    assert count_behind(session, eastside.id, NEWER) == 4
    assert again(session, eastside) == 4


def test_a_denial_nothing_can_be_said_of_does_not_come_up_for_ever(session, eastside):
    claim = build.claim(session, eastside)
    denial = build.denial(session, build.claim_line(session, claim, line=1), source="835")
    denial.claim_line_id = None
    session.flush()

    again(session, eastside)

    assert count_behind(session, eastside.id, NEWER) == 0


# ---- rules switched off ----


def named_rule(session: Session, denial: Denial):
    rules = session.scalars(
        select(Suggestion.rules).where(Suggestion.denial_id == denial.id, Suggestion.ruled_out.is_(False))
    )
    return K.rules[next(name for names in rules for name in names)]


def test_a_rule_that_is_off_says_nothing_of_this_practices_denials_alone(session, eastside, dana):
    claim, other = denied_claim(session, eastside), denied_claim(session, build.practice(session, "Lakeview"))
    denial = look(session, claim)[1]
    rule = named_rule(session, denial)

    assert switch_rule(session, eastside, rule, dana, build.NOW, on=False)

    assert count_behind(session, eastside.id, K) == 2
    assert count_behind(session, other.practice_id, K) == 2  # never diagnosed so far
    again(session, eastside, K)
    diagnose_claims(session, other.practice_id, [other.id], K, build.TODAY)
    left = {
        practice_id: {name for names in found for name in names}
        for practice_id in (eastside.id, other.practice_id)
        for found in [session.scalars(select(Suggestion.rules).where(Suggestion.practice_id == practice_id)).all()]
    }
    assert rule.id not in left[eastside.id]
    assert rule.id in left[other.practice_id]


def test_a_switch_keeps_who_and_when_and_can_be_turned_back(session, eastside, dana):
    rule = K.rules["CLM_KX"]
    assert not switch_rule(session, eastside, rule, dana, build.NOW, on=True)  # it is on anyway
    assert switch_rule(session, eastside, rule, dana, build.NOW, on=False)
    assert rules_off(session, eastside.id) == {"CLM_KX"}
    assert switch_rule(session, eastside, rule, dana, build.NOW, on=True)
    assert rules_off(session, eastside.id) == frozenset()

    row = session.scalars(select(RuleSwitch)).one()
    assert (row.is_on, row.changed_by_id, row.changed_at) == (True, dana.id, build.NOW)
    events = session.scalars(select(Event).where(Event.kind == "rule_switched").order_by(Event.id))
    assert [event.details for event in events] == [{"rule": "CLM_KX", "on": False}, {"rule": "CLM_KX", "on": True}]


def test_the_rule_that_tells_denials_from_adjustments_cannot_be_switched_off(session, eastside, dana):
    with pytest.raises(ValueError, match="always holds"):
        switch_rule(session, eastside, K.rules["CLM_ADJUSTMENT_NOT_DENIAL"], dana, build.NOW, on=False)


def test_the_same_rules_off_make_the_same_key_in_any_order():
    assert knowledge_key(K, ["B", "A"]) == knowledge_key(K, ["A", "B"]) != knowledge_key(K, ["A"])
    assert knowledge_key(K, []) == K.version


# ---- the job ----


def test_the_work_is_asked_for_once_while_it_is_under_way_and_again_later(session, eastside):
    look(session, denied_claim(session, eastside))
    assert ask_for_renewal(session, eastside.id, K, build.NOW) is None

    ask_for_all_renewals(session, NEWER, build.NOW)
    job = session.scalars(select(Job).where(Job.kind == "causes.renew")).one()
    assert (job.practice_id, job.total) == (eastside.id, 2)
    assert ask_for_renewal(session, eastside.id, NEWER, build.NOW) is job

    job.state = "failed"
    session.flush()
    assert ask_for_renewal(session, eastside.id, NEWER, build.NOW.replace(hour=16)) is not job


def test_newer_rules_move_open_dates_and_never_those_set_by_hand(session, eastside):
    payer = build.payer(session, "State Fund", kind="workers_comp")
    line = build.claim_line(session, build.claim(session, eastside, payer_row=payer))
    stale = {"clock_rule": "WC_CA_SBR", "notice_on": build.PAID_ON, "diagnosed_with": "older"}
    moves = build.denial(session, line, **stale)
    by_hand = build.denial(session, line, **stale | {"clock_rule": "by_hand"})
    kept = by_hand.file_by_safe

    step = renew_some(session, eastside.id, 0, K, build.TODAY, build.NOW)

    assert step.moved == (moves.number,)
    assert moves.clock_rule == "WC_STATE_NOT_CHOSEN"
    assert 0 < (moves.file_by_legal - build.PAID_ON).days <= 45
    assert by_hand.file_by_safe == kept
    assert session.scalars(select(Event.kind).where(Event.subject_id == moves.id, Event.kind == "recounted")).all()
