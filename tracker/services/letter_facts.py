"""The facts of a letter, each out of a stored record or typed by a person for this letter; nothing is invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.letters.facts import (
    AppealFacts,
    Exhibit,
    FilingFacts,
    LetterFacts,
    PatientFacts,
    PayerFacts,
    RequestedDocument,
    RequestFacts,
    SignerFacts,
)
from tracker.letters.typed import with_typed
from tracker.models import (
    Appeal,
    Denial,
    Letter,
    Patient,
    Payer,
    PayerProfile,
    Practice,
)
from tracker.services.clock_history import BY_HAND
from tracker.services.clock_moves import COUNTED, counted_clock
from tracker.services.clocks import Start, file_by
from tracker.services.exhibit_notes import linked_notes
from tracker.services.letter_claims import (
    AppealedClaim,
    appealed_claims,
    approval_of,
    claim_facts,
    clinician_of,
    coverage_check_of,
    events_of,
    limits_together,
    lines_of,
    minutes_together,
    other_claims_together,
    paid_visits,
    pairs_together,
    plan_of,
)
from tracker.services.letter_evidence import Place, quotes_of
from tracker.services.letter_exhibits import REMITTANCE, SHEET, EnclosureChoice, keys_by_note
from tracker.services.letter_levels import decisions_below, least_amount
from tracker.services.letterhead import practice_facts
from tracker.services.records_requests import requests_of

_NOT_ASKED_FOR = frozenset({REMITTANCE, SHEET, "request"})


@dataclass(frozen=True, slots=True)
class LetterRows:
    """The rows a letter is about, read once."""

    appeal: Appeal
    claims: tuple[AppealedClaim, ...]
    patient: Patient
    payer: Payer
    practice: Practice
    profile: PayerProfile | None

    @property
    def denials(self) -> tuple[Denial, ...]:
        """The denials of all claims, visit by visit."""
        return tuple(denial for one in self.claims for denial in one.denials)


def letter_rows(session: Session, appeal: Appeal, today: date) -> LetterRows:
    """Return the rows of an appeal."""
    own = appeal.practice_id
    return LetterRows(
        appeal=appeal,
        claims=appealed_claims(session, appeal, today),
        patient=session.get_one(Patient, (own, appeal.patient_id)),
        payer=session.get_one(Payer, appeal.payer_id),
        practice=session.get_one(Practice, own),
        profile=session.scalar(
            select(PayerProfile).where(PayerProfile.practice_id == own, PayerProfile.payer_id == appeal.payer_id)
        ),
    )


def letter_facts(  # the rows, what a person chose, and who signs when
    session: Session,
    rows: LetterRows,
    letter: Letter,
    chosen: Sequence[EnclosureChoice],
    knowledge: Knowledge,
    signer: SignerFacts | None = None,
) -> LetterFacts:
    """Return everything the letter may say. ``chosen`` are the enclosures used, in their order.

    ``signer`` is who signs now; without one the letter leaves a line for the hand of the usual signer.
    """
    recorded = _recorded(session, rows, letter, chosen, knowledge, signer or signer_of(letter, rows.practice))
    return with_typed(recorded, letter.fields.get("facts", {}))


def _recorded(  # what letter_facts takes
    session: Session,
    rows: LetterRows,
    letter: Letter,
    chosen: Sequence[EnclosureChoice],
    knowledge: Knowledge,
    signer: SignerFacts,
) -> LetterFacts:
    """Return what the records say."""
    notes = {note.public_id: note for note in linked_notes(session, rows.appeal)}
    places = [Place(**place) for place in letter.fields.get("quotes", [])]
    decisions = decisions_below(session, rows.appeal)
    claims = rows.claims
    first, *more = [claim_facts(one) for one in claims]
    method = claims[0].case.payer.counting_method
    return LetterFacts(
        practice=practice_facts(rows.practice),
        payer=PayerFacts(rows.payer.name, rows.payer.kind, "", rows.payer.appeal_address, rows.payer.fax),
        patient=_patient(rows.patient),
        claim=first,
        more_claims=tuple(more),
        lines=lines_of(claims, knowledge),
        signer=signer,
        letter_date=letter.letter_date,
        appeal=_appeal(session, rows, knowledge),
        clinician=clinician_of(claims),
        plan=plan_of(claims),
        counting_method=method or knowledge.payer_defaults(rows.payer.kind).counting_method,
        minutes=minutes_together(claims, knowledge),
        pairs=pairs_together(claims, knowledge),
        limits=limits_together(claims, knowledge),
        filing=_filing(rows, knowledge),
        events=events_of(claims),
        quotes=quotes_of(places, notes, keys_by_note(chosen)),
        request=_request(session, rows.denials),
        documents=tuple(
            RequestedDocument(each.title, each.key, each.source) for each in chosen if each.key not in _NOT_ASKED_FOR
        ),
        exhibits=tuple(_exhibit(choice) for choice in chosen),
        authorization=approval_of(claims),
        eligibility=coverage_check_of(claims),
        other_claims=other_claims_together(claims),
        visits=paid_visits(claims),
        previous=decisions[-1] if decisions else None,
        earlier=decisions[:-1],
        controversy=least_amount(rows.payer.kind, rows.appeal.level, letter.letter_date, knowledge),
    )


def _exhibit(choice: EnclosureChoice) -> Exhibit:
    day = choice.note.service_date if choice.note else None
    return Exhibit(choice.key, choice.title, choice.pages, day, choice.source)


def signer_of(letter: Letter, practice: Practice) -> SignerFacts:
    """Return who signs unless a person says otherwise: the letter's signer, else the practice's."""
    if letter.signer_name:
        return SignerFacts(letter.signer_name, letter.signer_title)
    return SignerFacts(practice.signer_name, practice.signer_title)


def _patient(row: Patient) -> PatientFacts:
    name = " ".join(part for part in (row.first_name, row.middle_name, row.last_name) if part)
    return PatientFacts(name, row.birth_date, row.member_id)


def _appeal(session: Session, rows: LetterRows, knowledge: Knowledge) -> AppealFacts:
    """Return the level and the last day to act: that of the denial whose last day comes first.

    How the day was counted stands beside it only where a rule gives the same day: the payer can count it again.
    """
    ours = [denial for denial in rows.denials if denial.clock in COUNTED]
    first = min(ours, key=lambda denial: denial.file_by_legal or date.max, default=None)
    if first is None:
        return AppealFacts(level=rows.appeal.level)
    counted = counted_clock(session, first, knowledge) if first.clock_rule != BY_HAND else None
    basis = counted.basis if counted is not None and counted.legal == first.file_by_legal else ""
    return AppealFacts(rows.appeal.level, due=first.file_by_legal, deadline_basis=basis)


def _request(session: Session, denials: Sequence[Denial]) -> RequestFacts | None:
    """Return the payer's newest request for records of the first claim that has one."""
    for claim_id in dict.fromkeys(denial.claim_id for denial in denials):
        if found := requests_of(session, denials[0].practice_id, claim_id):
            return RequestFacts(found[0].reference, found[0].requested_on, found[0].due_legal)
    return None


def _filing(rows: LetterRows, knowledge: Knowledge) -> FilingFacts | None:
    """Return the claim filing limit, counted from the earliest denied date of service."""
    dated = [denial for denial in rows.denials if denial.service_date is not None]
    first = min(dated, key=lambda denial: denial.service_date or date.max, default=None)
    if first is None:
        return None
    start = Start(rows.payer.kind, first.denied_on, first.service_date, barred_by="filing")
    due = file_by(knowledge, start, rows.profile)
    if due is None:
        return None
    limit = f"{due.rule.length} from {due.rule.counted_from}"
    return FilingFacts(due.legal, limit)
