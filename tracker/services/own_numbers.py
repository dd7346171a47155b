"""The numbers under which payers pay a practice: a file for other numbers is not stored for it (security.md C-32)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.npi import is_npi
from tracker.importers.payees import Payee
from tracker.models import Event, OwnNumber, Practice

KINDS = {"npi": "NPI", "tin": "Tax ID"}


class NumberProblem(Exception):  # noqa: N818  # a problem to show, like ImportProblem
    """Raised when a number cannot be a practice's; the message is for people."""


class Numbers(NamedTuple):
    """All NPIs and tax IDs of a practice."""

    npis: frozenset[str]
    tins: frozenset[str]

    def owns(self, npi: str, tin: str) -> bool:
        """Whether what is for these numbers is the practice's; the NPI decides, the tax ID only where there is none."""
        if npi:
            return npi in self.npis
        return not tin or _digits(tin) in self.tins


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


def numbers_of(session: Session, practice: Practice) -> Numbers:
    """Return the numbers on a practice's letterhead and those listed besides."""
    rows = listed_numbers(session, practice)
    npis = {practice.npi or "", *(row.number for row in rows if row.kind == "npi")} - {""}
    tins = {_digits(practice.tin), *(row.number for row in rows if row.kind == "tin")} - {""}
    return Numbers(frozenset(npis), frozenset(tins))


def listed_numbers(session: Session, practice: Practice) -> Sequence[OwnNumber]:
    """Return the numbers listed beside those on the letterhead."""
    query = select(OwnNumber).where(OwnNumber.practice_id == practice.id)
    return session.scalars(query.order_by(OwnNumber.kind, OwnNumber.number)).all()


def add_number(session: Session, practice: Practice, typed: str, now: datetime, by_id: int) -> OwnNumber:
    """List an NPI (10 digits) or a tax ID (9 digits) as a practice's own; it is on record. Raises NumberProblem."""
    number = _digits(typed)
    kind = {10: "npi", 9: "tin"}.get(len(number), "")
    if not kind or (kind == "npi" and not is_npi(number)):
        raise NumberProblem("A number must be an NPI, 10 digits with the right check digit, or a tax ID, 9 digits")
    theirs = select(Practice.id).where(Practice.npi == number, Practice.id != practice.id)
    if kind == "npi" and session.scalar(theirs) is not None:
        raise NumberProblem("Another practice here has this NPI")
    if number in numbers_of(session, practice)[kind == "tin"]:
        raise NumberProblem(f"{practice.name} has this number already")
    row = OwnNumber(practice_id=practice.id, kind=kind, number=number, added_at=now, added_by_id=by_id)
    session.add(row)
    _log(session, row, "own_number_added", now, by_id)
    session.flush()
    return row


def remove_number(session: Session, row: OwnNumber, now: datetime, by_id: int) -> None:
    """Take a listed number away; what was stored under it stays."""
    _log(session, row, "own_number_removed", now, by_id)
    session.delete(row)
    session.flush()


def _log(session: Session, row: OwnNumber, kind: str, now: datetime, by_id: int) -> None:
    details = {"kind": row.kind, "number": row.number}
    session.add(
        Event(
            practice_id=row.practice_id, at=now, user_id=by_id, kind=kind, subject_kind="practice",
            subject_id=row.practice_id, details=details,
        )
    )  # fmt: skip


def payee_words(payees: Iterable[Payee]) -> str:
    """Return whom a file is for, in words: NPIs, and tax IDs by their last four digits."""
    words = [f"NPI {one.npi}" if one.npi else f"the tax ID ending in {one.tin[-4:]}" for one in payees]
    return ", ".join(dict.fromkeys(words)) or "nobody"
