"""Measured figures and the figures before them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reading.measures import read_measures
from tracker.reading.note import ReadNote


@pytest.mark.parametrize(
    ("text", "name", "value", "before", "change"),
    [
        ("TUG 18 s (was 24)", "tug", 18, 24, "better"),
        ("TUG: 13.8 s (16.9 at start)", "tug", 13.8, 16.9, "better"),
        ("flexion from 90 to 115 deg", "flexion", 115, 90, "better"),
        ("knee flexion 90 -> 115", "flexion", 115, 90, "better"),
        ("ODI 34% (52% eval)", "odi", 34, 52, "better"),
        ("ODI 52%, was 34%", "odi", 52, 34, "worse"),
        ("LEFS 34/80", "lefs", 34, None, None),
        ("Berg 48/56, up from 34", "berg", 48, 34, "better"),
        ("QuickDASH 38.6 today vs 54.5", "quickdash", 38.6, None, None),
        ("NDI 28 (28)", "ndi", 28, 28, "same"),
        ("Grip 28# (19#)", "grip", 28, 19, "better"),
        ("VHI-10 19 (27)", "vhi-10", 19, 27, "better"),
        ("FOIS 5 (4 at start)", "fois", 5, 4, "better"),
        ("pain 6/10 (was 3/10)", "pain", 6, 3, "worse"),
        ("gait speed 0.91 m/s (0.84)", "gait speed", 0.91, 0.84, "better"),
        ("ODI              42%          42%        44%        42%", "odi", 42, 42, "same"),
        ("Schober (cm) | 3.8 | 4.3 | 4.9", "schober", 4.9, 3.8, "better"),
        ("9HPT 31 s -> 26 s", "9hpt", 26, 31, "better"),
        ("6MWT 310 m (was 280 m)", "6mwt", 310, 280, "better"),
        ("PFIQ-7 41 (66)", "pfiq", 41, 66, "better"),
        ("voids 9/day (14/day)", "voids", 9, 14, "better"),
        ("leaks 3 per week, was 10 per week", "leaks", 3, 10, "better"),
        ("SPADI 40 (62)", "spadi", 40, 62, "better"),
        ("FAAM 71 (58 at eval)", "faam", 71, 58, "better"),
        ("df -5 (was -9)", "df", -5, -9, "better"),
        ("volume 318 ml, 402 ml on 3/3", "volume", 318, 402, "changed"),
    ],
)
def test_a_measure_has_its_value_and_the_one_before(text, name, value, before, change):
    measure = read_measures(text.lower())[0]
    assert (measure.name, measure.value, measure.before, measure.change) == (name, value, before, change)


@pytest.mark.parametrize(
    ("text", "value", "before"),
    [
        ("120 -> 135", 135, 120),
        ("pulls 64% from 50%", 64, 50),
        ("word level 68%, was 48%", 68, 48),
        ("improved from 12 to 20 reps", 20, 12),
    ],
)
def test_a_figure_without_a_name_is_kept_when_set_against_an_earlier_one(text, value, before):
    measure = read_measures(text)[0]
    assert (measure.name, measure.value, measure.before, measure.change) == ("", value, before, "changed")


@pytest.mark.parametrize(
    "text",
    [
        "seen 3/4/26, quad sets 3x10",
        "ther ex 15 min, 2x/wk",
        "tug of war with the dog",
        "caught 3 from 5 throws",
        "exit T.12 foramen",
    ],
)
def test_doses_dates_and_minutes_are_no_measures(text):
    assert read_measures(text) == ()


NAMES = st.sampled_from(
    ["TUG", "ODI", "LEFS", "Berg", "NDI", "QuickDASH", "MoCA", "FGA", "knee flexion", "grip R", "NPRS"]
)
UNITS = st.sampled_from(["", " s", "%", " deg", "/80"])
BEFORE = st.sampled_from(
    [" (was {}{})", ", was {}{}", " (eval {}{})", " ({}{} on 6/2)", " (last visit {}{})", ", down from {}{}"]
)


@given(NAMES, st.integers(0, 120), st.integers(0, 120), UNITS, BEFORE)
def test_both_figures_are_read_in_every_form(name, value, before, unit, form):
    text = f"S: ok. {name} {value}{unit}{form.format(before, unit)}. Next: stairs."
    found = [(measure.value, measure.before) for measure in read_measures(text.lower())]
    assert (value, before) in found


@pytest.mark.parametrize(
    ("text", "value", "before"),
    [
        ("resting tone 3.9 uV (6.1)", 3.9, 6.1),
        ("caught 7/10 (4/10)", 7, 4),
        ("probe 62 (48 on 2/3)", 62, 48),
        ("held nine seconds as against four last week", 9, 4),
        ("tub transfer max A -> min A", 5, 7),
        ("bed mobility CGA, was mod A", 4, 6),
    ],
)
def test_today_and_before(text, value, before):
    assert [(each.value, each.before) for each in ReadNote(text).measures if each.before is not None] == [
        (value, before)
    ]


@pytest.mark.parametrize("text", ["TherEx 25 (2)", "97140 15 min (1 unit)", "10:00-10:20 (20)", "rows 3x10 (2)"])
def test_minutes_with_their_units_are_no_measure(text):
    assert [each for each in ReadNote(text).measures if each.before is not None] == []
