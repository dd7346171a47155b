"""Which day it is at a practice: its time zone decides how many days are left and where a month ends."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Where practices of the United States are, in their own words; keys are names of the IANA database.
ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Mountain without daylight saving (Arizona)",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic (Puerto Rico, Virgin Islands)",
    "Pacific/Guam": "Chamorro (Guam)",
}


def zone_of(names: Iterable[str | None]) -> tzinfo | None:
    """Return the time zone that all these practices are in; None, the installation's own, where they differ or name none."""
    found = set(names)
    name = found.pop() if len(found) == 1 else None
    try:
        return ZoneInfo(name) if name else None
    except ZoneInfoNotFoundError:  # a machine without the database of time zones
        return None


def day_at(now: datetime, zone: tzinfo | None) -> date:
    """Return the date of a moment in a time zone, None for the installation's own."""
    return now.astimezone(zone).date()
