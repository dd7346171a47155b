"""Every shipped letter, drawn from its own sample and read back."""

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.letters.reading import accessibility_failures, page_texts, signs_of, text_of
from tracker.letters.catalog import LetterTemplate, sample, templates
from tracker.letters.draft import Draft, draft
from tracker.letters.leftovers import leftovers_in_text
from tracker.letters.pdf import make_pdf
from tracker.letters.words import long_date

every_letter = pytest.mark.parametrize("template", templates().values(), ids=lambda template: template.slug)


def _sample_draft(template: LetterTemplate) -> Draft:
    shown = sample(template.slug)
    return draft(template, shown.facts, shown.fields)


@cache
def _sample_pdf(slug: str) -> bytes:
    template = next(each for each in templates().values() if each.slug == slug)
    return make_pdf(_sample_draft(template).html)


def test_the_letters_are_there():
    known = {
        "L01": "l01_medical_necessity",
        "L02": "l02_maintenance",
        "L03": "l03_authorization",
        "L04": "l04_ma_approval",
        "L05": "l05_timely_filing",
        "L06": "l06_correction",
        "L07": "l07_duplicate",
        "L08": "l08_bundling",
        "L09": "l09_coverage",
        "L10": "l10_benefit_limit",
        "L11": "l11_records",
        "L12": "l12_units",
        "L13": "l13_policy_exclusion",
        "L14": "l14_enrollment",
        "L15": "l15_underpayment",
        "L16": "l16_evaluation_level",
        "L17": "l17_consolidated",
        "L18": "l18_network",
        "L19": "l19_experimental",
        "L20": "l20_workers_comp",
        "L21": "l21_good_cause",
        "L22": "l22_audit",
        "L23": "l23_reconsideration",
        "L24": "l24_hearing",
        "L25": "l25_external_review",
        "L26": "l26_erisa_documents",
        "L27": "l27_ma_noncontract",
    }
    assert known.items() <= {template.id: template.slug for template in templates().values()}.items()


@every_letter
def test_a_letter_with_all_its_facts_may_be_signed(template):
    assert _sample_draft(template).gaps == ()


@every_letter
def test_a_letter_is_accessible(template):
    assert accessibility_failures(_sample_pdf(template.slug)) == []


@every_letter
def test_a_letter_fits_on_two_pages_and_a_position_paper_on_three(template):
    assert len(page_texts(_sample_pdf(template.slug))) <= (3 if template.id == "L24" else 2)


@every_letter
def test_no_date_is_cut_in_two(template):
    for date_as_cut in re.findall(r"\d\d/\d\d/\S*", "\n".join(page_texts(_sample_pdf(template.slug)))):
        assert re.match(r"\d\d/\d\d/\d{4}", date_as_cut)


@every_letter
def test_a_letter_names_what_the_payer_needs_to_find_the_claim(template):
    facts = sample(template.slug).facts
    text = text_of(_sample_pdf(template.slug))
    for fact in (
        facts.practice.name,
        facts.practice.npi,
        facts.payer.name,
        facts.patient.name,
        long_date(facts.patient.birth_date),
        facts.patient.member_id,
        facts.claim.payer_claim_number,
        long_date(facts.claim.remittance_date),
        facts.claim.trace_number,
        long_date(facts.letter_date),
        facts.signer.name,
    ):
        assert fact in text
    for line in facts.lines:
        assert f"{line.reasons[0].group}-{line.reasons[0].carc}" in text
        assert line.code in text
        assert f"${line.denied_cents / 100:,.2f}" in text


@every_letter
def test_further_pages_name_patient_and_claim_since_a_fax_may_lose_the_first(template):
    facts = sample(template.slug).facts
    first, *further = page_texts(_sample_pdf(template.slug))
    name = f"{facts.patient.name}, born {long_date(facts.patient.birth_date)}, claim {facts.claim.payer_claim_number}"
    assert further
    assert name not in first
    assert all(name in page for page in further)


@every_letter
def test_a_letter_quotes_every_line_of_the_record_word_for_word_with_its_place(template):
    text = signs_of(text_of(_sample_pdf(template.slug)))
    for quote in sample(template.slug).facts.quotes:
        assert signs_of(quote.text) in text
        assert signs_of(quote.source) in text


@every_letter
def test_a_letter_lists_its_exhibits_in_order(template):
    text = text_of(_sample_pdf(template.slug))
    enclosed = text[text.index("Enclosed Exhibit A") :]
    places = [enclosed.index(exhibit.title) for exhibit in sample(template.slug).facts.exhibits]
    assert places == sorted(places)


