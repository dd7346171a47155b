"""What a proof found."""

from typing import NamedTuple


class Found(NamedTuple):
    """How many tries were made and what they showed; ``wrong`` and ``slow`` say in words what did not hold.

    Where it could not run, ``wrong`` says why.
    """

    tries: int
    measured: str
    wrong: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()
    ran: bool = True

    @property
    def holds(self) -> bool:
        return not self.wrong and not self.slow


class Proof(NamedTuple):
    """A figure (security.md, section 4) and the sizes it is proved at: in the tests (0: not again), in a report, in full."""

    figure: str
    goal: str
    small: int
    usual: int
    full: int
