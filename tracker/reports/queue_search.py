"""Finding denials by words that must not stand in an address: a patient's name, a claim number, a D-number."""

import re

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from tracker.models import Claim, Denial, Patient

_NUMBER = re.compile(r"[dD]-?(\d{1,9})")


def found_by(words: str) -> ColumnElement[bool]:
    """Return the condition of a denial found by ``words``.

    ``D-1042`` is that number alone. Otherwise every word begins the patient's first or last name, or the whole begins
    the claim's number, ours or the payer's.
    """
    number = _NUMBER.fullmatch(words.strip())
    if number:
        return Denial.number == int(number[1])
    names = words.replace(",", " ").split()
    if not names:
        return false()
    patients = select(Patient.id).where(*(_names(word) for word in names))
    whole = words.strip().upper()
    claims = select(Claim.id).where(
        or_(
            Claim.control_key.startswith(whole[:20], autoescape=True),
            func.upper(Claim.payer_claim_number).startswith(whole, autoescape=True),
        )
    )
    return or_(Denial.patient_id.in_(patients), Denial.claim_id.in_(claims))


def _names(word: str) -> ColumnElement[bool]:
    start = word.rstrip(".").lower()
    return or_(
        func.lower(Patient.last_name).startswith(start, autoescape=True),
        and_(Patient.first_name != "", func.lower(Patient.first_name).startswith(start, autoescape=True)),
    )
