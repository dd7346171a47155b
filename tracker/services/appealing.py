"""Appeals and their letters: opened for denials of one claim, drafted, signed and locked, changed as a new version."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.letters.catalog import Choice, LetterTemplate, choose, templates
from tracker.models import Appeal, AppealDenial, Denial, Event, Letter, Payer, Practice
from tracker.services.barring import appeal_barred_by
from tracker.services.letter_evidence import offered_quotes
from tracker.services.letter_texts import keep_text

_LIVE = ("draft", "ready")


class AppealRefused(Exception):  # noqa: N818  # an answer, not a fault
    """Raised when an appeal or a step of it is not possible; the message says why and what to do instead."""


def letter_choices(session: Session, denial: Denial) -> list[Choice]:
    """Return the letters that answer a denial, best first."""
    payer = session.get_one(Payer, denial.payer_id)
    return choose(denial.carc, tuple(denial.remarks.split()), denial.root_cause, payer.kind, denial.code)


def live_appeal(session: Session, denial: Denial) -> Appeal | None:
    """Return the appeal of a denial that is not sent yet, if there is one."""
    query = (
        select(Appeal)
        .join(AppealDenial, (AppealDenial.practice_id == Appeal.practice_id) & (AppealDenial.appeal_id == Appeal.id))
        .where(
            Appeal.practice_id == denial.practice_id,
            AppealDenial.denial_id == denial.id,
            Appeal.status.in_(_LIVE),
        )
    )
    return session.scalars(query.order_by(Appeal.id.desc()).limit(1)).first()


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
    the denial best is taken. Raises AppealRefused when a remark bars an appeal or no letter fits.
    """
    existing = live_appeal(session, denial)
    if existing is not None:
        return existing
    barred = appeal_barred_by(denial, knowledge)
    if barred:
        raise AppealRefused(f"{barred} leaves no right to appeal. Send a new claim")
    choices = letter_choices(session, denial)
    template = templates().get(template_id or "") or (choices[0].template if choices else None)
    if template is None:
        raise AppealRefused("No letter answers this denial by itself. Choose one")
    return start_appeal(session, _denials_together(session, denial), template, now, today, user_id)


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
    """Start an appeal of at least one denial of a claim with its first letter; ``previous`` is the level below."""
    denial = denials[0]
    practice = session.get_one(Practice, denial.practice_id)
    appeal = Appeal(
        practice_id=denial.practice_id, number=practice.next_appeal_number, claim_id=denial.claim_id,
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
    return [denial, *(one for one in others if live_appeal(session, one) is None)]


def _first_letter(
    session: Session, appeal: Appeal, template: LetterTemplate, denials: Sequence[Denial], now: datetime, today: date
) -> Letter:
    quotes = [place._asdict() for place in offered_quotes(session, denials)]
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
