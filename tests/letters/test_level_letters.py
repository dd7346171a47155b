"""Letters above the first level, late ones and those with a way of their own: what each stops at and what it works out."""

from dataclasses import replace
from datetime import date

import pytest

from tracker.letters.catalog import choose, sample, templates
from tracker.letters.derived_levels import controversy_rows, days_late
from tracker.letters.draft import draft
from tracker.letters.facts import LetterFacts, ReasonFacts
from tracker.letters.level_facts import ControversyFacts, LatenessFacts


def _messages(template_id: str, facts: LetterFacts, fields: dict[str, str] | None = None) -> list[str]:
    return [gap.message for gap in draft(templates()[template_id], facts, fields or {}).gaps]


def _facts(slug: str) -> LetterFacts:
    return sample(slug).facts


@pytest.mark.parametrize(
    ("carc", "remarks", "payer_kind", "first"),
    [
        ("286", ("N921",), "commercial", "L21"),
        ("216", ("N432", "N469"), "medicare_b", "L22"),
        ("50", ("N887",), "medicare_advantage", "L27"),
        ("50", ("N855", "N25"), "commercial", "L26"),
        ("P12", (), "workers_comp", "L20"),
        ("190", (), "medicare_b", "L17"),
        ("109", ("N106",), "medicare_b", "L17"),
        ("242", (), "commercial", "L18"),
        ("55", (), "commercial", "L19"),
    ],
)
def test_the_letter_of_a_way_of_its_own_comes_first(carc, remarks, payer_kind, first):
    assert choose(carc, remarks, "", payer_kind)[0].template.id == first


@pytest.mark.parametrize(("carc", "remarks", "kind"), [("P12", (), "commercial"), ("50", ("N887",), "commercial")])
def test_a_letter_of_one_kind_of_payer_is_not_offered_for_another(carc, remarks, kind):
    assert {"L20", "L27"}.isdisjoint(choice.template.id for choice in choose(carc, remarks, "", kind))


def test_letters_of_higher_levels_answer_no_first_denial():
    offered = {
        choice.template.id for code in ("50", "151", "29", "97") for choice in choose(code, (), "", "medicare_b")
    }
    assert offered.isdisjoint({"L23", "L24", "L25"})


@pytest.mark.parametrize(
    ("slug", "template_id", "kind", "words"),
    [
        ("l23_reconsideration", "L23", "commercial", "second level of Original Medicare"),
        ("l24_hearing", "L24", "commercial", "is a level of Medicare"),
        ("l25_external_review", "L25", "medicare_b", "commercial and employer plans"),
        ("l26_erisa_documents", "L26", "medicaid", "employer plans under federal law"),
        ("l27_ma_noncontract", "L27", "medicare_b", "Medicare Advantage plans"),
        ("l20_workers_comp", "L20", "commercial", "workers' compensation payers"),
        ("l18_network", "L18", "medicare_b", "has no network"),
    ],
)
def test_a_letter_stops_for_a_payer_it_is_not_for(slug, template_id, kind, words):
    facts = _facts(slug)
    other = replace(facts, payer=replace(facts.payer, kind=kind))
    assert any(words in message for message in _messages(template_id, other))


@pytest.mark.parametrize(
    ("slug", "template_id", "field"),
    [
        ("l23_reconsideration", "L23", "previous"),
        ("l24_hearing", "L24", "previous"),
        ("l24_hearing", "L24", "hearing"),
        ("l24_hearing", "L24", "controversy"),
        ("l25_external_review", "L25", "external"),
        ("l21_good_cause", "L21", "lateness"),
        ("l27_ma_noncontract", "L27", "waiver"),
        ("l26_erisa_documents", "L26", "benefit_plan"),
        ("l22_audit", "L22", "audit"),
        ("l20_workers_comp", "L20", "injury"),
        ("l17_consolidated", "L17", "stay"),
        ("l18_network", "L18", "network"),
    ],
)
def test_a_letter_without_its_subject_is_not_finished(slug, template_id, field):
    assert _messages(template_id, replace(_facts(slug), **{field: None}))


@pytest.mark.parametrize(
    ("slug", "template_id", "exhibit"),
    [
        ("l23_reconsideration", "L23", "decision"),
        ("l24_hearing", "L24", "decision"),
        ("l25_external_review", "L25", "consent"),
        ("l27_ma_noncontract", "L27", "waiver"),
        ("l26_erisa_documents", "L26", "authorization"),
        ("l21_good_cause", "L21", "cause_proof"),
        ("l22_audit", "L22", "demand"),
        ("l19_experimental", "L19", "literature"),
    ],
)
def test_a_letter_waits_for_the_paper_it_rests_on(slug, template_id, exhibit):
    facts = _facts(slug)
    without = replace(facts, exhibits=tuple(each for each in facts.exhibits if each.key != exhibit))
    assert any(message.startswith("Attach") for message in _messages(template_id, without))


# The amount in controversy


