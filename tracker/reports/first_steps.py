"""How far a new practice is: the four steps to its first appeal (ux.md 5.1)."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.own_limits import read_limit
from tracker.models import Claim, Denial, Letter, PayerProfile, Practice


class FirstSteps(NamedTuple):
    """What is done. ``payers`` send answers to the practice, of which ``checked`` have a limit that somebody looked at."""

    practice: Practice | None
    has_practice: bool
    payers: int
    checked: int
    has_denial: bool
    has_letter: bool

    @property
    def done(self) -> int:
        """Return how many of the four steps are done."""
        return sum((self.has_practice, self.has_limits, self.has_denial, self.has_letter))

    @property
    def has_limits(self) -> bool:
        """Whether a limit of every payer was looked at."""
        return 0 < self.payers == self.checked


def first_steps(session: Session, practices: tuple[Practice, ...]) -> FirstSteps:
    """Return how far a person's own practices are; the session sees no others."""
    begun = next((one for one in practices if not _is_set_up(one)), practices[0] if practices else None)
    payers = set(session.scalars(select(Claim.payer_id).distinct()))
    profiles = session.scalars(select(PayerProfile).where(PayerProfile.payer_id.in_(payers)))
    return FirstSteps(
        practice=begun,
        has_practice=any(map(_is_set_up, practices)),
        payers=len(payers),
        checked=len({profile.payer_id for profile in profiles if _is_checked(profile)}),
        has_denial=session.scalar(select(Denial.id).limit(1)) is not None,
        has_letter=session.scalar(select(Letter.id).limit(1)) is not None,
    )


def _is_set_up(practice: Practice) -> bool:
    return bool(practice.npi and practice.address and practice.signer_name)


def _is_checked(profile: PayerProfile) -> bool:
    return any(read_limit(kept).checked_on is not None for kept in profile.limits.values())
