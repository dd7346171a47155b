"""Which practice a file belongs to: by the NPI of its payee or billing provider, or by the file a receipt answers."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.importers import recognise
from tracker.importers.errors import ImportProblem
from tracker.models import Practice
from tracker.services.receipts import practices_answered

# Entity PE of an 835's N1 and 85 of an 837P's NM1, each with an NPI (qualifier XX) a few elements on.
_NAMED = re.compile(
    rb"(?:N1([^A-Za-z0-9\s])PE|NM1([^A-Za-z0-9\s])85).{0,200}?[^A-Za-z0-9\s]XX[^A-Za-z0-9\s](\d{10})", re.DOTALL
)


def npis_in(data: bytes) -> list[str]:
    """Return the NPIs of the payees (835) or billing providers (837P) a file names, in its order."""
    return list(dict.fromkeys(match[3].decode() for match in _NAMED.finditer(data)))


def find_practices(session: Session, data: bytes) -> list[Practice]:
    """Return the practices whose NPI a file names as payee or billing provider; for a 999 those that sent the file."""
    npis = npis_in(data)
    if not npis and recognise(data) == "999":
        return list(session.scalars(select(Practice).where(Practice.id.in_(practices_answered(session, data)))))
    found = {p.npi: p for p in session.scalars(select(Practice).where(Practice.npi.in_(npis)))}
    return [found[npi] for npi in npis if npi in found]


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
