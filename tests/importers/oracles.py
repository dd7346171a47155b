"""Others' judgement of X12 files: pyx12 (is it well formed?), oxedi (what is in an 835?), and a plain count."""

import io
import re
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import oxedi
import pyx12.params
import pyx12.x12n_document

_EMPTY = "∅"  # as oxedi prints a missing value


class Totals(NamedTuple):
    """Counts, and sums in cents."""

    claims: int
    lines: int
    adjustments: int
    charged: int
    paid: int
    taken: int = 0


def pyx12_accepts(data: bytes) -> bool:
    """Whether pyx12 finds nothing wrong with the transactions of a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its maps to be closed by the collector
        source = io.StringIO(data.decode("latin-1"))
        return bool(pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), source, None, None))


def oxedi_totals(data: bytes) -> Totals:
    """What oxedi finds in an 835."""
    tables = oxedi.parse(data).tables
    return Totals(
        claims=len(_rows(tables["claims"])),
        lines=len(_rows(tables["services"])),
        adjustments=len(_rows(tables["adjustments"])),
        charged=_sum(tables["claims"], "charge_amount"),
        paid=_sum(tables["claims"], "payment_amount"),
        taken=_sum(tables["provider_adjustments"], "amount"),
    )


def oxedi_complaints(data: bytes) -> list[str]:
    """What oxedi finds wrong, balancing included."""
    return [str(diagnostic) for diagnostic in oxedi.parse(data).diagnostics]


def _rows(table: oxedi.Table) -> list[dict[str, str]]:
    header, *lines = [line for line in table.render().splitlines() if line and not line.startswith("## ")]
    names = [name.split(":")[0] for name in header.split(" | ")]
    return [dict(zip(names, line.split(" | "), strict=True)) for line in lines]


def _sum(table: oxedi.Table, column: str) -> int:
    return sum(int(Decimal(row[column]) * 100) for row in _rows(table) if row[column] != _EMPTY)


def counted_835(data: bytes) -> Totals:
    """Count the segments of an 835, whatever stands between them."""
    found = {"CLP": 0, "SVC": 0, "CAS": 0}
    charged = paid = taken = 0
    for name, *sent in segments(data):
        values = [*sent, "", "", "", ""]
        if name == "CLP":
            charged, paid = charged + _cents(values[2]), paid + _cents(values[3])
        elif name == "PLB":
            taken += sum(_cents(amount) for amount in values[3::2])
        found[name] = found.get(name, 0) + (sum(bool(code) for code in values[1::3]) if name == "CAS" else 1)
    return Totals(found["CLP"], found["SVC"], found["CAS"], charged, paid, taken)


def counted_837p(data: bytes) -> Totals:
    """Count the claims and lines of an 837P."""
    every = list(segments(data))
    claims = [values for name, *values in every if name == "CLM"]
    return Totals(len(claims), sum(name == "SV1" for name, *_ in every), 0, sum(_cents(c[1]) for c in claims), 0)


def segments(data: bytes) -> Iterator[list[str]]:
    """Yield segments by the look of each interchange: its separator follows ISA or ST, its terminator precedes ST."""
    text = data.decode("latin-1").replace("\r", "")
    for part in re.split(r"(?=\bISA[^A-Za-z0-9\s]00)", text):
        start = re.search(r"\bST([^A-Za-z0-9\s])\d{3}\1", part)
        if start is None:
            continue
        element = start[1]
        before = part[: start.start()].rstrip(" ")
        terminator = (before.rstrip()[-1:] if before.rstrip() else "") or "~"
        if terminator.isalnum():
            terminator = "\n"
        for segment in part[start.start() :].split(terminator):
            yield [value.strip() for value in segment.replace("\n", "").strip().split(element)]


def _cents(text: str) -> int:
    return int(Decimal(text or "0") * 100)
