"""The facts of a letter, each out of a stored record or typed by a person for this letter; nothing is invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.case import Case
from tracker.knowledge import Knowledge
from tracker.letters.facts import (
    AppealFacts,
    ClaimFacts,
    ClinicianFacts,
    Exhibit,
    FilingEvent,
    FilingFacts,
    LetterFacts,
    PatientFacts,
    PayerFacts,
    PlanFacts,
    PracticeFacts,
    RequestedDocument,
    SignerFacts,
)
from tracker.letters.typed import with_typed
from tracker.models import (
    Appeal,
    AppealDenial,
    Claim,
    Denial,
    Letter,
    Patient,
    Payer,
    PayerProfile,
    Practice,
    Provider,
)
from tracker.services.cases import StoredCase, stored_cases
from tracker.services.clocks import Start, file_by
from tracker.services.exhibit_notes import linked_notes
from tracker.services.letter_evidence import Place, limits_of, pairs_of, quotes_of
from tracker.services.letter_exhibits import REMITTANCE, SHEET, EnclosureChoice, keys_by_note
from tracker.services.letter_levels import decisions_below, least_amount
from tracker.services.letter_lines import line_facts
from tracker.services.letter_minutes import minutes_of
from tracker.services.letter_subjects import authorization_of, eligibility_of, other_claims_of, visits_of


@dataclass(frozen=True, slots=True)
class LetterRows:
    """The rows a letter is about, read once."""

    appeal: Appeal
    claim: Claim
    patient: Patient
    payer: Payer
    practice: Practice
    provider: Provider | None
    profile: PayerProfile | None
    denials: tuple[Denial, ...]
    stored: StoredCase

    @property
    def case(self) -> Case:
        """The claim's case."""
        return self.stored.case


def letter_rows(session: Session, appeal: Appeal, today: date) -> LetterRows:
    """Return the rows of an appeal."""
    own = appeal.practice_id
    claim = session.get_one(Claim, (own, appeal.claim_id))
    provider_id = claim.rendering_provider_id
    return LetterRows(
        appeal=appeal,
        claim=claim,
        patient=session.get_one(Patient, (own, claim.patient_id)),
        payer=session.get_one(Payer, appeal.payer_id),
        practice=session.get_one(Practice, own),
        provider=session.get(Provider, (own, provider_id)) if provider_id else None,
        profile=session.scalar(
            select(PayerProfile).where(PayerProfile.practice_id == own, PayerProfile.payer_id == appeal.payer_id)
        ),
        denials=denials_of(session, appeal),
        stored=stored_cases(session, own, (claim.id,), today)[claim.id],
    )


def denials_of(session: Session, appeal: Appeal) -> tuple[Denial, ...]:
    """Return the denials an appeal is about, by number."""
    query = (
        select(Denial)
        .join(AppealDenial, and_(AppealDenial.practice_id == Denial.practice_id, AppealDenial.denial_id == Denial.id))
        .where(AppealDenial.practice_id == appeal.practice_id, AppealDenial.appeal_id == appeal.id)
    )
    return tuple(session.scalars(query.order_by(Denial.number)))


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
    numbers = [rows.stored.line_numbers.get(denial.claim_line_id or 0, 0) for denial in rows.denials]
    notes = {note.public_id: note for note in linked_notes(session, rows.appeal)}
    places = [Place(**place) for place in letter.fields.get("quotes", [])]
    keys = keys_by_note(chosen)
    decisions = decisions_below(session, rows.appeal)
    return LetterFacts(
        practice=_practice(rows.practice),
        payer=PayerFacts(rows.payer.name, rows.payer.kind, "", rows.payer.appeal_address, rows.payer.fax),
        patient=_patient(rows.patient),
        claim=_claim(rows),
        lines=tuple(line_facts(denial, rows.stored, knowledge) for denial in rows.denials),
        signer=signer,
        letter_date=letter.letter_date,
        appeal=_appeal(rows, knowledge),
        clinician=_clinician(rows),
        plan=_plan(rows.case),
        counting_method=rows.case.payer.counting_method or knowledge.payer_defaults(rows.payer.kind).counting_method,
        minutes=minutes_of(rows.case, numbers, knowledge),
        pairs=pairs_of(rows.case, numbers, knowledge),
        limits=limits_of(rows.case, numbers, knowledge),
        filing=_filing(rows, knowledge),
        events=_events(rows.case),
        quotes=quotes_of(places, notes, keys),
        documents=tuple(
            RequestedDocument(each.title, each.key) for each in chosen if each.key not in {REMITTANCE, SHEET}
        ),
        exhibits=tuple(_exhibit(choice) for choice in chosen),
        authorization=authorization_of(rows.case),
        eligibility=eligibility_of(rows.case),
        other_claims=other_claims_of(rows.case, numbers),
        visits=visits_of(rows.case),
        previous=decisions[-1] if decisions else None,
        earlier=decisions[:-1],
        controversy=least_amount(rows.payer.kind, rows.appeal.level, letter.letter_date, knowledge),
    )


