"""The overturn curve as SVG: finished months as one full line, months with outcomes to come dotted."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from tracker.reports.charts import nice_axis, short_percent
from tracker.reports.overturn_curve import AGES, CohortCurve, OverturnCurve
from tracker.reports.svg import BLUE, DOTTED, GRID, PAPER, VERMILION, drawn, text

_LINE = 14


@dataclass(frozen=True, slots=True)
class CurveFrame:
    """Size of a drawing in its own units, about pixels."""

    name: str
    width: int
    height: int = 220
    left: int = 40
    right: int = 76
    top: int = 14
    bottom: int = 34


CURVE_FRAMES = (CurveFrame("wide", 620), CurveFrame("narrow", 330))


def draw_curve(curve: OverturnCurve, frame: CurveFrame) -> Markup:
    """Return the curve as an SVG element. Only what has a share is drawn; the table beside it holds all of it."""
    lines = [(cohort, _points(cohort)) for cohort in curve.months if cohort.is_open]
    lines = [(cohort, points) for cohort, points in lines if points]
    finished = _points(curve.finished) if curve.finished else []
    top, step = nice_axis(
        max((share for _, points in [*lines, (None, finished)] for _, share in points), default=0), 0.1
    )
    plot = _Plot(frame, top)
    parts = plot.grid(step)
    ends: list[tuple[float, float, str]] = []
    for cohort, points in lines:
        parts += plot.line(points, is_open=True)
        ends.append((*plot.at(*points[-1]), cohort.month.short))
    if finished:
        parts += plot.line(finished, is_open=False)
        ends.append((*plot.at(*finished[-1]), "Finished"))
    title = "Share of denials overturned within 30, 60, 90 and 120 days, by month of first denial"
    head = f'<svg class="curve {frame.name}" viewBox="0 0 {frame.width} {frame.height}" role="img" aria-label="{escape(title)}">'
    return drawn((head, *parts, *plot.labels(ends), "</svg>"))


def _points(cohort: CohortCurve) -> list[tuple[int, float]]:
    found = zip(AGES, cohort.rates, strict=True)
    return [(age, rate.share) for age, rate in found if rate is not None and rate.share is not None]


@dataclass(frozen=True, slots=True)
class _Plot:
    frame: CurveFrame
    top: float

    def at(self, age: int, share: float) -> tuple[float, float]:
        frame = self.frame
        x = frame.left + (frame.width - frame.left - frame.right) * age / AGES[-1]
        return x, frame.top + (frame.height - frame.top - frame.bottom) * (1 - share / self.top)

    def grid(self, step: float) -> list[str]:
        parts = []
        for mark in range(round(self.top / step) + 1):
            x, y = self.at(AGES[-1], mark * step)
            parts.append(
                f'<line class="rule" x1="{self.frame.left}" x2="{x:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
            )
            parts.append(text(self.frame.left - 6, y + 4, short_percent(mark * step), "end"))
        parts += [text(self.at(age, 0)[0], self.frame.height - 16, str(age)) for age in AGES]
        parts.append(text(self.frame.left, self.frame.height - 2, "Days since the first denial", "start"))
        return parts

    def line(self, points: Sequence[tuple[int, float]], *, is_open: bool) -> list[str]:
        places = [self.at(0, 0.0), *(self.at(*point) for point in points)]
        color, kind, wide = (VERMILION, "open", 2) if is_open else (BLUE, "full", 3)
        drawing = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        curve = (
            f'<polyline class="curve-{kind}" fill="none" stroke="{color}" stroke-width="{wide}"'
            f'{DOTTED if is_open else ""} points="{drawing}"/>'
        )
        dots = [
            f'<circle class="curve-dot-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{PAPER if is_open else color}"'
            f' stroke="{color}" stroke-width="2"/>'
            for x, y in places[1:]
        ]
        return [curve, *dots]

    def labels(self, ends: Sequence[tuple[float, float, str]]) -> list[str]:
        """The names at the ends of the lines, moved apart where they would touch."""
        parts, taken = [], list[tuple[float, float]]()
        for x, y, words in sorted(ends, key=lambda end: end[1]):
            place = y + 4
            while any(abs(x - other) < 60 and abs(place - low) < _LINE for other, low in taken):
                place += 1
            taken.append((x, place))
            parts.append(text(x + 8, place, words, "start", strong=words == "Finished"))
        return parts
