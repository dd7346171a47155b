"""Denials of several visits in one letter: which may stand together, and why others may not."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.models import Appeal, AppealDenial, Denial, Letter
from tracker.services.appealed import Standing, denials_of, standings
from tracker.services.appealing import AppealRefused, letter_choices, log_appeal, start_with_best_letter
from tracker.services.barring import appeal_barred_by
from tracker.services.letter_evidence import usual_quotes
from tracker.services.letter_numbers import line_numbers, renumbered
from tracker.services.letter_texts import keep_text
from tracker.services.signature_requests import lend_due


def require_together(
    session: Session, denials: Sequence[Denial], knowledge: Knowledge, appeal: Appeal | None = None
) -> None:
    """Raise AppealRefused, naming the denials, unless all can stand in one letter: a new one, or that of ``appeal``.

    A letter is about one patient, payer, reason and level, and no denial is in two appeals that are not decided.
    """
    first = denials[0]
    for other in denials[1:]:
        _refuse_difference(first, other)
    where = standings(session, denials)
    for denial in denials:
        _refuse_closed(denial, where[denial.id], appeal)
        barred = appeal_barred_by(denial, knowledge)
        if barred:
            raise AppealRefused(f"{barred} on D-{denial.number} leaves no right to appeal. Leave it out")
        _refuse_level(denial, where[denial.id], appeal)


def _refuse_difference(one: Denial, other: Denial) -> None:
    pair = f"D-{one.number} and D-{other.number}"
    if one.patient_id != other.patient_id:
        raise AppealRefused(f"A letter is about one patient. {pair} are of different patients")
    if one.payer_id != other.payer_id:
        raise AppealRefused(f"A letter goes to one payer. {pair} are of different payers")
    if one.claim_id != other.claim_id and one.reason != other.reason:
        raise AppealRefused(
            f"A letter for several visits answers one reason. D-{one.number} was denied with {one.reason}, "
            f"D-{other.number} with {other.reason}"
        )


def _refuse_closed(denial: Denial, standing: Standing, appeal: Appeal | None) -> None:
    pending = standing.pending
    if pending is not None and (appeal is None or pending.id != appeal.id):
        raise AppealRefused(
            f"D-{denial.number} is in A-{pending.number}, which is not decided. Leave it out, or withdraw that appeal"
        )
    if not denial.is_open and pending is None:
        raise AppealRefused(f"D-{denial.number} is closed. Leave it out, or reopen it first")


def _refuse_level(denial: Denial, standing: Standing, appeal: Appeal | None) -> None:
    below = standing.refused
    if appeal is None and below is not None:
        raise AppealRefused(
            f"D-{denial.number} was refused at level {below.level}. Start level {standing.level} on the page of "
            f"A-{below.number}"
        )
    if appeal is not None and (below.id if below else None) != appeal.previous_id:
        raise AppealRefused(f"D-{denial.number} goes to level {standing.level} by an appeal of its own. Leave it out")


class OtherVisit(NamedTuple):
    """Another visit (claim) of a letter's patient denied for the same reason: its denials.

    ``same_cause`` is false when another cause is suspected there than in the letter.
    """

    denials: tuple[Denial, ...]
    same_cause: bool

    @property
    def cents(self) -> int:
        """What the payer denied of the visit."""
        return sum(denial.amount_cents for denial in self.denials)


def other_visits(session: Session, appeal: Appeal, knowledge: Knowledge) -> list[OtherVisit]:
    """Return the patient's other visits that could join an appeal's letter, in order of date."""
    own = denials_of(session, appeal)
    if not own or len({denial.reason for denial in own}) > 1:
        return []
    claims = {denial.claim_id for denial in own}
    query = select(Denial).where(
        Denial.practice_id == appeal.practice_id,
        Denial.patient_id == appeal.patient_id,
        Denial.payer_id == appeal.payer_id,
        Denial.is_open,
        Denial.group_code == own[0].group_code,
        Denial.carc == own[0].carc,
        Denial.claim_id.not_in(claims),
    )
    others = session.scalars(query.order_by(Denial.service_date, Denial.number)).all()
    where = standings(session, others)
    causes = {denial.root_cause for denial in own if denial.root_cause}
    visits: dict[int, list[Denial]] = defaultdict(list)
    for denial in others:
        if _may_join(where[denial.id], appeal) and not appeal_barred_by(denial, knowledge):
            visits[denial.claim_id].append(denial)
    return [OtherVisit(tuple(visit), _same_cause(visit, causes)) for visit in visits.values()]


def _may_join(standing: Standing, appeal: Appeal) -> bool:
    below = standing.refused.id if standing.refused else None
    return standing.pending is None and below == appeal.previous_id


def _same_cause(visit: Iterable[Denial], causes: Collection[str]) -> bool:
    """Return whether the suspected causes of a visit are those of the letter; an unknown one contradicts nothing."""
    return not causes or all(not denial.root_cause or denial.root_cause in causes for denial in visit)


def join(
    session: Session,
    appeal: Appeal,
    letter: Letter,
    denials: Sequence[Denial],
    knowledge: Knowledge,
    now: datetime,
    user_id: int,
) -> None:
    """Take other visits' denials into a draft, with the quotes offered of their notes.

    Raises AppealRefused, naming the denials, when they cannot stand in the letter or it is signed.
    """
    if letter.signed_at is not None:
        raise AppealRefused("This letter is signed and locked. Make a new version to change it")
    require_together(session, [*denials_of(session, appeal), *denials], knowledge, appeal)
    before = line_numbers(session, appeal)
    for denial in denials:
        session.add(AppealDenial(practice_id=appeal.practice_id, appeal_id=appeal.id, denial_id=denial.id))
    lend_due(session, appeal.practice_id, [denial.id for denial in denials], letter.signature_due)
    session.flush()
    facts = renumbered(letter.fields.get("facts", {}), before, line_numbers(session, appeal))
    quotes: list[Any] = letter.fields.get("quotes", [])
    quoted = {quote["note"] for quote in quotes}
    added = [quote for quote in usual_quotes(session, denials, one_of_each_note=True) if quote["note"] not in quoted]
    letter.fields = letter.fields | {"quotes": [*quotes, *added], "facts": facts}
    letter.saved_at = now
    keep_text(session, letter, now, user_id)
    log_appeal(session, appeal, "visits_joined", now, user_id, {"denials": [denial.number for denial in denials]})
    session.flush()


def open_joined(  # who asks for which letter, when
    session: Session, denials: Sequence[Denial], knowledge: Knowledge, now: datetime, today: date, user_id: int
) -> Appeal:
    """Open one appeal for chosen denials of one patient, at least one, with the letter that answers them best.

    Raises AppealRefused, naming the denials, when they cannot stand in one letter or no letter answers them.
    """
    require_together(session, denials, knowledge)
    if not letter_choices(session, denials[0]):
        raise AppealRefused(
            f"No letter answers {denials[0].reason} by itself. Choose one on the page of D-{denials[0].number}, and "
            "include the other visits there"
        )
    return start_with_best_letter(session, denials, None, now, today, user_id)
