"""Whose turn it is with each denial of a page, and the same as a condition of the queue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from tracker.domain.turns import OF_CAUSES, Holder, Standing, Turn, turn
from tracker.knowledge import load
from tracker.models import Appeal, AppealDenial, Denial, Event, Submission, TherapistAsk
from tracker.models.denial import ACTED_ON
from tracker.reports.open_asks import open_asks

# Doings that leave the turn where it is.
_NO_MOVES = ("comment", "comment_changed", "comment_removed", "owner", "snooze", "undone", "cause_rejected", "deadline")
_UNSENT = ("draft", "ready")


def turns(session: Session, denials: Iterable[Denial], today: date) -> Mapping[int, Turn]:
    """Return whose turn it is with each of these denials that is open, by its id."""
    rows = [denial for denial in denials if denial.is_open]
    ids = [denial.id for denial in rows]
    asks, moved = open_asks(session, ids), _last_moves(session, rows)
    appeals, claims = _appeals(session, rows), _claims_sent(session, rows)
    causes = load().root_causes
    found = {}
    for denial in rows:
        cause = causes.get(denial.root_cause) if denial.cause_chosen_by_id else None
        mine = appeals.get(denial.id, [])
        appealed = max((sent for _, sent in mine if sent), default=None)
        sent = appealed if denial.status == ACTED_ON[0] else claims.get((denial.practice_id, denial.claim_id))
        found[denial.id] = turn(
            Standing(
                moved_on=max(moved.get(denial.id, denial.denied_on), denial.denied_on),
                is_sent=denial.status in ACTED_ON,
                sent_on=sent,
                reply_due=denial.due_on if denial.clock == "reply_due" else None,
                signature_due=denial.signature_due,
                asked=asks.get(denial.id),
                cause_at=cause.starts_at if cause else "",
                has_letter=any(status in _UNSENT for status, _ in mine),
                wants_records=denial.clock == "records_due",
            ),
            today,
        )
    return found


def _last_moves(session: Session, denials: Sequence[Denial]) -> Mapping[int, date]:
    query = (
        select(Event.subject_id, func.max(Event.at))
        .where(
            Event.practice_id.in_({denial.practice_id for denial in denials}),
            Event.subject_kind == "denial",
            Event.subject_id.in_([denial.id for denial in denials]),
            Event.undone.is_(False),
            Event.kind.not_in(_NO_MOVES),
        )
        .group_by(Event.subject_id)
    )
    return {denial_id: at.astimezone().date() for denial_id, at in session.execute(query)}


def _appeals(session: Session, denials: Sequence[Denial]) -> Mapping[int, list[tuple[str, date | None]]]:
    query = (
        select(AppealDenial.denial_id, Appeal.status, Appeal.sent_on)
        .join(Appeal, and_(Appeal.practice_id == AppealDenial.practice_id, Appeal.id == AppealDenial.appeal_id))
        .where(
            AppealDenial.practice_id.in_({denial.practice_id for denial in denials}),
            AppealDenial.denial_id.in_([denial.id for denial in denials]),
        )
    )
    found: dict[int, list[tuple[str, date | None]]] = {}
    for denial_id, status, sent_on in session.execute(query):
        found.setdefault(denial_id, []).append((status, sent_on))
    return found


def _claims_sent(session: Session, denials: Sequence[Denial]) -> Mapping[tuple[int, int], date]:
    again = [denial for denial in denials if denial.status == ACTED_ON[1]]
    query = (
        select(Submission.practice_id, Submission.claim_id, func.max(Submission.sent_on))
        .where(
            Submission.practice_id.in_({denial.practice_id for denial in again}),
            Submission.claim_id.in_([denial.claim_id for denial in again]),
        )
        .group_by(Submission.practice_id, Submission.claim_id)
    )
    return {(place, claim): sent for place, claim, sent in session.execute(query)} if again else {}


def whose_turn(holder: Holder, today: date) -> ColumnElement[bool]:
    """Return the condition that it is somebody's turn with an open denial, as ``tracker.domain.turns`` says."""
    to_sign, sent = Denial.signature_due.is_not(None), Denial.status.in_(ACTED_ON)
    of_payer = and_(
        not_(to_sign), sent, or_(Denial.clock != "reply_due", Denial.due_on.is_(None), Denial.due_on >= today)
    )
    of_therapist = or_(
        and_(to_sign, Denial.signature_due >= today),
        and_(not_(to_sign), not_(sent), _is_asked(TherapistAsk.answer_by >= today)),
    )
    of_cause = {each: _of_cause(each, to_sign, sent) for each in OF_CAUSES}
    known = {Holder.PAYER: of_payer, Holder.THERAPIST: of_therapist} | of_cause
    mine = known[holder] if holder in known else not_(or_(*known.values()))
    return and_(Denial.is_open.is_(True), mine)


def _of_cause(holder: Holder, to_sign: ColumnElement[bool], sent: ColumnElement[bool]) -> ColumnElement[bool]:
    codes = [cause.code for cause in load().root_causes.values() if cause.starts_at == holder.value]
    in_letter = exists().where(
        AppealDenial.practice_id == Denial.practice_id,
        AppealDenial.denial_id == Denial.id,
        Appeal.practice_id == AppealDenial.practice_id,
        Appeal.id == AppealDenial.appeal_id,
        Appeal.status.in_(_UNSENT),
    )
    return and_(
        not_(to_sign), not_(sent), not_(_is_asked()), Denial.cause_chosen_by_id.is_not(None),
        Denial.root_cause.in_(codes), Denial.clock != "records_due", not_(in_letter),
    )  # fmt: skip


def _is_asked(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        TherapistAsk.practice_id == Denial.practice_id,
        TherapistAsk.denial_id == Denial.id,
        TherapistAsk.ended_on.is_(None),
        *more,
    )
