"""Panel 5: what is at risk today? Open denials by days left, as the queue's tiles count them."""

from collections.abc import Sequence

from tracker.domain.deadlines import Bucket
from tracker.domain.money import whole_dollars
from tracker.reports.queue import Tile


def time_left_heading(tiles: Sequence[Tile]) -> str:
    """Return what is at risk, from fixed sentences with checks."""
    soon = [tile for tile in tiles if tile.bucket in {Bucket.OVERDUE, Bucket.WEEK}]
    if not any(tile.denials for tile in tiles):
        return "Nothing is open"
    if not any(tile.denials for tile in soon):
        return "Nothing is overdue or due within 7 days"
    return f"{whole_dollars(sum(tile.cents for tile in soon))} is overdue or due within 7 days"
