"""The numbers by which a letter calls its lines, and the typed facts that name lines by them."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Appeal, ClaimLine
from tracker.services.appealed import denials_of


def line_numbers(session: Session, appeal: Appeal) -> dict[int, int]:
    """Return each denial's number in the letter: that of its claim line, or, of several claims, counted through."""
    denials = denials_of(session, appeal)
    if len({denial.claim_id for denial in denials}) > 1:
        return {denial.id: number for number, denial in enumerate(denials, start=1)}
    query = select(ClaimLine.id, ClaimLine.line).where(
        ClaimLine.practice_id == appeal.practice_id,
        ClaimLine.id.in_([denial.claim_line_id for denial in denials if denial.claim_line_id]),
    )
    lines = dict(session.execute(query).all())
    return {denial.id: lines.get(denial.claim_line_id or 0, 0) for denial in denials}


def renumbered(typed: Mapping[str, str], before: Mapping[int, int], after: Mapping[int, int]) -> dict[str, str]:
    """Return typed facts with the lines they name (``rates.0.line``) called by their new numbers.

    What was typed of a line that left the letter goes with it.
    """
    moved = {str(number): str(after.get(denial_id, "")) for denial_id, number in before.items()}
    new = {path: moved.get(text, text) for path, text in typed.items() if path.endswith(".line")}
    gone = {path.removesuffix("line") for path, text in new.items() if not text}
    return {path: new.get(path, text) for path, text in typed.items() if not path.startswith(tuple(gone))}
