from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import build
from tests.services.test_deciding import CAUSES, suggest
from tracker.db import SessionMaker, transaction
from tracker.models import Denial, Suggestion
from tracker.reports.rule_counts import SuggestionCounts, cause_counts, decided_cause_counts, rule_counts
from tracker.services.deciding import choose_cause, reject_cause

FIRST, SECOND, THIRD = CAUSES


def suggested(session: Session, count: int, practice=None, payer=None) -> list[Denial]:
    practice = practice or build.practice(session)
    payer = payer or build.payer(session)
    rows = []
    for _ in range(count):
        line = build.claim_line(session, build.claim(session, practice, None, payer))
        row = build.denial(session, line)
        suggest(session, row, FIRST, SECOND)
        rows.append(row)
    return rows


def test_each_suggestion_is_accepted_rejected_passed_over_or_waiting(session):
    accepted, rejected, passed_over, _waiting = suggested(session, 4)
    alice = build.user(session, "alice")
    choose_cause(session, accepted, FIRST, "", build.NOW, alice.id)
    reject_cause(session, rejected, FIRST, "", build.NOW, alice.id)
    choose_cause(session, passed_over, SECOND, "", build.NOW, alice.id)
    assert rule_counts(session)["RULE_1"] == SuggestionCounts(4, accepted=1, rejected=1, another=1)
    assert cause_counts(session)[FIRST] == SuggestionCounts(4, accepted=1, rejected=1, another=1)
    assert cause_counts(session)[SECOND] == SuggestionCounts(4, accepted=1, rejected=0, another=1)
    assert cause_counts(session)[FIRST].decided == 3


def test_a_cause_picked_from_the_whole_list_counts_against_what_was_suggested(session):
    [denial] = suggested(session, 1)
    choose_cause(session, denial, THIRD, "", build.NOW, build.user(session, "alice").id)
    assert cause_counts(session) == {FIRST: SuggestionCounts(1, another=1), SECOND: SuggestionCounts(1, another=1)}


def test_what_the_facts_rule_out_is_not_suggested(session):
    [denial] = suggested(session, 1)
    for row in session.scalars(select(Suggestion).where(Suggestion.denial_id == denial.id)):
        row.ruled_out = True
    session.flush()
    assert rule_counts(session) == {}


def test_counts_can_be_those_of_one_payer(session):
    harbor, summit = build.payer(session, "Harbor"), build.payer(session, "Summit")
    eastside = build.practice(session)
    [mine] = suggested(session, 1, eastside, harbor)
    suggested(session, 2, eastside, summit)
    choose_cause(session, mine, FIRST, "", build.NOW, build.user(session, "alice").id)
    assert rule_counts(session, harbor.id)["RULE_1"] == SuggestionCounts(1, accepted=1)
    assert rule_counts(session, summit.id)["RULE_1"] == SuggestionCounts(2)


def test_a_page_reads_only_what_somebody_decided(session):
    harbor = build.payer(session, "Harbor")
    rows = suggested(session, 3, None, harbor)
    alice = build.user(session, "alice")
    choose_cause(session, rows[0], FIRST, "", build.NOW, alice.id)
    reject_cause(session, rows[1], FIRST, "", build.NOW, alice.id)
    assert decided_cause_counts(session, harbor.id, [FIRST, SECOND]) == {
        FIRST: SuggestionCounts(2, accepted=1, rejected=1),
        SECOND: SuggestionCounts(1, another=1),
    }


def test_other_practices_are_not_counted(sessions: SessionMaker, cast):
    with transaction(sessions.system()) as session:
        payer = build.payer(session)
        [mine] = suggested(session, 1, cast.eastside, payer)
        [theirs] = suggested(session, 1, cast.lakeview, payer)
        for row in (mine, theirs):
            choose_cause(session, row, FIRST, "", build.NOW, cast.alice.id)
    with sessions.reading({cast.eastside.id}) as session:
        assert rule_counts(session)["RULE_1"] == SuggestionCounts(1, accepted=1)
        assert decided_cause_counts(session, payer.id, [FIRST]) == {FIRST: SuggestionCounts(1, accepted=1)}
