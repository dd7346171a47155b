"""837P bytes to claims as billed (005010X222A1, and 4010 files as far as they can be read), one ST..SE at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tracker.domain.claim import BilledClaim, ClaimBatch, Provider
from tracker.domain.remittance import Person, Problem
from tracker.importers.errors import ImportProblem
from tracker.importers.x12 import COMPONENT, ELEMENT, SEGMENT, Transaction, transactions
from tracker.importers.x12_values import (
    NotMoney,
    content_hash,
    not_money,
    padded,
    read_birth_date,
    read_cents,
    read_date,
    read_procedure,
    read_quantity,
)
from tracker.importers.x837p_claim import NOBODY, OpenClaim, OpenLine, complaints, read_person, read_provider

_BILLING, _SUBSCRIBER, _PATIENT = "20", "22", "23"
_OTHER_LINES = {"SV2": "an institutional", "SV3": "a dental", "SV5": "an equipment"}
_POINTERS = frozenset(str(number) for number in range(1, 13))  # a claim has up to twelve diagnoses
_PREDETERMINATION = "X291"


def read_837p(data: bytes) -> Iterator[ClaimBatch]:
    """Yield the batches of claims of an 837P in order. Money is in cents; every departure is in ``problems``.

    Raises ImportProblem, possibly after some batches, when the file cannot be trusted: the caller keeps nothing.
    """
    left_out: list[Problem] = []
    seen = False
    for transaction in transactions(data):
        if transaction.kind != "837":
            where = f"Segment {transaction.first_segment} (ST)"
            why = f"Transaction {transaction.control_number} is no 837 but {transaction.kind}. It was left out."
            left_out.append(Problem(where, why))
            continue
        seen = True
        yield _Batch([*left_out, *transaction.problems]).read(transaction)
        left_out = []
    if not seen:
        raise ImportProblem("File", "There is no 837 transaction in this file.", "Choose the 837P your system sent.")


@dataclass(slots=True)
class _Batch:
    """Follows the loops of one transaction: billing provider (HL 20), subscriber (22), patient (23), claims, lines."""

    problems: list[Problem]
    submitted_on: date | None = None
    billing: Provider = NOBODY
    billing_tin: str = ""
    subscriber: Person | None = None
    patient: Person | None = None
    payer: tuple[str, str] = ("", "")
    filing_code: str = ""
    entity: str = ""
    claim: OpenClaim | None = None
    claims: list[BilledClaim] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    first_segment: int = 1
    at: int = 0
    stray_lines: int = 0

    def read(self, transaction: Transaction) -> ClaimBatch:
        """Return the claims of a transaction."""
        self.segments = transaction.body.split(SEGMENT)
        self.first_segment = transaction.first_segment + 1
        if _PREDETERMINATION in transaction.version:
            where = f"Segment {transaction.first_segment} (ST)"
            self.problems.append(Problem(where, "These claims ask what would be paid. No payment will follow."))
        for at, segment in enumerate(self.segments):
            self.at = at
            elements = segment.split(ELEMENT)
            reader = _READERS.get(elements[0])
            if reader is None:
                continue
            try:
                reader(self, padded(elements, max(len(elements), 10)))
            except NotMoney as amount:
                raise not_money(self.first_segment + self.at, elements[0], str(amount)) from None
        self.at = len(self.segments)
        self.close_claim()
        return ClaimBatch(
            control_number=transaction.control_number,
            version=transaction.version,
            submitted_on=self.submitted_on,
            billing=self.claims[0].billing if self.claims else self.billing,
            claims=tuple(self.claims),
            problems=tuple(self.problems),
            content_hash=content_hash(transaction.body),
            first_segment=transaction.first_segment,
            stray_lines=self.stray_lines,
            group_control=transaction.group_control,
        )

    def note(self, why: str) -> None:
        """List a problem of the segment at hand."""
        name = self.segments[self.at].split(ELEMENT, 1)[0]
        self.problems.append(Problem(f"Segment {self.first_segment + self.at} ({name[:10]})", why))

    # ---- loops ----

    def hl(self, elements: list[str]) -> None:
        """HL: a new billing provider, subscriber or patient."""
        self.close_claim()
        level = elements[3].strip()
        if level == _BILLING:
            self.billing, self.billing_tin = NOBODY, ""
        if level in {_BILLING, _SUBSCRIBER}:
            self.subscriber, self.payer, self.filing_code = None, ("", ""), ""
        self.patient, self.entity = None, ""

    def bht(self, elements: list[str]) -> None:
        """BHT: when the batch was made."""
        self.submitted_on = self.read_day(elements[4])

    def sbr(self, elements: list[str]) -> None:
        """SBR: the kind of plan; inside a claim it opens another payer's loop."""
        if self.claim is None:
            self.filing_code = elements[9].strip()
        else:
            self.claim.others = True

    def nm1(self, elements: list[str]) -> None:
        """NM1: a person or organisation, by its entity code and where it stands."""
        self.entity = elements[1].strip()
        if self.claim is not None:
            self.nm1_of_claim(elements)
        elif self.entity == "85":
            self.billing = read_provider(elements, self.billing.taxonomy)
        elif self.entity == "IL":
            self.subscriber = read_person(elements)
        elif self.entity == "QC":
            self.patient = read_person(elements)
        elif self.entity == "PR":
            self.payer = elements[3].strip(), elements[9].strip()

    def nm1_of_claim(self, elements: list[str]) -> None:
        """The claim's own clinicians win over those of a line, and the other payer's are nobody's."""
        assert self.claim is not None
        if self.entity in {"82", "DN"} and not (self.claim.others and not self.claim.lines):
            self.claim.providers.setdefault(self.entity, read_provider(elements))

    def prv(self, elements: list[str]) -> None:
        """PRV: the taxonomy of the billing or rendering provider."""
        role, taxonomy = elements[1].strip(), elements[3].strip()
        if role == "BI" and self.claim is None:
            self.billing = self.billing._replace(taxonomy=taxonomy)
        elif role == "PE" and self.claim is not None and "82" in self.claim.providers:
            rendering = self.claim.providers["82"]
            self.claim.providers["82"] = rendering._replace(taxonomy=rendering.taxonomy or taxonomy)

    def dmg(self, elements: list[str]) -> None:
        """DMG: birth date and sex of the subscriber or patient named last."""
        if self.claim is not None:
            return
        born, sex = read_birth_date(elements[2].strip()), elements[3].strip()
        if born is None and elements[2].strip():
            self.note(f"{elements[2][:20]} is not a birth date.")
        if self.entity == "IL" and self.subscriber is not None:
            self.subscriber = self.subscriber._replace(birth_date=born, sex=sex)
        elif self.entity == "QC" and self.patient is not None:
            self.patient = self.patient._replace(birth_date=born, sex=sex)

    def ref(self, elements: list[str]) -> None:
        """REF: tax id of the billing provider; authorization, referral and original claim number; line number."""
        qualifier, value = elements[1].strip(), elements[2].strip()
        claim = self.claim
        if claim is None:
            if self.entity == "85" and qualifier in {"EI", "SY"}:
                self.billing_tin = value
        elif qualifier == "6R" and claim.lines:
            claim.lines[-1].control_number = value
        elif claim.lines or not claim.others:
            claim.references.setdefault(qualifier, value)

    # ---- claim and lines ----

    def clm(self, elements: list[str]) -> None:
        """CLM: a claim begins."""
        self.close_claim()
        place = padded(elements[5].split(COMPONENT), 3)
        self.claim = OpenClaim(
            control_number=elements[1].strip(),
            charge_cents=read_cents(elements[2]),
            place_of_service=place[0].strip(),
            frequency_code=place[2].strip(),
            first=self.at,
        )

    def hi(self, elements: list[str]) -> None:
        """HI: diagnoses, the principal one first; ABK and ABF are ICD-10, BK and BF ICD-9.

        X12 leaves the point out; ICD-10-CM has it after the third character, and so do people.
        """
        if self.claim is None:
            return
        for composite in filter(None, elements[1:]):
            qualifier, _, code = composite.partition(COMPONENT)
            code = code.split(COMPONENT)[0].strip().upper()
            if qualifier in {"ABK", "ABF"} and len(code) > 3 and "." not in code:
                code = f"{code[:3]}.{code[3:]}"
            if qualifier in {"ABK", "ABF", "BK", "BF"}:
                self.claim.diagnoses.append(code)

    def lx(self, elements: list[str]) -> None:
        """LX: a service line begins."""
        if self.claim is not None:
            number = elements[1].strip()
            known = number.isascii() and number.isdigit() and len(number) < 7
            self.claim.lines.append(OpenLine(int(number) if known else len(self.claim.lines) + 1))

    def sv1(self, elements: list[str]) -> None:
        """SV1: code, modifiers, charge, units and diagnosis pointers of a line."""
        claim = self.claim
        if claim is None:
            self.stray_lines += 1
            self.note("This service line stands outside of a claim and was left out.")
            return
        if not claim.lines or claim.lines[-1].has_service:
            claim.lines.append(OpenLine(len(claim.lines) + 1))
        line = claim.lines[-1]
        _, line.code, line.modifiers = read_procedure(elements[1])
        line.charge_cents = read_cents(elements[2])
        units = read_quantity(elements[4])
        line.units = 1.0 if units is None else units
        line.pointers = tuple(int(each) for each in elements[7].split(COMPONENT) if each in _POINTERS)
        line.has_service = True

    def other_line(self, elements: list[str]) -> None:
        """SV2, SV3, SV5: lines of other kinds of claims."""
        self.note(f"This is {_OTHER_LINES[elements[0]]} service line. It was left out.")

    def dtp(self, elements: list[str]) -> None:
        """DTP 472: the day, or first and last day, of a line's service."""
        if elements[1].strip() != "472" or self.claim is None or not self.claim.lines:
            return
        line, (first, _, last) = self.claim.lines[-1], elements[3].strip().partition("-")
        line.service_from = self.read_day(first)
        line.service_to = self.read_day(last) if last else None

    def read_day(self, text: str) -> date | None:
        """Return the date; list a text that is none."""
        found = read_date(text.strip())
        if found is None and text.strip():
            self.note(f"{text[:20]} is not a date between 1990 and 2100.")
        return found

    def close_claim(self) -> None:
        """Turn the open claim, if any, into a fact."""
        claim, self.claim = self.claim, None
        if claim is None:
            return
        patient, subscriber = self.who()
        billed = BilledClaim(
            control_number=claim.control_number,
            charge_cents=claim.charge_cents,
            place_of_service=claim.place_of_service,
            frequency_code=claim.frequency_code,
            original_reference=claim.references.get("F8", ""),
            prior_authorization=claim.references.get("G1", ""),
            referral_number=claim.references.get("9F", ""),
            filing_code=self.filing_code,
            diagnoses=tuple(claim.diagnoses),
            patient=patient,
            subscriber=subscriber,
            payer_name=self.payer[0],
            payer_id=self.payer[1],
            billing=self.billing,
            billing_tin=self.billing_tin,
            rendering=claim.providers.get("82"),
            referring=claim.providers.get("DN"),
            submitted_on=self.submitted_on,
            lines=tuple(line.done() for line in claim.lines if line.has_service),
            segment=self.first_segment + claim.first,
            content_hash=content_hash(SEGMENT.join(self.segments[claim.first : self.at])),
        )
        self.problems += complaints(billed)
        self.claims.append(billed)

    def who(self) -> tuple[Person, Person | None]:
        """Return patient and subscriber. A dependent is known to the payer by the subscriber's member id."""
        if self.patient is None:
            return self.subscriber or Person(""), self.subscriber
        member = self.patient.member_id or (self.subscriber.member_id if self.subscriber else "")
        return self.patient._replace(member_id=member), self.subscriber


_READERS: dict[str, Callable[[_Batch, list[str]], None]] = {
    "HL": _Batch.hl,
    "BHT": _Batch.bht,
    "SBR": _Batch.sbr,
    "NM1": _Batch.nm1,
    "PRV": _Batch.prv,
    "DMG": _Batch.dmg,
    "REF": _Batch.ref,
    "CLM": _Batch.clm,
    "HI": _Batch.hi,
    "LX": _Batch.lx,
    "SV1": _Batch.sv1,
    "SV2": _Batch.other_line,
    "SV3": _Batch.other_line,
    "SV5": _Batch.other_line,
    "DTP": _Batch.dtp,
}
