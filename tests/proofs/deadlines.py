"""Every deadline rule over a hundred years, beside an oracle that counts day by day and shares no code."""

from datetime import date, timedelta

from tests.domain.deadline_oracle import oracle
from tests.proofs.found import Found, Proof
from tracker.domain.deadlines import clock
from tracker.knowledge import load

PROOF = Proof("R-20", "deadlines: 0 differences from an independent oracle, 100 years, all rules", 997, 61, 1)

_FIRST, _LAST = date(1990, 1, 1), date(2089, 12, 31)


def prove(step: int) -> Found:
    """Compare both dates of every rule for every ``step``-th day of the hundred years."""
    wrong, tries, rules = list[str](), 0, load().clocks
    for number, (name, rule) in enumerate(rules.items()):
        day = _FIRST + timedelta(days=number % step)
        while day <= _LAST:
            found, expected = clock(rule, day), oracle(rule, day)
            if (found.safe, found.legal) != expected and len(wrong) < 5:
                wrong.append(f"{name} from {day}: {found.safe} and {found.legal}, the oracle says {expected}")
            tries, day = tries + 1, day + timedelta(days=step)
    return Found(tries, f"{len(rules)} rules, 1990 to 2089, every {step}. day", tuple(wrong))
