"""The payer of a diagnosis case, with what the practice set for it."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from tracker.domain.case import CasePayer
from tracker.domain.payer_habits import HABITS
from tracker.models import PayerProfile
from tracker.services.clocks import own_days


def case_payer(name: str, kind: str, own: PayerProfile | Row[Any], visit: date, notice: date) -> CasePayer:
    """Return a payer as cases have it; the limit of a claim counts from the visit, an appeal's from the notice.

    ``own`` is the practice's profile of the payer, or a row with its columns, which are None where there is none.
    """
    habits = own.habits or {}
    return CasePayer(
        name,
        kind,
        own.counting_method,
        own.requires_discipline_modifier,
        own_days(own.limits, "claim_filing", 0, visit),
        own_days(own.limits, "appeal", 1, notice, visit),
        tuple((habit, habits[habit]) for habit in HABITS if habit in habits),
        own.named or "",
    )
