"""Accepting, rejecting and picking causes: what a person said is kept, undone whole, and survives a new look."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import build
from tracker.knowledge import load
from tracker.models import CauseDecision, Denial, Event, Suggestion, User
from tracker.services.deciding import choose_cause, reject_cause
from tracker.services.diagnosing import diagnose_claims
from tracker.services.working import ChangeError, undo

CAUSES = ("unt_exceed_minutes", "doc_minutes_missing", "mn_excess_or_passive")


def suggest(session: Session, denial: Denial, *causes: str, path: str = "corrected_claim") -> None:
    """Store suggestions as the checker would, best first, and let the denial follow the first."""
    for rank, cause in enumerate(causes, 1):
        session.add(
            Suggestion(
                practice_id=denial.practice_id, denial_id=denial.id, rank=rank, root_cause=cause, path=path,
                strength="strong", rules=[f"RULE_{rank}"], knowledge_version="1",
            )
        )  # fmt: skip
    denial.root_cause, denial.path, denial.strength = causes[0], path, "strong"
    session.flush()


@pytest.fixture
def denial(session: Session) -> Denial:
    row = build.denied_line(session, build.practice(session))
    suggest(session, row, *CAUSES)
    return row


@pytest.fixture
def alice(session: Session, denial: Denial) -> User:
    return build.user(session, "alice", session.get_one(build.Practice, denial.practice_id))


def said(session: Session) -> dict[str, tuple[str, str]]:
    return {row.root_cause: (row.decision, row.reason) for row in session.scalars(select(CauseDecision))}


def cause_of(denial: Denial) -> tuple[str, str, str, int | None]:
    return denial.root_cause, denial.path, denial.strength, denial.cause_chosen_by_id


def test_a_pick_is_kept_with_who_and_when(session, denial, alice):
    choose_cause(session, denial, CAUSES[1], "", build.NOW, alice.id)
    [row] = session.scalars(select(CauseDecision))
    assert (row.root_cause, row.decision, row.decided_by_id, row.decided_at) == (
        CAUSES[1], "accepted", alice.id, build.NOW,
    )  # fmt: skip
    assert cause_of(denial) == (CAUSES[1], "corrected_claim", "strong", alice.id)


def test_a_cause_nobody_suggested_takes_its_usual_path_and_claims_no_strength(session, denial, alice):
    choose_cause(session, denial, "tf_claim_late", "reopening", build.NOW, alice.id)
    assert cause_of(denial) == ("tf_claim_late", "reopening", "", alice.id)


def test_only_the_newest_pick_is_accepted_and_undo_brings_the_former_back(session, denial, alice):
    bob = build.user(session, "bob")
    choose_cause(session, denial, CAUSES[1], "", build.NOW, alice.id)
    event = choose_cause(session, denial, CAUSES[2], "", build.NOW, bob.id)
    assert said(session) == {CAUSES[2]: ("accepted", "")}
    undo(session, event, build.NOW, bob.id)
    assert said(session) == {CAUSES[1]: ("accepted", "")}
    assert cause_of(denial)[0] == CAUSES[1]
    assert denial.cause_chosen_by_id == alice.id


def test_the_same_pick_twice_is_one(session, denial, alice):
    assert choose_cause(session, denial, CAUSES[1], "", build.NOW, alice.id) is not None
    assert choose_cause(session, denial, CAUSES[1], "", build.NOW, alice.id) is None


def test_a_rejection_keeps_its_reason_and_the_next_suggestion_stands(session, denial, alice):
    reject_cause(session, denial, CAUSES[0], "Minutes are in the flowsheet", build.NOW, alice.id)
    assert said(session) == {CAUSES[0]: ("rejected", "Minutes are in the flowsheet")}
    assert cause_of(denial) == (CAUSES[1], "corrected_claim", "strong", None)


def test_rejecting_every_suggestion_leaves_no_cause(session, denial, alice):
    for cause in CAUSES:
        reject_cause(session, denial, cause, "", build.NOW, alice.id)
    assert cause_of(denial) == ("", "", "", None)


def test_rejecting_another_cause_leaves_the_pick_and_can_be_undone(session, denial, alice):
    choose_cause(session, denial, CAUSES[2], "", build.NOW, alice.id)
    seen = denial.version
    event = reject_cause(session, denial, CAUSES[0], "", build.NOW, alice.id)
    assert denial.root_cause == CAUSES[2]
    assert denial.version > seen  # whoever has the page open is told
    undo(session, event, build.NOW, alice.id)
    assert said(session) == {CAUSES[2]: ("accepted", "")}


def test_a_cause_is_rejected_once(session, denial, alice):
    reject_cause(session, denial, CAUSES[0], "", build.NOW, alice.id)
    with pytest.raises(ChangeError, match="ruled out already"):
        reject_cause(session, denial, CAUSES[0], "", build.NOW, alice.id)


def test_a_rejected_cause_can_be_picked_after_all(session, denial, alice):
    reject_cause(session, denial, CAUSES[0], "", build.NOW, alice.id)
    choose_cause(session, denial, CAUSES[0], "", build.NOW, alice.id)
    assert said(session) == {CAUSES[0]: ("accepted", "")}


def test_an_earlier_decision_is_not_undone_over_a_later_one(session, denial, alice):
    first = reject_cause(session, denial, CAUSES[0], "", build.NOW, alice.id)
    choose_cause(session, denial, CAUSES[0], "", build.NOW, alice.id)
    with pytest.raises(ChangeError, match="changed again since"):
        undo(session, first, build.NOW, alice.id)
    assert said(session) == {CAUSES[0]: ("accepted", "")}


def test_undoing_a_pick_follows_the_suggestions_of_today(session, denial, alice):
    event = choose_cause(session, denial, "tf_claim_late", "", build.NOW, alice.id)
    for row in session.scalars(select(Suggestion).where(Suggestion.denial_id == denial.id)):
        session.delete(row)
    session.flush()
    suggest_one = Suggestion(
        practice_id=denial.practice_id, denial_id=denial.id, rank=1, root_cause="auth_absent", path="appeal",
        strength="likely", rules=[], knowledge_version="2",
    )  # fmt: skip
    session.add(suggest_one)
    session.flush()
    undo(session, event, build.NOW, alice.id)
    assert cause_of(denial) == ("auth_absent", "appeal", "likely", None)


def test_a_new_look_keeps_every_decision_and_the_pick(session, denial, alice):
    reject_cause(session, denial, CAUSES[0], "Checked", build.NOW, alice.id)
    choose_cause(session, denial, "cob_other_coverage", "bill_other_payer", build.NOW, alice.id)
    before = said(session), cause_of(denial)
    diagnose_claims(session, denial.practice_id, [denial.claim_id], load(), build.TODAY)
    session.expire_all()
    assert (said(session), cause_of(denial)) == before


def test_every_decision_is_in_the_history(session, denial, alice):
    reject_cause(session, denial, CAUSES[0], "Checked", build.NOW, alice.id)
    choose_cause(session, denial, CAUSES[1], "", build.NOW, alice.id)
    kinds = session.scalars(select(Event.kind).where(Event.subject_id == denial.id).order_by(Event.id)).all()
    assert kinds == ["cause_rejected", "cause"]
