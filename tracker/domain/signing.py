"""Who may sign which letter, and until when a signature is asked for."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from tracker.domain.business_days import add_business_days

_DAYS_TO_SIGN = 3  # business days; our own habit, not a rule of any payer


class SignerKind(StrEnum):
    """As what a person signs letters."""

    BILLER = "biller"
    THERAPIST = "therapist"
    PHYSICIAN = "physician"
    OWNER = "owner"


SIGNER_KINDS: Mapping[str, str] = MappingProxyType(
    {
        SignerKind.BILLER: "Biller",
        SignerKind.THERAPIST: "Treating therapist",
        SignerKind.PHYSICIAN: "Physician or medical director",
        SignerKind.OWNER: "Practice owner",
    }
)
_CLINICIANS = frozenset({SignerKind.THERAPIST, SignerKind.PHYSICIAN})


def may_sign(kind: str, *, clinical: bool, clinicians_only: bool) -> bool:
    """Whether a signer of this kind may sign a letter; ``clinicians_only`` is what the practice set for clinical ones."""
    return kind in _CLINICIANS or not (clinical and clinicians_only)


def permission_holds(from_on: date, until_on: date, today: date, *, revoked: bool) -> bool:
    """Whether leave to sign in somebody's name holds today; both days count."""
    return not revoked and from_on <= today <= until_on


def signature_due(today: date, file_by: date | None) -> date:
    """Return when a signature is due unless a person says otherwise: in 3 business days, or on the day to file by."""
    usual = add_business_days(today, _DAYS_TO_SIGN)
    return max(today, min(usual, file_by)) if file_by is not None else usual
