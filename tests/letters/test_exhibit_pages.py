"""The exhibits the product makes itself: the remittance extract and the pages of a note."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.letters.reading import accessibility_failures, page_texts, signs_of, text_of
from tracker.letters.facts import LetterFacts, ReasonFacts
from tracker.letters.note_page import NotePage, make_note_page, note_html
from tracker.letters.remittance_page import make_remittance_page, remittance_html

NOTE = NotePage(
    practice="Lakeview Rehab",
    patient="Łukasz Nguyễn",
    title="Daily note",
    text="S: stairs still hard.\n  ☑ HEP done   ☐ pain\n\nO: 97110 26 min",
    service_date=date(2026, 6, 30),
    birth_date=date(1951, 3, 9),
    author="Amara Okafor, PT",
)


def test_the_remittance_extract_shows_the_denied_lines_as_the_payer_answered_them(necessity):
    made = make_remittance_page(necessity)
    text = text_of(made)
    assert len(page_texts(made)) == 1
    assert accessibility_failures(made) == []
    for words in (
        "Remittance extract of the denied lines", "Prairie Medicare Part B", "Łukasz Nguyễn", "2226181004470",
        "July 27, 2026", "EFT770021", "billed $234.00, paid $52.10", "97110 GP KX", "CO-50 $98.00", "N115",
        "Payer does not consider service medically necessary",
    ):  # fmt: skip
        assert words in text


def test_all_adjustments_of_a_line_are_shown_and_explained(necessity):
    line = necessity.lines[0]
    share = ReasonFacts("PR", "2", "Coinsurance", 1960)
    facts = replace(necessity, lines=(replace(line, reasons=(*line.reasons, share), paid_cents=7840),))
    text = text_of(make_remittance_page(facts))
    assert "CO-50 $98.00 PR-2 $19.60" in text
    assert "$78.40" in text
    assert "PR-2: Coinsurance" in text


def test_the_extract_does_without_what_is_not_known(necessity):
    bare = LetterFacts(
        practice=replace(necessity.practice, npi="", tin=""),
        payer=necessity.payer,
        patient=replace(necessity.patient, birth_date=None, member_id=""),
        claim=replace(necessity.claim, remittance_date=None, trace_number="", billed_cents=None, paid_cents=None),
        lines=(replace(necessity.lines[0], service_date=None, modifiers=(), remarks=()),),
        signer=necessity.signer,
        letter_date=necessity.letter_date,
    )
    assert "missing" not in remittance_html(bare)
    assert "97110" in text_of(make_remittance_page(bare))


def _lines(html: str) -> list[str]:
    """The numbered lines of a note's page, as text."""
    boxes = re.findall("<pre data-verbatim>(.*?)</pre>", html, re.DOTALL)
    return unescape("\n".join(boxes)).split("\n")


def test_a_note_keeps_its_words_its_lines_and_their_numbers():
    assert _lines(note_html(NOTE)) == [
        "   1  S: stairs still hard.",
        "   2    ☑ HEP done   ☐ pain",
        "   3  ",
        "   4  O: 97110 26 min",
    ]
    text = text_of(make_note_page(NOTE))
    for words in ("1 S: stairs still hard.", "2 ☑ HEP done ☐ pain", "4 O: 97110 26 min"):
        assert words in text


def test_a_long_line_is_wrapped_at_a_space_below_its_number():
    line = "word " * 30 + "end"
    assert _lines(note_html(replace(NOTE, text=line))) == [
        "   1  " + "word " * 17,
        "      " + "word " * 13 + "end",
    ]


def test_a_note_of_many_pages_is_made_in_time():
    texts = page_texts(make_note_page(replace(NOTE, text="\n".join(["line " * 15] * 600))))
    assert "600 line" in texts[-1]


def test_a_note_is_accessible():
    assert accessibility_failures(make_note_page(NOTE)) == []


def test_every_page_of_a_note_names_practice_patient_and_date():
    long_note = replace(NOTE, text="\n".join(f"line {number}" for number in range(1, 200)))
    texts = page_texts(make_note_page(long_note))
    assert len(texts) > 2
    assert all("Lakeview Rehab · Łukasz Nguyễn · June 30, 2026" in text for text in texts)
    assert "199 line 199" in texts[-1]


def test_a_note_without_a_date_is_enclosed_too():
    text = text_of(make_note_page(replace(NOTE, service_date=None, birth_date=None, author="")))
    assert "Daily note Practice Lakeview Rehab" in text


@pytest.mark.parametrize("words", ["Falls: None", "{{ 7 * 7 }}", "[Plan: missing]", "<b>bold</b> & <script>", "nan"])
def test_whatever_a_note_says_is_kept_as_it_stands(words):
    assert signs_of(words) in signs_of(text_of(make_note_page(replace(NOTE, text=words))))


def test_the_same_note_gives_the_same_bytes():
    assert make_note_page(NOTE) == make_note_page(NOTE)


def test_line_ends_of_windows_count_once():
    assert note_html(replace(NOTE, text="a\r\nb\r\nc")) == note_html(replace(NOTE, text="a\nb\nc"))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_line_of_a_note_loses_its_number_or_a_sign(text):
    lines = _lines(note_html(replace(NOTE, text=text)))
    wrapped = "\n".join(line[6:] if line[:6].strip() else f"\r{line[6:]}" for line in lines).replace("\n\r", "")
    assert wrapped == text.rstrip("\n")
    numbers = [int(line[:6]) for line in lines if line[:6].strip()]
    assert numbers == list(range(1, text.rstrip("\n").count("\n") + 2))
