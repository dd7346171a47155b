"""Everything the denial page shows about one denial, read in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.asking import Asked
from tracker.domain.case import Case, CaseLine, LineAnswer
from tracker.domain.turns import Turn
from tracker.knowledge import Knowledge
from tracker.models import (
    Appeal,
    AppealDenial,
    Attachment,
    Claim,
    Denial,
    Letter,
    Note,
    Patient,
    Payer,
    Practice,
    RecordsRequest,
    User,
)
from tracker.reports.asking import questions_of
from tracker.reports.clock_view import ClockView, clock_view
from tracker.reports.decided import history_of
from tracker.reports.denial_causes import CauseViews, cause_views, read_checked
from tracker.reports.denial_notes import NoteView, linked_notes, note_views, other_notes
from tracker.reports.figures import Rate
from tracker.reports.followed_requests import FollowedRequest, followed_request
from tracker.reports.open_asks import open_asks
from tracker.reports.turns import turns
from tracker.reports.visit_minutes import VisitMinutes, Way, visit_minutes, way_of_counting
from tracker.services.barring import appeal_barred_by
from tracker.services.cases import stored_cases
from tracker.services.denial_files import papers_of
from tracker.services.protected_notes import protected_of_claim
from tracker.services.records_requests import requests_of

# Our words for the group codes (denials-appeals.md 1.1): who bears an adjustment.
GROUPS = {
    "CO": "the patient may not be billed for it",
    "PR": "the payer makes it the patient's share",
    "OA": "neither the patient nor the contract is the reason",
    "PI": "the payer reduced it on its own decision; without a contract that forbids it, ask before billing the patient",
    "CR": "it corrects an earlier answer",
}


class Explained(NamedTuple):
    """A code with its meaning in our words; ``hint`` says what to do with it, if anything."""

    code: str
    meaning: str
    hint: str


class LineView(NamedTuple):
    """A claim line with the payer's answer. Cents are None where no answer is on file."""

    line: CaseLine
    paid_cents: int | None
    denied_cents: int
    reasons: tuple[str, ...]
    denial: Denial | None
    is_this: bool


class AppealView(NamedTuple):
    """An appeal of the denial with its newest letter and packet."""

    appeal: Appeal
    letter: Letter | None
    packet: Attachment | None


@dataclass(frozen=True, slots=True)
class DenialPage:
    """One denial with all that bears on it."""

    denial: Denial
    claim: Claim
    patient: Patient
    payer: Payer
    practice: Practice
    owner: User | None
    case: Case
    lines: tuple[LineView, ...]
    codes: tuple[Explained, ...]
    policy: str | None
    group_meaning: str
    barred_by: str | None
    causes: CauseViews
    askable: frozenset[str]
    chosen_title: str
    counting: Way
    visits: tuple[VisitMinutes, ...]
    notes: tuple[NoteView, ...]
    other_notes: tuple[Note, ...]
    protected: Sequence[Note]
    hidden_notes: int
    clock: ClockView
    papers: Sequence[Attachment]
    requests: Sequence[RecordsRequest]
    followed: FollowedRequest | None
    appeals: tuple[AppealView, ...]
    asked: Asked | None
    history: Rate
    turn: Turn | None

    @property
    def denied_lines(self) -> tuple[LineView, ...]:
        """Return the lines of the claim with money denied."""
        return tuple(line for line in self.lines if line.denial is not None)

    @property
    def paid_cents(self) -> int:
        """Return what the payer paid for all lines."""
        return sum(line.paid_cents or 0 for line in self.lines)

    @property
    def denied_cents(self) -> int:
        """Return what was denied on all lines."""
        return sum(line.denied_cents for line in self.lines)

    @property
    def reply_due(self) -> date | None:
        """Return when the payer's answer to the newest appeal is due."""
        return next((view.appeal.reply_due for view in self.appeals if view.appeal.reply_due), None)


def find_denial(session: Session, public_id: str) -> Denial | None:
    """Return a denial the session may see, by the id in its address."""
    return session.scalar(select(Denial).where(Denial.public_id == public_id))


