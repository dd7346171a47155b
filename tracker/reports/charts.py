"""The trend chart: one spec, drawn as SVG on the server for the page and for a PDF.

Colors and type sizes stand as attributes, for a PDF (WeasyPrint's page CSS does not style SVG); every shape also has
a class, which the page's CSS uses for its themes. There is no style attribute: the content security policy forbids it.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

from tracker.reports.svg import BLUE, DOTTED, GRID, MUTED, PAPER, VERMILION, drawn, text


@dataclass(frozen=True, slots=True)
class Point:
    """One month: a bar of ``cents``, and ``rate`` (0 to 1) for the line, None for a gap.

    ``notes`` are the numbers of the notes on days of the month. ``label`` is read aloud with the link; ``href`` is None when there is nothing to list.
    """

    tick: str
    year: str
    label: str
    href: str | None
    cents: int
    rate: float | None
    in_progress: bool
    notes: str = ""


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Bars over a line, one x axis. ``name`` makes ids unique on a page."""

    name: str
    title: str
    bars_title: str
    line_title: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of a drawing in its own units (about pixels); ``every`` is how many months share one tick label.

    ``font`` is named in a drawing for paper, where no style sheet can; there its title is an element of its own too.
    """

    name: str
    width: int
    left: int = 56
    right: int = 8
    bars_top: int = 24
    bars_height: int = 130
    line_top: int = 206
    line_height: int = 62
    every: int = 1
    gap: float = 16
    font: str = ""

    @property
    def height(self) -> int:
        """The whole height: both plots, their headings and two lines of tick labels."""
        return self.line_top + self.line_height + 36


WIDE = Frame("wide", 1320)
MEDIUM = Frame("medium", 760, gap=10)
NARROW = Frame("narrow", 340, left=44, right=2, every=3, gap=5)
FRAMES = (WIDE, MEDIUM, NARROW)
ON_PAPER = Frame("paper", 760, bars_height=110, line_top=186, line_height=50, gap=12, font="Public Sans")


def draw_trend(chart: TrendChart, frame: Frame = WIDE) -> Markup:
    """Return the chart as an SVG element."""
    top_cents, cents_step = nice_axis(max((point.cents for point in chart.points), default=0), 10_000)
    top_rate, rate_step = nice_axis(max((point.rate or 0 for point in chart.points), default=0), 0.04)
    plot = _Plot(chart, frame, top_cents, top_rate)
    font = f' font-family="{escape(frame.font)}"' if frame.font else ""
    head = (
        f'<svg class="trend {frame.name}" viewBox="0 0 {frame.width} {frame.height}"{font} role="group"'
        f' aria-label="{escape(chart.title)}">'
    )
    parts = [
        head,
        f"<title>{escape(chart.title)}</title>" if frame.font else "",
        plot.hatch(),
        text(0, 12, chart.bars_title, "start", strong=True),
        *plot.grid(frame.bars_top, frame.bars_height, top_cents, cents_step, short_dollars),
        *(plot.bar(place) for place in range(len(chart.points))),
        *plot.bar_labels(),
        *plot.note_marks(),
        text(0, frame.line_top - 22, chart.line_title, "start", strong=True),
        *plot.grid(frame.line_top, frame.line_height, top_rate, rate_step, short_percent),
        *plot.line(),
        *plot.line_labels(),
        *plot.ticks(),
        "</svg>",
    ]
    return drawn(parts)


def draw_spark(values: tuple[int, ...]) -> Markup:
    """Return a small line of counts, as decoration beside the numbers."""
    top = max(values, default=0) or 1
    step = 76 / max(len(values) - 1, 1)
    points = " ".join(f"{2 + place * step:.1f},{17 - 14 * value / top:.1f}" for place, value in enumerate(values))
    return drawn(
        (
            '<svg class="spark" width="80" height="20" viewBox="0 0 80 20" aria-hidden="true">',
            f'<polyline class="spark-line" fill="none" stroke="{BLUE}" stroke-width="1.6" points="{points}"/></svg>',
        )
    )


def nice_axis(highest: float, least: float) -> tuple[float, float]:
    """Return the top of an axis and its step: three steps of a round number each, from zero."""
    step = max(highest, least) / 3
    power = 10 ** math.floor(math.log10(step))
    for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if step <= factor * power * (1 + 1e-9):
            return 3 * factor * power, factor * power
    raise AssertionError("a step lies between 1 and 10 times its power of ten")


def short_dollars(cents: float) -> str:
    """Return cents as an axis or bar says them: ``$850``, ``$29.1K``, ``$10K``, ``$1.2M``."""
    dollars = cents / 100
    for unit, size, least in (("M", 1_000_000, 999_950), ("K", 1_000, 999.5)):  # never "$1000" or "$1000K"
        if dollars >= least:
            return f"${dollars / size:.1f}".removesuffix(".0") + unit
    return f"${dollars:.0f}"


def short_percent(share: float) -> str:
    """Return a share as an axis says it: ``6%``, ``2.5%``."""
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where things stand in one frame."""

    chart: TrendChart
    frame: Frame
    top_cents: float
    top_rate: float

    @property
    def _slot(self) -> float:
        return (self.frame.width - self.frame.left - self.frame.right) / max(len(self.chart.points), 1)

    @property
    def _hatch_id(self) -> str:
        return f"{self.chart.name}-{self.frame.name}-hatch"

    def _x(self, place: int) -> float:
        return self.frame.left + (place + 0.5) * self._slot

    def _bar_height(self, point: Point) -> float:
        return self.frame.bars_height * point.cents / self.top_cents

    def _rate_y(self, rate: float) -> float:
        return self.frame.line_top + self.frame.line_height * (1 - rate / self.top_rate)

    def hatch(self) -> str:
        return (
            f'<defs><pattern id="{escape(self._hatch_id)}" width="6" height="6" patternUnits="userSpaceOnUse"'
            f' patternTransform="rotate(45)"><rect class="paper" width="6" height="6" fill="{PAPER}"/>'
            f'<rect class="ink-1" width="2.5" height="6" fill="{BLUE}"/></pattern></defs>'
        )

    def grid(self, top: int, height: int, highest: float, step: float, words: Callable[[float], str]) -> list[str]:
        rules = []
        for mark in range(round(highest / step) + 1):
            y = top + height * (1 - mark * step / highest)
            rules.append(
                f'<line class="rule" x1="{self.frame.left}" x2="{self.frame.width}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
            )
            rules.append(text(self.frame.left - 8, y + 4, words(mark * step), "end"))
        return rules

    def bar(self, place: int) -> str:
        point, width = self.chart.points[place], max(self._slot - self.frame.gap, 2)
        height, bottom = self._bar_height(point), self.frame.bars_top + self.frame.bars_height
        name, fill = ("bar-open", f"url(#{escape(self._hatch_id)})") if point.in_progress else ("bar-full", BLUE)
        shape = (
            f'<rect class="{name}" x="{self._x(place) - width / 2:.1f}" y="{bottom - height:.1f}" width="{width:.1f}"'
            f' height="{height:.1f}" fill="{fill}" stroke="{BLUE}"/>'
        )
        if point.href is None:
            return shape
        # A short bar alone would be too small a target: the whole column opens the list.
        area = (
            f'<rect class="column" x="{self._x(place) - self._slot / 2:.1f}" y="{self.frame.bars_top}"'
            f' width="{self._slot:.1f}" height="{self.frame.bars_height}" fill="#fff" fill-opacity="0"/>'
        )
        return f'<a href="{escape(point.href)}" aria-label="{escape(point.label)}">{area}{shape}</a>'

    def bar_labels(self) -> list[str]:
        bottom = self.frame.bars_top + self.frame.bars_height
        return [
            self._label(place, bottom - self._bar_height(point) - 5, short_dollars(point.cents))
            for place in self._named(lambda point: point.cents, with_first=False, with_open=True)
            if (point := self.chart.points[place]).cents
        ]

    def note_marks(self) -> list[str]:
        """The numbers of notes under the bars of their months, in a box."""
        y = self.frame.bars_top + self.frame.bars_height + 9
        parts = []
        for place, point in enumerate(self.chart.points):
            if point.notes:
                width = 10 + 7 * len(point.notes)
                parts.append(
                    f'<rect class="note-mark" x="{self._x(place) - width / 2:.1f}" y="{y - 7:.1f}" width="{width}"'
                    f' height="14" rx="7" fill="{PAPER}" stroke="{MUTED}"/>'
                )
                parts.append(text(self._x(place), y + 4, point.notes, strong=True))
        return parts

    def line(self) -> list[str]:
        known = [(place, point) for place, point in enumerate(self.chart.points) if point.rate is not None]
        parts = [
            self._segment(before, after) for before, after in itertools.pairwise(known) if after[0] == before[0] + 1
        ]
        for place, point in known:
            name, fill = ("dot-open", PAPER) if point.in_progress else ("dot", VERMILION)
            parts.append(
                f'<circle class="{name}" cx="{self._x(place):.1f}" cy="{self._rate_y(point.rate or 0):.1f}" r="4"'
                f' fill="{fill}" stroke="{VERMILION}" stroke-width="2"/>'
            )
        return parts

    def _segment(self, before: tuple[int, Point], after: tuple[int, Point]) -> str:
        (x1, y1), (x2, y2) = ((self._x(place), self._rate_y(point.rate or 0)) for place, point in (before, after))
        return (
            f'<line class="line" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{VERMILION}"'
            f' stroke-width="2.5"{DOTTED if after[1].in_progress else ""}/>'
        )

    def line_labels(self) -> list[str]:
        return [
            self._label(place, self._rate_y(point.rate) - 9, f"{point.rate:.1%}")
            for place in self._named(lambda point: point.rate, with_first=True, with_open=False)
            if (point := self.chart.points[place]).rate is not None
        ]

    def _label(self, place: int, y: float, words: str) -> str:
        """A number over its month, kept inside the frame at the right end."""
        if self._x(place) + 4 * len(words) > self.frame.width:
            return text(self.frame.width, y, words, "end", strong=True)
        return text(self._x(place), y, words, strong=True)

    def _named(self, value: Callable[[Point], float | None], *, with_first: bool, with_open: bool) -> list[int]:
        """The places that carry a label: the highest, the last full month, perhaps the first and the open one."""
        points = self.chart.points
        known = [place for place, point in enumerate(points) if value(point) is not None]
        full = [place for place in known if not points[place].in_progress]
        named = {max(full, key=lambda place: value(points[place]) or 0), full[-1]} if full else set()
        if full and with_first:
            named.add(full[0])
        if with_open:
            named.update(place for place in known if points[place].in_progress)
        crowded = self._slot < 48  # narrow frames: a label next to another one would touch it
        kept: list[int] = []
        for place in sorted(named, reverse=True):
            if not crowded or not kept or kept[-1] - place > 1:
                kept.append(place)
        return kept

    def ticks(self) -> list[str]:
        base, year = self.frame.line_top + self.frame.line_height, ""
        parts = []
        for place, point in enumerate(self.chart.points):
            if (len(self.chart.points) - 1 - place) % self.frame.every:
                continue
            parts.append(text(self._x(place), base + 18, point.tick))
            if point.year != year:
                parts.append(text(self._x(place), base + 33, point.year))
            year = point.year
        return parts
