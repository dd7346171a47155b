"""The names a letter may use, each with words and an example."""

from tracker.config import resource_dir
from tracker.letters.catalog import read_toml, sample, templates
from tracker.letters.context import context
from tracker.letters.environment import FILTERS
from tracker.letters.gaps import Collector
from tracker.letters.template_names import all_paths, filters, functions, known_names, name_groups, words_of

L12 = templates()["L12"]
WORDS = read_toml(resource_dir("letter_templates") / "_shared" / "names.toml")


def test_every_name_has_words():
    assert [path for path in all_paths() if not words_of(path, L12)] == []


def test_no_words_are_of_a_name_that_is_not_there():
    assert set(WORDS["facts"]) <= set(all_paths())


def test_every_filter_and_no_other_has_words():
    assert filters().keys() == FILTERS.keys()


def test_every_name_a_letter_is_given_is_known():
    for template in templates().values():
        given = context(sample(template.slug).facts, "appeal", Collector(template.fact_words))
        assert {name for name, value in given.items() if not callable(value)} == set(known_names())
        assert {name for name, value in given.items() if callable(value)} <= set(functions())


def test_a_name_is_written_as_it_reads_best_with_an_example_of_the_invented_letter():
    groups = {group.path: group for group in name_groups(L12)}
    assert ("{{ patient.birth_date | long_date }}", "Date of birth", "August 30, 1950") in groups["patient"].names
    assert ("{{ denied_cents | dollars }}", "Denied in all", "$1,284.50") in groups[""].names
    assert ("{% if medicare %}", "The payer is Medicare Part B", "yes") in groups[""].names
    assert groups["lines"].loop == "{% for row in lines %} ... {% endfor %}"
    assert ("{{ row.code }}", "Procedure code", "97110") in groups["lines"].names
    assert groups["lines.reasons"].loop == "{% for part in row.reasons %} ... {% endfor %}"
    assert groups["lines"].has_examples
    assert not groups["studies"].has_examples