def test_the_amount_in_controversy_is_the_charge_less_payment_and_the_patients_share():
    line = _facts("l24_hearing").lines[0]
    owed = (*line.reasons, ReasonFacts("PR", "2", "Coinsurance", 1_120), ReasonFacts("CO", "45", "Fee schedule", 900))
    facts = replace(_facts("l24_hearing"), lines=(replace(line, paid_cents=2_000, reasons=owed),))
    assert [row["open_cents"] for row in controversy_rows(facts)] == [9_800 - 2_000 - 1_120]


def test_a_hearing_request_below_the_least_amount_stops():
    facts = _facts("l24_hearing")
    (message,) = _messages("L24", replace(facts, lines=facts.lines[:1]))
    assert message.startswith("$98.00 is in controversy; a request filed in 2026 needs $200.00.")


def test_a_year_without_a_published_amount_asks_for_it():
    unknown = replace(_facts("l24_hearing"), controversy=ControversyFacts(year=2027))
    assert _messages("L24", unknown) == [
        "The least amount in controversy for this year of filing is not in our table. Look it up at cms.gov and add it"
    ]


@pytest.mark.parametrize(("slug", "template_id"), [("l23_reconsideration", "L23"), ("l24_hearing", "L24")])
def test_a_dismissal_has_another_way(slug, template_id):
    facts = _facts(slug)
    dismissed = replace(facts, previous=replace(facts.previous, result="dismissed"))
    assert any("dismissed, not decided" in message for message in _messages(template_id, dismissed))


@pytest.mark.parametrize(("choice", "words"), [("waive", "waive the hearing"), ("video", "hearing by video")])
def test_the_hearing_is_asked_for_as_chosen(choice, words):
    facts = _facts("l24_hearing")
    html = draft(templates()["L24"], replace(facts, hearing=replace(facts.hearing, preference=choice)), {}).html
    assert words in html


# Late requests


def test_days_late_count_from_the_last_day():
    facts = _facts("l21_good_cause")
    assert days_late(facts) == 28
    assert days_late(replace(facts, lateness=LatenessFacts(filed_on=date(2026, 10, 27)))) == 1


def test_a_request_in_time_needs_no_good_cause():
    facts = _facts("l21_good_cause")
    in_time = replace(facts, lateness=replace(facts.lateness, filed_on=date(2026, 10, 26)))
    assert _messages("L21", in_time) == ["By these dates the request is not late. Send the appeal itself"]


def test_another_payers_rule_on_late_appeals_is_named_by_the_biller():
    facts = _facts("l21_good_cause")
    commercial = replace(facts, payer=replace(facts.payer, kind="commercial"))
    assert _messages("L21", commercial) == [
        "Name the section of the contract or manual that allows late appeals for good cause"
    ]


# Audits, stays, rates


def test_a_rebuttal_has_fifteen_days_with_the_demand_as_the_first():
    facts = _facts("l22_audit")
    rebuttal = replace(facts, audit=replace(facts.audit, step="rebuttal"))
    assert _messages("L22", rebuttal) == []
    assert "November 23, 2026 (day 15" in draft(templates()["L22"], rebuttal, {}).html
    late = replace(rebuttal, letter_date=date(2026, 11, 24))
    assert _messages("L22", late) == ["The 15 days for a rebuttal ended on November 23, 2026. Send the appeal"]


def test_an_appeal_in_time_says_by_which_day_it_stops_recoupment():
    facts = _facts("l22_audit")
    assert "received by December 8, 2026" in draft(templates()["L22"], facts, {}).html
    late = replace(facts, letter_date=date(2026, 12, 9))
    assert "stop any further recoupment" in draft(templates()["L22"], late, {}).html


def test_services_inside_the_stay_are_the_facilitys_to_pay():
    facts = _facts("l17_consolidated")
    inside = replace(facts, stay=replace(facts.stay, ended_on=date(2026, 8, 10)))
    assert _messages("L17", inside) == [
        "By these dates line 1 lies inside the stay. The facility or agency is to pay: send it the bill"
    ]
    bill = replace(inside, stay=replace(inside.stay, ground="invoice"))
    assert any("whoever decides this level" in message for message in _messages("L17", bill))


def test_a_bill_at_the_fee_schedule_is_not_disputed():
    facts = _facts("l20_workers_comp")
    full = replace(facts, rates=tuple(replace(each, contract_cents=3_500) for each in facts.rates))
    assert _messages("L20", full) == ["The lines were allowed at the fee schedule or above. Nothing is short"]


def test_a_clinician_who_joined_later_was_not_in_the_network():
    facts = _facts("l18_network")
    late = replace(facts, network=replace(facts.network, ground="roster", effective_on=date(2026, 9, 1)))
    assert any("joined the network after" in message for message in _messages("L18", late))


def test_a_letter_at_a_higher_level_says_what_was_decided_below(necessity):
    previous = _facts("l25_external_review").previous
    html = draft(templates()["L01"], replace(necessity, previous=previous), {}).html
    assert "decided October 7, 2026, number HHP-AP-20817" in html
    assert "home program would do" in html
