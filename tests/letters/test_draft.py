"""What a draft says, and what keeps it from being signed."""

from dataclasses import replace
from datetime import date, time

import pytest

from tests.letters.reading import signs_of, text_of
from tracker.letters.catalog import templates
from tracker.letters.draft import draft
from tracker.letters.facts import (
    AppealFacts,
    Exhibit,
    FilingEvent,
    LimitFacts,
    PairFacts,
    PlanFacts,
    Quote,
    RequestedDocument,
)
from tracker.letters.pdf import make_pdf

L01, L05, L08, L11, L12 = (templates()[each] for each in ("L01", "L05", "L08", "L11", "L12"))


def _messages(written):
    return [gap.message for gap in written.gaps]


def _paragraph(written, key):
    return next(paragraph for paragraph in written.paragraphs if paragraph.key == key)


# Gaps


def test_a_missing_birth_date_is_named_highlighted_and_blocks(necessity):
    written = draft(L01, replace(necessity, patient=replace(necessity.patient, birth_date=None)), {})
    assert not written.ready
    assert [(gap.key, gap.message) for gap in written.gaps] == [
        ("patient.birth_date", "Add the patient's date of birth on the patient's page")
    ]
    assert '<mark class="gap">[Date of birth: missing]</mark>' in written.html


def test_without_words_of_the_note_nobody_writes_the_skilled_need_for_the_therapist(necessity):
    written = draft(L01, replace(necessity, quotes=()), {})
    assert _messages(written) == [
        (
            "Add what the therapist did that an aide could not. The note does not say this. Ask for an addendum. "
            "Do not write it for them"
        )
    ]
    assert written.gaps[0].paragraph == "skilled_need"
    assert '<mark class="gap">[Why a therapist was needed: missing]</mark>' in written.html
    assert _paragraph(written, "skilled_need").text == ""


def test_a_gap_is_closed_by_what_a_person_writes(necessity):
    bare = replace(necessity, quotes=())
    written = draft(L01, bare, {"skilled_need": "The addendum of July 2, 2026 says what the therapist judged."})
    assert written.ready
    assert "The addendum of July 2, 2026 says what the therapist judged." in written.html


def test_a_sentence_about_an_exhibit_that_is_not_attached_blocks_until_it_is_removed(necessity):
    without_plan = replace(necessity, exhibits=necessity.exhibits[:2])
    written = draft(L01, without_plan, {})
    assert _messages(written) == ["Attach the signed plan of care, or remove the sentence that mentions it"]
    assert written.gaps[0].paragraph == "plan"
    assert draft(L01, without_plan, {"plan": ""}).ready


def test_the_same_fact_missing_twice_is_named_once(necessity):
    written = draft(L01, replace(necessity, claim=replace(necessity.claim, payer_claim_number="")), {})
    assert written.html.count("[Payer&#39;s claim number: missing]") == 2
    assert [gap.key for gap in written.gaps] == ["claim.payer_claim_number"]


@pytest.mark.parametrize("word", ["None", "nan", "NaN", "", "  "])
def test_a_fact_that_is_the_word_of_an_empty_value_is_missing(necessity, word):
    written = draft(L01, replace(necessity, patient=replace(necessity.patient, member_id=word)), {})
    assert [gap.key for gap in written.gaps] == ["patient.member_id"]


@pytest.mark.parametrize(
    "text",
    ["Paid {{ claim.paid }}.", "See {% if %}", "Progress: None.", "Score nan of 80", "Signed [insert date]", "[Name]"],
)
def test_leftovers_in_a_paragraph_block_and_name_the_paragraph(necessity, text):
    written = draft(L01, necessity, {"comment": text})
    assert {gap.paragraph for gap in written.gaps} == {"comment"}
    assert all('"What the evidence shows together"' in message for message in _messages(written))


def test_a_placeholder_saved_with_a_paragraph_blocks(necessity):
    written = draft(L01, necessity, {"request": "We request a review of claim [Payer's claim number: missing]."})
    assert [gap.paragraph for gap in written.gaps] == ["request"]
    assert '<mark class="gap">' in written.html


def test_braces_in_a_fact_block_too(necessity):
    written = draft(L01, replace(necessity, patient=replace(necessity.patient, name="{{ 7 + 7 }}")), {})
    assert _messages(written) == [
        "Take {{ out of the facts of this letter",
        "Take }} out of the facts of this letter",
    ]
    assert "14" not in written.html.split("Patient</th>")[1].split("</tr>")[0]


