"""Panel 5: what is at risk today? Open denials by days left, as the queue's tiles count them."""

from collections.abc import Sequence

from tracker.domain.ages import Age
from tracker.domain.deadlines import Bucket
from tracker.domain.money import whole_dollars
from tracker.reports.queue import Tile
from tracker.reports.tallies import AgeTally


def time_left_heading(tiles: Sequence[Tile]) -> str:
    """Return what is at risk, from fixed sentences with checks."""
    soon = [tile for tile in tiles if tile.bucket in {Bucket.OVERDUE, Bucket.WEEK}]
    if not any(tile.denials for tile in tiles):
        return "Nothing is open"
    if not any(tile.denials for tile in soon):
        return "Nothing is overdue or due within 7 days"
    return f"{whole_dollars(sum(tile.cents for tile in soon))} is overdue or due within 7 days"


def age_heading(ages: Sequence[AgeTally]) -> str:
    """Return how much has waited longest, from fixed sentences with checks."""
    if not any(tally.denials for tally in ages):
        return "Nothing is open"
    old = next(tally for tally in ages if tally.age is Age.OLDER)
    if not old.denials:
        return "Nothing open is older than 120 days"
    return f"{whole_dollars(old.cents)} has been open for over 120 days"
