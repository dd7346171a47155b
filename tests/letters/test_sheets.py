"""Sheets that follow a form field by field."""

import re
from dataclasses import replace

import pytest

from tests.letters.reading import accessibility_failures, page_texts, text_of
from tracker.knowledge.tables import PAYER_KINDS
from tracker.letters.catalog import sample
from tracker.letters.problems import TemplateProblem
from tracker.letters.sheets import make_sheet, read_sheet, sheet_html, sheets, sheets_for

every_sheet = pytest.mark.parametrize("sheet", sheets().values(), ids=lambda sheet: sheet.id)
HEARING = sample("l24_hearing").facts
RECONSIDERATION = sample("l23_reconsideration").facts


@pytest.mark.parametrize(
    ("kind", "level", "forms"),
    [
        ("medicare_b", 1, {"cms_20027", "cms_20031", "reopening", "cms_1696", "fax_cover"}),
        ("medicare_b", 2, {"cms_20033", "cms_20031", "cms_1696", "fax_cover"}),
        ("medicare_b", 3, {"omha_100", "omha_100a", "cms_1696", "fax_cover"}),
        ("medicare_b", 4, {"dab_101", "cms_1696", "fax_cover"}),
        ("workers_comp", 1, {"sbr_1", "corrected_claim", "fax_cover"}),
        ("medicare_advantage", 1, {"waiver_of_liability", "corrected_claim", "cms_1696", "fax_cover"}),
        ("commercial", 1, {"corrected_claim", "fax_cover"}),
        ("commercial", 2, {"fax_cover"}),
    ],
)
def test_each_payer_and_level_is_offered_its_forms(kind, level, forms):
    assert {sheet.id for sheet in sheets_for(kind, level)} == forms


@every_sheet
def test_a_sheet_is_accessible_and_loads_nothing_but_its_style_sheet(sheet):
    assert accessibility_failures(make_sheet(sheet, HEARING)) == []
    assert re.findall(r'(?:href|src)="([^"]*)"', sheet_html(sheet, HEARING)) == ["asset:letter.css"]


@every_sheet
def test_what_nobody_knows_is_an_empty_line(sheet):
    bare = replace(
        HEARING, practice=replace(HEARING.practice, npi="", address="", phone="", fax=""), previous=None,
        patient=replace(HEARING.patient, member_id="", birth_date=None), hearing=None, reviewer=None,
        claim=replace(HEARING.claim, payer_claim_number="", remittance_date=None),
    )  # fmt: skip
    text = text_of(make_sheet(sheet, bare))
    assert not re.search(r"None|missing|\[|\{", text)
    for section in sheet.sections:
        for field in section.fields:
            assert field.label in text


@every_sheet
def test_a_sheet_names_its_sources_and_known_payers(sheet):
    assert sheet.sources
    assert set(sheet.payer_kinds) <= PAYER_KINDS


def test_the_reconsideration_form_is_filled_from_the_facts():
    text = text_of(make_sheet(sheets()["cms_20033"], RECONSIDERATION))
    for fact in (
        RECONSIDERATION.patient.name, RECONSIDERATION.patient.member_id, "September 21, 2026", "1-8842001177",
        RECONSIDERATION.payer.name, "97110 GP", "April 6, 2026", RECONSIDERATION.practice.name, "☒ Attached",
    ):  # fmt: skip
        assert fact in text


def test_the_hearing_form_ticks_what_was_chosen_and_nothing_else():
    text = text_of(make_sheet(sheets()["omha_100"], HEARING))
    assert "☐ Part A ☒ Part B" in text
    assert "☒ Telephone ☐ Video" in text
    assert "☐ Yes ☒ No" in text
    undecided = text_of(make_sheet(sheets()["omha_100"], replace(HEARING, hearing=None)))
    assert "☐ Telephone ☐ Video ☐ Waived" in undecided
    assert "☒ No" not in undecided


def test_a_form_signed_on_screen_says_so():
    signed = replace(HEARING, signer=replace(HEARING.signer, signed_on=HEARING.letter_date))
    text = text_of(make_sheet(sheets()["omha_100"], signed))
    assert "Signed electronically by Dana Ruiz" in text
    assert "Signed electronically" not in text_of(make_sheet(sheets()["cms_1696"], signed))


def test_a_fax_cover_names_no_patient():
    text = text_of(make_sheet(sheets()["fax_cover"], HEARING))
    assert not any(name in text for name in HEARING.patient.name.split())
    assert HEARING.claim.payer_claim_number not in text


def test_a_malformed_sheet_is_named():
    with pytest.raises(TemplateProblem, match=r"sheets/x\.toml: 'title'"):
        read_sheet('id = "x"', "x.toml")


def test_the_cover_counts_the_packets_pages_and_itself_and_nothing_before_there_is_a_packet():
    cover = sheets()["fax_cover"]
    assert "Pages, with this one 15" in " ".join(text_of(make_sheet(cover, HEARING, 14)).split())
    assert not re.search(r"with this one \d", " ".join(text_of(make_sheet(cover, HEARING)).split()))
    assert len(page_texts(make_sheet(cover, HEARING, 14))) == 1


def test_the_councils_sheet_is_filled_from_the_decision_below():
    text = text_of(make_sheet(sheets()["dab_101"], HEARING))
    for fact in (HEARING.patient.name, HEARING.patient.member_id, HEARING.previous.reference, HEARING.practice.name):
        assert fact in text


def test_the_second_bill_review_is_filled_from_the_injury_and_the_bill():
    facts = sample("l20_workers_comp").facts
    text = " ".join(text_of(make_sheet(sheets()["sbr_1"], facts)).split())
    for fact in (facts.patient.name, facts.injury.case_number, facts.injury.employer, facts.claim.control_number):
        assert fact in text


@pytest.mark.parametrize("name", ["dab_101", "omha_100a", "sbr_1", "cms_20031"])
def test_a_form_that_was_not_seen_whole_says_so_on_the_sheet(name):
    text = " ".join(text_of(make_sheet(sheets()[name], HEARING)).split())
    assert sheets()[name].not_verified in text