def test_words_of_the_record_may_say_none(necessity):
    quote = Quote("Falls since last visit: None. Pain 0/10.", "daily note 06/30/2026, line 2", "function")
    assert draft(L01, replace(necessity, quotes=(*necessity.quotes, quote)), {}).ready


def test_a_name_the_font_cannot_write_is_named(necessity):
    written = draft(L01, replace(necessity, patient=replace(necessity.patient, name="王小明")), {})
    assert [gap.label for gap in written.gaps] == ["Letters"] * 3
    assert "The letter's font has no sign 王" in _messages(written)[0]


def test_a_required_exhibit_blocks(necessity):
    written = draft(L01, replace(necessity, plan=None, exhibits=necessity.exhibits[1:2]), {})
    assert _messages(written) == ["Attach the remittance extract of the denied lines"]


# Paragraphs


def test_paragraphs_come_in_order_with_their_source_and_default(necessity):
    written = draft(L01, necessity, {"ask": "Please pay."})
    assert [paragraph.key for paragraph in written.paragraphs] == [
        "request", "rule", "plan", "skilled_need", "comment", "ask", "alternative",
    ]  # fmt: skip
    ask = _paragraph(written, "ask")
    assert (ask.text, ask.edited) == ("Please pay.", True)
    assert ask.default.startswith("Please have the record reviewed")
    assert not _paragraph(written, "request").edited
    assert _paragraph(written, "skilled_need").source == "Quoted from the note"


def test_an_empty_optional_paragraph_is_left_out(necessity):
    assert "section 1879" not in draft(L01, necessity, {"alternative": ""}).html


def test_an_empty_required_paragraph_blocks(necessity):
    written = draft(L01, necessity, {"ask": "  \n"})
    assert _messages(written) == ["Say what the reviewer is asked to do"]


def test_blank_lines_part_paragraphs_and_line_ends_stay(necessity):
    written = draft(L01, necessity, {"comment": "One.\r\nTwo.\r\n\r\nThree."})
    assert "<p>One.<br>Two.</p><p>Three.</p>" in written.html


def test_markup_in_a_paragraph_is_text(necessity):
    written = draft(L01, necessity, {"comment": '<script>alert(1)</script> <img src="http://x/y"> & "so"'})
    assert "<script>alert" not in written.html
    assert "<img" not in written.html
    assert '<script>alert(1)</script> <img src="http://x/y"> & "so"' in text_of(make_pdf(written.html))


def test_diacritics_come_back_whole(necessity):
    facts = replace(necessity, patient=replace(necessity.patient, name="Łukasz Nguyễn-Đặng Þórsdóttir Çelik Šimůnková"))
    assert signs_of("Łukasz Nguyễn-Đặng Þórsdóttir Çelik Šimůnková") in signs_of(
        text_of(make_pdf(draft(L01, facts, {}).html))
    )


def test_a_name_in_decomposed_form_prints_as_one(necessity):
    facts = replace(necessity, patient=replace(necessity.patient, name="Nguye\u0302\u0303n"))
    assert "Nguyễn" in text_of(make_pdf(draft(L01, facts, {}).html))


def test_dates_and_money_are_written_out(units):
    text = text_of(make_pdf(draft(L12, units, {}).html))
    assert "denied on August 19, 2024" in text
    assert "$1,284.50" in text


def test_a_late_request_has_to_say_why(necessity):
    late = replace(necessity, appeal=AppealFacts(due=date(2026, 11, 20)))
    written = draft(L01, late, {})
    assert _messages(written) == ["Say why the request is late, with dates. The last day was November 20, 2026"]
    assert draft(L01, late, {"late": "The practice was closed by flood from October 1 to November 15, 2026."}).ready


def test_a_request_on_the_last_day_is_not_late(necessity):
    assert draft(L01, replace(necessity, appeal=AppealFacts(due=necessity.letter_date)), {}).ready


def test_a_letter_signed_on_screen_says_who_and_when_instead_of_a_line(necessity):
    signed = replace(necessity, signer=replace(necessity.signer, signed_on=date(2026, 11, 23)))
    assert "Signed electronically by Amara Okafor, PT, DPT on November 23, 2026" in draft(L01, signed, {}).html


# L01


