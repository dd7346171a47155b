"""Finding the payer a file speaks of, and what kind of payer it is."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Payer, PayerAlias

# Claim filing indicator (CLP06, SBR09) to the kinds of the case format. 16 is an HMO Medicare risk plan.
_KIND_BY_FILING = {
    "MB": "medicare_b", "MA": "medicare_b", "16": "medicare_advantage", "MC": "medicaid", "CH": "tricare",
    "VA": "va", "WC": "workers_comp", "AM": "auto", "LM": "auto", "09": "self_pay",
}  # fmt: skip
_KIND_BY_NAME = (
    (re.compile(r"\bmedicare\b.*\badv|\badvantage\b", re.IGNORECASE), "medicare_advantage"),
    (re.compile(r"\bmedicare\b", re.IGNORECASE), "medicare_b"),
    (re.compile(r"\bmedicaid\b|\bmedical assistance\b|\bmedi-cal\b", re.IGNORECASE), "medicaid"),
    (re.compile(r"\btricare\b", re.IGNORECASE), "tricare"),
    (re.compile(r"\bveterans\b|\bva ccn\b", re.IGNORECASE), "va"),
    (re.compile(r"\bcompensation\b|\bworkers'? comp", re.IGNORECASE), "workers_comp"),
)


def payer_kind(name: str, filing_code: str) -> str:
    """Return the kind of a payer from its claim filing indicator, else from words of its name.

    A Medicare filing code with an Advantage plan's name is an Advantage plan.
    """
    by_name = next((kind for pattern, kind in _KIND_BY_NAME if pattern.search(name)), None)
    by_filing = _KIND_BY_FILING.get(filing_code)
    if by_filing == "medicare_b" and by_name == "medicare_advantage":
        return by_name
    return by_filing or by_name or "commercial"


def plain_name(name: str) -> str:
    """Return a payer's name as names are compared: small letters and digits, one space between words."""
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def merged_payer(session: Session, practice_id: int, name: str) -> Payer | None:
    """Return the payer that a practice means by the name of one it merged into another."""
    merged = select(PayerAlias, Payer.name).join(Payer, Payer.id == PayerAlias.payer_id)
    for alias, told in session.execute(merged.where(PayerAlias.practice_id == practice_id)):
        if plain_name(told) == plain_name(name):
            return session.get_one(Payer, alias.stays_id)
    return None


class PayerDirectory:
    """All payers of the installation, by payer id, by TIN and by name, as one practice means them.

    A payer that the practice merged into another is found as that other. New ones are written at once.
    """

    def __init__(self, session: Session, practice_id: int) -> None:
        self._session = session
        self._payers = list(session.scalars(select(Payer).order_by(Payer.id)))
        merged = select(PayerAlias).where(PayerAlias.practice_id == practice_id)
        self._stays = {alias.payer_id: alias.stays_id for alias in session.scalars(merged)}

    def find_or_make(self, name: str, payer_code: str, tin: str, filing_code: str) -> Payer:
        """Return the payer, made if unknown; the payer id decides, then the name, then the TIN."""
        found = self._find(name, payer_code, tin)
        if found is None:
            found = Payer(
                name=name[:120] or "Payer not named",
                payer_code=payer_code[:80],
                tin=tin[:12],
                kind=payer_kind(name, filing_code),
            )
            self._session.add(found)
            self._session.flush()
            self._payers.append(found)
        elif not found.tin and tin:
            found.tin = tin[:12]
        stays = self._stays.get(found.id)
        return found if stays is None else next(payer for payer in self._payers if payer.id == stays)

    def _find(self, name: str, payer_code: str, tin: str) -> Payer | None:
        for payer in self._payers:
            if payer_code and payer.payer_code == payer_code and plain_name(payer.name) == plain_name(name):
                return payer
        for payer in self._payers:
            if name and plain_name(payer.name) == plain_name(name):
                return payer
        for payer in self._payers:
            if payer_code and payer.payer_code == payer_code:
                return payer
        return next((payer for payer in self._payers if tin and payer.tin == tin and not name), None)
