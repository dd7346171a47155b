"""Letters of a batch on either database, their worker killed."""

from tests.proofs.letters_killed import kill_batch
from tests.proofs.stage import Stage

LETTERS, KILLS = 16, 3


def test_letters_killed_at_any_moment_end_as_distinct_complete_packets_each_once(sessions, settings, cast):
    found = kill_batch(Stage(sessions, settings, cast), LETTERS, KILLS)
    assert (found.letters, found.packets, found.distinct, found.whole) == (LETTERS,) * 4
    assert found.hits >= KILLS // 2  # the kills met the work, not the start of the process
