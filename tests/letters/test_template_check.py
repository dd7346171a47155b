"""What a letter's text may be written with: forms, filters, names, each with its line."""

import pytest

from tests.letters.hostile import EXPRESSIONS, body_of
from tracker.letters.catalog import templates
from tracker.letters.own_template import faults_of, shipped_text
from tracker.letters.template_check import MAX_CHARACTERS, faults_of_body, faults_of_text, placed_paragraphs

L12 = templates()["L12"]
PARAGRAPHS = frozenset(one.key for one in L12.paragraphs)
EXHIBITS = frozenset(one.key for one in L12.exhibits)


def _faults(inside: str) -> list[tuple[int, str]]:
    return [tuple(fault) for fault in faults_of_body(body_of(inside), L12.base, PARAGRAPHS, EXHIBITS)]


@pytest.mark.parametrize("template", templates())
def test_every_shipped_letter_passes(template):
    assert faults_of(shipped_text(template)) == {}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_could_read_or_burn_is_refused(expression):
    assert _faults(expression)


@pytest.mark.parametrize("expression", [one for one in EXPRESSIONS if "block" not in one and "extends" not in one])
def test_the_text_of_a_paragraph_is_held_to_the_same(expression):
    assert faults_of_text(expression, EXHIBITS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ patient_name }}", 'There is no "patient_name". Use patient.name or practice.name or patient'),
        ("{{ patient.nme }}", '"patient" has no "nme". Use patient.name or patient.member_id or patient.group_number'),
        ("{{ birth_date }}", 'There is no "birth_date". Use patient.birth_date'),
        ("{{ lines.code }}", '"lines" is a list, and its rows have parts. Write {% for row in lines %}{{ row.code }}'),
        ("{{ lines }}", '"lines" is a list. Write {% for row in lines %}, or lines | and_list'),
        ("{{ patient }}", '"patient" has parts. Name one of them, such as patient.name'),
        ("{% for row in lines %}{{ row.cde }}{% endfor %}", '"lines" has no "cde". Use lines.code or lines.paid_code or lines.line'),
        ("{% for sign in patient.name %}x{% endfor %}", '"patient.name" is not a list, so no loop can go through it'),
        ('{{ paragraph("rules") }}', 'This letter has no paragraph "rules". It has: amount, ask, count, late, limit, request, rule'),
        ('{{ exhibit("mue_table") }}', 'This letter has no exhibit "mue_table". It has: mue, note, remittance'),
        ("{{ gap }}", 'gap needs parentheses, such as gap("minutes")'),
        ("{% if paid %}", "It cannot be read: Encountered unknown tag 'endblock'"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_what_to_use_instead(text, message):
    (line, said), *_ = _faults(f"<p>One line.</p>\n{text}")
    assert said.startswith(message)
    assert line == (6 if "cannot be read" in said else 5)


@pytest.mark.parametrize(
    "text",
    [
        "<p>{{ patient.name }} owes {{ denied_cents | dollars }}{% if late %}, late{% endif %}.</p>",
        "{% for line in lines %}<p>{{ line.code }}{% for one in line.reasons %} {{ one.carc }}{% endfor %}</p>{% endfor %}",
        "{% for code, words in reasons %}<p>{{ code }}: {{ words }}</p>{% endfor %}",
        '{% set found = about("skill") %}{% for quote in found %}<p>{{ quote.text }}</p>{% endfor %}',
        '{% set name = {"cms": "total", "spm": "midpoint"} %}<p>{{ name[counting_method] if counting_method in name }}</p>',
        "<p>{{ labels.note }} {{ lines[0].code }} {{ lines[:1] | length }} {{ (codes | length) - 1 }}</p>",
        '{{ paragraph("ask") }}{{ self.points() }}',
        "{# A note to ourselves #}<p>Plain words, 100% plain, in {braces}.</p>",
    ],
)  # fmt: skip
def test_good_texts_pass(text):
    assert _faults(text) == []


def test_a_letter_begins_with_the_base_and_says_nothing_outside_of_blocks():
    assert faults_of_body("<p>Dear payer</p>", L12.base, PARAGRAPHS, EXHIBITS)[0].message.startswith("It must begin")
    outside = body_of("x") + "\n<p>Lost words</p>"
    (fault,) = faults_of_body(outside, L12.base, PARAGRAPHS, EXHIBITS)
    assert "outside of a block is not printed" in fault.message
    assert faults_of_body(body_of("x").replace("body", "bodies"), L12.base, PARAGRAPHS, EXHIBITS)[0].message.startswith(
        'There is no block "bodies". The blocks are addressee, '
    )


def test_a_text_of_more_than_60_000_characters_is_refused_with_its_length():
    assert faults_of_text("x" * MAX_CHARACTERS, EXHIBITS) == []
    (fault,) = faults_of_text("x" * (MAX_CHARACTERS + 1), EXHIBITS)
    assert fault.message == "It is too long: 60,001 characters, at most 60,000"


def test_paragraphs_are_found_where_they_are_placed():
    assert placed_paragraphs(L12.html) | placed_paragraphs(L12.base) == PARAGRAPHS
