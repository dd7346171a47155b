"""Finding denials by words that must not stand in an address: a patient's name, a claim number, a D-number."""

import json
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, FunctionElement, Select, cast, false, func, or_, select
from sqlalchemy.orm import Session

from tracker.db import scope_of
from tracker.models import Claim, Denial, Patient
from tracker.services.patient_keys import PatientKeys
from tracker.services.patient_names import patients_named

_NUMBER = re.compile(r"[dD]-?(\d{1,9})")


def found_by(session: Session, words: str) -> ColumnElement[bool]:
    """Return the condition of a denial found by ``words`` in the practices of the session.

    ``D-1042`` is that number alone. Otherwise every word begins the patient's first or last name, or the whole is the
    member id or begins the claim's number, ours or the payer's.
    """
    number = _NUMBER.fullmatch(words.strip())
    if number:
        return Denial.number == int(number[1])
    names = words.replace(",", " ").split()
    if not names:
        return false()
    practice_ids = scope_of(session)
    patients = patients_named(session, practice_ids, names)
    members = {PatientKeys(session, practice_id).member(words) for practice_id in practice_ids} - {""}
    whole = words.strip().upper()
    claims = select(Claim.id).where(
        or_(
            Claim.control_key.startswith(whole[:20], autoescape=True),
            func.upper(Claim.payer_claim_number).startswith(whole, autoescape=True),
        )
    )
    return or_(
        Denial.patient_id.in_(_listed(session, patients)),
        Denial.patient_id.in_(select(Patient.merged_into_id).where(Patient.id.in_(_listed(session, patients)))),
        Denial.patient_id.in_(
            select(func.coalesce(Patient.merged_into_id, Patient.id)).where(Patient.member_key.in_(members))
        ),
        Denial.claim_id.in_(claims),
    )


def _listed(session: Session, ids: Sequence[int]) -> Select[tuple[int]]:
    """Return ids as a query's rows: there may be more of them than a statement takes parameters."""
    listed: FunctionElement[Any]
    if session.get_bind().dialect.name == "sqlite":
        listed = func.json_each(json.dumps(ids))
    else:
        listed = func.json_array_elements_text(cast(list(ids), JSON))
    return select(cast(listed.table_valued("value").c.value, BigInteger))
