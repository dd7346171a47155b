"""Files for somebody else's numbers: kept sealed, stored for nobody, until a person says whose they are (security.md C-32)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.importers import recognise
from tracker.importers.errors import ImportProblem
from tracker.importers.payees import Payee
from tracker.models import Event, ImportFile, Practice
from tracker.models.base import new_public_id
from tracker.services.importing import drop_bytes, keep_bytes, new_import, raw_bytes
from tracker.services.own_numbers import numbers_of, payee_words

HELD = "held"
HELD_DAYS = 30


def foreign_to(session: Session, practice: Practice, payees: Iterable[Payee]) -> list[Payee]:
    """Return whom a file is for beside a practice."""
    own = numbers_of(session, practice)
    return [payee for payee in payees if not own.owns(*payee)]


def hold(  # whose file it seemed to be, what it is, who brought it
    session: Session,
    practice: Practice,
    filename: str,
    data: bytes,
    foreign: Sequence[Payee],
    now: datetime,
    user_id: int | None,
) -> ImportFile:
    """Keep a file, or what of it is for others, in quarantine with a practice: its bytes sealed, nothing of it stored."""
    why = f"It is for {payee_words(foreign)}, none of the numbers of {practice.name}."
    row = new_import(
        practice, filename, data, file_format=recognise(data, filename), batch=new_public_id(), state=HELD, now=now,
        user_id=user_id,
    )  # fmt: skip
    row.expires_at = now + timedelta(days=HELD_DAYS)
    row.preview = {"why": why, "payees": [list(payee) for payee in foreign]}
    session.add(row)
    session.flush()
    keep_bytes(session, row, data)
    _log(session, row, "import_held", now, user_id)
    return row


def held_files(session: Session) -> Sequence[ImportFile]:
    """Return the files in quarantine of the session's practices, newest first."""
    return session.scalars(select(ImportFile).where(ImportFile.state == HELD).order_by(ImportFile.id.desc())).all()


def find_held(session: Session, public_id: str) -> ImportFile | None:
    """Return a file in quarantine."""
    return session.scalar(select(ImportFile).where(ImportFile.state == HELD, ImportFile.public_id == public_id))


def payees_of(row: ImportFile) -> list[Payee]:
    """Return whom a file in quarantine is for."""
    return [Payee(*payee) for payee in row.preview["payees"]]


def take_out(session: Session, row: ImportFile, practice: Practice, now: datetime, user_id: int | None) -> bytes:
    """Return the bytes of a held file for a practice whose numbers it names; what is for others stays held.

    Raises ImportProblem when none of it is the practice's.
    """
    payees = payees_of(row)
    rest = foreign_to(session, practice, payees)
    if len(rest) == len(payees):
        why = f"The file is for {payee_words(payees)}, none of the numbers of {practice.name} either."
        raise ImportProblem("Payee", why, "Add the number to the practice first, or choose another practice.")
    data = raw_bytes(session, row)
    if rest:
        row.preview = {**row.preview, "payees": [list(payee) for payee in rest]}
    else:
        _forget(session, row)
    _log(session, row, "import_released", now, user_id)
    session.flush()
    return data


def drop(session: Session, row: ImportFile, now: datetime, user_id: int | None) -> None:
    """Delete a held file and its bytes."""
    _forget(session, row)
    _log(session, row, "import_deleted", now, user_id)
    session.flush()


def _forget(session: Session, row: ImportFile) -> None:
    row.state, row.preview, row.expires_at = "cancelled", {}, None
    drop_bytes(session, row)


def _log(session: Session, row: ImportFile, kind: str, now: datetime, user_id: int | None) -> None:
    session.add(
        Event(
            practice_id=row.practice_id, at=now, user_id=user_id, kind=kind, subject_kind="import", subject_id=row.id,
            details={"payees": row.preview.get("payees", [])},
        )
    )  # fmt: skip
