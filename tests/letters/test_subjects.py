"""What the letters on single subjects say, what they ask for and what stops them."""

from dataclasses import replace
from datetime import date, time

import pytest

from tracker.letters.catalog import sample, templates
from tracker.letters.draft import draft
from tracker.letters.facts import Exhibit, Quote
from tracker.letters.subject_facts import AuthorizationFacts, CorrectionFacts, PolicyPoint, RateFacts, VisitFacts


def _facts(letter, **changes):
    return replace(sample(templates()[letter].slug).facts, **changes)


def _write(letter, facts, fields=None):
    shown = sample(templates()[letter].slug).fields if fields is None else fields
    return draft(templates()[letter], facts, shown)


def _messages(written):
    return [gap.message for gap in written.gaps]


def _text(written):
    return " ".join(written.html.split())


def _kind(facts, kind):
    return replace(facts, payer=replace(facts.payer, kind=kind))


def _first_line(facts, **changes):
    return replace(facts, lines=(replace(facts.lines[0], **changes), *facts.lines[1:]))


# L01 with a policy


def test_a_policy_is_set_beside_the_record_point_by_point():
    html = _text(_write("L01", _facts("L01")))
    assert "LCD L99999, point by point" in html
    row = html[html.index("A functional limitation that therapy treats") :]
    assert row.index("Still needs rail on stairs") < row.index("daily note 06/30/2026, line 3")


def test_a_point_nobody_answered_blocks():
    facts = _facts("L01")
    points = (*facts.points, PolicyPoint("Treatment ordered by a physician"))
    assert _messages(_write("L01", replace(facts, points=points))) == [
        "Quote the note for each point of the policy, or name the page that answers it"
    ]


def test_quotes_of_no_point_are_still_shown():
    facts = _facts("L01")
    more = Quote("Walks 200 ft with cane.", "daily note 06/30/2026, line 5", "amount")
    assert "Walks 200 ft with cane." in _write("L01", replace(facts, quotes=(*facts.quotes, more))).html


def test_a_private_payers_policy_needs_its_section():
    facts = _kind(_facts("L01"), "commercial")
    assert "The denial rests on LCD L99999" in _text(_write("L01", facts))
    bare = replace(facts, policy=replace(facts.policy, section=""))
    assert "Add the section or page of the policy the letter rests on" in _messages(_write("L01", bare))


def test_several_lines_on_several_days_get_a_schedule_with_the_note_of_each_visit():
    facts = _facts("L02")
    extra = replace(facts.lines[0], line=3, code="97530")
    html = _text(_write("L02", replace(facts, lines=(*facts.lines, extra))))
    schedule = html[html.index("Schedule of visits") :]
    assert "97112 and 97530" in schedule
    assert schedule.index("09/01/2026") < schedule.index("Exhibit B") < schedule.index("09/08/2026")


# L02


def test_maintenance_rests_on_the_need_for_skilled_care_and_not_on_improvement():
    html = _text(_write("L02", _facts("L02")))
    assert "settlement approved January 24, 2013" in html
    assert "42 CFR 422.101(b)" not in html
    assert "42 CFR 422.101(b)" in _text(_write("L02", _kind(_facts("L02"), "medicare_advantage")))


def test_maintenance_needs_the_risk_in_the_records_own_words():
    facts = _facts("L02")
    bare = replace(facts, quotes=tuple(quote for quote in facts.quotes if quote.about != "risk"))
    assert [gap.paragraph for gap in _write("L02", bare).gaps] == ["risk"]


def test_medicares_maintenance_rule_is_not_held_against_a_private_payer():
    assert any(
        "rests on Medicare's rule" in each for each in _messages(_write("L02", _kind(_facts("L02"), "commercial")))
    )


# L03 and L04


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"valid_to": date(2026, 9, 10)}, "line 1 of September 17, 2026 and line 2 of September 17, 2026"),
        ({"codes": ("97530",)}, "line 2, code 97140"),
    ],
)
def test_an_approval_that_does_not_cover_the_lines_is_not_said_to_cover_them(change, words):
    facts = _facts("L03")
    changed = replace(facts, authorization=replace(facts.authorization, **change))
    assert any(f"does not cover {words}" in each for each in _messages(_write("L03", changed)))
    approved = _facts("L04")
    other = replace(approved, authorization=replace(approved.authorization, codes=("92507",)))
    assert any("does not cover" in each for each in _messages(_write("L04", other)))


