"""The takebacks of the session's practices: those to look at first."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from tracker.models import Claim, Payer, Practice, ProviderAdjustment, Remittance

_MOST = 500


class TakebackRow(NamedTuple):
    """One takeback with its remittance, payer, practice and, where the payer names it, its claim."""

    takeback: ProviderAdjustment
    remittance: Remittance
    payer: str
    practice: str
    claim: Claim | None


def takebacks_list(session: Session, most: int = _MOST) -> Sequence[TakebackRow]:
    """Return at most ``most`` takebacks, the open ones first, the nearest date first."""
    order = case({"open": 0, "disputed": 1}, value=ProviderAdjustment.task, else_=2)
    query = (
        select(ProviderAdjustment, Remittance, Payer.name, Practice.name, Claim)
        .join(
            Remittance,
            and_(
                Remittance.practice_id == ProviderAdjustment.practice_id,
                Remittance.id == ProviderAdjustment.remittance_id,
            ),
        )
        .join(Payer, Payer.id == Remittance.payer_id)
        .join(Practice, Practice.id == ProviderAdjustment.practice_id)
        .outerjoin(
            Claim, and_(Claim.practice_id == ProviderAdjustment.practice_id, Claim.id == ProviderAdjustment.claim_id)
        )
        .where(ProviderAdjustment.task != "")
        .order_by(order, ProviderAdjustment.dispute_by.is_(None), ProviderAdjustment.dispute_by, ProviderAdjustment.id)
        .limit(most)
    )
    return [TakebackRow(*row) for row in session.execute(query)]


def open_takebacks(session: Session) -> tuple[int, int]:
    """Return how many takebacks are to be looked at, and their cents."""
    query = select(func.count(), func.sum(ProviderAdjustment.amount_cents)).where(ProviderAdjustment.task == "open")
    count, cents = session.execute(query).one()
    return count, int(cents or 0)
