"""Patterns that are tried only at words they can begin with find the same as patterns tried everywhere."""

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tracker.reading
from tracker.reading.beginnings import Sought, beginnings

SOUGHT = {
    f"{module.name}.{name}": sought
    for module in iter_modules(tracker.reading.__path__)
    for name, sought in vars(import_module(f"tracker.reading.{module.name}")).items()
    if isinstance(sought, Sought)
}


def test_words_are_found_by_their_first_letters():
    assert beginnings("the knee, then 12 x 3; they") == {
        "the": [0, 10, 23],
        "kne": [4],
        "12": [15],
        "x": [18],
        "3": [20],
    }


@pytest.mark.parametrize("name", sorted(SOUGHT))
@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_a_pattern_finds_what_it_would_find_if_it_were_tried_everywhere(name: str, data: st.DataObject):
    sought = SOUGHT[name]
    everywhere = re.compile(rf"(?<![a-z0-9])(?:{sought.pattern.pattern})")
    text = "".join(data.draw(st.lists(st.from_regex(everywhere), min_size=1, max_size=2))).lower()

    assert [match.span() for match in sought.finditer(text)] == [match.span() for match in everywhere.finditer(text)]


def test_matches_do_not_overlap_and_begin_with_words():
    sought = Sought("add lat", r"late entry|addendum|late")

    assert [match[0] for match in sought.finditer("late entry, relate, addendum, late")] == [
        "late entry",
        "addendum",
        "late",
    ]
