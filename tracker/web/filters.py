"""How facts are shown: money, dates and counts in the words of the screens."""

from datetime import date, datetime

from flask import Flask

from tracker.domain.money import dollars, plain_amount, whole_dollars
from tracker.domain.statuses import STATUSES


def us_date(day: date | None) -> str:
    """Return a date as tables show it: ``11/29/2026``; nothing for no date."""
    return f"{day:%m/%d/%Y}" if day is not None else ""


def long_date(day: date | None) -> str:
    """Return a date as decisions need it: ``Sun, Nov 29, 2026``."""
    return f"{day:%a, %b} {day.day}, {day.year}" if day is not None else ""


def us_time(moment: datetime | None) -> str:
    """Return a moment in the time zone of this computer: ``11/29/2026, 9:20 AM``."""
    if moment is None:
        return ""
    local = moment.astimezone()
    return f"{local:%m/%d/%Y}, {us_clock(moment)}"


def us_clock(moment: datetime) -> str:
    """Return the time of day of a moment in the time zone of this computer: ``9:20 AM``."""
    local = moment.astimezone()
    return f"{local.hour % 12 or 12}:{local:%M %p}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its word: ``1 denial``, ``1,204 denials``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def megabytes(size: int) -> str:
    """Return bytes as people read them: ``0.1 MB``, ``12.4 MB``; anything small is ``under 0.1 MB``."""
    return f"{size / 1_000_000:,.1f} MB" if size >= 50_000 else "under 0.1 MB"


def init_app(app: Flask) -> None:
    """Make the filters, and the words of the statuses, known to the templates."""
    for show in (dollars, whole_dollars, plain_amount, us_date, long_date, us_time, us_clock, plural, megabytes):
        app.jinja_env.filters[show.__name__] = show
    app.jinja_env.globals["STATUSES"] = STATUSES
