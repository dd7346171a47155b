"""Attributes that are computed once, when somebody first asks."""

from threading import Barrier, Event, Thread

from tracker.domain.once import once


class Counted:
    def __init__(self) -> None:
        self.computed = 0

    @once
    def figure(self) -> int:
        """Return a figure."""
        self.computed += 1
        return 7 * self.computed


def test_nothing_is_computed_before_somebody_asks():
    assert Counted().computed == 0


def test_a_value_is_computed_once_and_kept_for_its_own_object():
    one, other = Counted(), Counted()

    assert [one.figure, one.figure, other.figure] == [7, 7, 7]
    assert (one.computed, other.computed) == (1, 1)


def test_the_words_about_an_attribute_stay():
    assert vars(Counted)["figure"].__doc__ == "Return a figure."


class Waiting:
    """Computes only when another object computes at the same time."""

    def __init__(self, together: Barrier) -> None:
        self._together = together

    @once
    def met(self) -> bool:
        self._together.wait(timeout=10)
        return True


def test_two_objects_are_computed_at_the_same_time_by_two_threads():
    together, done = Barrier(2), [Event(), Event()]

    def ask(at: int) -> None:
        if Waiting(together).met:
            done[at].set()

    threads = [Thread(target=ask, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(each.is_set() for each in done)
