"""The tables, one per file. Importing this package registers them all."""

from tracker.models.adjustment import Adjustment
from tracker.models.api_answer import ApiAnswer
from tracker.models.api_token import ApiToken
from tracker.models.appeal import Appeal
from tracker.models.appeal_denial import AppealDenial
from tracker.models.attachment import Attachment
from tracker.models.audit_entry import AuditEntry
from tracker.models.audit_head import AuditHead
from tracker.models.authorization import Authorization
from tracker.models.backlog_mapping import BacklogMapping
from tracker.models.backup import Backup
from tracker.models.base import Base
from tracker.models.cause_decision import CauseDecision
from tracker.models.chart_note import ChartNote
from tracker.models.claim import Claim
from tracker.models.claim_line import ClaimLine
from tracker.models.claim_payment import ClaimPayment
from tracker.models.contracted_rate import ContractedRate
from tracker.models.day_count import DayCount
from tracker.models.denial import Denial
from tracker.models.denial_answer import DenialAnswer
from tracker.models.denial_course import DenialCourse
from tracker.models.destroyed_practice import DestroyedPractice
from tracker.models.done_form import DoneForm
from tracker.models.eligibility_check import EligibilityCheck
from tracker.models.emergency_code import EmergencyCode
from tracker.models.event import Event
from tracker.models.findings import Findings, StoredFinding
from tracker.models.import_file import ImportFile
from tracker.models.job import Job
from tracker.models.letter import Letter
from tracker.models.letter_text import LetterText
from tracker.models.membership import Membership
from tracker.models.month_count import MonthCount
from tracker.models.monthly_report import MonthlyReport
from tracker.models.note import Note
from tracker.models.note_consent import NoteConsent
from tracker.models.note_link import NoteLink
from tracker.models.notice import Notice
from tracker.models.outcome import Outcome
from tracker.models.own_number import OwnNumber
from tracker.models.own_template import OwnTemplate
from tracker.models.owner_request import OwnerRequest
from tracker.models.patient import Patient
from tracker.models.payer import Payer
from tracker.models.payer_alias import PayerAlias
from tracker.models.payer_profile import PayerProfile
from tracker.models.picture import Picture
from tracker.models.plan_of_care import PlanOfCare
from tracker.models.practice import Practice
from tracker.models.practice_file import PracticeFile
from tracker.models.practice_key import PracticeKey
from tracker.models.provider import Provider
from tracker.models.provider_adjustment import ProviderAdjustment
from tracker.models.raw_file import RawFile
from tracker.models.records_request import RecordsRequest
from tracker.models.recovery_code import RecoveryCode
from tracker.models.remark import Remark
from tracker.models.remittance import Remittance
from tracker.models.rule_switch import RuleSwitch
from tracker.models.saved_view import SavedView
from tracker.models.search import Search
from tracker.models.service_payment import ServicePayment
from tracker.models.sign_in_tries import SignInTries
from tracker.models.signature import Signature
from tracker.models.signing_permission import SigningPermission
from tracker.models.submission import Submission
from tracker.models.suggestion import Suggestion
from tracker.models.template_edition import TemplateEdition
from tracker.models.therapist_ask import TherapistAsk
from tracker.models.user import User
from tracker.models.user_link import UserLink
from tracker.models.user_session import UserSession

__all__ = [
    "Adjustment",
    "ApiAnswer",
    "ApiToken",
    "Appeal",
    "AppealDenial",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Authorization",
    "BacklogMapping",
    "Backup",
    "Base",
    "CauseDecision",
    "ChartNote",
    "Claim",
    "ClaimLine",
    "ClaimPayment",
    "ContractedRate",
    "DayCount",
    "Denial",
    "DenialAnswer",
    "DenialCourse",
    "DestroyedPractice",
    "DoneForm",
    "EligibilityCheck",
    "EmergencyCode",
    "Event",
    "Findings",
    "ImportFile",
    "Job",
    "Letter",
    "LetterText",
    "Membership",
    "MonthCount",
    "MonthlyReport",
    "Note",
    "NoteConsent",
    "NoteLink",
    "Notice",
    "Outcome",
    "OwnNumber",
    "OwnTemplate",
    "OwnerRequest",
    "Patient",
    "Payer",
    "PayerAlias",
    "PayerProfile",
    "Picture",
    "PlanOfCare",
    "Practice",
    "PracticeFile",
    "PracticeKey",
    "Provider",
    "ProviderAdjustment",
    "RawFile",
    "RecordsRequest",
    "RecoveryCode",
    "Remark",
    "Remittance",
    "RuleSwitch",
    "SavedView",
    "Search",
    "ServicePayment",
    "SignInTries",
    "Signature",
    "SigningPermission",
    "StoredFinding",
    "Submission",
    "Suggestion",
    "TemplateEdition",
    "TherapistAsk",
    "User",
    "UserLink",
    "UserSession",
]
