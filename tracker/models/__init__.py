"""The tables, one per file. Importing this package registers them all."""

from tracker.models.adjustment import Adjustment
from tracker.models.appeal import Appeal
from tracker.models.appeal_denial import AppealDenial
from tracker.models.attachment import Attachment
from tracker.models.authorization import Authorization
from tracker.models.base import Base
from tracker.models.cause_decision import CauseDecision
from tracker.models.claim import Claim
from tracker.models.claim_line import ClaimLine
from tracker.models.claim_payment import ClaimPayment
from tracker.models.denial import Denial
from tracker.models.denial_answer import DenialAnswer
from tracker.models.eligibility_check import EligibilityCheck
from tracker.models.event import Event
from tracker.models.finding import Finding
from tracker.models.import_file import ImportFile
from tracker.models.job import Job
from tracker.models.letter import Letter
from tracker.models.letter_text import LetterText
from tracker.models.membership import Membership
from tracker.models.note import Note
from tracker.models.note_link import NoteLink
from tracker.models.outcome import Outcome
from tracker.models.patient import Patient
from tracker.models.payer import Payer
from tracker.models.payer_profile import PayerProfile
from tracker.models.plan_of_care import PlanOfCare
from tracker.models.practice import Practice
from tracker.models.provider import Provider
from tracker.models.provider_adjustment import ProviderAdjustment
from tracker.models.raw_file import RawFile
from tracker.models.remark import Remark
from tracker.models.remittance import Remittance
from tracker.models.rule_switch import RuleSwitch
from tracker.models.search import Search
from tracker.models.service_payment import ServicePayment
from tracker.models.submission import Submission
from tracker.models.suggestion import Suggestion
from tracker.models.user import User
from tracker.models.user_session import UserSession

__all__ = [
    "Adjustment",
    "Appeal",
    "AppealDenial",
    "Attachment",
    "Authorization",
    "Base",
    "CauseDecision",
    "Claim",
    "ClaimLine",
    "ClaimPayment",
    "Denial",
    "DenialAnswer",
    "EligibilityCheck",
    "Event",
    "Finding",
    "ImportFile",
    "Job",
    "Letter",
    "LetterText",
    "Membership",
    "Note",
    "NoteLink",
    "Outcome",
    "Patient",
    "Payer",
    "PayerProfile",
    "PlanOfCare",
    "Practice",
    "Provider",
    "ProviderAdjustment",
    "RawFile",
    "Remark",
    "Remittance",
    "RuleSwitch",
    "Search",
    "ServicePayment",
    "Submission",
    "Suggestion",
    "User",
    "UserSession",
]
