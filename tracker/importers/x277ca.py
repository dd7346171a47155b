"""277CA bytes to receipts (005010X214): what the payer said of each claim when it arrived, one ST..SE at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from tracker.domain.receipt import Arrival, ClaimReceipt, Receipts, arrival_of_category
from tracker.domain.remittance import Problem
from tracker.importers.errors import ImportProblem
from tracker.importers.payees import Payee, digits_of, payee_of
from tracker.importers.x12 import COMPONENT, ELEMENT, SEGMENT, Transaction, transactions
from tracker.importers.x12_values import NotMoney, not_money, padded, read_cents, read_date

_ABOVE_CLAIMS = frozenset({"20", "21", "19"})  # source, receiver, provider
_CLAIM, _OF_A_LINE = "PT", "SVC"


def read_277ca(data: bytes) -> Iterator[Receipts]:
    """Yield the receipts of a 277CA in order. Raises ImportProblem when the file cannot be trusted or holds no 277."""
    seen = False
    for transaction in transactions(data):
        if transaction.kind == "277":
            seen = True
            yield _Reading(transaction).read()
    if not seen:
        raise ImportProblem("File", "There is no 277 transaction in this file.", "Choose the 277CA of the payer.")


@dataclass(slots=True)
class _Open:
    """The claim that is being read."""

    segment: int
    control_number: str = ""
    statuses: list[tuple[Arrival, str, date | None]] = field(default_factory=list)
    payer_claim_number: str = ""
    charge_cents: int = 0


class _Reading:
    """Follows the levels of one transaction: source (20), receiver (21), provider (19), claim (PT)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._problems = list(transaction.problems)
        self._claims: list[ClaimReceipt] = []
        self._open: _Open | None = None
        self._payer = ""
        self._provider = Payee("", "")
        self._day: date | None = None
        self._in_line = False

    def read(self) -> Receipts:
        """Return what the transaction says."""
        first = self._transaction.first_segment + 1
        for number, segment in enumerate(self._transaction.body.split(SEGMENT), start=first):
            elements = segment.split(ELEMENT)
            try:
                self._take(padded(elements, max(len(elements), 10)), number)
            except NotMoney as amount:
                raise not_money(number, elements[0], str(amount)) from None
        self._close()
        return Receipts("277CA", claims=tuple(self._claims), problems=tuple(self._problems))

    def _take(self, elements: list[str], number: int) -> None:
        name = elements[0]
        if name == "HL":
            self._close()
            self._in_line = False
            self._provider = Payee("", "") if elements[3].strip() in _ABOVE_CLAIMS else self._provider
            self._open = _Open(number) if elements[3].strip() == _CLAIM else None
        elif name == _OF_A_LINE:
            self._in_line = True
        elif self._open is not None and not self._in_line:
            self._take_of_claim(self._open, elements)
        elif name == "NM1" and elements[1].strip() in {"PR", "AY"}:
            self._payer = elements[3].strip()
        elif name == "NM1" and elements[1].strip() == "85":
            self._provider = payee_of([elements])
        elif name == "REF" and elements[1].strip() in {"TJ", "EI"} and not self._provider.tin:
            self._provider = self._provider._replace(tin=digits_of(elements[2]))
        elif name == "DTP" and elements[1].strip() in {"009", "050"} and self._day is None:
            self._day = read_date(elements[3].strip())

    def _take_of_claim(self, claim: _Open, elements: list[str]) -> None:
        name = elements[0]
        if name == "TRN":
            claim.control_number = claim.control_number or elements[2].strip()
        elif name == "STC":
            self._status(claim, elements)
        elif name == "REF" and elements[1].strip() == "1K":
            claim.payer_claim_number = elements[2].strip()

    def _status(self, claim: _Open, elements: list[str]) -> None:
        day = read_date(elements[2].strip()) or self._day
        for composite in (elements[1], *elements[10:12]):
            category, _, rest = composite.strip().partition(COMPONENT)
            status = rest.split(COMPONENT)[0]
            if category:
                claim.statuses.append((arrival_of_category(category), f"{category}:{status}".rstrip(":"), day))
        claim.charge_cents = read_cents(elements[4]) or claim.charge_cents

    def _close(self) -> None:
        claim, self._open = self._open, None
        if claim is None:
            return
        if not claim.control_number or not claim.statuses:
            why = "This claim has no number of ours (TRN) or no status (STC). It was left out."
            self._problems.append(Problem(f"Segment {claim.segment} (HL)", why))
            return
        deciding = min(claim.statuses, key=lambda status: _WEIGHT[status[0]])
        codes = dict.fromkeys([deciding[1], *(status[1] for status in claim.statuses)])
        self._claims.append(
            ClaimReceipt(
                claim.control_number, deciding[0], tuple(codes), deciding[2], claim.payer_claim_number,
                claim.charge_cents, self._payer, claim.segment, *self._provider,
            )
        )  # fmt: skip


# One rejection is enough; an acceptance outweighs a mere receipt.
_WEIGHT = {Arrival.REJECTED: 0, Arrival.ACCEPTED: 1, Arrival.NOTED: 2}