def denial_page(session: Session, denial: Denial, knowledge: Knowledge, today: date) -> DenialPage:
    """Return all the denial page shows."""
    practice_id = denial.practice_id
    claim = session.get_one(Claim, (practice_id, denial.claim_id))
    payer = session.get_one(Payer, denial.payer_id)
    stored = stored_cases(session, practice_id, (claim.id,), today)[claim.id]
    linked = linked_notes(session, practice_id, claim.id)
    checked = read_checked(session, denial, knowledge, has_notes=bool(linked))
    protected, hidden = protected_of_claim(session, practice_id, claim.id)
    notes, places = note_views(session, linked, checked.quotes())
    this_line = stored.line_numbers.get(denial.claim_line_id) if denial.claim_line_id else None
    return DenialPage(
        denial=denial,
        claim=claim,
        patient=session.get_one(Patient, (practice_id, denial.patient_id)),
        payer=payer,
        practice=session.get_one(Practice, practice_id),
        owner=session.get(User, denial.owner_id) if denial.owner_id else None,
        case=stored.case,
        lines=_lines(session, denial, stored.case, stored.line_numbers),
        codes=_explained(denial, knowledge),
        policy=_policy(denial, stored.case, stored.line_numbers),
        group_meaning=GROUPS.get(denial.group_code, ""),
        barred_by=appeal_barred_by(denial, knowledge),
        causes=cause_views(checked, places, stored.case, this_line),
        askable=frozenset(each.rule_id for each in questions_of(checked)),
        chosen_title=cause_title(knowledge, denial.root_cause),
        counting=way_of_counting(stored.case, knowledge),
        visits=visit_minutes(stored.case, knowledge),
        notes=notes,
        protected=protected,
        hidden_notes=hidden,
        other_notes=other_notes(session, denial),
        clock=clock_view(session, denial, knowledge, today),
        papers=papers_of(session, practice_id, (denial.id,)),
        requests=requests_of(session, practice_id, claim.id),
        followed=followed_request(session, denial, knowledge),
        appeals=appeals_of(session, denial),
        asked=open_asks(session, [denial.id]).get(denial.id) if denial.is_open else None,
        history=history_of(session, denial),
        turn=turns(session, [denial], today).get(denial.id),
    )


def cause_title(knowledge: Knowledge, code: str) -> str:
    """Return the short words for a root cause, or nothing for no cause."""
    cause = knowledge.root_causes.get(code)
    return cause.title if cause else code


def _lines(session: Session, denial: Denial, case: Case, line_numbers: Any) -> tuple[LineView, ...]:
    denials = {
        line_numbers.get(row.claim_line_id): row
        for row in session.scalars(
            select(Denial).where(Denial.practice_id == denial.practice_id, Denial.claim_id == denial.claim_id)
        )
    }
    this = line_numbers.get(denial.claim_line_id)
    return tuple(
        _line(line, case.answer(line.line), denials.get(line.line), line.line == this) for line in case.claim.lines
    )


def _line(line: CaseLine, answer: LineAnswer | None, denial: Denial | None, is_this: bool) -> LineView:
    denied = denial.amount_cents if denial is not None else 0
    if denial is not None:
        reasons: tuple[str, ...] = (denial.reason, *denial.remarks.split())
    else:
        reasons = tuple(f"{a.group}-{a.carc}" for a in answer.adjustments) if answer and not answer.paid_cents else ()
    return LineView(line, answer.paid_cents if answer else None, denied, reasons, denial, is_this)


def _policy(denial: Denial, case: Case, line_numbers: Any) -> str | None:
    """Return the coverage policy the payer named for the line (835 REF*0K)."""
    answer = case.answer(line_numbers.get(denial.claim_line_id, 0))
    return answer.policy if answer else None


def _explained(denial: Denial, knowledge: Knowledge) -> tuple[Explained, ...]:
    carc = knowledge.carc.get(denial.carc)
    reason = denial.reason
    explained = [
        Explained(reason, carc.meaning, carc.therapy_note)
        if carc
        else Explained(reason, "not in the code list. Check the remittance for what it says", "")
    ]
    for code in denial.remarks.split():
        remark = knowledge.rarc.get(code)
        explained.append(
            Explained(code, remark.meaning, "" if remark.is_alert else remark.hint)
            if remark
            else Explained(code, "not in the code list", "")
        )
    return tuple(explained)


def appeals_of(session: Session, denial: Denial) -> tuple[AppealView, ...]:
    """Return the appeals a denial is part of, newest first, each with its newest letter."""
    query = (
        select(Appeal)
        .join(
            AppealDenial,
            and_(AppealDenial.practice_id == Appeal.practice_id, AppealDenial.appeal_id == Appeal.id),
        )
        .where(AppealDenial.practice_id == denial.practice_id, AppealDenial.denial_id == denial.id)
        .order_by(Appeal.id.desc())
    )
    return tuple(_appeal_view(session, appeal) for appeal in session.scalars(query))


def _appeal_view(session: Session, appeal: Appeal) -> AppealView:
    letter = session.scalars(
        select(Letter)
        .where(Letter.practice_id == appeal.practice_id, Letter.appeal_id == appeal.id)
        .order_by(Letter.edition.desc())
        .limit(1)
    ).first()
    packet = session.get(Attachment, (appeal.practice_id, letter.packet_id)) if letter and letter.packet_id else None
    return AppealView(appeal, letter, packet)