@every_letter
def test_no_leftover_reaches_the_pdf(template):
    text = text_of(_sample_pdf(template.slug))
    assert leftovers_in_text(text) == ()
    assert not re.search(r"None|nan\b|\{|\}|\[|missing", text)


@every_letter
def test_the_same_facts_give_the_same_bytes(template):
    assert make_pdf(_sample_draft(template).html) == _sample_pdf(template.slug)


@every_letter
def test_a_letter_loads_nothing_but_its_own_style_sheet(template):
    html = _sample_draft(template).html
    assert re.findall(r'(?:href|src|data|action)="([^"]*)"', html) == ["asset:letter.css"]
    assert "style=" not in html
    assert "<script" not in html
    assert not re.search(r"\son\w+=", html)


@every_letter
def test_a_letter_says_nothing_about_the_payer_but_facts(template):
    words = set(re.findall(r"[a-z]+", text_of(_sample_pdf(template.slug)).lower()))
    assert not words & {
        "unfair",
        "unreasonable",
        "wrongly",
        "erroneously",
        "improper",
        "improperly",
        "outrageous",
        "bad",
    }


@every_letter
@pytest.mark.parametrize("kind", ["medicare_b", "medicare_advantage", "medicaid", "commercial", "workers_comp"])
def test_to_every_kind_of_payer_a_letter_speaks_in_whole_sentences(template, kind):
    shown = sample(template.slug)
    facts = replace(shown.facts, payer=replace(shown.facts.payer, kind=kind))
    written = draft(template, facts, shown.fields)
    text = " ".join(re.sub(r"<[^>]+>", " ", written.html).split())
    assert not re.search(r"\(\)|\w\(Exhibit|[.,;:]\.|\b(?:and|by|of|on|to|the) [.,)]", text)
    assert not re.search(r"\b1 (?:lines|visits|units|pages|days)\b", text)
    assert all(gap.message for gap in written.gaps)


def test_the_lines_of_many_visits_run_over_pages_with_their_total_once():
    shown = sample("l01_medical_necessity")
    lines = tuple(
        replace(line, line=2 * number + place, service_date=date(2026, 6, 1 + number))
        for number in range(14)
        for place, line in enumerate(shown.facts.lines)
    )
    pages = page_texts(make_pdf(draft(templates()["L01"], replace(shown.facts, lines=lines), shown.fields).html))
    assert "28 lines (listed below)" in pages[0]
    assert "97110 GP KX" in pages[0]  # the table begins on the first page and goes on
    assert "97112 GP KX" in pages[1]
    assert sum(page.count("Total") for page in pages) == 1
    assert "Schedule of visits" in " ".join(pages)


@every_letter
def test_a_letter_title_names_no_patient(template):
    title = re.search(r"<title>(.*?)</title>", _sample_draft(template).html).group(1)
    assert title
    for name in sample(template.slug).facts.patient.name.split():
        assert name not in title


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the facts that may be empty."""
    if isinstance(value, tuple):
        inside = [place for number, each in enumerate(value) for place in _places(each, (*path, number))]
        return [path, *inside] if value else []
    if is_dataclass(value):
        return [place for each in fields(value) for place in _places(getattr(value, each.name), (*path, each.name))]
    return [path] if isinstance(value, str | date) and value else []


def _without(value: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return "" if isinstance(value, str) else () if isinstance(value, tuple) else None
    if isinstance(value, tuple):
        changed = [_without(each, path[1:]) if number == path[0] else each for number, each in enumerate(value)]
        return tuple(changed)
    return replace(value, **{path[0]: _without(getattr(value, path[0]), path[1:])})


def _may_be_unknown(path: tuple[Any, ...]) -> bool:
    """Facts without which there is no such row: a day of minutes, of an event, of an edit, a key, a code."""
    return path[-1] not in {"letter_date", "kind", "on", "key", "about"} and not (
        path[0] in {"minutes", "pairs", "limits"} and path[-1] in {"service_date", "code", "column1", "column2"}
    )


@every_letter
def test_whatever_fact_is_missing_the_letter_says_so_or_does_without_it(template):
    facts = sample(template.slug).facts
    for path in filter(_may_be_unknown, _places(facts)):
        written = draft(template, _without(facts, path), {})
        if written.ready:
            text = " ".join(re.sub(r"<[^>]+>", "", written.html).split())
            assert leftovers_in_text(text) == ()
            assert not re.search(r" [,.]|\(\)|\b(?:and|by|of) [.,)]", text), path
        else:
            assert all(gap.message and gap.label for gap in written.gaps)
