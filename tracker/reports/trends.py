"""Panel 1: are denials getting better? Denied dollars and the initial denial rate by remittance month."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.domain.money import whole_dollars
from tracker.reports.basis import BASIS_WORDS, Basis
from tracker.reports.charts import Point, TrendChart
from tracker.reports.figures import Rate, line_rate
from tracker.reports.hfma import HfmaMonth
from tracker.reports.months import Month
from tracker.reports.tallies import DenialTally, LineTally

_LEAST_CHANGE = 5  # ux.md 3.3: a change is named from 10% and 5 denials on
_LEAST_SHARE = 10
_NONE: Mapping[Month, str] = {}


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of the trend; ``denied_lines`` of ``lines`` is its initial denial rate."""

    month: Month
    in_progress: bool
    denials: int
    cents: int
    denied_lines: int
    lines: int

    @property
    def rate(self) -> Rate:
        """Lines denied by their first answer, of all lines first answered in the month."""
        return line_rate(self.denied_lines, self.lines)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of the month: no denial and no line."""
        return not self.denials and not self.lines


@dataclass(frozen=True, slots=True)
class Trend:
    """The months asked for, in time order; the month of today, if there, is in progress."""

    months: tuple[MonthFigures, ...]

    @property
    def complete(self) -> tuple[MonthFigures, ...]:
        """The months that are over: the only ones a comparison may use."""
        return tuple(figures for figures in self.months if not figures.in_progress)

    @property
    def last_complete(self) -> MonthFigures | None:
        """The last month that is over."""
        return self.complete[-1] if self.complete else None

    @property
    def before_last(self) -> MonthFigures | None:
        """The month before it, when it holds anything to compare with."""
        complete = self.complete
        return complete[-2] if len(complete) > 1 and not complete[-2].is_empty else None

    @property
    def in_progress(self) -> MonthFigures | None:
        """The month of today, when asked for."""
        return next((figures for figures in self.months if figures.in_progress), None)

    @property
    def lines(self) -> int:
        """All lines first answered in the months asked for."""
        return sum(figures.lines for figures in self.months)

    @property
    def denials(self) -> int:
        """All denials of the months asked for."""
        return sum(figures.denials for figures in self.months)


def monthly_trend(
    months: Iterable[Month], denials: Iterable[DenialTally], lines: Iterable[LineTally], today: date
) -> Trend:
    """Fold tallies by day into months; a month without any is there with zeros."""
    count, cents, early, total = Counter[Month](), Counter[Month](), Counter[Month](), Counter[Month]()
    for tally in denials:
        month = Month.of(tally.day)
        count[month] += tally.denials
        cents[month] += tally.cents
        early[month] += tally.at_first_answer
    for answered in lines:
        total[Month.of(answered.day)] += answered.lines
    current = Month.of(today)
    return Trend(
        tuple(
            MonthFigures(month, month >= current, count[month], cents[month], early[month], total[month])
            for month in months
        )
    )


def trend_heading(trend: Trend) -> str:
    """Return what the trend says, from fixed sentences with checks; it never names a cause."""
    last, before = trend.last_complete, trend.before_last
    if last is None or last.is_empty:
        return "No complete month to compare yet"
    if before is None:
        return f"{_count(last)} in {last.month.name}, {whole_dollars(last.cents)}"
    highest = max(trend.complete, key=lambda figures: figures.denials)
    first = _change(before, last)
    if highest is last and last.denials > before.denials:
        return f"{first}, the highest of the months shown"
    if highest is before or highest.is_empty:
        return first
    return f"{first}. {highest.month.name} was highest at {highest.denials}"


def _change(before: MonthFigures, last: MonthFigures) -> str:
    difference = last.denials - before.denials
    if abs(difference) < _LEAST_CHANGE or abs(difference) * 100 < _LEAST_SHARE * before.denials:
        return f"No clear change: {before.denials} denials in {before.month.name}, {last.denials} in {last.month.name}"
    verb = "rose" if difference > 0 else "fell"
    return f"Denials {verb} from {before.denials} in {before.month.name} to {last.denials} in {last.month.name}"


def _count(figures: MonthFigures) -> str:
    return "1 denial" if figures.denials == 1 else f"{figures.denials} denials"


def trend_chart(
    trend: Trend,
    address: Callable[[Month], str],
    notes: Mapping[Month, str] = _NONE,
    hfma: Mapping[Month, HfmaMonth] | None = None,
    basis: Basis = Basis.BILLED,
) -> TrendChart:
    """Return the trend as a chart; ``address`` gives the list of a month's denials, ``notes`` the numbers of its notes.

    With ``hfma`` the line is the rate of that basis, and of no other.
    """
    return TrendChart(
        name="trend",
        title=f"Denied dollars and initial denial rate by remittance month, {_span(trend)}",
        bars_title=f"Denied amount ({BASIS_WORDS[basis]})",
        line_title="Initial denial rate (of lines first answered)"
        if hfma is None
        else "Initial denial rate (HFMA basis)",
        points=tuple(_point(figures, address, notes.get(figures.month, ""), hfma) for figures in trend.months),
    )


def _span(trend: Trend) -> str:
    return f"{trend.months[0].month.label} to {trend.months[-1].month.label}"


def _point(
    figures: MonthFigures, address: Callable[[Month], str], notes: str, hfma: Mapping[Month, HfmaMonth] | None
) -> Point:
    month = figures.month
    found, of = (figures.rate, "lines") if hfma is None else (hfma[figures.month].rate, "claims, HFMA basis")
    rate = f"{found.text()} of {of}" if found.share is not None else "no rate"
    progress = ", month in progress" if figures.in_progress else ""
    return Point(
        tick=month.short,
        year=str(month.year),
        label=f"{month.label}: {_count(figures)}, {whole_dollars(figures.cents)}, {rate}{progress}. Open the list",
        href=address(month) if figures.denials else None,
        cents=figures.cents,
        rate=found.share,
        in_progress=figures.in_progress,
        notes=notes,
    )
