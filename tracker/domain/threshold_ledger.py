"""What Medicare allowed a patient for therapy in a year, against the yearly thresholds (42 USC 1395l(g)).

PT and SLP share one pool, OT has its own. Allowed amounts count, deductible and coinsurance included, in the order of the
days of service. All amounts are cents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

POOLS: Mapping[str, str] = MappingProxyType({"pt_slp": "PT and SLP together", "ot": "OT"})
POOL_OF: Mapping[str, str] = MappingProxyType({"PT": "pt_slp", "SLP": "pt_slp", "OT": "ot"})


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line the payer answered. ``pool`` is empty where no discipline is known; ``claim`` is an id for links."""

    day: date
    claim: str
    code: str
    modifiers: tuple[str, ...]
    pool: str
    allowed_cents: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in its place: what was used up with it, and whether that is above the KX threshold without KX."""

    line: LedgerLine
    total_cents: int
    is_above_kx: bool

    @property
    def has_kx(self) -> bool:
        """Whether the line carries KX."""
        return "KX" in self.line.modifiers


@dataclass(frozen=True, slots=True)
class PoolLedger:
    """A pool's year. A threshold is None where the year's figure is not known."""

    pool: str
    year: int
    entries: tuple[Entry, ...]
    kx_cents: int | None
    review_cents: int | None

    @property
    def total_cents(self) -> int:
        """Return what was allowed in the year."""
        return self.entries[-1].total_cents if self.entries else 0

    @property
    def kx_left_cents(self) -> int | None:
        """Return what is left below the KX threshold, 0 when it is used up; None when it is not known."""
        return None if self.kx_cents is None else max(0, self.kx_cents - self.total_cents)

    @property
    def crossed_on(self) -> date | None:
        """Return the first day of service whose lines took the total above the KX threshold, if one did."""
        return next((entry.line.day for entry in self.entries if entry.is_above_kx), None)

    @property
    def is_above_review(self) -> bool:
        """Whether the total is above the amount from which a targeted review is possible."""
        return self.review_cents is not None and self.total_cents > self.review_cents

    @property
    def without_kx(self) -> tuple[Entry, ...]:
        """Return the paid lines above the threshold that carry no KX."""
        return tuple(entry for entry in self.entries if entry.is_above_kx and not entry.has_kx)


def pool_ledger(
    lines: Iterable[LedgerLine], pool: str, year: int, kx_cents: int | None, review_cents: int | None
) -> PoolLedger:
    """Return the ledger of one pool and year; lines of other pools and years are left out."""
    own = [line for line in lines if line.pool == pool and line.day.year == year and line.allowed_cents > 0]
    own.sort(key=lambda line: (line.day, line.claim, line.code))
    entries, total = [], 0
    for line in own:
        total += line.allowed_cents
        entries.append(Entry(line, total, is_above_kx=kx_cents is not None and total > kx_cents))
    return PoolLedger(pool, year, tuple(entries), kx_cents, review_cents)
