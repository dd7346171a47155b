"""The middle of counted values."""

from collections.abc import Mapping


def middle(counts: Mapping[int, int]) -> tuple[int, int]:
    """Return the two values in the middle, which are one for an odd number of them; ``counts`` says how often each is there.

    Raises ValueError when nothing is counted.
    """
    total, seen, low = sum(counts.values()), 0, None
    for value in sorted(counts):
        seen += counts[value]
        if low is None and 2 * seen >= total > 0:
            low = value
        if low is not None and 2 * seen > total:
            return low, value
    raise ValueError("nothing is counted, so nothing is in the middle")
