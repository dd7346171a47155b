"""Writing a denial off: with the reason in words, and above the practice's limit only with somebody else's approval."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.domain.write_offs import APPROVED, ASKED, RETURNED, must_wait
from tracker.models import Denial, Event, Practice
from tracker.services.working import ChangeError, change_denials, closing


def write_off(session: Session, denial: Denial, why: str, now: datetime, today: date, user_id: int) -> Event | None:
    """Write a denial off, or ask for approval where its amount is above the practice's limit. Raises ChangeError."""
    if not why:
        raise ChangeError("Say why the amount is written off")
    practice = session.get_one(Practice, denial.practice_id)
    said = {"write_off_words": why, "write_off_by_id": user_id}
    if must_wait(denial.amount_cents, practice.write_off_limit_cents):
        return change_denials(session, [denial], "write_off_asked", {"write_off": ASKED, **said}, now, user_id)
    values = closing("written_off", today) | {"write_off": None, **said}
    return change_denials(session, [denial], "closed", values, now, user_id)


def approve(session: Session, denial: Denial, now: datetime, today: date, user_id: int) -> Event | None:
    """Write off what somebody else asked for. Raises ChangeError."""
    _require_asked(denial, user_id)
    values = closing("written_off", today) | {"write_off": APPROVED}
    return change_denials(session, [denial], "write_off_approved", values, now, user_id)


def give_back(session: Session, denial: Denial, words: str, now: datetime, user_id: int) -> Event | None:
    """Return a request with words; the denial stays open. Raises ChangeError."""
    _require_asked(denial, user_id)
    if not words:
        raise ChangeError("Say what is to be done instead")
    values = {"write_off": RETURNED, "write_off_words": words, "write_off_by_id": user_id}
    return change_denials(session, [denial], "write_off_returned", values, now, user_id)


def _require_asked(denial: Denial, user_id: int) -> None:
    if denial.write_off != ASKED or not denial.is_open:
        raise ChangeError("Nobody asks to write this denial off any more")
    if denial.write_off_by_id == user_id:
        raise ChangeError("Somebody else approves what you asked for")
