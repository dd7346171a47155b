"""What single letters are about, out of stored records: the approval, eligibility, other claims, visits paid."""

from collections.abc import Iterable

from tracker.domain.case import Case, OtherClaim
from tracker.letters.subject_facts import AuthorizationFacts, EligibilityFacts, OtherClaimFacts, VisitFacts
from tracker.services.cases import discipline_of


def authorization_of(case: Case) -> AuthorizationFacts | None:
    """Return the approval on file."""
    row = case.history.authorization
    if row is None:
        return None
    return AuthorizationFacts(
        row.number or "", None, row.valid_from, row.valid_to, row.visits_allowed, row.visits_used, row.codes
    )


def eligibility_of(case: Case) -> EligibilityFacts | None:
    """Return the eligibility answer on file."""
    row = case.history.eligibility
    return EligibilityFacts(row.checked_on, "", row.active_from, row.active_to) if row else None


def other_claims_of(case: Case, numbers: Iterable[int]) -> tuple[OtherClaimFacts, ...]:
    """Return the lines of the patient's other claims that bill a denied line's code on its day."""
    wanted = set(numbers)
    denied = {(line.service_date, line.code) for line in case.claim.lines if line.line in wanted}
    return tuple(
        OtherClaimFacts(claim.control_number, line.service_date, line.code, line.modifiers, claim.outcome)
        for claim in case.history.other_claims
        for line in claim.lines
        if (line.service_date, line.code) in denied
    )


def visits_of(case: Case) -> tuple[VisitFacts, ...]:
    """Return the patient's visits this payer paid on other claims, one for each day and discipline, in order."""
    found: dict[tuple[str, str], VisitFacts] = {}
    for claim in _paid(case):
        for line in claim.lines:
            visit = VisitFacts(line.service_date, claim.control_number, discipline_of(line.modifiers, None))
            found.setdefault((line.service_date.isoformat(), visit.discipline), visit)
    return tuple(found[key] for key in sorted(found))


def _paid(case: Case) -> list[OtherClaim]:
    return [claim for claim in case.history.other_claims if claim.outcome == "paid" and claim.payer == case.payer.name]
