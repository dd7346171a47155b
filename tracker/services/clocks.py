"""Which rule sets a denial's first clock."""

from datetime import date
from typing import TYPE_CHECKING

from tracker.domain.deadlines import ClockRule
from tracker.knowledge import Knowledge

if TYPE_CHECKING:
    from tracker.models import PayerProfile


def file_by_rule(  # every fact that decides
    knowledge: Knowledge,
    payer_kind: str,
    profile: "PayerProfile | None",
    barred_by: str,
    denied_on: date,
    service_date: date | None,
) -> tuple[ClockRule | None, date | None]:
    """Return the rule of a denial's "File by" clock and the date it counts from.

    An appeal counts from the remittance (x12.md rule 35). Where a remark bars the appeal (MA130: send a new claim) the
    claim filing limit counts from the date of service (42 CFR 424.44 for Medicare).
    """
    if barred_by:
        days = profile.filing_days if profile else None
        return knowledge.filing_rule(payer_kind, days), service_date
    days = profile.appeal_days if profile else None
    return knowledge.appeal_rule(payer_kind, days), denied_on