def test_a_private_payer_gets_its_own_policy_and_no_medicare_rule(necessity):
    facts = replace(necessity, payer=replace(necessity.payer, kind="commercial"))
    written = draft(L01, facts, {})
    assert [gap.paragraph for gap in written.gaps] == ["rule"]
    assert "Name the payer's policy" in written.gaps[0].message
    finished = draft(L01, facts, {"rule": "Your policy PT-12, section 3, covers therapy that needs a therapist."})
    assert finished.ready
    assert "42 CFR 410" not in finished.html
    assert "1879" not in finished.html
    assert "Appeal request" in finished.html


def test_an_advantage_plan_is_told_that_medicare_rules_bind_it(necessity):
    written = draft(L01, replace(necessity, payer=replace(necessity.payer, kind="medicare_advantage")), {})
    assert "42 CFR 422.101(b)" in written.html
    assert "Reconsideration request" in written.html


@pytest.mark.parametrize(("discipline", "rule"), [("PT", "410.60;"), ("OT", "410.59;"), ("SLP", "410.62;")])
def test_the_rule_is_the_disciplines_own(necessity, discipline, rule):
    facts = replace(necessity, clinician=replace(necessity.clinician, discipline=discipline))
    assert f"(42 CFR {rule}" in draft(L01, facts, {}).html


def test_facts_stand_in_order_of_date(necessity):
    plan = PlanFacts(date(2026, 6, 2), date(2026, 7, 10), "Ruth Halloran, MD")
    html = draft(L01, replace(necessity, plan=plan), {}).html
    order = [
        "June 2, 2026: the plan",
        "June 30, 2026: the services",
        "July 3, 2026: the claim",
        "July 10, 2026: the plan",
    ]
    places = [html.index(each) for each in order]
    assert places == sorted(places)


# L05


def test_to_medicare_a_late_claim_is_a_request_and_no_appeal(filing):
    facts = replace(
        filing,
        payer=replace(filing.payer, kind="medicare_b"),
        events=(),
        filing=replace(filing.filing, exception="retroactive_entitlement", exception_on=date(2026, 8, 31)),
        exhibits=(filing.exhibits[0], Exhibit("exception", "Notice of entitlement", 1)),
    )
    written = draft(L05, facts, {})
    assert written.ready
    assert "42 CFR 424.44(b)" in written.html
    assert "is a request and not an appeal" in " ".join(written.html.split())
    assert "up to February 28, 2027" in written.html


def test_medicare_knows_no_exception_for_wrong_insurance_information(filing):
    facts = replace(
        filing,
        payer=replace(filing.payer, kind="medicare_b"),
        events=(),
        filing=replace(filing.filing, exception="wrong_insurance_information", exception_on=date(2026, 8, 3)),
        exhibits=(filing.exhibits[0], Exhibit("exception", "Notice", 1)),
    )
    assert any("Medicare knows four exceptions" in message for message in _messages(draft(L05, facts, {})))


def test_a_report_that_the_claim_was_sent_does_not_prove_receipt(filing):
    sent = (FilingEvent(date(2026, 4, 20), "Claim sent to the clearinghouse", "999"),)
    assert "Choose which exception to the filing limit applies" in _messages(
        draft(L05, replace(filing, events=sent), {})
    )


def test_a_receipt_after_the_limit_does_not_make_the_claim_timely(filing):
    late = (FilingEvent(date(2026, 7, 14), "Claim accepted", "277CA A2", accepted=True),)
    html = draft(L05, replace(filing, events=late), {}).html
    assert "Why the limit does not bar the claim" in html
    assert "was accepted on July 14" not in html


def test_events_stand_in_order_of_date(filing):
    html = draft(L05, replace(filing, events=filing.events[::-1]), {}).html
    table = html[html.index("What happened") :]
    days = ["April 14, 2026", "April 20, 2026", "April 21, 2026", "July 13, 2026", "October 19, 2026"]
    places = [table.index(day) for day in days]
    assert places == sorted(places)


# L08


def test_a_pair_with_indicator_0_is_never_appealed(bundling):
    pair = PairFacts(date(2024, 8, 9), "97140", "97124", 0, "practitioner services, 2024 Q3", True, "59")
    messages = _messages(draft(L08, replace(bundling, pairs=(pair,)), {}))
    assert any("97140 with 97124 can never be paid together" in message for message in messages)


def test_without_the_modifier_on_the_claim_a_corrected_claim_comes_first(bundling):
    pair = replace(bundling.pairs[0], modifier="")
    messages = _messages(draft(L08, replace(bundling, pairs=(pair,)), {}))
    assert any("Send a corrected claim with the modifier instead" in message for message in messages)


