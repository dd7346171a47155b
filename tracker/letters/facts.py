"""What a letter may say: frozen facts, each from the claim, the remittance, the note or a person, never invented.

Money is integer cents, units and minutes are whole numbers. ``None`` and ``""`` mean not known: a letter that needs
such a fact shows a gap and cannot be signed.
"""

from dataclasses import dataclass
from datetime import date, time

from tracker.letters.level_facts import (
    AnswerFacts,
    AuditFacts,
    BenefitPlanFacts,
    ControversyFacts,
    DecisionFacts,
    ExternalFacts,
    HearingFacts,
    InjuryFacts,
    LatenessFacts,
    NetworkFacts,
    ReviewerFacts,
    StayFacts,
    StudyFacts,
    WaiverFacts,
)
from tracker.letters.subject_facts import (
    AuthorizationFacts,
    BenefitFacts,
    CallFacts,
    CorrectionFacts,
    EligibilityFacts,
    EnrollmentFacts,
    MeasureFacts,
    OtherClaimFacts,
    OtherPayerFacts,
    PolicyFacts,
    PolicyPoint,
    PromptPayFacts,
    RateFacts,
    SessionFacts,
    VisitFacts,
)


@dataclass(frozen=True, slots=True)
class PracticeFacts:
    """The practice that writes. ``address`` may hold several lines; ``logo`` names its picture, ``logo_words`` describe it."""

    name: str
    npi: str = ""
    tin: str = ""
    address: str = ""
    phone: str = ""
    fax: str = ""
    logo: str = ""
    logo_words: str = ""


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """The payer that gets the letter; ``kind`` is a word of the case format (``medicare_b`` ...)."""

    name: str
    kind: str
    appeal_unit: str = ""
    address: str = ""
    fax: str = ""


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """The patient as the payer knows them. ``name`` is first name first."""

    name: str
    birth_date: date | None = None
    member_id: str = ""
    group_number: str = ""


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """The claim and the remittance that denied it."""

    control_number: str
    payer_claim_number: str = ""
    billed_cents: int | None = None
    paid_cents: int | None = None
    remittance_date: date | None = None
    trace_number: str = ""
    submitted_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReasonFacts:
    """One adjustment of a line, in our own words. The first of a line is why it was denied."""

    group: str
    carc: str
    meaning: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class RemarkFacts:
    """One remark code, in our own words."""

    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One denied claim line. ``meaning`` is our own wording of the procedure code, ``policy`` what REF*0K names.

    ``line`` is its number on the claim, or, in a letter about several claims, its number among the lines of the letter;
    ``claim`` is the place of its claim among them, from 0.
    ``paid_code`` is the code the payer put in place of the billed one, ``allowed_cents`` what it allowed.
    """

    line: int
    service_date: date | None
    code: str
    meaning: str
    modifiers: tuple[str, ...]
    units: int
    billed_cents: int
    denied_cents: int
    reasons: tuple[ReasonFacts, ...]
    remarks: tuple[RemarkFacts, ...] = ()
    paid_cents: int = 0
    diagnoses: tuple[str, ...] = ()
    policy: str = ""
    allowed_cents: int | None = None
    paid_code: str = ""
    claim: int = 0


@dataclass(frozen=True, slots=True)
class ClinicianFacts:
    """Who treated. ``discipline`` is PT, OT, SLP or empty."""

    name: str
    credential: str = ""
    npi: str = ""
    license: str = ""
    discipline: str = ""


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """Who signs; ``signed_on`` is set when the letter is signed on screen, else a line is left for the hand.

    ``helper`` is who signs in the signer's name, with their leave; ``picture`` names the signature of who signs.
    """

    name: str
    title: str = ""
    signed_on: date | None = None
    credentials: str = ""
    helper: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class AppealFacts:
    """The request. ``level_name`` overrides what the letter calls itself; ``due`` is the legal last day."""

    level: int = 1
    level_name: str = ""
    due: date | None = None
    deadline_basis: str = ""
    reference: str = ""
    sent_method: str = ""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The plan of care on file."""

    established_on: date | None = None
    certified_on: date | None = None
    certified_by: str = ""


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """Minutes of one timed code on one date, as the note records them, with the units billed for the code.

    ``claim`` is the place of the claim that bills it among those of the letter, from 0.
    """

    service_date: date
    code: str
    meaning: str
    minutes: int
    units_billed: int
    start: time | None = None
    stop: time | None = None
    source: str = ""
    claim: int = 0


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What the CMS NCCI table says of two codes. ``indicator`` None means that it holds no such edit on that date.

    ``modifier`` is the 59 or X modifier the claim carried, ``table`` names the table read (``practitioner services,
    2024 Q3``), ``exact_quarter`` says that it is the table of the service date's own quarter.
    """

    service_date: date
    column1: str
    column2: str
    indicator: int | None
    table: str
    exact_quarter: bool
    modifier: str = ""


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """The medically unlikely edit of a code: units a day and its adjudication indicator (1, 2 or 3)."""

    service_date: date
    code: str
    units_billed: int
    units: int
    mai: int
    table: str
    exact_quarter: bool


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """The claim filing limit. ``exception`` is a word of L05's list; ``exception_on`` the day it began to count."""

    last_day: date | None = None
    limit: str = ""
    exception: str = ""
    exception_on: date | None = None


