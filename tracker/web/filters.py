"""How facts are shown: money, dates and counts in the words of the screens."""

from datetime import date, datetime, tzinfo
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, g, has_request_context

from tracker.domain.export_reasons import OF_LISTS, REASON_WORDS
from tracker.domain.money import dollars, plain_amount, whole_dollars
from tracker.domain.protection import PROTECTION_WORDS
from tracker.domain.sheet import cell_words
from tracker.domain.statuses import STATUSES
from tracker.domain.turns import Holder
from tracker.domain.zones import ZONES

WHO_CHOICES = [(holder.value.replace(" ", "-"), holder.value.capitalize()) for holder in Holder]


def us_date(day: date | None) -> str:
    """Return a date as tables show it: ``11/29/2026``; nothing for no date."""
    return f"{day:%m/%d/%Y}" if day is not None else ""


def long_date(day: date | None) -> str:
    """Return a date as decisions need it: ``Sun, Nov 29, 2026``."""
    return f"{day:%a, %b} {day.day}, {day.year}" if day is not None else ""


def us_time(moment: datetime | None) -> str:
    """Return a moment in the time zone of the practice in view: ``11/29/2026, 9:20 AM``."""
    if moment is None:
        return ""
    local = moment.astimezone(_zone())
    return f"{local:%m/%d/%Y}, {us_clock(moment)}"


def us_clock(moment: datetime) -> str:
    """Return the time of day of a moment in the time zone of the practice in view: ``9:20 AM``."""
    local = moment.astimezone(_zone())
    return f"{local.hour % 12 or 12}:{local:%M %p}"


def _zone() -> tzinfo | None:
    """Return the time zone of the practice that the request shows, None for the installation's own."""
    zone: tzinfo | None = g.get("zone") if has_request_context() else None
    return zone


def masked(name: str) -> str:
    """Return a patient's name as the person wants to see it: whole, or its initials while the screen is shared."""
    if not (g.get("user") and g.user.masks_names):
        return name
    return " ".join(f"{part[0]}." for part in name.replace(",", " ").split() if part)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its word: ``1 denial``, ``1,204 denials``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def megabytes(size: int) -> str:
    """Return bytes as people read them: ``0.1 MB``, ``12.4 MB``, ``20.0 GB``; anything small is ``under 0.1 MB``."""
    if size >= 1_000_000_000:
        return f"{size / 1_000_000_000:,.1f} GB"
    return f"{size / 1_000_000:,.1f} MB" if size >= 50_000 else "under 0.1 MB"


def without_query(address: str) -> str:
    """Return an address without what follows its question mark."""
    return address.partition("?")[0]


def query_fields(address: str) -> list[tuple[str, str]]:
    """Return the parameters of an address as the hidden fields of a form that leads there."""
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


def init_app(app: Flask) -> None:
    """Make the filters, and the words of statuses and reasons, known to the templates."""
    for show in (
        dollars,
        whole_dollars,
        plain_amount,
        us_date,
        long_date,
        us_time,
        us_clock,
        plural,
        megabytes,
        masked,
        without_query,
        query_fields,
    ):
        app.jinja_env.filters[show.__name__] = show
    app.jinja_env.globals["cell_words"] = cell_words
    app.jinja_env.globals["STATUSES"] = STATUSES
    app.jinja_env.globals["ZONES"] = ZONES
    app.jinja_env.globals["WHO"] = WHO_CHOICES
    app.jinja_env.globals["LIST_REASONS"] = OF_LISTS
    app.jinja_env.globals["REASON_WORDS"] = REASON_WORDS
    app.jinja_env.globals["PROTECTION_WORDS"] = PROTECTION_WORDS
