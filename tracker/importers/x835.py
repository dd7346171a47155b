"""835 bytes to remittances (005010X221A1, and 4010 files as far as they can be read), one ST..SE at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tracker.domain.money import dollars
from tracker.domain.remittance import ClaimPayment, Problem, ProviderAdjustment, Remittance
from tracker.importers.errors import ImportProblem
from tracker.importers.x12 import COMPONENT, ELEMENT, SEGMENT, Transaction, transactions
from tracker.importers.x12_values import NotMoney, content_hash, not_money, padded, read_cents, read_date
from tracker.importers.x835_claims import ClaimReader

_CLP, _LX, _PLB = (f"{SEGMENT}{name}{ELEMENT}" for name in ("CLP", "LX", "PLB"))
_UNUSED = frozenset({"NTE", "CUR", "N2", "N3", "N4", "PER", "RDM", "LX", "TS2", "TS3"})


def read_835(data: bytes) -> Iterator[Remittance]:
    """Yield the remittances of an 835 in order. Money is in cents; every departure from the rules is in ``problems``.

    Raises ImportProblem, possibly after some remittances, when the file cannot be trusted: the caller keeps nothing.
    """
    claims = ClaimReader()
    left_out: list[Problem] = []
    seen = False
    for transaction in transactions(data):
        if transaction.kind != "835":
            left_out.append(_other_kind(transaction))
            continue
        seen = True
        yield _remittance(transaction, claims, left_out)
        left_out = []
    if not seen:
        raise ImportProblem(
            "File", "There is no 835 transaction in this file.", "Ask the clearinghouse for the 835 file."
        )


def _other_kind(transaction: Transaction) -> Problem:
    where = f"Segment {transaction.first_segment} (ST)"
    return Problem(
        where, f"Transaction {transaction.control_number} is no 835 but {transaction.kind}. It was left out."
    )


def _remittance(transaction: Transaction, claims: ClaimReader, problems: list[Problem]) -> Remittance:
    problems = [*problems, *transaction.problems]
    head, *blocks = (SEGMENT + transaction.body).split(_CLP)
    header = _Header(problems)
    number = header.take(head, transaction.first_segment + 1)
    found: list[ClaimPayment] = []
    for block in blocks:
        claim, *rest = _split_tail(block)
        found.append(claims.read(claim, number, problems))
        number += claim.count(SEGMENT) + 1
        for text in rest:
            number = header.take(text, number)
    header.finish(found, transaction)
    return header.remittance(transaction, tuple(found))


def _split_tail(block: str) -> list[str]:
    """Part a CLP loop from what follows it before the next: LX with its TS3, or the PLBs."""
    cuts = [at for at in (block.find(_LX), block.find(_PLB)) if at >= 0]
    return [block[: min(cuts)], block[min(cuts) :]] if cuts else [block]


@dataclass(slots=True)
class _Header:
    """What stands outside the claims: who pays whom, when and how much."""

    problems: list[Problem]
    amount_cents: int = 0
    method: str = ""
    handling: str = ""
    payment_date: date | None = None
    production_date: date | None = None
    trace_number: str = ""
    payer_tin: str = ""
    party: str = ""
    names: dict[str, str] = field(default_factory=dict)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    provider_adjustments: list[ProviderAdjustment] = field(default_factory=list)
    has_payment: bool = False

    def take(self, text: str, number: int) -> int:
        """Read segments, the first of which has this number; return the number of the next segment after them."""
        for segment in filter(None, text.split(SEGMENT)):
            elements = segment.split(ELEMENT)
            read = _READERS.get(elements[0])
            try:
                if read is not None:
                    read(self, elements, number)
                elif elements[0] not in _UNUSED:
                    self.note(number, elements[0], "This segment does not belong here and was left out.")
            except NotMoney as amount:
                raise not_money(number, elements[0], str(amount)) from None
            number += 1
        return number

    def note(self, number: int, name: str, why: str) -> None:
        """List a problem of a segment."""
        self.problems.append(Problem(f"Segment {number} ({name[:10]})", why))

    def bpr(self, elements: list[str], number: int) -> None:
        """BPR: how much is paid, how and when."""
        values = [value.strip() for value in padded(elements, 17)]
        self.has_payment = True
        self.handling, self.method = values[1], values[4]
        self.amount_cents = read_cents(values[2])
        self.payment_date = self.read_day(values[16], number, "BPR16")

    def trn(self, elements: list[str], _number: int) -> None:
        """TRN: the number of the check or transfer, and the payer's TIN with a 1 in front (RFI 217)."""
        values = [value.strip() for value in padded(elements, 4)]
        self.trace_number = values[2]
        tin = values[3]
        self.payer_tin = tin[1:] if len(tin) == 10 and tin[0] == "1" else tin

    def dtm(self, elements: list[str], number: int) -> None:
        """DTM 405: when the file was made."""
        if elements[1:2] == ["405"]:
            self.production_date = self.read_day(padded(elements, 3)[2].strip(), number, "DTM")

    def read_day(self, text: str, number: int, name: str) -> date | None:
        """Return the date; list a text that is none."""
        found = read_date(text)
        if found is None:
            self.note(
                number, name, f"{text[:20]} is not a date between 1990 and 2100." if text else "The date is missing."
            )
        return found

    def n1(self, elements: list[str], _number: int) -> None:
        """N1: the payer (PR) or the payee (PE)."""
        values = [value.strip() for value in padded(elements, 5)]
        self.party = values[1]
        self.names.setdefault(values[1], values[2])
        if values[4]:
            self.ids.setdefault((values[1], values[3]), values[4])

    def ref(self, elements: list[str], _number: int) -> None:
        """REF: more numbers of the party named last."""
        values = [value.strip() for value in padded(elements, 3)]
        self.ids.setdefault((self.party, values[1]), values[2])

    def plb(self, elements: list[str], number: int) -> None:
        """PLB: up to six pairs of reason and amount; positive is taken from the provider (X12's sign)."""
        values = padded(elements, max(len(elements), 5))
        day = self.read_day(values[2].strip(), number, "PLB")
        for at in range(3, len(values) - 1, 2):
            reason, _, reference = values[at].partition(COMPONENT)
            if reason.strip() or values[at + 1].strip():
                pair = ProviderAdjustment(
                    reason.strip().upper(), reference.strip(), read_cents(values[at + 1]), values[1].strip(), day
                )
                self.provider_adjustments.append(pair)

    def finish(self, claims: list[ClaimPayment], transaction: Transaction) -> None:
        """List what is missing, and whether the payment is what its claims and provider adjustments add up to."""
        where = f"Transaction {transaction.control_number}"
        paid = sum(claim.paid_cents for claim in claims)
        taken = sum(each.amount_cents for each in self.provider_adjustments)
        if not self.has_payment:
            self.problems.append(Problem(where, "The payment (BPR) is missing."))
        if not self.trace_number:
            self.problems.append(Problem(where, "The payment has no number (TRN02)."))
        if self.amount_cents != paid - taken:
            # BPR02 = claims paid less provider adjustments (x12.md rule 19).
            why = (
                f"The claims add up to {dollars(paid)} and provider adjustments take {dollars(taken)}, "
                f"but the payment is {dollars(self.amount_cents)}. "
                f"The gap is {dollars(abs(self.amount_cents - paid + taken))}."
            )
            self.problems.append(Problem(where, why))

    def number_of(self, party: str, *qualifiers: str) -> str:
        """Return the first number of a party that has one of these qualifiers."""
        return next((self.ids[party, each] for each in qualifiers if self.ids.get((party, each))), "")

    def remittance(self, transaction: Transaction, claims: tuple[ClaimPayment, ...]) -> Remittance:
        """Return everything read."""
        return Remittance(
            control_number=transaction.control_number,
            version=transaction.version,
            payer_name=self.names.get("PR", ""),
            # N104 in 5010 is the national plan id (XV), which few payers have; others send REF 2U, EO, NF or HI.
            payer_id=self.number_of("PR", "XV", "PI", "XX", "2U", "EO", "NF", "HI"),
            payer_tin=self.payer_tin,
            payee_name=self.names.get("PE", ""),
            payee_npi=self.number_of("PE", "XX", "HPI"),
            payee_tin=self.number_of("PE", "FI", "TJ"),
            trace_number=self.trace_number,
            payment_date=self.payment_date,
            production_date=self.production_date,
            method=self.method,
            handling=self.handling,
            amount_cents=self.amount_cents,
            claims=claims,
            provider_adjustments=tuple(self.provider_adjustments),
            problems=tuple(self.problems),
            content_hash=content_hash(transaction.body),
            first_segment=transaction.first_segment,
            test=transaction.test,
        )


_READERS: dict[str, Callable[[_Header, list[str], int], None]] = {
    "BPR": _Header.bpr,
    "TRN": _Header.trn,
    "DTM": _Header.dtm,
    "N1": _Header.n1,
    "REF": _Header.ref,
    "PLB": _Header.plb,
}