@pytest.mark.parametrize(
    ("ground", "exhibit", "words"),
    [
        ("not_required", "portal", "you asked for no approval for these services"),
        ("retroactive", "proof", "entered after the services, on September 1, 2026"),
        ("outage", "proof", "was out of service"),
        ("other_card", "proof", "became known to us on September 1, 2026"),
    ],
)
def test_without_an_approval_the_letter_gives_the_chosen_reason_and_its_proof(ground, exhibit, words):
    facts = _facts("L03", authorization=AuthorizationFacts(ground=ground, ground_on=date(2026, 9, 1)), calls=())
    written = _write("L03", facts)
    assert words in _text(written)
    assert [gap.key for gap in written.gaps] == [f"exhibit:{exhibit}"]
    enclosed = replace(facts, exhibits=(*facts.exhibits, Exhibit(exhibit, "Proof", 1)))
    assert _write("L03", enclosed).ready


def test_without_a_reason_the_letter_on_authorizations_waits_for_one():
    written = _write("L03", _facts("L03", authorization=None))
    assert "Choose why the denial for want of an approval does not stand" in _messages(written)


def test_a_referral_is_called_a_referral():
    facts = _first_line(_facts("L03"), reasons=(replace(_facts("L03").lines[0].reasons[0], carc="288"),))
    html = _text(_write("L03", facts))
    assert "services denied for want of a referral" in html
    assert "Referral PA-448120 was in force" in html


def test_a_plan_is_bound_by_its_approval():
    html = _text(_write("L04", _facts("L04")))
    assert "42 CFR 422.138(c)" in html
    assert "42 CFR 422.101(b)(6)" in html
    assert "42 CFR 422.101(b)(6)" not in _text(_write("L04", _facts("L04", policy=None, points=())))
    assert any(
        "rules for Medicare Advantage" in each for each in _messages(_write("L04", _kind(_facts("L04"), "commercial")))
    )


# L06


def test_a_correction_is_a_reopening_for_medicare_and_a_replacement_for_others():
    html = _text(_write("L06", _facts("L06")))
    assert "Clerical error reopening; not an appeal" in html
    assert "frequency code 7" not in html
    facts = _kind(_facts("L06"), "commercial")
    other = _write("L06", replace(facts, exhibits=(*facts.exhibits, Exhibit("corrected_claim", "Corrected claim", 1))))
    assert other.ready
    assert "carries frequency code 7 and your claim number (Exhibit D)" in _text(other)
    assert "405.980" not in other.html


@pytest.mark.parametrize("modifier", ["KX", "59", "XU", "CQ", "GW"])
def test_no_modifier_is_added_without_a_place_in_the_record(modifier):
    correction = CorrectionFacts(1, "Modifiers", "GP", f"GP {modifier}")
    messages = _messages(_write("L06", _facts("L06", corrections=(correction,))))
    assert any(message.startswith(f"{modifier}: name the place of the record") for message in messages)


def test_a_correction_that_corrects_nothing_is_a_gap():
    assert "Say which item of the line is corrected" in _messages(_write("L06", _facts("L06", corrections=())))


# L07


def test_two_services_are_told_apart_by_time_plan_and_clinician():
    html = _text(_write("L07", _facts("L07")))
    assert "under its own plan of care (PT and OT), by Amara Okafor, PT and by Leif Sørensen, OTR/L" in html
    assert "405.980" not in html
    assert "42 CFR 405.980(a)(3)(iii)" in _text(_write("L07", _kind(_facts("L07"), "medicare_b")))


def test_sessions_that_share_time_stop_the_letter():
    facts = _facts("L07")
    one, other = facts.sessions
    shared = replace(facts, sessions=(one, replace(other, start=time(9, 30))))
    assert any("times of the two sessions overlap" in each for each in _messages(_write("L07", shared)))


def test_a_first_claim_that_was_denied_too_is_no_payment():
    facts = _facts("L07", sessions=())
    denied = replace(facts, other_claims=(replace(facts.other_claims[0], outcome="denied"),))
    written = _write("L07", denied)
    assert written.ready
    assert "By our records you denied it and paid nothing for it" in _text(written)
    assert [gap.paragraph for gap in _write("L07", facts).gaps] == ["unpaid"]


# L09


def test_coverage_that_ended_before_the_service_is_not_first():
    assert "ended on June 30, 2026 (Exhibit B)" in _text(_write("L09", _facts("L09")))
    facts = _facts("L09")
    in_force = replace(facts, other_payer=replace(facts.other_payer, ended_on=date(2026, 8, 31)))
    assert any("still in force on the date of service" in each for each in _messages(_write("L09", in_force)))


def test_another_insurer_that_has_not_answered_is_a_gap():
    facts = _facts("L09")
    silent = replace(facts, other_payer=replace(facts.other_payer, ended_on=None))
    assert [gap.paragraph for gap in _write("L09", silent).gaps] == ["other"]


