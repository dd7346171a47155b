"""Asking somebody to sign a letter by a day: the clock "Signature needed" of its denials."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Appeal, AppealDenial, Denial, Letter, User
from tracker.services.appealing import AppealRefused, log_appeal


def ask_signature(  # whom, for what, until when
    session: Session, appeal: Appeal, letter: Letter, signer: User, due: date, now: datetime, user_id: int
) -> None:
    """Ask a person to sign a draft by a day; its denials' clock is that day. Raises AppealRefused."""
    if letter.signed_at is not None:
        raise AppealRefused("This letter is signed already")
    letter.signature_of_id, letter.signature_due = signer.id, due
    lend_due(session, appeal.practice_id, _denial_ids(session, appeal), due)
    log_appeal(session, appeal, "signature_asked", now, user_id, {"of": signer.name, "due": due.isoformat()})
    session.flush()


def drop_request(session: Session, appeal: Appeal, letter: Letter) -> bool:
    """End a request to sign, if there is one: the letter is signed, or is not to be. Say whether there was one."""
    if letter.signature_due is None:
        return False
    letter.signature_of_id, letter.signature_due = None, None
    lend_due(session, appeal.practice_id, _denial_ids(session, appeal), None)
    return True


def lend_due(session: Session, practice_id: int, denial_ids: Iterable[int], due: date | None) -> None:
    """Set or take away the day a signature is due on these denials."""
    rows = session.scalars(select(Denial).where(Denial.practice_id == practice_id, Denial.id.in_(list(denial_ids))))
    for denial in rows:
        denial.signature_due = due


def _denial_ids(session: Session, appeal: Appeal) -> list[int]:
    query = select(AppealDenial.denial_id).where(
        AppealDenial.practice_id == appeal.practice_id, AppealDenial.appeal_id == appeal.id
    )
    return list(session.scalars(query))
