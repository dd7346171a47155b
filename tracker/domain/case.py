"""One claim and everything known about it: the input of the root-cause checker (file format denial-case/1).

Unknown facts are None or empty, never invented. Amounts are integer cents here and decimal dollars in the file.
"""

from dataclasses import dataclass, field
from datetime import date

from tracker.domain.records_asked import RecordsAsked
from tracker.domain.remittance import Adjustment


@dataclass(frozen=True, slots=True)
class CasePayer:
    """The payer with the profile fields a biller may have set; None means the default of its kind.

    ``habits`` are those of ``tracker.domain.payer_habits`` that were set, by name; ``named`` is the large payer of the
    reference data that the biller says this one is, or empty.
    """

    name: str
    kind: str
    counting_method: str | None = None
    requires_discipline_modifier: bool | None = None
    filing_days: int | None = None
    appeal_days: int | None = None
    habits: tuple[tuple[str, bool | int], ...] = ()
    named: str = ""


@dataclass(frozen=True, slots=True)
class CasePractice:
    """The billing practice; setting is ``practitioner`` or ``facility``."""

    setting: str
    billing_npi: str
    name: str


@dataclass(frozen=True, slots=True)
class CasePatient:
    """The patient."""

    id: str
    birth_date: date | None = None
    sex: str | None = None
    member_id: str | None = None


@dataclass(frozen=True, slots=True)
class CaseProvider:
    """A referring or rendering provider; credential and discipline (PT, OT, SLP) only of the rendering one."""

    name: str
    npi: str | None = None
    credential: str | None = None
    discipline: str | None = None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One claim line as billed."""

    line: int
    service_date: date
    code: str
    modifiers: tuple[str, ...]
    units: float
    charge_cents: int
    diagnosis_pointers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseClaim:
    """The claim as billed."""

    control_number: str
    payer_claim_number: str | None
    frequency_code: str
    submitted_on: date | None
    place_of_service: str | None
    diagnoses: tuple[str, ...]
    prior_authorization: str | None
    referring_provider: CaseProvider | None
    rendering_provider: CaseProvider | None
    lines: tuple[CaseLine, ...]


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """The payer's answer to one claim line."""

    line: int
    paid_cents: int
    allowed_cents: int | None
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    units_paid: float | None = None
    adjudicated_code: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class CaseRemittance:
    """The payer's answer to the claim."""

    payment_date: date | None
    trace_number: str | None
    claim_status: str
    claim_adjustments: tuple[Adjustment, ...]
    claim_remarks: tuple[str, ...]
    lines: tuple[LineAnswer, ...]


@dataclass(frozen=True, slots=True)
class CaseNote:
    """A clinical document as the EMR printed it."""

    kind: str
    service_date: date | None
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class OtherClaim:
    """Another claim of the same patient: outcome is paid, denied or pending."""

    control_number: str
    submitted_on: date | None
    payer: str | None
    lines: tuple[CaseLine, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class PlanOfCare:
    """What is on file about the plan of care."""

    established_on: date | None = None
    certified_on: date | None = None
    certified_by: str | None = None
    order_on_file: bool | None = None
    sent_to_physician_on: date | None = None
    duration_days: int | None = None
    interventions: tuple[str, ...] = ()
    last_progress_report_on: date | None = None
    treatment_days_since_progress_report: int | None = None


@dataclass(frozen=True, slots=True)
class Authorization:
    """A payer's prior authorization."""

    number: str | None
    valid_from: date | None
    valid_to: date | None
    visits_allowed: int | None
    visits_used: int | None
    codes: tuple[str, ...] = ()
    units_allowed: int | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """An eligibility answer (271 or portal)."""

    active_from: date | None
    active_to: date | None
    checked_on: date | None
    other_coverage: str | None = None
    visit_limit: int | None = None
    visits_used: int | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One sending of the claim, with the receipt that proves it."""

    on: date
    proof: str | None


@dataclass(frozen=True, slots=True)
class PastAppeal:
    """An appeal already made for this claim."""

    level: str
    sent_on: date | None
    decided_on: date | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class AdvanceNotice:
    """An advance beneficiary notice on file (ABN)."""

    signed_on: date | None
    modifier: str | None


@dataclass(frozen=True, slots=True)
class History:
    """What happened around the claim; ``as_of`` is the day the history was read."""

    as_of: date
    other_claims: tuple[OtherClaim, ...] = ()
    plan_of_care: PlanOfCare | None = None
    therapy_allowed_year_to_date_cents: int | None = None
    appeals: tuple[PastAppeal, ...] = ()
    abn: AdvanceNotice | None = None
    authorization: Authorization | None = None
    eligibility: Eligibility | None = None
    submissions: tuple[Submission, ...] = ()
    records_requests: tuple[RecordsAsked, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One adjudicated (or, with no remittance, unsent) claim with its notes and history."""

    case_id: str
    payer: CasePayer
    practice: CasePractice
    patient: CasePatient
    claim: CaseClaim
    remittance: CaseRemittance | None
    history: History
    notes: tuple[CaseNote, ...] = field(default=())

    def answer(self, line: int) -> LineAnswer | None:
        """Return the payer's answer to claim line ``line``, if there is one."""
        if self.remittance is None:
            return None
        return next((answer for answer in self.remittance.lines if answer.line == line), None)
