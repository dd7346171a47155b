"""Whom a file is for: the payees of an 835, the billing providers of an 837 or a 277CA, by their numbers alone."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.importers.x12 import ELEMENT, SEGMENT, Transaction, transactions

# N1*PE*name*XX*npi of an 835; NM1*85*2*name*****XX*npi of an 837 or 277CA.
_PAYEE, _BILLING = f"N1{ELEMENT}PE{ELEMENT}", f"NM1{ELEMENT}85{ELEMENT}"
_LOOP = re.compile(f"(?:^|{SEGMENT})(N1{ELEMENT}PE{ELEMENT}|NM1{ELEMENT}85{ELEMENT})")
_NEXT_SEGMENTS = 6  # address, city and numbers of a payee follow its name
_NPI, _TINS = "XX", {"FI", "24"}
_REF_TINS = {"TJ", "EI"}


class Payee(NamedTuple):
    """An NPI and a tax ID as a file writes them; either may be empty."""

    npi: str
    tin: str


def payees_in(data: bytes) -> list[Payee]:
    """Return whom a file is for, each once, in its order; nobody where it names nobody.

    Raises ImportProblem as reading the file would.
    """
    found = dict.fromkeys(payee for transaction in transactions(data) for payee in _of(transaction))
    return [payee for payee in found if payee.npi or payee.tin]


def _of(transaction: Transaction) -> Iterator[Payee]:
    body = transaction.body
    for match in _LOOP.finditer(body):
        segments = body[match.start(1) :].split(SEGMENT, _NEXT_SEGMENTS + 1)[: _NEXT_SEGMENTS + 1]
        yield payee_of([segment.split(ELEMENT) for segment in segments])


def payee_of(segments: list[list[str]]) -> Payee:
    """Return the numbers in the segment that names a payee, and in the REF segments right after it."""
    name, *rest = segments
    at = 3 if name[0] == "N1" else 8
    qualifier, number = (name[at].strip(), name[at + 1].strip()) if len(name) > at + 1 else ("", "")
    tin = number if qualifier in _TINS else ""
    for elements in rest:
        if elements[0] in {"N1", "NM1", "LX", "CLP", "HL", "SBR", "TRN", "STC"}:
            break
        if elements[0] == "REF" and len(elements) > 2 and elements[1].strip() in _REF_TINS:
            tin = tin or elements[2].strip()
    return Payee(number if qualifier == _NPI else "", digits_of(tin))


def digits_of(text: str) -> str:
    """Return the digits of a tax ID as a file writes it."""
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())[:9]
