import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.units import (
    AssistantAnswer,
    AssistantSplit,
    Furnished,
    assistant_split,
    cms_units,
    count_units,
    hybrid_units,
    spm_units,
    units_for,
    untimed_assistant_answer,
)


def minutes(text):
    """Read ``97112 24, 97110 23``."""
    return {code: int(each) for code, each in (part.split() for part in text.split(", "))}


def units(text):
    """Read ``97112x2 97110x1``; empty means none."""
    return tuple((part.split("x")[0], int(part.split("x")[1])) for part in text.split())


# Medicare Claims Processing Manual chapter 5 s.20.2.C (the first five are its own cases).
@pytest.mark.parametrize(
    ("documented", "cms", "tied", "spm"),
    [
        ("97112 24, 97110 23", "97112x2 97110x1", False, "97112x2 97110x2"),
        ("97112 20, 97110 20", "97112x2 97110x1", True, "97112x1 97110x1"),
        ("97110 33, 97140 7", "97110x2 97140x1", False, "97110x2"),
        ("97110 18, 97140 13, 97116 10, 97035 8", "97110x1 97140x1 97116x1", False, "97110x1 97140x1 97116x1 97035x1"),
        ("97112 7, 97110 7, 97140 7", "97112x1", True, ""),
        ("97110 7", "", False, ""),
        ("97110 8", "97110x1", False, "97110x1"),
        ("97124 22", "97124x1", False, "97124x1"),
        ("97124 23", "97124x2", False, "97124x2"),
        ("97110 8, 97140 8", "97110x1", True, "97110x1 97140x1"),
        ("97110 8, 97140 8, 97112 8", "97110x1 97140x1", True, "97110x1 97140x1 97112x1"),
        ("97110 10, 97140 5", "97110x1", False, "97110x1"),
        ("97110 5, 97035 3", "97110x1", False, ""),
        ("97110 20, 97140 18", "97110x2 97140x1", False, "97110x1 97140x1"),
        ("97110 16, 97140 16", "97110x1 97140x1", False, "97110x1 97140x1"),
        ("97110 17, 97140 17, 97530 17", "97110x1 97140x1 97530x1", False, "97110x1 97140x1 97530x1"),
        ("97530 30, 97110 8", "97530x2 97110x1", False, "97530x2 97110x1"),
        ("97530 15, 97110 8, 97140 4", "97530x1 97110x1", False, "97530x1 97110x1"),
        ("97530 38, 97124 14", "97530x2 97124x1", False, "97530x3 97124x1"),
        ("97110 12, 97112 12, 97140 12, 97530 12", "97110x1 97112x1 97140x1", True, "97110x1 97112x1 97140x1 97530x1"),
        ("97110 22, 97530 22", "97110x2 97530x1", True, "97110x1 97530x1"),
        ("97110 8, 97112 8, 97140 8, 97530 8", "97110x1 97112x1", True, "97110x1 97112x1 97140x1 97530x1"),
    ],
)
def test_minutes_become_units_by_each_method(documented, cms, tied, spm):
    by_cms = cms_units(minutes(documented))
    assert by_cms.by_code == units(cms)
    assert bool(by_cms.tied) is tied
    assert by_cms.units == sum(count for _, count in units(cms))
    assert spm_units(minutes(documented)).by_code == units(spm)


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (0, 7, 0),
        (8, 22, 1),
        (23, 37, 2),
        (38, 52, 3),
        (53, 67, 4),
        (68, 82, 5),
        (83, 97, 6),
        (98, 112, 7),
        (113, 127, 8),
        (128, 142, 9),
        (143, 157, 10),
    ],
)
def test_the_total_decides_the_units(least, most, expected):
    assert {units_for(total) for total in range(least, most + 1)} == {expected}


def test_a_tie_names_the_codes_to_choose_from():
    assert cms_units(minutes("97112 20, 97110 20, 97140 15")).tied == ("97112", "97110")


@pytest.mark.parametrize(
    ("documented", "expected"),
    [
        ("97112 24, 97110 23", "97112x2 97110x1"),  # the midpoint gives 4, the total allows 3
        ("97112 20, 97110 20", "97112x1 97110x1"),  # the total would allow 3, the midpoint gives 2
        ("97110 8, 97140 8", "97140x1"),
        ("97110 33, 97140 7", "97110x2"),
    ],
)
def test_a_payer_that_mixes_both_methods_grants_what_both_allow(documented, expected):
    assert hybrid_units(minutes(documented)).by_code == units(expected)


def test_the_method_of_the_payer_is_chosen_by_its_word():
    assert [count_units(method, {"97110": 20, "97140": 18}).units for method in ("cms", "spm", "hybrid")] == [3, 2, 2]


