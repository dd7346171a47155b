"""The claims of a letter, one for each visit it is about: what it states of each, and of all of them together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from tracker.domain.case import Case
from tracker.knowledge import Knowledge
from tracker.letters.facts import (
    ClaimFacts,
    ClinicianFacts,
    FilingEvent,
    LimitFacts,
    LineFacts,
    MinuteRow,
    PairFacts,
    PlanFacts,
)
from tracker.letters.subject_facts import AuthorizationFacts, EligibilityFacts, OtherClaimFacts, VisitFacts
from tracker.letters.words import and_list
from tracker.models import Appeal, Claim, Denial, Provider
from tracker.services.appealed import denials_of
from tracker.services.cases import StoredCase, stored_cases
from tracker.services.letter_evidence import limits_of, pairs_of
from tracker.services.letter_lines import line_facts
from tracker.services.letter_minutes import minutes_of
from tracker.services.letter_subjects import authorization_of, eligibility_of, other_claims_of, visits_of


@dataclass(frozen=True, slots=True)
class AppealedClaim:
    """A claim with those of its denials the letter is about, and who treated."""

    claim: Claim
    stored: StoredCase
    denials: tuple[Denial, ...]
    provider: Provider | None

    @property
    def case(self) -> Case:
        """The claim's case."""
        return self.stored.case

    @property
    def numbers(self) -> list[int]:
        """The numbers of the denied lines on the claim."""
        return [self.stored.line_numbers.get(denial.claim_line_id or 0, 0) for denial in self.denials]

    @property
    def discipline(self) -> str:
        """PT, OT or SLP: the clinician's, else the claim's; empty when neither is known."""
        rendering = self.case.claim.rendering_provider
        own = self.provider.discipline if self.provider else ""
        return own or (rendering.discipline or "" if rendering is not None else "")


def appealed_claims(session: Session, appeal: Appeal, today: date) -> tuple[AppealedClaim, ...]:
    """Return the claims of an appeal with its denials of each, in order of their visits; at least one."""
    own = appeal.practice_id
    denials = denials_of(session, appeal)
    ids = list(dict.fromkeys(denial.claim_id for denial in denials))
    stored = stored_cases(session, own, ids, today)
    return tuple(_appealed_claim(session, session.get_one(Claim, (own, each)), denials, stored[each]) for each in ids)


def _appealed_claim(session: Session, claim: Claim, denials: Sequence[Denial], stored: StoredCase) -> AppealedClaim:
    own = tuple(denial for denial in denials if denial.claim_id == claim.id)
    provider_id = claim.rendering_provider_id
    provider = session.get(Provider, (claim.practice_id, provider_id)) if provider_id else None
    return AppealedClaim(claim, stored, own, provider)


def claim_facts(one: AppealedClaim) -> ClaimFacts:
    """Return a claim as the letter names it, with the remittance that denied it."""
    remittance = one.case.remittance
    answers = remittance.lines if remittance else ()
    return ClaimFacts(
        control_number=one.claim.control_number,
        payer_claim_number=one.claim.payer_claim_number,
        billed_cents=one.claim.charge_cents,
        paid_cents=sum(answer.paid_cents for answer in answers) if answers else None,
        remittance_date=min(denial.denied_on for denial in one.denials),
        trace_number=(remittance.trace_number or "") if remittance else "",
        submitted_on=one.claim.submitted_on,
    )


def lines_of(claims: Sequence[AppealedClaim], knowledge: Knowledge) -> tuple[LineFacts, ...]:
    """Return the denied lines; those of several claims are counted through, so that a number names one line."""
    lines = [
        replace(line_facts(denial, one.stored, knowledge), claim=place)
        for place, one in enumerate(claims)
        for denial in one.denials
    ]
    if len(claims) == 1:
        return tuple(lines)
    return tuple(replace(line, line=number) for number, line in enumerate(lines, start=1))


