"""Money is integer cents everywhere; it becomes text once, at the edge."""

import re

# A bare Decimal() accepts NaN, Infinity and 1e999999, so amounts have a grammar of their own (x12.md rule 3).
_AMOUNT = re.compile(r"(-?)(\d{1,15})(?:\.(\d{0,2}))?", re.ASCII)


class MoneyError(ValueError):
    """Raised when text is not an amount of money."""


def parse_cents(text: str) -> int:
    """Return the cents of an amount written like ``-12``, ``12.``, ``12.3`` or ``12.34``.

    Raises MoneyError for anything else, ``.5``, ``1,000`` and exponents included.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise MoneyError(text)
    sign, whole, fraction = match.groups()
    cents = int(whole) * 100 + int((fraction or "").ljust(2, "0"))
    return -cents if sign else cents


def dollars(cents: int) -> str:
    """Return cents as a reader expects them: ``$1,284.50``, ``-$3.00``."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}${whole:,}.{rest:02d}"


def whole_dollars(cents: int) -> str:
    """Return cents rounded half up to whole dollars, for tiles and charts: ``$1,285``."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${(abs(cents) + 50) // 100:,}"


def plain_amount(cents: int) -> str:
    """Return cents as a plain decimal without sign of currency: ``1284.50``."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole}.{rest:02d}"
