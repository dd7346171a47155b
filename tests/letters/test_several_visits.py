"""What letters, the remittance extract and the forms say when they are about several visits."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.letters.reading import accessibility_failures, page_texts, signs_of, text_of
from tracker.letters.catalog import sample, templates
from tracker.letters.derived import accepted_in_time, count_days
from tracker.letters.draft import draft
from tracker.letters.facts import Exhibit, FilingEvent, FilingFacts, LetterFacts, MinuteRow, Quote
from tracker.letters.facts_json import as_json, from_json
from tracker.letters.pdf import make_pdf
from tracker.letters.remittance_page import make_remittance_page, remittance_html
from tracker.letters.sheets import make_sheet, sheets

VISITS = 12


def spread(facts: LetterFacts, visits: int = VISITS) -> LetterFacts:
    """The facts of a letter about more visits: each two days later, on a claim and remittance of its own."""
    first = facts.claim
    claims = [
        replace(
            first, control_number=f"26181-{place:04}", payer_claim_number=f"22261810{place:05}",
            trace_number=f"EFT{place // 4:06}", remittance_date=(first.remittance_date or date(2026, 7, 27)) + timedelta(7 * (place // 4)),
        )
        for place in range(1, visits)
    ]  # fmt: skip
    lines = [
        replace(line, claim=place, service_date=line.service_date and line.service_date + timedelta(2 * place))
        for place in range(visits)
        for line in facts.lines
    ]
    counted = tuple(replace(line, line=number) for number, line in enumerate(lines, start=1))
    notes = tuple(
        Exhibit("note", f"Daily note {place}", 1, day, f"note-{place}")
        for place, day in enumerate(sorted({line.service_date for line in counted if line.service_date}))
    )
    place_of = {line.line: place for place, line in enumerate(facts.lines)}
    rates = tuple(
        replace(rate, line=place * len(facts.lines) + place_of[rate.line] + 1)
        for place in range(visits)
        for rate in facts.rates
    )
    events = tuple(replace(event, claim=place) for place in range(visits) for event in facts.events)
    others = tuple(exhibit for exhibit in facts.exhibits if exhibit.key != "note")
    return replace(
        facts,
        more_claims=tuple(claims),
        lines=counted,
        exhibits=(*others[:1], *notes, *others[1:]),
        rates=rates,
        events=events,
    )


NECESSITY = spread(sample("l01_medical_necessity").facts)


@pytest.mark.parametrize("template", templates().values(), ids=lambda template: template.slug)
def test_every_letter_can_be_about_several_visits_or_says_why_not(template):
    facts = spread(sample(template.slug).facts, 3)
    written = draft(template, facts, sample(template.slug).fields)
    before = {gap.key for gap in draft(template, sample(template.slug).facts, sample(template.slug).fields).gaps}
    new = [gap.message for gap in written.gaps if gap.key not in before]
    said = re.sub(r"<[^>]+>", " ", written.html)
    if template.id == "L06":
        assert any("correction is of one claim" in message for message in new)
    else:
        assert new == []
    for claim in (facts.claim, *facts.more_claims):
        assert claim.payer_claim_number in said


def test_the_schedule_names_date_claim_code_units_amounts_and_codes_of_every_line_with_totals():
    pdf = make_pdf(draft(templates()["L01"], NECESSITY, {}).html)
    assert accessibility_failures(pdf) == []
    text = signs_of(text_of(pdf))
    for line in NECESSITY.lines:
        claim = (NECESSITY.claim, *NECESSITY.more_claims)[line.claim]
        row = f"{line.line}{line.service_date:%m/%d/%Y}{claim.payer_claim_number}{line.code}{''.join(line.modifiers)}{line.units}"
        assert row in text
    assert f"Total{sum(line.units for line in NECESSITY.lines)}$1,778.40$1,778.40" in text


def test_the_request_speaks_of_all_claims_and_of_the_span_of_their_remittances():
    written = draft(templates()["L01"], NECESSITY, {})
    request = next(one.text for one in written.paragraphs if one.key == "request")
    assert "24 lines of 12 claims (listed below)" in request
    assert "denied between July 27, 2026 and August 10, 2026 with reason code CO-50" in request
    assert "12, each with its number in the schedule below" in written.html


def test_a_visit_without_its_note_blocks_signing():
    day = NECESSITY.lines[4].service_date
    without = replace(NECESSITY, exhibits=tuple(one for one in NECESSITY.exhibits if one.service_date != day))
    messages = [gap.message for gap in draft(templates()["L01"], without, {}).gaps]
    assert messages == [f"Attach the note of the visit of July {day.day}, 2026, or take its lines out"]


def test_a_claim_without_the_payers_number_blocks_signing():
    unnumbered = replace(NECESSITY.more_claims[0], payer_claim_number="")
    facts = replace(NECESSITY, more_claims=(unnumbered, *NECESSITY.more_claims[1:]))
    (gap,) = draft(templates()["L01"], facts, {}).gaps
    assert gap.key == "more_claims.payer_claim_number"


def test_a_quote_is_labelled_with_the_exhibit_of_its_own_note():
    quotes = tuple(Quote(f"Graded step {n}", f"daily note {n}", "skill", "note", f"note-{n}") for n in (0, 7))
    said = draft(templates()["L01"], replace(NECESSITY, quotes=quotes), {}).html
    assert "“Graded step 0” (Exhibit B)" in said
    assert "“Graded step 7” (Exhibit I)" in said


def test_the_extract_lists_each_claims_lines_under_its_numbers():
    pdf = make_remittance_page(NECESSITY)
    assert accessibility_failures(pdf) == []
    texts = " ".join(page_texts(pdf))
    parts = re.split(r"Claim \d+ of 12", texts)[1:]
    assert len(parts) == VISITS
    for claim, part in zip((NECESSITY.claim, *NECESSITY.more_claims), parts, strict=True):
        assert claim.payer_claim_number in part
        assert claim.trace_number in part
        assert part.count("97110 GP KX") == 1
    assert "Claim 1 of 12" not in remittance_html(sample("l01_medical_necessity").facts)


def test_the_redetermination_form_lists_every_date_and_claim_once():
    text = signs_of(text_of(make_sheet(sheets()["cms_20027"], NECESSITY)))
    days = sorted({line.service_date for line in NECESSITY.lines})
    assert signs_of(", ".join(f"{day:%m/%d/%Y}" for day in days[:-1]) + f" and {days[-1]:%m/%d/%Y}") in text
    for claim in (NECESSITY.claim, *NECESSITY.more_claims):
        assert text.count(claim.payer_claim_number) == 1
    assert text.count("97110GPKX") == 1
    assert signs_of("07/27/2026, 08/03/2026 and 08/10/2026") in text


def test_the_hearing_form_lists_the_dates_too():
    hearing = spread(sample("l24_hearing").facts, 3)
    text = signs_of(text_of(make_sheet(sheets()["omha_100"], hearing)))
    for line in hearing.lines:
        assert f"{line.service_date:%m/%d/%Y}" in text


def test_the_amount_in_controversy_is_that_of_all_claims():
    one, three = sample("l24_hearing").facts, spread(sample("l24_hearing").facts, 3)
    amounts = [
        re.findall(r"Total</th><td class=\"number\">\$([\d,.]+)", draft(templates()["L24"], facts, {}).html)[-1]
        for facts in (one, three)
    ]
    first, all_three = (float(amount.replace(",", "")) for amount in amounts)
    assert all_three == pytest.approx(3 * first)


def test_minutes_of_two_claims_on_one_day_are_counted_apart():
    day = date(2026, 6, 30)
    rows = [
        MinuteRow(day, "97530", "Activities", 23, 2, claim=0),
        MinuteRow(day, "97530", "Activities", 23, 2, claim=1),
    ]
    assert [(count.minutes, count.units_billed, count.units_cms) for count in count_days(rows)] == [(23, 2, 2)] * 2


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [((0, 1), date(2026, 7, 9)), ((0,), None), ((), None)],
    ids=["every claim", "one of two", "none"],
)
def test_claims_were_filed_on_time_when_each_of_them_was_accepted_on_time(accepted, expected):
    filing = FilingFacts(date(2026, 12, 31), "one year")
    sent = [
        FilingEvent(date(2026, 7, 5 + 4 * place), "Claim sent", "A2", place in accepted, claim=place)
        for place in (0, 1)
    ]
    found = accepted_in_time(filing, sent, 2)
    assert (found.on if found else None) == expected


def test_one_acceptance_after_the_limit_is_too_late_for_all():
    filing = FilingFacts(date(2026, 7, 7), "a few days")
    sent = [FilingEvent(date(2026, 7, 5 + 4 * place), "Claim sent", "A2", True, claim=place) for place in (0, 1)]
    assert accepted_in_time(filing, sent, 2) is None


def test_the_facts_of_several_visits_survive_being_kept():
    assert from_json(as_json(NECESSITY)) == NECESSITY