def clinician_of(claims: Sequence[AppealedClaim]) -> ClinicianFacts | None:
    """Return who treated. Several are named together, with their credentials; None when one of them is not known."""
    found = {one.provider.id: one for one in claims if one.provider is not None and one.provider.name}
    if not found or any(one.provider is None or not one.provider.name for one in claims):
        return None
    treated = [(one.provider, one.discipline) for one in found.values() if one.provider is not None]
    disciplines = {discipline for _, discipline in treated}
    discipline = disciplines.pop() if len(disciplines) == 1 else ""
    if len(treated) == 1:
        row = treated[0][0]
        return ClinicianFacts(row.name, row.credential, row.npi, "", discipline)
    names = [f"{row.name}, {row.credential}" if row.credential else row.name for row, _ in treated]
    return ClinicianFacts(and_list(names), "", and_list([row.npi for row, _ in treated if row.npi]), "", discipline)


def minutes_together(claims: Sequence[AppealedClaim], knowledge: Knowledge) -> tuple[MinuteRow, ...]:
    """Return the timed minutes of every visit, in order of date."""
    rows = [
        replace(row, claim=place)
        for place, one in enumerate(claims)
        for row in minutes_of(one.case, one.numbers, knowledge)
    ]
    return tuple(sorted(rows, key=lambda row: (row.service_date, row.claim, row.code)))


def pairs_together(claims: Sequence[AppealedClaim], knowledge: Knowledge) -> tuple[PairFacts, ...]:
    """Return the NCCI edits of every visit."""
    return tuple(pair for one in claims for pair in pairs_of(one.case, one.numbers, knowledge))


def limits_together(claims: Sequence[AppealedClaim], knowledge: Knowledge) -> tuple[LimitFacts, ...]:
    """Return the medically unlikely edits of every visit."""
    return tuple(limit for one in claims for limit in limits_of(one.case, one.numbers, knowledge))


def plan_of(claims: Sequence[AppealedClaim]) -> PlanFacts | None:
    """Return the plan of care on file for all visits; None when they stand under different ones, or one under none."""
    plans = {one.case.history.plan_of_care for one in claims}
    plan = plans.pop() if len(plans) == 1 else None
    return PlanFacts(plan.established_on, plan.certified_on, plan.certified_by or "") if plan else None


def events_of(claims: Sequence[AppealedClaim]) -> tuple[FilingEvent, ...]:
    """Return the sendings on record; a receipt that says accepted proves that the payer took the claim in."""
    return tuple(event for place, one in enumerate(claims) for event in _events(one, place, several=len(claims) > 1))


def _events(one: AppealedClaim, place: int, *, several: bool) -> Iterator[FilingEvent]:
    what = f"Claim {one.claim.control_number} sent" if several else "Claim sent"
    for sent in one.case.history.submissions:
        proof = sent.proof or ""
        accepted = "accept" in proof.lower() and "not accept" not in proof.lower()
        yield FilingEvent(sent.on, what, proof, accepted, "receipt", place)


def approval_of(claims: Sequence[AppealedClaim]) -> AuthorizationFacts | None:
    """Return the approval on file; of several the first visit's, which a letter then holds against every line."""
    return next((found for one in claims if (found := authorization_of(one.case))), None)


def coverage_check_of(claims: Sequence[AppealedClaim]) -> EligibilityFacts | None:
    """Return the eligibility answer on file; of several the first visit's, which is then held against every day."""
    return next((found for one in claims if (found := eligibility_of(one.case))), None)


def other_claims_together(claims: Sequence[AppealedClaim]) -> tuple[OtherClaimFacts, ...]:
    """Return the patient's other claims that bill a denied line's code on its day, each once."""
    return tuple(dict.fromkeys(other for one in claims for other in other_claims_of(one.case, one.numbers)))


def paid_visits(claims: Sequence[AppealedClaim]) -> tuple[VisitFacts, ...]:
    """Return the patient's visits this payer paid on claims the letter is not about, in order, each once."""
    own = {one.claim.control_number for one in claims}
    found = {visit for one in claims for visit in visits_of(one.case) if visit.control_number not in own}
    return tuple(sorted(found, key=lambda visit: (visit.on, visit.discipline, visit.control_number)))
