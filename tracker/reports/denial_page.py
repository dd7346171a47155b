"""Everything the denial page shows about one denial, read in one go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.case import Case, CaseLine, LineAnswer
from tracker.knowledge import Knowledge
from tracker.models import (
    Appeal,
    AppealDenial,
    Attachment,
    CauseDecision,
    Claim,
    Denial,
    Finding,
    Letter,
    Note,
    NoteLink,
    Patient,
    Payer,
    PayerProfile,
    Practice,
    Suggestion,
    User,
)
from tracker.reports.note_view import NoteLine, Span, line_of, mark_of, merge_spans, note_lines
from tracker.services.barring import appeal_barred_by
from tracker.services.cases import stored_cases
from tracker.services.cause_decisions import decisions_of
from tracker.services.clocks import Start, file_by

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


class QuoteView(NamedTuple):
    """A quote with the way to its place in the note."""

    quote: str
    anchor: str
    note_line: int


class CauseView(NamedTuple):
    """A suggested cause with what speaks for and against it."""

    number: int
    suggestion: Suggestion
    title: str
    definition: str
    quotes: tuple[QuoteView, ...]
    against: tuple[QuoteView, ...]
    not_found: bool
    chosen: bool
    decision: CauseDecision | None
    decided_by: str

    @property
    def rejected(self) -> bool:
        """Whether a person said that it is not this cause."""
        return self.decision is not None and self.decision.decision == "rejected"


class NoteView(NamedTuple):
    """A linked note, its lines cut at the marks. ``anchor`` starts the ids of its marks."""

    note: Note
    anchor: str
    lines: tuple[NoteLine, ...]
    by_hand: bool


class ClockView(NamedTuple):
    """The denial's clock. ``words`` say how the date was counted, ``source`` where the rule stands."""

    safe: date | None
    legal: date | None
    words: str
    source: str
    confidence: str
    note: str


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
    causes: tuple[CauseView, ...]
    ruled_out: tuple[CauseView, ...]
    chosen_title: str
    notes: tuple[NoteView, ...]
    other_notes: tuple[Note, ...]
    clock: ClockView
    appeals: tuple[AppealView, ...]

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
    def chosen_elsewhere(self) -> bool:
        """Whether a person picked a cause that no rule suggested."""
        return self.denial.cause_chosen_by_id is not None and not any(cause.chosen for cause in self.causes)

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
    suggestions = _suggestions(session, denial)
    linked = _linked_notes(session, practice_id, claim.id)
    notes, places = _note_views(linked, suggestions)
    said = decisions_of(session, denial)
    users = _names(session, [row.decided_by_id for row in said.values()])
    not_shown = _rules_not_shown(session, denial)
    views = [_cause(row, knowledge, places, not_shown, denial, said, users) for row in suggestions]
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
        causes=tuple(view for view in views if not view.suggestion.ruled_out),
        ruled_out=tuple(view for view in views if view.suggestion.ruled_out),
        chosen_title=cause_title(knowledge, denial.root_cause),
        notes=notes,
        other_notes=_other_notes(session, denial, linked),
        clock=_clock(session, denial, payer, knowledge),
        appeals=appeals_of(session, denial),
    )


def cause_title(knowledge: Knowledge, code: str) -> str:
    """Return the short words for a root cause, or nothing for no cause."""
    cause = knowledge.root_causes.get(code)
    return cause.title if cause else code


def _suggestions(session: Session, denial: Denial) -> Sequence[Suggestion]:
    query = select(Suggestion).where(Suggestion.practice_id == denial.practice_id, Suggestion.denial_id == denial.id)
    return session.scalars(query.order_by(Suggestion.ruled_out, Suggestion.rank)).all()


def _rules_not_shown(session: Session, denial: Denial) -> frozenset[str]:
    query = select(Finding.rule_id).where(
        Finding.practice_id == denial.practice_id, Finding.denial_id == denial.id, Finding.result == "not_shown"
    )
    return frozenset(session.scalars(query))


def _names(session: Session, user_ids: Iterable[int]) -> dict[int, str]:
    wanted = set(user_ids)
    if not wanted:
        return {}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(wanted))).all())


