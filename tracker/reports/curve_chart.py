"""The overturn curve as SVG: finished months as one full line, months with outcomes to come dotted."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tracker.reports.charts import nice_axis, short_percent
from tracker.reports.overturn_curve import AGES, CohortCurve, OverturnCurve

_BLUE, _VERMILION, _INK, _MUTED, _GRID, _PAPER = "#0072b2", "#d55e00", "#1a2330", "#4b5665", "#dfe4ea", "#ffffff"
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
    return Markup('<svg class="curve {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        frame.name, frame.width, frame.height, title, Markup().join([*parts, *plot.labels(ends)])
    )


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

    def grid(self, step: float) -> list[Markup]:
        parts = []
        for mark in range(round(self.top / step) + 1):
            x, y = self.at(AGES[-1], mark * step)
            parts.append(
                Markup('<line class="rule" x1="{}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}" stroke="{}"/>').format(
                    self.frame.left, x, y, y, _GRID
                )
            )
            parts.append(_text(self.frame.left - 6, y + 4, short_percent(mark * step), "end"))
        parts += [_text(self.at(age, 0)[0], self.frame.height - 16, str(age), "middle") for age in AGES]
        parts.append(_text(self.frame.left, self.frame.height - 2, "Days since the first denial", "start"))
        return parts

    def line(self, points: Sequence[tuple[int, float]], *, is_open: bool) -> list[Markup]:
        places = [self.at(0, 0.0), *(self.at(*point) for point in points)]
        color, kind = (_VERMILION, "open") if is_open else (_BLUE, "full")
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        dots = Markup(' stroke-dasharray="3 4"') if is_open else ""
        parts = [
            Markup('<polyline class="curve-{}" fill="none" stroke="{}" stroke-width="{}"{} points="{}"/>').format(
                kind, color, 2 if is_open else 3, dots, drawn
            )
        ]
        for x, y in places[1:]:
            parts.append(
                Markup('<circle class="curve-dot-{}" cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}" stroke="{}" stroke-width="2"/>').format(
                    kind, x, y, _PAPER if is_open else color, color
                )
            )  # fmt: skip
        return parts

    def labels(self, ends: Sequence[tuple[float, float, str]]) -> list[Markup]:
        """The names at the ends of the lines, moved apart where they would touch."""
        parts, taken = [], list[tuple[float, float]]()
        for x, y, words in sorted(ends, key=lambda end: end[1]):
            place = y + 4
            while any(abs(x - other) < 60 and abs(place - low) < _LINE for other, low in taken):
                place += 1
            taken.append((x, place))
            parts.append(_text(x + 8, place, words, "start", strong=words == "Finished"))
        return parts


def _text(x: float, y: float, words: str, anchor: str, *, strong: bool = False) -> Markup:
    return Markup(
        '<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="12" font-weight="{}" fill="{}">{}</text>'
    ).format("strong" if strong else "weak", x, y, anchor, 600 if strong else 400, _INK if strong else _MUTED, words)
