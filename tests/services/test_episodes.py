"""One letter for several visits of a patient: who may join, what it says, and what a decision means for each line."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.edi import claim, line, remit
from tests.episodes import FIRST, episode, visit_days
from tracker.domain.appeal_life import Result
from tracker.knowledge import load
from tracker.models import Appeal, AppealDenial, Denial, Outcome, Practice
from tracker.reports.months import Month
from tracker.reports.tallies import Asked, cohort, decided_appeals
from tracker.services import importing
from tracker.services.appeal_sending import Sending, record_sent, withdraw
from tracker.services.appealed import denials_of, first_due
from tracker.services.appealing import AppealRefused, newest_letter, open_appeal
from tracker.services.cases import case_from_rows
from tracker.services.exhibit_notes import linked_notes
from tracker.services.joining import join, open_joined, other_visits
from tracker.services.letter_drafts import Edits, letter_in_hand, save_draft
from tracker.services.next_level import open_next_level
from tracker.services.outcomes import Decision, LineDecision, outcomes_of, record_decision, undecided
from tracker.services.undoing_imports import UndoRefused, undo_import

NOW, TODAY = build.NOW, build.TODAY
SENT_ON = date(2026, 11, 10)


@pytest.fixture
def practice(session, cast) -> Practice:
    return session.get_one(Practice, cast.eastside.id)


@pytest.fixture
def alice(cast) -> int:
    return cast.alice.id


@pytest.fixture
def visits(session, practice) -> list[Denial]:
    """Twelve visits with two denied lines each."""
    return episode(session, practice)


def joined(session, denials, user) -> Appeal:
    return open_joined(session, denials, load(), NOW, TODAY, user)


def facts_of(session, appeal):
    return letter_in_hand(session, appeal, newest_letter(session, appeal), load(), TODAY).facts


# ---- who may join ----


def test_a_letter_offers_the_patients_other_visits_denied_for_the_same_reason(session, practice, visits, alice):
    build.denied_line(session, practice, "97110")  # another patient
    appeal = open_appeal(session, visits[0], None, load(), NOW, TODAY, alice)
    offered = other_visits(session, appeal, load())
    assert [visit.denials[0].service_date for visit in offered] == visit_days(12)[1:]
    assert [len(visit.denials) for visit in offered] == [2] * 11
    assert sum(visit.cents for visit in offered) == 11 * 14_820


def test_another_reason_another_payer_and_a_closed_line_are_not_offered(session, visits, alice):
    visits[2].carc = visits[3].carc = "97"
    visits[4].payer_id = visits[5].payer_id = build.payer(session, "Union Health").id
    visits[6].is_open = visits[7].is_open = False
    visits[8].remarks = visits[9].remarks = "MA130"  # never adjudicated: no right to appeal
    session.flush()
    appeal = open_appeal(session, visits[0], None, load(), NOW, TODAY, alice)
    assert [visit.denials[0].id for visit in other_visits(session, appeal, load())] == [one.id for one in visits[10::2]]


def test_a_visit_with_another_suspected_cause_is_offered_and_told_apart(session, visits, alice):
    for one in visits:
        one.root_cause = "mn_skill_not_shown"
    visits[2].root_cause = "mn_maintenance_not_justified"
    visits[4].root_cause = ""
    appeal = open_appeal(session, visits[0], None, load(), NOW, TODAY, alice)
    assert [visit.same_cause for visit in other_visits(session, appeal, load())] == [False] + [True] * 10


def test_joined_visits_are_in_one_appeal_and_offered_no_more(session, visits, alice):
    appeal = open_appeal(session, visits[0], None, load(), NOW, TODAY, alice)
    chosen = [denial for visit in other_visits(session, appeal, load())[:3] for denial in visit.denials]
    join(session, appeal, newest_letter(session, appeal), chosen, load(), NOW, alice)
    assert list(denials_of(session, appeal)) == visits[:8]
    assert len(other_visits(session, appeal, load())) == 8


def test_visits_of_two_patients_cannot_share_a_letter(session, practice, visits, alice):
    stranger = build.denied_line(session, practice)
    with pytest.raises(AppealRefused, match=f"one patient. D-{visits[0].number} and D-{stranger.number}"):
        joined(session, [visits[0], stranger], alice)
    assert session.scalars(select(Appeal)).all() == []


def test_visits_of_two_payers_or_reasons_cannot_share_a_letter(session, visits, alice):
    visits[2].carc = "97"
    with pytest.raises(AppealRefused, match=r"denied with CO-50, D-\d+ with CO-97"):
        joined(session, [visits[0], visits[2]], alice)
    visits[4].payer_id = build.payer(session, "Union Health").id
    with pytest.raises(AppealRefused, match="one payer"):
        joined(session, [visits[0], visits[4]], alice)


def test_a_denial_is_in_one_appeal_of_its_level_that_is_not_decided(session, visits, alice):
    first = joined(session, visits[:4], alice)
    with pytest.raises(AppealRefused, match=f"D-{visits[3].number} is in A-{first.number}"):
        joined(session, visits[3:6], alice)
    second = joined(session, visits[4:6], alice)
    with pytest.raises(AppealRefused, match=f"is in A-{second.number}"):
        join(session, first, newest_letter(session, first), visits[4:6], load(), NOW, alice)
    withdraw(session, second, load(), NOW, alice)
    join(session, first, newest_letter(session, first), visits[4:6], load(), NOW, alice)
    assert session.query(AppealDenial).filter_by(appeal_id=first.id).count() == 6


def test_a_line_that_another_letter_took_meanwhile_is_left_out_when_a_draft_is_saved(session, visits, alice):
    first, second = joined(session, visits[:1], alice), joined(session, visits[1:2], alice)
    letter = newest_letter(session, first)
    edits = Edits(letter.version, letter.template, {"comment": "Kept."}, {}, [], [one.id for one in visits[:2]], "", "")
    save_draft(session, first, letter, edits, NOW, alice)
    assert list(denials_of(session, first)) == visits[:1]
    assert list(denials_of(session, second)) == visits[1:2]
    assert letter.fields["paragraphs"] == {"comment": "Kept."}


def test_a_denial_whose_appeal_was_sent_gets_no_second_one(session, visits, alice):
    appeal = joined(session, visits[:4], alice)
    appeal.status = "sent"
    session.flush()
    with pytest.raises(AppealRefused, match=f"A-{appeal.number} is with the payer"):
        open_appeal(session, visits[2], None, load(), NOW, TODAY, alice)


def test_a_signed_letter_takes_no_more_visits(session, visits, alice):
    appeal = joined(session, visits[:4], alice)
    letter = newest_letter(session, appeal)
    letter.signed_at = NOW
    with pytest.raises(AppealRefused, match="signed and locked"):
        join(session, appeal, letter, visits[4:6], load(), NOW, alice)


# ---- what the letter says ----


def test_lines_are_counted_through_and_know_their_claims(session, visits, alice):
    facts = facts_of(session, joined(session, visits, alice))
    claims = (facts.claim, *facts.more_claims)
    assert [line.line for line in facts.lines] == list(range(1, 25))
    assert [line.claim for line in facts.lines] == [place for place in range(12) for _ in range(2)]
    assert len({claim.payer_claim_number for claim in claims}) == 12
    assert sum(line.denied_cents for line in facts.lines) == 12 * 14_820


def test_the_letter_is_due_when_the_first_of_its_denials_is(session, visits, alice):
    late = visits[6]
    late.file_by_safe, late.file_by_legal = TODAY + timedelta(days=3), TODAY + timedelta(days=8)
    session.flush()
    appeal = joined(session, visits, alice)
    assert first_due(denials_of(session, appeal)) is late
    assert facts_of(session, appeal).appeal.due == TODAY + timedelta(days=8)


def test_every_note_is_enclosed_once_in_order_of_date_with_one_plan_of_care(session, visits, alice):
    facts = facts_of(session, joined(session, visits, alice))
    days = [one.service_date for one in facts.exhibits if one.key == "note"]
    assert days == visit_days(12)
    assert [one.key for one in facts.exhibits if one.key not in {"note", "remittance"}] == [
        "evaluation", "plan_of_care", "progress_report",
    ]  # fmt: skip


def test_a_progress_report_after_the_last_visit_stays_out(session, visits, alice):
    facts = facts_of(session, joined(session, visits[:4], alice))
    assert [one.key for one in facts.exhibits] == ["remittance", "evaluation", "plan_of_care", "note", "note"]


def test_minutes_and_edits_are_those_of_every_visit(session, visits, alice):
    facts = facts_of(session, joined(session, visits[:6], alice))
    assert [(row.claim, row.service_date, row.code, row.minutes) for row in facts.minutes] == [
        (place, day, code, minutes)
        for place, day in enumerate(visit_days(3))
        for code, minutes in (("97110", 23), ("97112", 15))
    ]
    assert {pair.service_date for pair in facts.pairs} == set(visit_days(3))


def test_clinicians_of_several_visits_are_named_together(session, practice, visits, alice):
    other = build.provider(session, practice, "Ben Lin", credential="PTA")
    session.get_one(build.Claim, (practice.id, visits[2].claim_id)).rendering_provider_id = other.id
    session.flush()
    assert (
        facts_of(session, joined(session, visits[:6], alice)).clinician.name == "Amara Okoro, PT, DPT and Ben Lin, PTA"
    )


def test_a_letter_for_one_visit_keeps_the_numbers_of_its_claim(session, visits, alice):
    facts = facts_of(session, joined(session, visits[1:2], alice))
    assert ([line.line for line in facts.lines], facts.more_claims) == ([2], ())


def test_a_letter_for_several_visits_starts_with_one_quote_of_each_note(session, visits, alice):
    appeal = joined(session, visits, alice)
    quoted = [quote["note"] for quote in newest_letter(session, appeal).fields["quotes"]]
    assert quoted == [note.public_id for note in linked_notes(session, appeal)]


def test_typed_rates_follow_their_lines_when_visits_join_or_leave(session, visits, alice):
    appeal = open_appeal(session, visits[4], "L15", load(), NOW, TODAY, alice)
    letter = newest_letter(session, appeal)
    typed = {
        "rates.0.line": "2",
        "rates.0.contract_cents": "5000",
        "rates.0.section": "Exhibit 1",
        "policy.number": "P 2",
    }
    letter.fields = letter.fields | {"facts": typed}
    join(session, appeal, letter, visits[:4], load(), NOW, alice)
    assert letter.fields["facts"] == typed | {"rates.0.line": "6"}
    edits = Edits(letter.version, "L15", {}, letter.fields["facts"], [], [one.id for one in visits[2:6]], "", "")
    save_draft(session, appeal, letter, edits, NOW, alice)
    assert letter.fields["facts"]["rates.0.line"] == "4"
    edits = Edits(letter.version, "L15", {}, letter.fields["facts"], [], [one.id for one in visits[2:5]], "", "")
    save_draft(session, appeal, letter, edits, NOW, alice)
    assert letter.fields["facts"] == {"policy.number": "P 2"}


# ---- what comes of it ----


@pytest.fixture
def remits(session, practice):
    def bring_in(*claims, day="20261005", trace="T1"):
        row, _ = importing.import_now(
            session, practice, f"{trace}.835", remit(*claims, paid_on=day, trace=trace), NOW, load()
        )
        session.flush()
        return row

    return bring_in


def answer(control: str, paid: int = 0):
    why = f"CO-45:{90 - paid}" if paid else "CO-50:90"
    day = f"2026091{control[1]}"
    return claim(control, line("97110", 90, paid, why, number="1", day=day), payer_number=f"ICN{control}")


@pytest.fixture
def three(session, remits) -> list[Denial]:
    """Three visits of one patient, denied on one remittance."""
    remits(*(answer(control) for control in ("V1", "V2", "V3")))
    found = list(session.scalars(select(Denial).order_by(Denial.number)))
    assert len({one.patient_id for one in found}) == 1
    return found


@pytest.fixture
def sent(session, three, alice) -> Appeal:
    appeal = joined(session, three, alice)
    appeal.status = "ready"
    record_sent(session, appeal, Sending(SENT_ON, "fax"), None, NOW, TODAY, alice)
    return appeal


def november() -> Asked:
    return Asked(Month(2026, 10), Month(2026, 11))


def test_a_remittance_that_pays_one_visit_decides_that_line_alone(session, sent, three, remits):
    remits(answer("V2", 70), day="20261118", trace="T2")
    assert [(one.denial_id, one.result, one.amount_cents) for one in outcomes_of(session, sent)] == [
        (three[1].id, "overturned", 7_000)
    ]
    assert sent.status == "sent"
    assert undecided(session, sent) == [three[0], three[2]]
    assert [one.is_open for one in three] == [True, False, True]


def test_the_payers_letter_decides_the_rest_and_leaves_the_paid_line_as_it_is(session, sent, three, remits, alice):
    remits(answer("V2", 70), day="20261118", trace="T2")
    rest = [LineDecision(three[0].id, Result.UPHELD, 0), LineDecision(three[2].id, Result.OVERTURNED, 9_000)]
    record_decision(session, sent, Decision(TODAY, rest), load(), NOW, TODAY, alice)
    assert {one.denial_id: (one.result, one.amount_cents) for one in outcomes_of(session, sent)} == {
        three[0].id: ("upheld", 0), three[1].id: ("overturned", 7_000), three[2].id: ("overturned", 9_000),
    }  # fmt: skip
    assert sent.status == "decided"
    assert [one.recovered_cents for one in three] == [0, 7_000, 0]


def test_a_decided_line_is_not_decided_again(session, sent, three, remits, alice):
    remits(answer("V2", 70), day="20261118", trace="T2")
    again = [LineDecision(one.id, Result.UPHELD, 0) for one in three]
    with pytest.raises(AppealRefused, match="each line"):
        record_decision(session, sent, Decision(TODAY, again), load(), NOW, TODAY, alice)
    twice = [LineDecision(three[0].id, Result.UPHELD, 0)] * 2
    with pytest.raises(AppealRefused, match="each line"):
        record_decision(session, sent, Decision(TODAY, twice), load(), NOW, TODAY, alice)


def test_each_line_and_the_appeal_count_once(session, sent, three, remits):
    remits(*(answer(control, 70) for control in ("V1", "V2", "V3")), day="20261118", trace="T2")
    assert sent.status == "decided"
    assert [(tally.appeals, tally.won) for tally in decided_appeals(session, november())] == [(1, 1)]
    found = cohort(session, november())
    assert (found.denials, found.cents, found.recovered_cents) == (3, 27_000, 21_000)
    assert session.query(Outcome).count() == 3


def test_undoing_the_payment_of_one_visit_takes_back_that_line_alone(session, sent, three, remits):
    remits(answer("V1", 70), answer("V2", 70), day="20261118", trace="T2")
    third = remits(answer("V3", 70), day="20261119", trace="T3")
    assert sent.status == "decided"
    undo_import(session, third, NOW)
    session.flush()
    assert sent.status == "sent"
    assert undecided(session, sent) == [three[2]]
    assert [one.recovered_cents for one in three] == [7_000, 7_000, 0]


def test_undoing_the_import_of_one_visit_leaves_the_draft_of_the_others(session, three, remits, alice):
    later = remits(answer("V4"), day="20261006", trace="T4")
    fourth = session.scalars(select(Denial).where(Denial.import_id == later.id)).one()
    appeal = joined(session, [*three, fourth], alice)
    undo_import(session, later, NOW)
    session.flush()
    assert list(denials_of(session, appeal)) == three


def test_undoing_the_import_of_all_visits_takes_their_draft_along(session, three, alice):
    joined(session, three, alice)
    row = session.get_one(build.ImportFile, (three[0].practice_id, three[0].import_id))
    undo_import(session, row, NOW)
    session.flush()
    assert session.scalars(select(Appeal)).all() == []


def test_the_import_of_a_visit_whose_letter_was_sent_stays(session, sent, three):
    row = session.get_one(build.ImportFile, (three[0].practice_id, three[0].import_id))
    with pytest.raises(UndoRefused, match=f"A-{sent.number}"):
        undo_import(session, row, NOW)


def test_the_refused_visits_go_up_together_once(session, sent, three, alice):
    results = [(Result.UPHELD, 0), (Result.OVERTURNED, 9_000), (Result.UPHELD, 0)]
    lines = [LineDecision(one.id, *result) for one, result in zip(three, results, strict=True)]
    record_decision(session, sent, Decision(TODAY, lines), load(), NOW, TODAY, alice)
    above = open_next_level(session, sent, load(), NOW, TODAY, alice)
    assert (above.level, list(denials_of(session, above))) == (2, [three[0], three[2]])
    assert open_next_level(session, sent, load(), NOW, TODAY, alice) is above
    with pytest.raises(AppealRefused, match=f"is in A-{above.number}"):
        joined(session, [three[0]], alice)


def test_a_refused_visit_does_not_start_over_at_level_one(session, sent, three, remits, alice):
    lines = [LineDecision(one.id, Result.UPHELD, 0) for one in three]
    record_decision(session, sent, Decision(TODAY, lines), load(), NOW, TODAY, alice)
    remits(answer("V4"), day="20261006", trace="T4")
    fourth = session.scalars(select(Denial).order_by(Denial.number.desc())).first()
    with pytest.raises(AppealRefused, match=f"refused at level 1. Start level 2 on the page of A-{sent.number}"):
        joined(session, [fourth, three[0]], alice)
    above = open_next_level(session, sent, load(), NOW, TODAY, alice)
    assert other_visits(session, above, load()) == []
    with pytest.raises(AppealRefused, match="level 1 by an appeal of its own"):
        join(session, above, newest_letter(session, above), [fourth], load(), NOW, alice)


def test_every_claim_of_the_letter_knows_that_it_was_appealed(session, sent, three):
    for one in three:
        (past,) = case_from_rows(session, one.practice_id, one.claim_id, TODAY).history.appeals
        assert (past.level, past.sent_on) == ("1", SENT_ON)


def test_the_day_of_the_first_visit_is_the_letters_first(session, visits, alice):
    appeal = joined(session, list(reversed(visits)), alice)
    assert facts_of(session, appeal).lines[0].service_date == FIRST