def test_overlapping_times_cannot_be_called_separate(bundling):
    rows = (bundling.minutes[0], replace(bundling.minutes[1], start=time(10, 34)))
    messages = _messages(draft(L08, replace(bundling, minutes=rows), {}))
    assert any("97140 10:20 AM to 10:35 AM and 97110 10:34 AM to 10:59 AM" in message for message in messages)


def test_a_table_of_another_quarter_has_to_be_looked_up(bundling):
    pair = replace(bundling.pairs[0], exact_quarter=False)
    written = draft(L08, replace(bundling, pairs=(pair,)), {})
    assert [gap.paragraph for gap in written.gaps] == ["table"]
    looked_up = {"table": "The row of the table of 2026 Q2 is the same; looked up on November 23, 2026."}
    assert draft(L08, replace(bundling, pairs=(pair,)), looked_up).ready


def test_a_pair_that_is_no_edit_is_said_to_be_none(bundling):
    pair = PairFacts(date(2024, 8, 9), "97140", "97530", None, "practitioner services, 2024 Q3", True)
    written = draft(L08, replace(bundling, pairs=(pair,)), {})
    assert written.ready
    assert "97140 and 97530 are not an NCCI pair on the date of service" in written.html


# L11


def test_a_document_that_was_asked_for_and_is_not_attached_blocks(records):
    documents = (*records.documents, RequestedDocument("Order of the physician", "order"))
    written = draft(L11, replace(records, documents=documents), {})
    assert [gap.key for gap in written.gaps] == ["documents.exhibit"]


def test_medicare_handles_a_denial_without_records_as_a_reopening(records):
    assert "42 CFR 405.980(a)(2)" in draft(L11, records, {}).html
    private = replace(records, payer=replace(records.payer, kind="commercial"))
    assert "405.980" not in draft(L11, private, {}).html


def test_records_may_answer_a_remittance_without_a_letter_of_request(records):
    written = draft(L11, replace(records, request=None), {})
    assert written.ready
    assert "The remittance asks for records by its codes." in written.html


# L12


def test_units_are_shown_by_the_payers_own_way_of_counting(units):
    cms = draft(L12, units, {}).html
    assert "Units by total time" in cms
    assert "Units code by code" not in cms
    spm = draft(L12, replace(units, counting_method="spm", payer=replace(units.payer, kind="commercial")), {}).html
    assert "Units code by code" in spm
    assert "Units by total time" not in spm


def test_more_units_than_minutes_are_a_corrected_claim_and_no_appeal(units):
    rows = (replace(units.minutes[0], minutes=20), units.minutes[1])
    messages = _messages(draft(L12, replace(units, minutes=rows), {}))
    assert messages == [
        (
            "More units were billed than the minutes support: timed codes on July 24, 2024: 4 billed, 3 supported. "
            "Send a corrected claim instead of this letter"
        )
    ]


def test_both_ways_of_counting_stand_side_by_side_for_a_payer_that_mixes_them(units):
    html = draft(L12, replace(units, counting_method="hybrid"), {}).html
    assert "Units by total time" in html
    assert "Units code by code (midpoint)" in html


def test_an_absolute_daily_limit_is_never_appealed(units):
    limit = LimitFacts(date(2024, 7, 24), "97129", 2, 1, 2, "practitioner services, 2024 Q3", True)
    messages = _messages(draft(L12, replace(units, limits=(limit,)), {}))
    assert any("97129: the limit has indicator 2 and is absolute" in message for message in messages)


def test_units_above_a_limit_with_indicator_3_rest_on_the_record(units):
    limit = LimitFacts(date(2024, 7, 24), "97110", 2, 1, 3, "practitioner services, 2024 Q3", True)
    written = draft(L12, replace(units, limits=(limit,)), {})
    assert written.ready
    assert "indicator 3: units above it can be paid on appeal" in " ".join(written.html.split())


def test_without_words_of_the_record_no_empty_heading_stands(units):
    html = draft(L12, replace(units, quotes=()), {}).html
    assert "What the record shows" not in html
    assert "Sincerely" in html


def test_an_unknown_way_of_counting_is_a_gap(units):
    written = draft(L12, replace(units, counting_method=""), {})
    assert [gap.key for gap in written.gaps] == ["counting_method"]