@dataclass(frozen=True, slots=True)
class FilingEvent:
    """One sending or receipt; ``accepted`` says that the payer took the claim in. ``exhibit`` is an exhibit's key.

    ``claim`` is the place of the claim sent among those of the letter, from 0.
    """

    on: date
    what: str
    proof: str = ""
    accepted: bool = False
    exhibit: str = ""
    claim: int = 0


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """The payer's request for records."""

    reference: str = ""
    requested_on: date | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class RequestedDocument:
    """One item the payer asked for, the key of the exhibit that answers it, and its source where several share the key."""

    item: str
    exhibit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the record, exactly, with their place: ``daily note 06/30/2026, line 6``.

    ``about`` says what they show: skill, function, progress, plan, minutes or amount. ``note`` is the note they are of,
    as the exhibit that encloses it names its source.
    """

    text: str
    source: str
    about: str = ""
    exhibit: str = "note"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One enclosure, in the packet's order; ``key`` is a word like remittance, note, plan_of_care, receipt.

    ``service_date`` is the day of the visit a note describes, ``source`` tells two exhibits with one key apart.
    """

    key: str
    title: str
    pages: int | None = None
    service_date: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Everything a letter may say. ``counting_method`` is cms, spm, hybrid or empty.

    ``more_claims`` are the other claims of a letter about several visits; ``claim`` is that of the first.

    ``previous`` is the decision of the level below, ``earlier`` are those below that, lowest first.
    """

    practice: PracticeFacts
    payer: PayerFacts
    patient: PatientFacts
    claim: ClaimFacts
    lines: tuple[LineFacts, ...]
    signer: SignerFacts
    letter_date: date
    appeal: AppealFacts = AppealFacts()
    clinician: ClinicianFacts | None = None
    plan: PlanFacts | None = None
    counting_method: str = ""
    minutes: tuple[MinuteRow, ...] = ()
    pairs: tuple[PairFacts, ...] = ()
    limits: tuple[LimitFacts, ...] = ()
    filing: FilingFacts | None = None
    events: tuple[FilingEvent, ...] = ()
    quotes: tuple[Quote, ...] = ()
    request: RequestFacts | None = None
    documents: tuple[RequestedDocument, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    authorization: AuthorizationFacts | None = None
    calls: tuple[CallFacts, ...] = ()
    eligibility: EligibilityFacts | None = None
    other_payer: OtherPayerFacts | None = None
    other_claims: tuple[OtherClaimFacts, ...] = ()
    policy: PolicyFacts | None = None
    points: tuple[PolicyPoint, ...] = ()
    measures: tuple[MeasureFacts, ...] = ()
    sessions: tuple[SessionFacts, ...] = ()
    corrections: tuple[CorrectionFacts, ...] = ()
    benefit: BenefitFacts | None = None
    visits: tuple[VisitFacts, ...] = ()
    enrollment: EnrollmentFacts | None = None
    rates: tuple[RateFacts, ...] = ()
    prompt_pay: PromptPayFacts | None = None
    reviewer: ReviewerFacts | None = None
    previous: DecisionFacts | None = None
    earlier: tuple[DecisionFacts, ...] = ()
    answers: tuple[AnswerFacts, ...] = ()
    controversy: ControversyFacts | None = None
    hearing: HearingFacts | None = None
    lateness: LatenessFacts | None = None
    external: ExternalFacts | None = None
    waiver: WaiverFacts | None = None
    benefit_plan: BenefitPlanFacts | None = None
    audit: AuditFacts | None = None
    injury: InjuryFacts | None = None
    stay: StayFacts | None = None
    network: NetworkFacts | None = None
    studies: tuple[StudyFacts, ...] = ()
    more_claims: tuple[ClaimFacts, ...] = ()


def exhibit_label(position: int) -> str:
    """Return the label of the exhibit at ``position`` (from 0): ``Exhibit A`` ... ``Exhibit Z``, ``Exhibit AA``."""
    letters, rest = "", position
    while rest >= 0:
        rest, digit = divmod(rest, 26)
        letters = chr(ord("A") + digit) + letters
        rest -= 1
    return f"Exhibit {letters}"
