"""Many letters at once: drafted one by one, and signed in one step by a signer who confirmed the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.letters.facts import SignerFacts
from tracker.letters.problems import LetterProblem
from tracker.models import Appeal, Denial, Job, Letter
from tracker.models.base import new_public_id
from tracker.services.appealing import AppealRefused, newest_letter, open_appeal
from tracker.services.jobs import ask_for
from tracker.services.letter_drafts import LetterInHand, letter_in_hand

DRAFT = "letters.draft"
SIGN = "letters.sign"


def ask_for_drafts(session: Session, denials: Sequence[Denial], now: datetime, user_id: int) -> Job:
    """Ask for a letter for each of at least one denial of one practice."""
    ids = [denial.id for denial in denials]
    return ask_for(
        session, DRAFT, {"denials": ids}, f"{DRAFT}:{new_public_id()}", now,
        practice_id=denials[0].practice_id, user_id=user_id, total=len(ids),
    )  # fmt: skip


def draft_one(
    session: Session, practice_id: int, denial_id: int, knowledge: Knowledge, now: datetime, today: date, user_id: int
) -> dict[str, Any]:
    """Draft the letter of one denial, or find the one there is; return it with the number of its gaps, or why not."""
    denial = session.get_one(Denial, (practice_id, denial_id))
    try:
        appeal = open_appeal(session, denial, None, knowledge, now, today, user_id)
    except AppealRefused as refusal:
        return {"denial": denial.number, "why": str(refusal)}
    letter = newest_letter(session, appeal)
    try:
        gaps = len(letter_in_hand(session, appeal, letter, knowledge, today).draft.gaps)
    except LetterProblem as problem:
        return {"denial": denial.number, "why": str(problem)}
    return {"denial": denial.number, "letter": letter.id, "gaps": gaps}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A letter a signer confirmed, as they saw it."""

    letter_id: int
    version: int


def ask_for_packets(
    session: Session,
    drafts: Job,
    confirmed: Sequence[Confirmed],
    signer: SignerFacts,
    now: datetime,
    user_id: int,
) -> Job:
    """Ask for the packets of the letters a signer confirmed, signed in their name (by hand without ``signed_on``)."""
    arguments = {
        "drafts": drafts.public_id,
        "letters": [[one.letter_id, one.version] for one in confirmed],
        "signer": {
            "name": signer.name,
            "title": signer.title,
            "credentials": signer.credentials,
            "helper": signer.helper,
            "picture": signer.picture,
        },
        "by_hand": signer.signed_on is None,
    }
    return ask_for(
        session, SIGN, arguments, f"{SIGN}:{new_public_id()}", now,
        practice_id=drafts.practice_id, user_id=user_id, total=len(confirmed),
    )  # fmt: skip


def letter_to_sign(
    session: Session, practice_id: int, one: Confirmed, signer: SignerFacts, knowledge: Knowledge, today: date
) -> LetterInHand | None:
    """Return a confirmed letter in hand, or None when it is signed already.

    Raises AppealRefused when somebody changed it after the signer saw it.
    """
    letter = session.get_one(Letter, (practice_id, one.letter_id))
    if letter.signed_at is not None:
        return None
    if letter.version != one.version:
        raise AppealRefused("It was changed after the list was confirmed")
    appeal = session.get_one(Appeal, (practice_id, letter.appeal_id))
    return letter_in_hand(session, appeal, letter, knowledge, today, signer=signer)


def letters_of(session: Session, practice_id: int, ids: Sequence[int]) -> Sequence[tuple[Letter, Appeal]]:
    """Return letters with their appeals, by the appeals' numbers."""
    query = (
        select(Letter, Appeal)
        .join(Appeal, (Appeal.practice_id == Letter.practice_id) & (Appeal.id == Letter.appeal_id))
        .where(Letter.practice_id == practice_id, Letter.id.in_(ids))
        .order_by(Appeal.number)
    )
    return [(letter, appeal) for letter, appeal in session.execute(query)]
