"""What a contract lets expect for a line: its payer's rate for the code, at the date of service."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple


class Rate(NamedTuple):
    """A contracted rate of one payer and code: ``cents`` a unit for dates of service from ``first`` to ``last``.

    ``modifier``: only for lines that carry it (CQ and CO for what assistants furnish); empty for all others.
    Without ``last`` it holds until a later rate begins.
    """

    modifier: str
    first: date
    last: date | None
    cents: int

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a date of service."""
        return self.first <= day and (self.last is None or day <= self.last)


class PricedLine(NamedTuple):
    """What of a denied line its expected amount is made of; amounts are cents."""

    modifiers: Collection[str]
    units: float
    charge_cents: int
    denied_cents: int
    service_date: date


def expected_cents(rates: Iterable[Rate], line: PricedLine) -> int | None:
    """Return the cents a contract lets expect for a denied line, None where none of its payer's rates for its code holds.

    Assumed: the rate times the units billed; no more than the charge, since contracts pay the lesser of charge and rate;
    and no more than was denied, since the rest of the line is paid or was never owed. The patient's share, reductions for
    several procedures of a day and sequestration are not taken off: billed charges do not know them either.
    """
    rate = _rate_for(rates, line)
    if rate is None or line.units <= 0:
        return None
    full = int((Decimal(str(line.units)) * rate.cents).quantize(Decimal(1), ROUND_HALF_UP))
    return max(0, min(full, line.charge_cents, line.denied_cents))


def _rate_for(rates: Iterable[Rate], line: PricedLine) -> Rate | None:
    """Return the rate that holds: of each modifier the one that began last; a modifier's before the plain one.

    Where several modifiers have a rate, the lowest: what reduces a payment is not undone by another modifier.
    """
    newest: dict[str, Rate] = {}
    for rate in rates:
        if rate.holds_on(line.service_date) and (not rate.modifier or rate.modifier in line.modifiers):
            before = newest.get(rate.modifier)
            if before is None or before.first < rate.first:
                newest[rate.modifier] = rate
    plain = newest.pop("", None)
    return min(newest.values(), key=lambda rate: rate.cents, default=plain)
