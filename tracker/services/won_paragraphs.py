"""Paragraphs of signed letters that won before, for the same payer and reason."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import Result
from tracker.letters.reusable import is_reusable
from tracker.models import Appeal, Denial, Letter, Outcome

_MOST = 10


class WonParagraph(NamedTuple):
    """A paragraph a person wrote, with the decision its letter won."""

    key: str
    text: str
    appeal_number: int
    decided_on: date
    result: str


def won_paragraphs(session: Session, denials: Sequence[Denial], keys: Sequence[str]) -> list[WonParagraph]:
    """Return at most 10 paragraphs with these keys out of letters that won, newest decision first, each text once.

    Only paragraphs that tell nothing of the other patient are returned (``is_reusable``).
    """
    if not denials:
        return []
    first = denials[0]
    query = (
        select(Letter, Appeal.number, Outcome.decided_on, Outcome.result)
        .join(Appeal, and_(Appeal.practice_id == Letter.practice_id, Appeal.id == Letter.appeal_id))
        .join(Outcome, and_(Outcome.practice_id == Appeal.practice_id, Outcome.appeal_id == Appeal.id))
        .join(Denial, and_(Denial.practice_id == Outcome.practice_id, Denial.id == Outcome.denial_id))
        .where(
            Letter.practice_id == first.practice_id,
            Letter.signed_at.is_not(None),
            Appeal.payer_id == first.payer_id,
            Denial.group_code == first.group_code,
            Denial.carc == first.carc,
            Outcome.result.in_([Result.OVERTURNED, Result.PARTLY]),
        )
        .order_by(Outcome.decided_on.desc(), Letter.id.desc())
        .limit(50)
    )
    found: dict[tuple[str, str], WonParagraph] = {}
    for letter, number, decided_on, result in session.execute(query):
        for key, text in letter.fields.get("paragraphs", {}).items():
            if key in keys and (key, text) not in found and is_reusable(text, letter.facts):
                found[key, text] = WonParagraph(key, text, number, decided_on, result)
    return list(found.values())[:_MOST]
