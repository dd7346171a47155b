"""Order, dropped and turned pages of enclosures."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.letters.arrangement import PagesError, Placement, in_order, moved, page_words, placement, read_pages

_PAGES = st.frozensets(st.integers(1, 300))


@given(_PAGES.filter(bool))
def test_pages_written_as_a_person_types_them_are_read_back(pages):
    assert read_pages(page_words(pages), 300) == sorted(pages)


@pytest.mark.parametrize(
    ("text", "pages"), [("2-4, 7", [2, 3, 4, 7]), ("7,2-4,3", [2, 3, 4, 7]), (" 1 ", [1]), ("2 – 3,", [2, 3])]
)
def test_ranges_and_single_pages_are_read(text, pages):
    assert read_pages(text, 7) == pages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Enter page numbers, for example 2-4, 7"),
        ("two", "“two” is no page or range"),
        ("0", "“0” is not in this exhibit, which has pages 1 to 7"),
        ("6-8", "“6-8” is not in this exhibit, which has pages 1 to 7"),
        ("4-2", "“4-2” is not in this exhibit, which has pages 1 to 7"),
        ("1;2", "“1;2” is no page or range"),
    ],
)
def test_what_is_no_page_of_the_exhibit_is_refused_in_words(text, words):
    with pytest.raises(PagesError) as refused:
        read_pages(text, 7)
    assert words in str(refused.value)


@given(st.text(max_size=30))
def test_any_text_gives_pages_of_the_exhibit_or_a_refusal(text):
    try:
        pages = read_pages(text, 9)
    except PagesError:
        return
    assert pages
    assert set(pages) <= set(range(1, 10))


@given(_PAGES, st.integers(0, 3))
def test_four_quarter_turns_change_nothing(pages, times):
    placed = Placement("note")
    for _ in range(times):
        placed = placed.turning(pages)
    assert set(placed.turned.values()) <= {90, 180, 270}
    for _ in range(4 - times):
        placed = placed.turning(pages)
    assert placed == Placement("note")


@given(st.booleans() | st.none(), _PAGES, _PAGES)
def test_a_placement_is_stored_and_read_back(used, dropped, turned):
    placed = Placement("a1", used).dropping(dropped).turning(turned)
    assert placement(json.loads(json.dumps(placed.as_json()))) == placed
    assert placed.whole() == Placement("a1", used)


def test_new_exhibits_come_after_those_a_person_put_in_order():
    placed = [Placement("c"), Placement("gone"), Placement("a", used=False)]
    assert [one.source for one in in_order(placed, ["a", "b", "c"])] == ["c", "a", "b"]
    assert in_order(placed, ["a", "b", "c"])[1].used is False


@given(st.integers(0, 4), st.integers(-6, 6))
def test_moving_keeps_every_exhibit_and_the_order_of_the_others(at, steps):
    placed = [Placement(name) for name in "abcde"]
    after = [one.source for one in moved(placed, "abcde"[at], steps)]
    assert sorted(after) == list("abcde")
    assert after.index("abcde"[at]) == min(max(at + steps, 0), 4)
    assert [name for name in after if name != "abcde"[at]] == [name for name in "abcde" if name != "abcde"[at]]


def test_moving_what_is_not_there_changes_nothing():
    placed = [Placement("a"), Placement("b")]
    assert moved(placed, "z", 1) == placed


def test_dropped_pages_the_exhibit_does_not_have_are_not_counted():
    assert Placement("a").dropping({1, 2, 99}).count(5) == 3