def _exhibit(choice: EnclosureChoice) -> Exhibit:
    return Exhibit(choice.key, choice.title, choice.pages, choice.note.service_date if choice.note else None)


def signer_of(letter: Letter, practice: Practice) -> SignerFacts:
    """Return who signs unless a person says otherwise: the letter's signer, else the practice's."""
    if letter.signer_name:
        return SignerFacts(letter.signer_name, letter.signer_title)
    return SignerFacts(practice.signer_name, practice.signer_title)


def _practice(row: Practice) -> PracticeFacts:
    return PracticeFacts(row.name, row.npi or "", row.tin, row.address, row.phone, row.fax)


def _patient(row: Patient) -> PatientFacts:
    name = " ".join(part for part in (row.first_name, row.middle_name, row.last_name) if part)
    return PatientFacts(name, row.birth_date, row.member_id)


def _claim(rows: LetterRows) -> ClaimFacts:
    remittance = rows.case.remittance
    answers = remittance.lines if remittance else ()
    return ClaimFacts(
        control_number=rows.claim.control_number,
        payer_claim_number=rows.claim.payer_claim_number,
        billed_cents=rows.claim.charge_cents,
        paid_cents=sum(answer.paid_cents for answer in answers) if answers else None,
        remittance_date=min(denial.denied_on for denial in rows.denials) if rows.denials else None,
        trace_number=(remittance.trace_number or "") if remittance else "",
        submitted_on=rows.claim.submitted_on,
    )


def _appeal(rows: LetterRows, knowledge: Knowledge) -> AppealFacts:
    due = [denial.file_by_legal for denial in rows.denials if denial.file_by_legal is not None]
    rule = None
    if rows.appeal.level > 1:
        rule = knowledge.clocks.get(rows.denials[0].clock_rule) if rows.denials else None
    elif rows.denials and not any(denial.clock_rule == "by_hand" for denial in rows.denials):
        start = Start(rows.payer.kind, rows.denials[0].denied_on, rows.denials[0].service_date)
        counted = file_by(knowledge, start, rows.profile)
        rule = counted.rule if counted else None
    return AppealFacts(
        level=rows.appeal.level,
        due=min(due) if due else None,
        deadline_basis=f"{rule.length} from {rule.counted_from}" if rule else "",
    )


def _clinician(rows: LetterRows) -> ClinicianFacts | None:
    if rows.provider is None or not rows.provider.name:
        return None
    row = rows.provider
    discipline = row.discipline
    if not discipline and rows.case.claim.rendering_provider is not None:
        discipline = rows.case.claim.rendering_provider.discipline or ""
    return ClinicianFacts(row.name, row.credential, row.npi, "", discipline)


def _plan(case: Case) -> PlanFacts | None:
    plan = case.history.plan_of_care
    return PlanFacts(plan.established_on, plan.certified_on, plan.certified_by or "") if plan else None


def _filing(rows: LetterRows, knowledge: Knowledge) -> FilingFacts | None:
    """Return the claim filing limit, counted from the earliest denied date of service."""
    days = [denial.service_date for denial in rows.denials if denial.service_date is not None]
    if not days:
        return None
    start = Start(rows.payer.kind, rows.denials[0].denied_on, min(days), barred_by="filing")
    due = file_by(knowledge, start, rows.profile)
    if due is None:
        return None
    limit = f"{due.rule.length} from {due.rule.counted_from}"
    return FilingFacts(due.legal, limit)


def _events(case: Case) -> tuple[FilingEvent, ...]:
    """Return the sendings on record; a receipt that says accepted proves that the payer took the claim in."""
    events = []
    for sent in case.history.submissions:
        proof = sent.proof or ""
        accepted = "accept" in proof.lower() and "not accept" not in proof.lower()
        events.append(FilingEvent(sent.on, "Claim sent", proof, accepted, "receipt"))
    return tuple(events)
