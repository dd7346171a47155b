"""Python's collector of cyclic garbage, set for a process that holds much that stays and makes many rows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Importing and diagnosing make some hundred thousand short-lived objects at a time, hardly any of them in cycles: looking
# through them less often took a tenth off diagnosing (`./dev bench diagnosing`).
_YOUNG, _MIDDLE, _OLD = 20_000, 20, 20


@contextmanager
def paused() -> Iterator[None]:
    """Look for no cycles while modules are imported: hardly anything of them goes again, so the looking finds nothing.

    It took a tenth of a start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def collect_less_often() -> None:
    """Look for cycles less often, and leave what was loaded by now (modules, knowledge) out of every look."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
