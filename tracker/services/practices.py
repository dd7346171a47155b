"""Practices: added and changed by their owners."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.access import Role
from tracker.domain.zones import day_at, zone_of
from tracker.models import Membership, Practice

FIELDS = ("name", "npi", "tin", "address", "phone", "fax", "signer_name", "signer_title", "time_zone")


class PracticeProblem(Exception):  # noqa: N818  # a problem to show, like ImportProblem
    """Raised when another practice has the name or the NPI; ``field`` names which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def add_practice(session: Session, user_id: int, values: Mapping[str, str], *, mail_reports: bool = False) -> Practice:
    """Return a new practice that the user owns; raises PracticeProblem."""
    practice = Practice(name=values["name"])
    change_practice(session, practice, values, mail_reports=mail_reports)
    session.add(practice)
    session.flush()
    session.add(Membership(user_id=user_id, practice_id=practice.id, role=Role.OWNER))
    return practice


def change_practice(
    session: Session, practice: Practice, values: Mapping[str, str], *, mail_reports: bool = False
) -> None:
    """Set the FIELDS of a practice, and whether a final report is told by e-mail.

    Raises PracticeProblem when the name or the NPI is another practice's.
    """
    others = select(Practice.id).where(Practice.id != practice.id) if practice.id else select(Practice.id)
    with session.no_autoflush:
        if session.scalar(others.where(func.lower(Practice.name) == values["name"].lower()).limit(1)):
            raise PracticeProblem("name", "Another practice here has this name")
        if values["npi"] and session.scalar(others.where(Practice.npi == values["npi"]).limit(1)):
            raise PracticeProblem("npi", "Another practice here has this NPI")
    for name in FIELDS:
        setattr(practice, name, values[name])
    practice.mail_reports = mail_reports
    practice.npi, practice.time_zone = values["npi"] or None, values["time_zone"] or None


def practice_day(session: Session, practice_id: int, now: datetime) -> date:
    """Return which day a moment is at a practice."""
    return day_at(now, zone_of([session.scalar(select(Practice.time_zone).where(Practice.id == practice_id))]))


def set_submitted(session: Session, practice: Practice, counts: Mapping[str, int]) -> None:
    """Keep the claims a practice submitted by month (``2026-10``), in place of all those before."""
    practice.submitted_claims = dict(counts) or None
    session.flush()
