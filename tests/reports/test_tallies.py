"""The SQL tallies against counting by hand over random rows."""

import random
from datetime import date, timedelta

import pytest

from tests.reports.ledger import Ledger
from tracker.month_counts import NOT_A_DENIAL
from tracker.reports.months import Month
from tracker.reports.tallies import Asked, cohort, denials_by_cause, denials_by_day, lines_by_day

CAUSES = ("", "mn_skill_not_shown", "auth_absent", NOT_A_DENIAL)
ASKED = Asked(Month(2026, 8), Month(2026, 10))


def random_rows(rnd, ledgers, payers):
    """Write random denials; return (practice, payer, denied, cents, cause, first answer, recovered) of each."""
    rows = []
    for _ in range(120):
        ledger, payer = rnd.choice(ledgers), rnd.choice(payers)
        denied = date(2026, 7, 20) + timedelta(days=rnd.randrange(120))
        answered = rnd.choice([denied, denied - timedelta(days=9), None])
        cents, cause, recovered = rnd.randrange(1, 90_000), rnd.choice(CAUSES), rnd.choice([0, 0, 500])
        line = ledger.line(payer, answered)
        ledger.denial(payer, denied, cents, line=line, root_cause=cause, recovered_cents=recovered)
        rows.append((ledger.practice.id, payer.id, denied, cents, cause, answered, recovered))
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_tallies_equal_a_count_by_hand(session, harbor, summit, seed):
    rnd = random.Random(seed)
    ledgers = [Ledger(session, name) for name in ("Eastside PT", "Lakeview Rehab")]
    rows = random_rows(rnd, ledgers, [harbor, summit])
    scope = frozenset(rnd.sample([ledger.practice.id for ledger in ledgers], rnd.choice([1, 2])))
    asked = Asked(ASKED.first, ASKED.last, rnd.choice([(), (harbor.id,)]))
    session.info["scope"] = scope
    mine = [row for row in rows if row[0] in scope and (not asked.payer_ids or row[1] in asked.payer_ids)]
    there = [row for row in mine if date(2026, 8, 1) <= row[2] <= date(2026, 10, 31) and row[4] != NOT_A_DENIAL]

    days = denials_by_day(session, asked)
    assert sum(tally.denials for tally in days) == len(there)
    assert sum(tally.cents for tally in days) == sum(row[3] for row in there)
    assert sum(tally.at_first_answer for tally in days) == sum(row[5] == row[2] for row in there)
    assert {tally.day for tally in days} == {row[2] for row in there}

    lines = sum(tally.lines for tally in lines_by_day(session, asked))
    assert lines == sum(row[5] is not None and date(2026, 8, 1) <= row[5] <= date(2026, 10, 31) for row in mine)

    causes = {tally.root_cause: (tally.denials, tally.cents) for tally in denials_by_cause(session, asked)}
    assert causes == {
        cause: (sum(row[4] == cause for row in there), sum(row[3] for row in there if row[4] == cause))
        for cause in {row[4] for row in there}
    }
    result = cohort(session, asked)
    assert result.recovered_cents == sum(row[6] for row in there)
    assert result.paid_denials == sum(row[6] > 0 for row in there)