def test_negative_minutes_are_refused():
    with pytest.raises(ValueError, match="97110"):
        cms_units({"97110": -1})
    with pytest.raises(ValueError, match="-1 minutes"):
        units_for(-1)


some_minutes = st.dictionaries(st.sampled_from(["97110", "97112", "97140", "97530", "97116"]), st.integers(0, 90))


@given(some_minutes)
def test_cms_units_follow_the_total_and_respect_full_units(documented):
    found = cms_units(documented)
    assert found.units == units_for(sum(documented.values())) == sum(count for _, count in found.by_code)
    for code, each in documented.items():
        assert each // 15 <= found.of(code) <= each // 15 + (each % 15 > 0)


@given(some_minutes)
def test_a_smaller_remainder_never_wins_over_a_larger_one(documented):
    found = cms_units(documented)
    rounded_up = {code for code, each in documented.items() if found.of(code) > each // 15}
    left_out = {code for code, each in documented.items() if each % 15} - rounded_up
    assert all(documented[kept] % 15 >= documented[lost] % 15 for kept in rounded_up for lost in left_out)


@given(some_minutes)
def test_each_code_stands_alone_by_the_midpoint(documented):
    assert spm_units(documented).units == sum(units_for(each) for each in documented.values())


@given(some_minutes)
def test_the_mixed_method_grants_the_smaller_of_both(documented):
    found = hybrid_units(documented)
    assert found.units == min(cms_units(documented).units, spm_units(documented).units)
    assert found.units == sum(count for _, count in found.by_code)
    assert all(count <= spm_units(documented).of(code) for code, count in found.by_code)


# CMS's billing examples for CQ and CO, and cases around them.
@pytest.mark.parametrize(
    ("furnished", "expected"),
    [
        ({"97110": Furnished(13, 23), "97140": Furnished(30)}, [("97110", 1, 1), ("97140", 2, 0)]),
        ({"97110": Furnished(5, 10)}, [("97110", 0, 1)]),
        ({"97110": Furnished(8, 7)}, [("97110", 1, 0)]),
        ({"97110": Furnished(7, 7)}, [("97110", 0, 1)]),
        ({"97110": Furnished(12, 14)}, [("97110", 1, 1)]),
        ({"97110": Furnished(20), "97140": Furnished(0, 15)}, [("97110", 1, 0), ("97140", 0, 1)]),
        ({"97110": Furnished(22), "97140": Furnished(0, 23)}, [("97110", 1, 0), ("97140", 0, 2)]),
        ({"97530": Furnished(30)}, [("97530", 2, 0)]),  # together counts as the therapist's
        ({"97112": Furnished(14, 1)}, [("97112", 1, 0)]),
        ({"97535": Furnished(16, 15)}, [("97535", 1, 1)]),
    ],
)
def test_units_divide_between_therapist_and_assistant(furnished, expected):
    assert assistant_split(furnished) == tuple(AssistantSplit(*each) for each in expected)


def test_two_units_of_few_minutes_are_left_to_a_person():
    # 22 minutes take two units only because 97140's remainder lifts the total to 29.
    found = assistant_split({"97110": Furnished(11, 11), "97140": Furnished(7)})
    assert found == (AssistantSplit("97110", 0, 0, 2),)


@pytest.mark.parametrize(
    ("total", "assistant", "expected"),
    [
        (30, 30, AssistantAnswer.YES),  # a group run by the assistant
        (10, 2, AssistantAnswer.YES),
        (10, 1, AssistantAnswer.NO),
        (45, 5, AssistantAnswer.BORDERLINE),  # 11 percent, yet the shortcut asks for 6 minutes
        (45, 6, AssistantAnswer.YES),
        (20, 0, AssistantAnswer.NO),
    ],
)
def test_an_untimed_service_carries_the_modifier_above_a_tenth(total, assistant, expected):
    assert untimed_assistant_answer(total, assistant) is expected


def test_an_evaluation_by_an_assistant_cannot_be_billed():
    assert untimed_assistant_answer(30, 30, evaluation=True) is AssistantAnswer.NOT_BILLABLE
    assert untimed_assistant_answer(30, 0, evaluation=True) is AssistantAnswer.NO


@given(
    st.dictionaries(
        st.sampled_from(["97110", "97140", "97530"]),
        st.builds(Furnished, st.integers(0, 60), st.integers(0, 60)),
    ),
)
def test_no_unit_is_lost_between_therapist_and_assistant(furnished):
    count = cms_units({code: sum(each) for code, each in furnished.items()})
    split = {each.code: each.without + each.with_modifier + each.open_units for each in assistant_split(furnished)}
    assert split == dict(count.by_code)


@given(st.integers(0, 120))
def test_care_by_the_therapist_alone_never_carries_the_modifier(each):
    assert all(split.with_modifier == split.open_units == 0 for split in assistant_split({"97110": Furnished(each)}))
