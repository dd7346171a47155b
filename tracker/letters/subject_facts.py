"""What single letters are about: approvals, calls, coverage, policies, rates, corrections. ``facts.py`` has the rest.

Every field may stay empty: most of this stands in no record, and a person types what they have.
"""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class AuthorizationFacts:
    """The payer's approval. ``codes`` are the procedure codes it names, empty when it names none.

    ``ground`` is a word of L03's list: why the denial for want of approval does not stand; ``ground_on`` its day.
    """

    number: str = ""
    approved_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    visits_allowed: int | None = None
    visits_used: int | None = None
    codes: tuple[str, ...] = ()
    ground: str = ""
    ground_on: date | None = None


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call or portal check: who answered, under which reference, what was said."""

    on: date | None = None
    spoke_with: str = ""
    reference: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class EligibilityFacts:
    """The payer's answer about coverage; ``reference`` is the trace number of the 271 or of the portal page."""

    checked_on: date | None = None
    reference: str = ""
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, slots=True)
class OtherPayerFacts:
    """The other insurance the payer points to, when it ended, or what it answered."""

    name: str = ""
    policy_number: str = ""
    ended_on: date | None = None
    denied_on: date | None = None


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """A coverage determination, a policy or a section of the plan, as the biller read it."""

    number: str = ""
    title: str = ""
    section: str = ""
    read_on: date | None = None


@dataclass(frozen=True, slots=True)
class PolicyPoint:
    """One thing the policy asks for, in the biller's words, and which quotations answer it (a topic) or where it is."""

    asks: str = ""
    about: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """One reading of an outcome measure, as the record gives it, with its place."""

    tool: str = ""
    on: date | None = None
    score: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One of two sessions the payer took for one: its claim, clinician, times and place in the record."""

    service: str = ""
    discipline: str = ""
    clinician: str = ""
    claim_number: str = ""
    start: time | None = None
    stop: time | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class OtherClaimFacts:
    """Another claim of this patient that bills a denied code on its day; outcome is paid, denied or pending."""

    control_number: str
    service_date: date
    code: str
    modifiers: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionFacts:
    """One change to the claim: the line, the item, how it was billed, what it should be and where the record says so."""

    line: int | None = None
    item: str = ""
    billed: str = ""
    correct: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class BenefitFacts:
    """The limit of a benefit and what the payer counted against it."""

    limit: int | None = None
    counted: int | None = None
    period_from: date | None = None
    period_to: date | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One visit in the benefit period that the payer paid, by our records. ``discipline`` is PT, OT, SLP or empty."""

    on: date
    control_number: str
    discipline: str = ""


@dataclass(frozen=True, slots=True)
class EnrollmentFacts:
    """The clinician's enrolment or contract with the payer."""

    applied_on: date | None = None
    effective_on: date | None = None
    reference: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class RateFacts:
    """What the contract pays for one line, all its units together, and where the contract says so."""

    line: int | None = None
    contract_cents: int | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class PromptPayFacts:
    """When the payer had the claim, when it paid, and the interest the biller worked out under the named law."""

    received_on: date | None = None
    paid_on: date | None = None
    law: str = ""
    interest_cents: int | None = None
