"""Which practice a file belongs to: by the NPI of its payee or billing provider, or by the file a receipt answers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.importers import recognise
from tracker.importers.errors import ImportProblem
from tracker.importers.payees import payees_in
from tracker.models import OwnNumber, Practice
from tracker.services.receipts import practices_answered


def npis_in(data: bytes) -> list[str]:
    """Return the NPIs of the payees (835) or billing providers (837P, 277CA) a file names, in its order."""
    return list(dict.fromkeys(payee.npi for payee in payees_in(data) if payee.npi))


def find_practices(session: Session, data: bytes) -> list[Practice]:
    """Return the practices whose NPI a file names as payee or billing provider; for a 999 those that sent the file."""
    npis = npis_in(data)
    if not npis and recognise(data) == "999":
        return list(session.scalars(select(Practice).where(Practice.id.in_(practices_answered(session, data)))))
    found = {
        p.npi: p for p in session.scalars(select(Practice).where(Practice.npi.in_(npis), Practice.deleted_at.is_(None)))
    }
    listed = select(OwnNumber.number, Practice).join(Practice, Practice.id == OwnNumber.practice_id)
    listed = listed.where(Practice.deleted_at.is_(None))
    for number, practice in session.execute(listed.where(OwnNumber.kind == "npi", OwnNumber.number.in_(npis))):
        found.setdefault(number, practice)
    return list(dict.fromkeys(found[npi] for npi in npis if npi in found))


def require_one_practice(session: Session, data: bytes) -> Practice:
    """Return the practice of a file by its payee NPI.

    Raises ImportProblem when no practice, or more than one, has an NPI the file names.
    """
    practices = find_practices(session, data)
    if len(practices) == 1:
        return practices[0]
    npis = ", ".join(npis_in(data)) or "no NPI"
    if not practices:
        why = f"The file pays {npis}, and no practice here has that NPI."
        raise ImportProblem("Payee", why, "Choose the practice it belongs to, or add the NPI under Settings.")
    names = " and ".join(practice.name for practice in practices)
    raise ImportProblem("Payee", f"The file pays {names}.", "Import it once for each practice: choose the practice.")
