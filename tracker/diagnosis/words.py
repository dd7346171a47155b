"""Figures and dates as reasons say them."""

from datetime import date


def units_word(units: float) -> str:
    """Return ``1 unit``, ``3 units``, ``no unit``."""
    if units == 0:
        return "no unit"
    return f"{units:g} unit" if units == 1 else f"{units:g} units"


def counted(units: float) -> str:
    """Return ``1 unit was``, ``3 units were`` (billed)."""
    return f"{units:g} unit was" if units == 1 else f"{units:g} units were"


def us_date(day: date) -> str:
    """Return a date as tables show it: ``11/29/2026``."""
    return f"{day.month:02}/{day.day:02}/{day.year}"


def table_word(quarter: str, day: date, *, exact: bool) -> str:
    """Return which quarter's table was used, and that it is older than the day where it is: ``table of 2024q3, ...``."""
    older = "" if exact else f", the newest table loaded for {us_date(day)}"
    return f"table of {quarter}{older}"


def days_word(days: int) -> str:
    """Return ``1 day``, ``12 days``."""
    return "1 day" if days == 1 else f"{days} days"