def _cause(  # what one card is made of
    row: Suggestion,
    knowledge: Knowledge,
    places: dict[tuple[str, int, int], QuoteView],
    not_shown: frozenset[str],
    denial: Denial,
    said: Mapping[str, CauseDecision],
    users: dict[int, str],
) -> CauseView:
    decision = said.get(row.root_cause)
    cause = knowledge.root_causes.get(row.root_cause)
    return CauseView(
        number=row.rank,
        suggestion=row,
        title=cause.title if cause else row.root_cause,
        definition=cause.definition if cause else "",
        quotes=_found(row.evidence, places),
        against=_found(row.against, places),
        not_found=not row.evidence and any(rule in not_shown for rule in row.rules),
        chosen=denial.cause_chosen_by_id is not None and denial.root_cause == row.root_cause,
        decision=decision,
        decided_by=users.get(decision.decided_by_id, "") if decision else "",
    )


def _found(quotes: Sequence[dict[str, Any]], places: dict[tuple[str, int, int], QuoteView]) -> tuple[QuoteView, ...]:
    keys = [(quote["note"], quote["start"], quote["end"]) for quote in quotes]
    return tuple(places[key] for key in keys if key in places)


def _linked_notes(session: Session, practice_id: int, claim_id: int) -> Sequence[tuple[Note, bool]]:
    query = (
        select(Note, NoteLink.by_hand)
        .join(NoteLink, and_(NoteLink.practice_id == Note.practice_id, NoteLink.note_id == Note.id))
        .where(NoteLink.practice_id == practice_id, NoteLink.claim_id == claim_id, NoteLink.removed.is_(False))
        .order_by(Note.service_date, Note.id)
    )
    return session.execute(query).all()


def _other_notes(session: Session, denial: Denial, linked: Sequence[tuple[Note, bool]]) -> tuple[Note, ...]:
    query = select(Note).where(
        Note.practice_id == denial.practice_id,
        Note.patient_id == denial.patient_id,
        Note.id.not_in([note.id for note, _ in linked]),
    )
    return tuple(session.scalars(query.order_by(Note.service_date.desc(), Note.id).limit(50)))


def _note_views(
    linked: Sequence[tuple[Note, bool]], suggestions: Sequence[Suggestion]
) -> tuple[tuple[NoteView, ...], dict[tuple[str, int, int], QuoteView]]:
    """Return the notes with marks, and for every quote where it stands."""
    quotes = [quote for row in suggestions for quote in (*row.evidence, *row.against)]
    views, places = [], {}
    for number, (note, by_hand) in enumerate(linked, 1):
        own = [quote for quote in quotes if quote["note"] == note.public_id]
        marks = merge_spans((Span(quote["start"], quote["end"]) for quote in own), len(note.text))
        anchor = f"note{number}"
        views.append(NoteView(note, anchor, note_lines(note.text, marks), by_hand))
        for quote in own:
            mark = mark_of(Span(quote["start"], quote["end"]), marks)
            if mark is not None:
                place = QuoteView(quote["quote"], f"{anchor}-mark{mark}", line_of(note.text, quote["start"]))
                places[note.public_id, quote["start"], quote["end"]] = place
    return tuple(views), places


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


def _clock(session: Session, denial: Denial, payer: Payer, knowledge: Knowledge) -> ClockView:
    if denial.file_by_safe is None:
        return ClockView(None, None, "", "", "", "")
    if denial.clock_rule == "by_hand":
        return ClockView(denial.file_by_safe, denial.file_by_legal, "The date was set by hand.", "", "source", "")
    profile = session.scalar(
        select(PayerProfile).where(
            PayerProfile.practice_id == denial.practice_id, PayerProfile.payer_id == denial.payer_id
        )
    )
    barred = appeal_barred_by(denial, knowledge) or ""
    due = file_by(knowledge, Start(payer.kind, denial.denied_on, denial.service_date, barred), profile)
    if due is None:
        return ClockView(denial.file_by_safe, denial.file_by_legal, "", "", "", "")
    rule = due.rule
    words = due.words if due.safe == denial.file_by_safe else f"{rule.length} from {rule.counted_from}."
    return ClockView(denial.file_by_safe, denial.file_by_legal, words, rule.source, rule.confidence, rule.note)


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
