"""That work grows with the length of a text and not with its square, measured against itself on any machine."""

import time
from collections.abc import Callable
from typing import Any

LONG = 1_000_000
_SHORT = LONG // 8
_MOST = 24  # times as long for a text eight times as long: linear work takes eight, the square sixty-four
_SPARE_SECONDS = 0.5
_TRIES = 4  # a machine that is busy elsewhere stretches some of the runs


def assert_linear(piece: str, work: Callable[[Any], object], ready: Callable[[str], Any] = str) -> None:
    """Do work on a long and a short text of one piece; ``ready`` makes of a text, unmeasured, what the work takes."""
    for _ in range(_TRIES):
        short, long = (_seconds(work, ready(piece * (size // len(piece)))) for size in (_SHORT, LONG))
        if long <= _MOST * short + _SPARE_SECONDS:
            return
    raise AssertionError(f"{LONG:,} characters of {piece!r} took {long:.2f} s, {_SHORT:,} took {short:.2f} s")


def _seconds(work: Callable[[Any], object], text: Any) -> float:
    start = time.process_time()
    work(text)
    return time.process_time() - start
