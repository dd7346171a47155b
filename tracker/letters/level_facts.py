"""What letters above the first level, late ones and those with a form of their own are about. All of it may stay empty."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReviewerFacts:
    """Who decides when that is not the payer: a QIC, OMHA, a review organization, a facility."""

    name: str = ""
    address: str = ""
    fax: str = ""


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision of a level below. ``name`` is what was asked for there (redetermination), ``result`` a word of Result.

    ``reference`` is the appeal number on the decision, ``decided_by`` who made it when that was not the payer.
    """

    level: int = 1
    name: str = ""
    result: str = ""
    decided_on: date | None = None
    received_on: date | None = None
    reference: str = ""
    reason: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """One reason or finding of a decision in the biller's words, what the practice answers and where the record is."""

    said: str = ""
    answer: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class ControversyFacts:
    """The least amount in controversy for a request filed in ``year``; ``table`` says where the figure stands."""

    year: int | None = None
    minimum_cents: int | None = None
    table: str = ""


@dataclass(frozen=True, slots=True)
class HearingFacts:
    """What a hearing request says. ``preference`` and ``investigation`` are words of L24's lists."""

    preference: str = ""
    investigation: str = ""
    copy_sent_to: str = ""
    copy_sent_on: date | None = None
    evidence_follows_on: date | None = None


@dataclass(frozen=True, slots=True)
class LatenessFacts:
    """Why a request came late; ``cause`` is a word of L21's list, ``what`` the event in the biller's words."""

    cause: str = ""
    what: str = ""
    began_on: date | None = None
    ended_on: date | None = None
    last_day: date | None = None
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ExternalFacts:
    """A request for external review: ``ground`` and ``route`` are words of L25's lists."""

    ground: str = ""
    route: str = ""
    consent_on: date | None = None


@dataclass(frozen=True, slots=True)
class WaiverFacts:
    """The waiver of liability the practice signed."""

    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class BenefitPlanFacts:
    """An employer's benefit plan; ``authorized_on`` is the day the patient named the practice as representative."""

    name: str = ""
    administrator: str = ""
    authorized_on: date | None = None


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """A demand for money back. ``step`` and ``projected`` are words of L22's lists."""

    step: str = ""
    demand_on: date | None = None
    demand_cents: int | None = None
    reference: str = ""
    auditor: str = ""
    projected: str = ""
    sample: str = ""


@dataclass(frozen=True, slots=True)
class InjuryFacts:
    """A workers' compensation case; ``ground`` is a word of L20's list."""

    case_number: str = ""
    injured_on: date | None = None
    employer: str = ""
    adjuster: str = ""
    review_on: date | None = None
    ground: str = ""
    law: str = ""


@dataclass(frozen=True, slots=True)
class StayFacts:
    """An inpatient or home health stay the payer points to; ``kind`` and ``ground`` are words of L17's lists."""

    kind: str = ""
    ground: str = ""
    facility: str = ""
    began_on: date | None = None
    ended_on: date | None = None
    checked_on: date | None = None
    reference: str = ""
    agreement_on: date | None = None


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """Why care outside the network counts as inside; ``ground`` is a word of L18's list."""

    ground: str = ""
    need: str = ""
    nearest: str = ""
    distance: str = ""
    searched_on: date | None = None
    effective_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """One publication about a technique: where it is found, what kind it is, what it reports."""

    cite: str = ""
    design: str = ""
    result: str = ""
