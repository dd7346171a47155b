"""Appeals and their letters: opened for denials of one patient, drafted, signed, changed as a new version."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.letters.catalog import Choice, LetterTemplate, choose
from tracker.models import Appeal, AppealDenial, Denial, Event, Letter, Payer, Practice
from tracker.services.appealed import standings
from tracker.services.barring import appeal_barred_by
from tracker.services.letter_evidence import usual_quotes
from tracker.services.letter_texts import keep_text
from tracker.services.own_templates import letters_of

_LIVE = ("draft", "ready")


class AppealRefused(Exception):  # noqa: N818  # an answer, not a fault
    """Raised when an appeal or a step of it is not possible; the message says why and what to do instead."""


def letter_choices(session: Session, denial: Denial) -> list[Choice]:
    """Return the letters that answer a denial, best first."""
    payer = session.get_one(Payer, denial.payer_id)
    letters = [one for one in letters_of(session, denial.practice_id).values() if one.offered]
    remarks = tuple(denial.remarks.split())
    return choose(denial.carc, remarks, denial.root_cause, payer.kind, denial.code, among=letters)


def live_appeal(session: Session, denial: Denial) -> Appeal | None:
    """Return the appeal of a denial that is not sent yet, if there is one."""
    pending = standings(session, [denial])[denial.id].pending
    return pending if pending is not None and pending.status in _LIVE else None


def open_appeal(  # who asks for which letter, when
    session: Session,
    denial: Denial,
    template_id: str | None,
    knowledge: Knowledge,
    now: datetime,
    today: date,
    user_id: int,
) -> Appeal:
    """Return the live appeal of a denial, opened with its first letter if there is none.

    Other open denials of the claim with the same reason code join it. Without ``template_id`` the letter that answers
    the denial best is taken. Raises AppealRefused when an appeal of the denial was sent and is not decided, a remark
    bars an appeal or no letter fits.
    """
    pending = standings(session, [denial])[denial.id].pending
    if pending is not None and pending.status not in _LIVE:
        raise AppealRefused(f"A-{pending.number} is with the payer. Record its decision, or withdraw it first")
    if pending is not None:
        return pending
    barred = appeal_barred_by(denial, knowledge)
    if barred:
        raise AppealRefused(f"{barred} leaves no right to appeal. Send a new claim")
    return start_with_best_letter(session, _denials_together(session, denial), template_id, now, today, user_id)


def start_with_best_letter(  # who asks for which letter, when
    session: Session, denials: Sequence[Denial], template_id: str | None, now: datetime, today: date, user_id: int
) -> Appeal:
    """Start an appeal of at least one denial with the letter of this id, else the one that answers the first best.

    Raises AppealRefused when no letter answers it.
    """
    choices = letter_choices(session, denials[0])
    letters = letters_of(session, denials[0].practice_id)
    template = letters.get(template_id or "") or (choices[0].template if choices else None)
    if template is None:
        raise AppealRefused("No letter answers this denial by itself. Choose one")
    return start_appeal(session, denials, template, now, today, user_id)


def start_appeal(  # who asks for which letter, when
    session: Session,
    denials: Sequence[Denial],
    template: LetterTemplate,
    now: datetime,
    today: date,
    user_id: int,
    *,
    previous: Appeal | None = None,
) -> Appeal:
    """Start an appeal of at least one denial of a patient with its first letter; ``previous`` is the level below."""
    denial = denials[0]
    practice = session.get_one(Practice, denial.practice_id)
    appeal = Appeal(
        practice_id=denial.practice_id, number=practice.next_appeal_number, patient_id=denial.patient_id,
        payer_id=denial.payer_id, opened_at=now, opened_by_id=user_id,
        level=previous.level + 1 if previous else 1, previous_id=previous.id if previous else None,
    )  # fmt: skip
    practice.next_appeal_number += 1
    session.add(appeal)
    session.flush()
    for one in denials:
        session.add(AppealDenial(practice_id=appeal.practice_id, appeal_id=appeal.id, denial_id=one.id))
    letter = _first_letter(session, appeal, template, denials, now, today)
    session.add(letter)
    keep_text(session, letter, now, user_id)
    log_appeal(session, appeal, "appeal_opened", now, user_id, {"template": template.id})
    return appeal


def _denials_together(session: Session, denial: Denial) -> list[Denial]:
    """Return the denial with the other open denials of its claim denied for the same reason."""
    query = select(Denial).where(
        Denial.practice_id == denial.practice_id,
        Denial.claim_id == denial.claim_id,
        Denial.is_open,
        Denial.group_code == denial.group_code,
        Denial.carc == denial.carc,
    )
    others = [one for one in session.scalars(query.order_by(Denial.number)) if one.id != denial.id]
    where = standings(session, others)
    return [denial, *(one for one in others if where[one.id].pending is None)]


def _first_letter(
    session: Session, appeal: Appeal, template: LetterTemplate, denials: Sequence[Denial], now: datetime, today: date
) -> Letter:
    several = len({denial.claim_id for denial in denials}) > 1
    quotes = usual_quotes(session, denials, one_of_each_note=several)
    fields = {"paragraphs": {}, "quotes": quotes, "facts": {}}
    return Letter(
        practice_id=appeal.practice_id, appeal_id=appeal.id, template=template.id, letter_date=today, fields=fields,
        exhibits=[], saved_at=now,
    )  # fmt: skip


def newest_letter(session: Session, appeal: Appeal) -> Letter:
    """Return the newest version of an appeal's letter."""
    query = select(Letter).where(Letter.practice_id == appeal.practice_id, Letter.appeal_id == appeal.id)
    return session.scalars(query.order_by(Letter.edition.desc()).limit(1)).one()


def log_appeal(
    session: Session, appeal: Appeal, kind: str, now: datetime, user_id: int, details: Mapping[str, Any]
) -> None:
    """Log what was done to an appeal, by whom."""
    session.add(
        Event(
            practice_id=appeal.practice_id, at=now, user_id=user_id, kind=kind, subject_kind="appeal",
            subject_id=appeal.id, details=dict(details),
        )
    )  # fmt: skip