def test_an_eligibility_answer_without_the_day_stops_a_letter_on_coverage():
    facts = _facts("L09", other_payer=None)
    reason = replace(facts.lines[0].reasons[0], group="PR", carc="27")
    facts = _first_line(facts, reasons=(reason,))
    assert _write("L09", facts).ready
    ended = replace(facts, eligibility=replace(facts.eligibility, active_to=date(2026, 8, 1)))
    assert any("does not show coverage on every date" in each for each in _messages(_write("L09", ended)))


def test_an_accident_denial_asks_how_the_injury_came_about():
    facts = _facts("L09", other_payer=None, eligibility=None)
    facts = _first_line(facts, reasons=(replace(facts.lines[0].reasons[0], carc="19"),), remarks=())
    assert [gap.paragraph for gap in _write("L09", facts).gaps] == ["accident"]
    told = {"accident": "The patient stated on October 1, 2026 that the pain began at home."}
    assert _write("L09", facts, told).ready


# L10


def test_visits_of_other_periods_and_after_the_denied_day_do_not_count():
    facts = _facts("L10")
    visits = (VisitFacts(date(2025, 12, 30), "A"), *facts.visits, VisitFacts(date(2026, 9, 1), "B"))
    assert "you paid for 5 visits" in _text(_write("L10", replace(facts, visits=visits)))


def test_a_limit_that_was_reached_needs_an_exception():
    facts = _facts("L10")
    reached = replace(facts, benefit=replace(facts.benefit, limit=5))
    assert [gap.paragraph for gap in _write("L10", reached).gaps] == ["exception"]
    need = Quote("Cannot grip a cup with R hand.", "daily note 08/28/2026, line 3", "function")
    written = _write("L10", replace(reached, quotes=(need,)))
    assert written.ready
    assert "The limit was not reached" not in written.html


def test_original_medicare_has_no_visit_limit():
    assert any("modifier KX" in each for each in _messages(_write("L10", _kind(_facts("L10"), "medicare_b"))))


# L13 and L14


def test_the_biller_says_what_the_plan_covers():
    gaps = _write("L13", _facts("L13"), {}).gaps
    assert [gap.paragraph for gap in gaps] == ["benefit"]


def test_a_denied_diagnosis_is_named():
    facts = _facts("L13")
    facts = _first_line(facts, reasons=(replace(facts.lines[0].reasons[0], carc="167"),))
    assert "The claim reports S06.2X1S and R47.01" in _text(_write("L13", facts))


def test_an_effective_date_after_the_service_stops_the_letter_and_forbids_another_name():
    facts = _facts("L14")
    late = replace(facts, enrollment=replace(facts.enrollment, effective_on=date(2026, 7, 9)))
    assert any("Never bill the service under another clinician" in each for each in _messages(_write("L14", late)))


# L15


def test_the_difference_to_the_contract_is_worked_out_line_by_line():
    html = _text(_write("L15", _facts("L15")))
    for amount in ("$18.40", "$9.10", "$27.50", "50 days later", "$1.82"):
        assert amount in html


def test_a_line_without_a_rate_or_an_allowed_amount_blocks():
    facts = _facts("L15")
    assert any(
        "For line 2 the contract amount" in each
        for each in _messages(_write("L15", replace(facts, rates=facts.rates[:1])))
    )
    assert any(
        "For line 1 the contract" in each for each in _messages(_write("L15", _first_line(facts, allowed_cents=None)))
    )


def test_lines_allowed_at_the_contract_are_no_underpayment():
    facts = _facts("L15", prompt_pay=None, rates=(RateFacts(1, 5200, "B"), RateFacts(2, 2000, "B")))
    assert any("Nothing is short" in each for each in _messages(_write("L15", facts)))


def test_interest_alone_can_be_asked_for():
    written = _write("L15", _facts("L15", rates=()))
    assert written.ready
    assert "Interest of $1.82 is due" in _text(written)
    assert "Contract and payment" not in written.html


# L16


def test_every_component_of_the_level_has_its_words_of_the_record():
    html = _text(_write("L16", _facts("L16")))
    assert html.index("3 or more factors") < html.index("Diabetes with neuropathy") < html.index("4 or more elements")
    assert "you paid 97161" in html


def test_a_component_the_record_does_not_show_stops_the_letter():
    facts = _facts("L16")
    fewer = replace(facts, quotes=tuple(each for each in facts.quotes if each.about != "presentation"))
    assert any("do not show presentation" in each for each in _messages(_write("L16", fewer)))


def test_a_code_without_levels_gets_another_letter():
    assert any("no levels" in each for each in _messages(_write("L16", _first_line(_facts("L16"), code="97164"))))
