"""Facts: labels, JSON and back, what follows from them, and the templates' sandbox."""

import json
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.letters.catalog import sample, templates
from tracker.letters.derived import count_days, exception_ends, overlapping_times, unsupported_days
from tracker.letters.draft import draft
from tracker.letters.environment import holds, letter_template, write, write_text
from tracker.letters.facts import MinuteRow, exhibit_label
from tracker.letters.facts_json import as_json, from_json
from tracker.letters.leftovers import leftovers_in_html, leftovers_in_text
from tracker.letters.problems import TemplateProblem
from tracker.letters.words import and_list, clock_time, counted, date_range, long_date, with_article

DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("position", "label"),
    [(0, "Exhibit A"), (25, "Exhibit Z"), (26, "Exhibit AA"), (51, "Exhibit AZ"), (52, "Exhibit BA")],
)
def test_exhibits_are_labelled_by_letters(position, label):
    assert exhibit_label(position) == label


@given(st.integers(0, 2000))
def test_no_two_exhibits_share_a_label(position):
    assert exhibit_label(position) != exhibit_label(position + 1)


@pytest.mark.parametrize("slug", [template.slug for template in templates().values()])
def test_facts_survive_json_and_give_the_same_letter(slug):
    facts = sample(slug).facts
    again = from_json(json.loads(json.dumps(as_json(facts))))
    assert again == facts
    template = next(each for each in templates().values() if each.slug == slug)
    assert draft(template, again, {}).html == draft(template, facts, {}).html


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"patient": {"name": 7}}, "facts.patient.name must be str, not int"),
        ({"patient": {"nickname": "L"}}, "facts.patient knows no nickname"),
        ({"patient": {}}, "facts.patient: .*name"),
    ],
)
def test_facts_that_are_none_are_refused_by_name(necessity, change, problem):
    with pytest.raises(TemplateProblem, match=problem):
        from_json({**as_json(necessity), **change})


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2023, 8, 1), date(2024, 2, 29)),
        (date(2026, 1, 15), date(2026, 7, 31)),
        (date(2026, 12, 1), date(2027, 6, 30)),
    ],
)
def test_an_exception_runs_to_the_last_day_of_the_sixth_month_after(began, ends):
    assert exception_ends(began) == ends


def test_minutes_of_a_code_in_two_intervals_are_added():
    rows = (
        MinuteRow(DAY, "97110", "Exercise", 10, 1, time(9), time(9, 10)),
        MinuteRow(DAY, "97140", "Manual therapy", 8, 1, time(9, 10), time(9, 18)),
        MinuteRow(DAY, "97110", "Exercise", 5, 1, time(9, 18), time(9, 23)),
    )
    (day,) = count_days(rows)
    assert [(row.code, row.minutes, row.units_billed) for row in day.rows] == [("97110", 15, 1), ("97140", 8, 1)]
    assert (day.minutes, day.units_billed, day.units_cms) == (23, 2, 2)
    assert unsupported_days((day,), "cms") == ()


def test_days_are_counted_apart():
    other = date(2026, 7, 2)
    rows = (MinuteRow(other, "97110", "Exercise", 8, 1), MinuteRow(DAY, "97110", "Exercise", 7, 1))
    assert [(day.day, day.units_cms) for day in count_days(rows)] == [(DAY, 0), (other, 1)]
    assert unsupported_days(count_days(rows), "spm") == ("97110 on June 30, 2026: 1 billed, 0 supported",)


def test_times_that_touch_do_not_overlap():
    one = MinuteRow(DAY, "97110", "Exercise", 10, 1, time(9), time(9, 10))
    next_one = MinuteRow(DAY, "97140", "Manual therapy", 10, 1, time(9, 10), time(9, 20))
    assert overlapping_times((one, next_one)) == ()
    assert overlapping_times((one, replace(next_one, start=time(9, 9)))) == (
        "97110 9:00 AM to 9:10 AM and 97140 9:09 AM to 9:20 AM",
    )
    assert overlapping_times((one, replace(next_one, start=None))) == ()


def test_words_are_written_as_people_write_them():
    assert long_date(date(2026, 11, 9)) == "November 9, 2026"
    assert [clock_time(each) for each in (time(0, 5), time(9, 30), time(12), time(15, 4))] == [
        "12:05 AM", "9:30 AM", "12:00 PM", "3:04 PM",
    ]  # fmt: skip
    assert [and_list(each) for each in ((), ("A",), ("A", "B"), (1, 2, 3))] == ["", "A", "A and B", "1, 2 and 3"]
    assert [counted(each, "page") for each in (0, 1, 2)] == ["0 pages", "1 page", "2 pages"]
    assert [with_article(each) for each in ("appeal", "redetermination")] == ["an appeal", "a redetermination"]
    assert date_range([date(2026, 7, 2), DAY]) == "June 30, 2026 to July 2, 2026"
    assert date_range([]) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Paid {{ x }}", ("{{", "}}")),
        ("{% if a %}", ("{%", "%}")),
        ("It is None.", ("None",)),
        ("nan and NaN", ("nan", "NaN")),
        ("[Date of birth: missing]", ("[Date of birth: missing]",)),
        ("[INSERT DATE] [your name] [TBD] [xx]", ("[INSERT DATE]", "[your name]", "[TBD]", "[xx]")),
        ("Nonetheless, Nan Hernandez sat [sic] on a banana {1}; [the patient] agreed.", ()),
    ],
)
def test_leftovers_are_found_and_words_like_them_are_not(text, found):
    assert leftovers_in_text(text) == found


def test_leftovers_in_a_document_are_those_a_reader_would_see():
    assert leftovers_in_html("<p>Paid <b>None</b></p>") == ("None",)
    assert leftovers_in_html("<p>&#123;&#123; x }}</p>") == ("{{", "}}")
    assert leftovers_in_html('<p class="None">x</p>') == ()
    assert leftovers_in_html("<q data-verbatim>Falls: <i>None</i></q><p>fine") == ()
    assert leftovers_in_html("<q data-verbatim>None</q><p>None<br>x") == ("None",)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ facts.__init__.__globals__ }}",
        "{{ 'A' * 1000000000 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 2 ** 9999999 }}",
        "{{ 'a' | center(900000000) }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ lipsum(n=200000) }}",
        "{{ range(1000000000) }}",
        "{{ cycler.__init__ }}",
        "{{ words.append('x') }}",
        "{{ words | map(attribute='x') }}",
        "{% include 'letter.toml' %}",
        "{% import 'os' as os %}",
        "{{ unknown_name }}",
        "{% for x in",
    ],
)
def test_a_template_can_reach_nothing_but_its_facts(source):
    with pytest.raises(TemplateProblem):
        write(letter_template("", source), {"words": ["a"], "facts": {"a": 1}})
    with pytest.raises(TemplateProblem):
        write_text(source, {"words": ["a"], "facts": {"a": 1}})


def test_a_template_that_prints_none_is_refused():
    with pytest.raises(TemplateProblem, match="prints a value that is None"):
        write_text("{{ empty }}", {"empty": None})


def test_a_condition_holds_or_not():
    assert holds("", {})
    assert holds("number > 3", {"number": 4})
    assert not holds("number > 3", {"number": 3})
