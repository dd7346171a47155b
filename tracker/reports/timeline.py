"""The activity of a denial: what people did and what the payer said, newest first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import FORWARDED, METHODS, Result
from tracker.domain.money import dollars
from tracker.domain.statuses import CLOSE_REASONS, STATUSES
from tracker.knowledge import Knowledge, load
from tracker.models import AppealDenial, CauseDecision, Denial, DenialAnswer, Event, ImportFile
from tracker.reports.clock_view import moved_words
from tracker.reports.people import user_names
from tracker.reports.requests_list import sent_words
from tracker.services.cause_decisions import decisions_of
from tracker.services.comments import CHANGED, COMMENT, REMOVED, comment_stands
from tracker.services.working import still_stands

_ANSWERS = {
    "first": "The payer denied it",
    "repeat": "The payer denied it again",
    "payment": "The payer paid {amount}",
    "settled": "The payer settled it without a payment",
    "reversal": "The payer took its answer back",
    "correction": "The payer corrected its answer",
    "take_back": "The payer took {amount} back",
}
_PARTS = {"authorization": "authorization", "eligibility": "coverage", "plan": "plan of care", "submission": "receipt"}

_LINE_FACTS = {
    "code": "code", "modifiers": "modifiers", "units": "units", "charge_cents": "billed amount",
    "service_date": "service date",
}  # fmt: skip


class Moment(NamedTuple):
    """One entry. ``exact`` is false when only the day is known; ``undo_id`` is the event to undo, if it can be.

    ``comment_id`` is the comment that the entry is, where its writer looks at it.
    """

    at: datetime
    exact: bool
    words: str
    by: str
    undo_id: int | None
    undone: bool
    comment_id: int | None = None


def timeline(session: Session, denial: Denial, knowledge: Knowledge, user_id: int | None = None) -> list[Moment]:
    """Return what happened to a denial, newest first; ``user_id`` looks at it."""
    events = _events(session, denial)
    names = _user_names(session, events)
    said = decisions_of(session, denial)
    shown = [event for event in events if not (event.kind == COMMENT and event.undone)]
    moments = [_moment(event, denial, said, names, knowledge) for event in shown]
    moments = [_of_comment(session, *both, user_id) for both in zip(shown, moments, strict=True)]
    moments += _answers(session, denial)
    moments.append(_created(session, denial))
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _events(session: Session, denial: Denial) -> Sequence[Event]:
    appeals = select(AppealDenial.appeal_id).where(
        AppealDenial.practice_id == denial.practice_id, AppealDenial.denial_id == denial.id
    )
    subject = or_(
        and_(Event.subject_kind == "denial", Event.subject_id == denial.id),
        and_(Event.subject_kind == "claim", Event.subject_id == denial.claim_id),
        and_(Event.subject_kind == "appeal", Event.subject_id.in_(appeals)),
    )
    query = select(Event).where(Event.practice_id == denial.practice_id, subject)
    return session.scalars(query.order_by(Event.at.desc(), Event.id.desc()).limit(200)).all()


def _user_names(session: Session, events: Sequence[Event]) -> Mapping[int, str]:
    ids = {event.user_id for event in events}
    for event in events:
        owners = event.details.get("changes", {}).get("owner_id", [])
        ids.update(owners)
    return user_names(session, ids)


def _moment(
    event: Event, denial: Denial, said: Mapping[str, CauseDecision], names: Mapping[int, str], knowledge: Knowledge
) -> Moment:
    words = _WORDS.get(event.kind, _plain(event.kind.replace("_", " ").capitalize()))
    is_change = event.subject_kind == "denial" and "changes" in event.details
    can_undo = not event.undone and is_change and still_stands(event, denial, said)
    return Moment(
        event.at,
        True,
        words(event, names, knowledge),
        names.get(event.user_id or 0, ""),
        event.id if can_undo else None,
        event.undone,
    )


def _of_comment(session: Session, event: Event, moment: Moment, user_id: int | None) -> Moment:
    """Return an entry with what can be done to a comment: changed by who wrote it, its change or removal undone."""
    if event.kind == COMMENT and event.user_id == user_id and user_id is not None:
        return moment._replace(comment_id=event.id)
    can_undo = event.kind in {CHANGED, REMOVED} and not event.undone and event.user_id == user_id
    return moment._replace(undo_id=event.id) if can_undo and comment_stands(session, event) else moment


def _answers(session: Session, denial: Denial) -> list[Moment]:
    rows = session.scalars(
        select(DenialAnswer).where(DenialAnswer.practice_id == denial.practice_id, DenialAnswer.denial_id == denial.id)
    )
    return [
        Moment(
            datetime.combine(row.answered_on, time(), UTC),
            False,
            _ANSWERS.get(row.kind, row.kind).format(amount=dollars(abs(row.amount_cents))),
            "",
            None,
            False,
        )
        for row in rows
    ]


_SOURCES = {"hand": "Logged by hand", "835": "Created from an 835 file", "list": "Created from a list"}


def _created(session: Session, denial: Denial) -> Moment:
    words = _SOURCES[denial.source]
    if denial.import_id is not None:
        file = session.get(ImportFile, (denial.practice_id, denial.import_id))
        words = f"{words.replace(' an ', ' the ').replace(' a ', ' the ')} {file.filename}" if file else words
    return Moment(denial.created_at, True, words, "", None, False)


def us_date(iso: str | None) -> str:
    """Return an ISO date as people here write it, 11/29/2026."""
    return date.fromisoformat(iso).strftime("%m/%d/%Y") if iso else ""


def _change(event: Event, name: str) -> list[Any]:
    changed: list[Any] = event.details.get("changes", {}).get(name, [None, None])
    return changed


def _status(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    before, after = _change(event, "status")
    return f"Status {STATUSES.get(before, before)} to {STATUSES.get(after, after)}"


def _owner(event: Event, names: Mapping[int, str], _knowledge: Knowledge) -> str:
    _, after = _change(event, "owner_id")
    return f"Assigned to {names.get(after, 'somebody')}" if after else "Owner taken away"


def _snooze(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    _, after = _change(event, "snoozed_to")
    return f"Snoozed to {us_date(after)}" if after else "Snooze ended"


def _deadline(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    before, after = _change(event, "file_by_safe")
    since = f", was {us_date(before)}" if before else ""
    return f"Deadline set to {us_date(after)}{since}" if after else f"Deadline taken away{since}"


def _recounted(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    before, after = _change(event, "file_by_safe")
    now = f"is {us_date(after)} now" if after else "is no more counted"
    return f"The payers' rules changed: the deadline {now}, was {us_date(before)}"


def _moved(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    return moved_words(event)


def _records_asked(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    return (
        f"The payer asked for records, R-{event.details['request']}: due {us_date(_change(event, 'file_by_safe')[1])}"
    )


def _records_sent(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    return f"Records sent on {sent_words(event.details)}" if event.details["method"] else "Records no longer wanted"


def _closed(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    _, reason = _change(event, "close_reason")
    _, why = _change(event, "write_off_words")
    return f"Closed: {CLOSE_REASONS.get(reason, reason)}{f'. Because: {why}' if why else ''}"


def _write_off(words: str) -> Callable[[Event, Mapping[int, str], Knowledge], str]:
    """Return what says a step of a write-off, with the words of who took it."""

    def said(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
        _, why = _change(event, "write_off_words")
        return f"{words}: {why}" if why else words

    return said


def _cause(event: Event, _names: Mapping[int, str], knowledge: Knowledge) -> str:
    _, code = _change(event, "root_cause")
    cause = knowledge.root_causes.get(code or "")
    return f"Picked the cause: {cause.title}" if cause else "Picked a cause"


def _rejected(event: Event, _names: Mapping[int, str], knowledge: Knowledge) -> str:
    cause = knowledge.root_causes.get(event.details.get("cause", ""))
    words = f"Said it is not: {cause.title}" if cause else "Rejected a suggested cause"
    reasons = [after["reason"] for _, _, after in event.details.get("decisions", []) if after and after["reason"]]
    return f"{words}. Because: {reasons[0]}" if reasons else words


def _asked(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    of = event.details.get("of") or "the therapist"
    points = len(event.details.get("rules", []))
    by = event.details.get("answer_by")
    wanted = f", answer by {us_date(by)}" if by else ""
    return f"Asked {of} about {points} {'point' if points == 1 else 'points'} the note does not show{wanted}"


def _coverage(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    return "Coverage and plan: " + ", ".join(_PARTS.get(part, part) for part in event.details.get("parts", []))


def _line_edited(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    facts = ", ".join(_LINE_FACTS[name] for name in event.details["facts"])
    return f"Line {event.details['line']} put right: {facts}"


def appeal_words(event: Event) -> str:
    """Return what happened to an appeal in words."""
    words = _WORDS.get(event.kind, _plain(event.kind.replace("_", " ").capitalize()))
    return words(event, {}, load())


def _sent(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    details = event.details
    if details.get("method") == FORWARDED:
        return f"The payer sent its refusal on to the next reviewer, {us_date(details.get('on'))}"
    tracking = f", number {details['tracking']}" if details.get("tracking") else ""
    return f"Appeal sent on {us_date(details.get('on'))}: {METHODS.get(details.get('method', ''), '')}{tracking}"


def _followed_up(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    details = event.details
    parts = [f"Followed up on {us_date(details.get('on'))}"]
    parts += [f"with {details['with']}"] if details.get("with") else []
    parts += [f"reference {details['reference']}"] if details.get("reference") else []
    again = f" Ask again on {us_date(details['again_on'])}." if details.get("again_on") else ""
    return f"{', '.join(parts)}: {details.get('words', '')}{again}"


def _decided(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    results = ", ".join(Result(result).label.lower() for result in event.details.get("results", []))
    return f"The payer decided on {us_date(event.details.get('on'))}: {results}"


def _paid(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    amount = dollars(int(event.details.get("amount_cents", 0)))
    which = f" on D-{event.details['denial']}" if "denial" in event.details else ""
    return f"A remittance of {us_date(event.details.get('on'))} paid {amount}{which}: recorded as the decision"


def _joined(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    return f"Other visits taken into the letter: {', '.join(f'D-{number}' for number in event.details['denials'])}"


def _signed(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    details = event.details
    whose = f" by {details['by']} for {details['for']}" if details.get("for") else ""
    return f"Appeal letter signed{whose} and locked"


def _signature_asked(event: Event, _names: Mapping[int, str], _knowledge: Knowledge) -> str:
    return f"Asked {event.details.get('of')} to sign the letter by {us_date(event.details.get('due'))}"


def _plain(words: str) -> Callable[[Event, Mapping[int, str], Knowledge], str]:
    return lambda _event, _names, _knowledge: words


_WORDS: dict[str, Callable[[Event, Mapping[int, str], Knowledge], str]] = {
    "status": _status,
    "owner": _owner,
    "snooze": _snooze,
    "deadline": _deadline,
    "recounted": _recounted,
    "extension": _moved,
    "receipt": _moved,
    "records_asked": _records_asked,
    "records_sent": _records_sent,
    "closed": _closed,
    "write_off_asked": _write_off("Asked to write it off"),
    "write_off_returned": _write_off("Write-off returned"),
    "write_off_approved": _write_off("Write-off approved and closed"),
    "cause": _cause,
    "cause_rejected": _rejected,
    "coverage": _coverage,
    "therapist_asked": _asked,
    "therapist_answered": _plain("The therapist answered"),
    COMMENT: lambda event, _names, _knowledge: str(event.details.get("text", "")),
    CHANGED: _plain("Comment changed"),
    REMOVED: _plain("Comment removed"),
    "line_edited": _line_edited,
    "claim_sent": lambda event, _names, _knowledge: f"Claim sent on {us_date(event.details.get('on'))}",
    "note_linked": _plain("Note linked"),
    "note_unlinked": _plain("Note taken away from this claim"),
    "appeal_opened": _plain("Appeal letter started"),
    "letter_saved": _plain("Appeal letter saved"),
    "visits_joined": _joined,
    "letter_taken_back": _plain("An earlier text of the appeal letter taken back"),
    "letter_signed": _signed,
    "signature_asked": _signature_asked,
    "signature_not_asked": _plain("Request to sign taken back"),
    "letter_edition": _plain("New version of the appeal letter started"),
    "exhibit_added": _plain("Exhibit added to the packet"),
    "exhibit_removed": _plain("Exhibit taken out of the packet"),
    "appeal_sent": _sent,
    "follow_up": _followed_up,
    "appeal_withdrawn": _plain("Appeal withdrawn"),
    "decision": _decided,
    "decision_paid": _paid,
    "undone": _plain("Undid a change"),
}
