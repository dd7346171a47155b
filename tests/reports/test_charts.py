import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reports.charts import (
    FRAMES,
    NARROW,
    WIDE,
    Point,
    TrendChart,
    draw_spark,
    draw_trend,
    nice_axis,
    short_dollars,
)


def chart(*points):
    return TrendChart("trend", "Denied dollars & rate", "Denied amount", "Initial denial rate", points)


def point(month, cents, rate=None, *, open_=False, href="/queue?month=2026-10"):
    return Point(month, "2026", f'{month}: "{cents}"', href if cents else None, cents, rate, open_)


YEAR = chart(
    *(point(name, cents, 0.01 * place, open_=name == "Nov")
      for place, (name, cents) in enumerate([("Aug", 2_911_000), ("Sep", 2_764_000), ("Oct", 2_419_000), ("Nov", 965_000)], 1))
)  # fmt: skip


def shapes(svg, name):
    return [shape for shape in ET.fromstring(svg).iter() if shape.get("class") == name]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.name)
def test_the_chart_is_whole_xml_without_style_or_script(frame):
    svg = draw_trend(YEAR, frame)
    ET.fromstring(svg)
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", svg)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.name)
def test_words_never_become_markup(frame):
    hostile = '"><script>x</script>'
    spot = Point(hostile, hostile, hostile, hostile, 100, 0.1, in_progress=False, notes=hostile)
    found = ET.fromstring(draw_trend(TrendChart(hostile, hostile, hostile, hostile, (spot,)), frame))
    assert not [part for part in found.iter() if part.tag.endswith("script")]
    assert found.get("aria-label") == hostile


def test_bars_are_as_tall_as_their_dollars():
    heights = [float(bar.get("height")) for bar in shapes(draw_trend(YEAR), "bar-full")]
    assert heights[0] / heights[2] == pytest.approx(2911 / 2419, rel=0.01)


def test_the_month_in_progress_is_hatched_hollow_and_dotted():
    svg = draw_trend(YEAR)
    [bar] = shapes(svg, "bar-open")
    assert bar.get("fill") == "url(#trend-wide-hatch)"
    assert 'id="trend-wide-hatch"' in svg
    assert len(shapes(svg, "dot-open")) == 1
    assert [line.get("stroke-dasharray") for line in shapes(svg, "line")] == [None, None, "3 4"]


def test_every_bar_is_a_link_with_its_numbers_in_words():
    links = list(ET.fromstring(draw_trend(YEAR)).iter("a"))
    assert [link.get("href") for link in links] == ["/queue?month=2026-10"] * 4
    assert links[0].get("aria-label") == 'Aug: "2911000"'


def test_a_month_without_denials_has_no_link():
    assert "<a " not in draw_trend(chart(point("Aug", 0)))


def test_a_month_without_a_rate_leaves_a_gap_in_the_line():
    svg = draw_trend(chart(point("Aug", 100, 0.1), point("Sep", 100, None), point("Oct", 100, 0.2)))
    assert len(shapes(svg, "line")) == 0
    assert len(shapes(svg, "dot")) == 2


def test_two_frames_on_a_page_share_no_ids():
    ids = [re.findall(r' id="([^"]+)"', draw_trend(YEAR, frame)) for frame in FRAMES]
    assert len({name for names in ids for name in names}) == 3


def test_highest_last_full_and_open_month_carry_their_amount():
    words = [text.text for text in shapes(draw_trend(YEAR), "strong")]
    assert [word for word in words if word.startswith("$")] == ["$9.7K", "$24.2K", "$29.1K"]


def test_an_empty_chart_still_draws_its_axes():
    ET.fromstring(draw_trend(chart(), NARROW))


@given(st.lists(st.tuples(st.integers(0, 10**12), st.none() | st.floats(0, 1)), max_size=24))
def test_nothing_leaves_the_frame(values):
    svg = draw_trend(chart(*(point(f"M{n}", cents, rate) for n, (cents, rate) in enumerate(values))), WIDE)
    for bar in shapes(svg, "bar-full"):
        assert WIDE.bars_top - 0.1 <= float(bar.get("y")) <= WIDE.bars_top + WIDE.bars_height + 0.1
    for dot in shapes(svg, "dot"):
        assert WIDE.line_top - 0.1 <= float(dot.get("cy")) <= WIDE.line_top + WIDE.line_height + 0.1


@given(st.floats(0, 1e12), st.sampled_from([10_000, 0.04]))
def test_an_axis_holds_its_highest_value_without_waste(highest, least):
    top, step = nice_axis(highest, least)
    assert top >= highest * (1 - 1e-6)
    assert top <= max(highest, least) * 2.01
    assert top == pytest.approx(3 * step)


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "$0"),
        (85_000, "$850"),
        (2_911_000, "$29.1K"),
        (1_000_000, "$10K"),
        (123_456_789_00, "$123.5M"),
        (99_960, "$1K"),
        (99_996_000, "$1M"),
    ],
)
def test_axis_dollars_are_short(cents, words):
    assert short_dollars(cents) == words


def test_a_spark_is_decoration():
    assert 'aria-hidden="true"' in draw_spark((1, 2, 3))
    ET.fromstring(draw_spark(()))
