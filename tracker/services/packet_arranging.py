"""What a person does to a packet before it is signed: order, what goes in, pages dropped or turned, files taken out."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.letters.arrangement import Placement
from tracker.models import Appeal, Attachment, Letter
from tracker.services.appealing import AppealRefused, log_appeal
from tracker.services.letter_drafts import LetterConflict, LetterInHand
from tracker.services.protected_notes import with_hidden


def change_exhibit(
    placed: Sequence[Placement], source: str, change: Callable[[Placement], Placement]
) -> list[Placement]:
    """Return the placements with one of them changed."""
    return [change(one) if one.source == source else one for one in placed]


def arrange(  # whose packet, how, as whom
    session: Session, hand: LetterInHand, seen_version: int, placed: Sequence[Placement], now: datetime, user_id: int
) -> None:
    """Keep how the enclosures are arranged; the stored originals stay as they are.

    Raises LetterConflict when the letter was saved after the person saw it, AppealRefused when it is signed.
    """
    _require_draft(hand.letter, seen_version)
    arranged = [one.as_json() for one in placed]
    stored = with_hidden(session, hand.letter.practice_id, hand.letter.exhibits, arranged)
    if stored == hand.letter.exhibits:
        return
    hand.letter.exhibits = stored
    hand.letter.saved_at = now
    log_appeal(session, hand.rows.appeal, "letter_saved", now, user_id, {"changed": ["exhibits"]})
    session.flush()


def _require_draft(letter: Letter, seen_version: int) -> None:
    if letter.signed_at is not None:
        raise AppealRefused("This letter is signed and locked. Make a new version to change its packet")
    if letter.version != seen_version:
        raise LetterConflict


def take_out_file(  # which file of whose packet, as whom
    session: Session, hand: LetterInHand, seen_version: int, file: Attachment, now: datetime, user_id: int
) -> None:
    """Delete a file a person added to this appeal.

    Raises LetterConflict and AppealRefused as ``arrange`` does, AppealRefused too for a file of a signed version or of
    another appeal: it can be left out.
    """
    appeal = hand.rows.appeal
    _require_draft(hand.letter, seen_version)
    if file.kind != "exhibit" or file.appeal_id != appeal.id or _was_signed(session, appeal):
        raise AppealRefused(f"{file.title} belongs to a signed version or another appeal. Leave it out instead")
    hand.letter.exhibits = [each for each in hand.letter.exhibits if each["source"] != file.public_id]
    hand.letter.saved_at = now
    session.delete(file)
    log_appeal(session, appeal, "exhibit_removed", now, user_id, {"title": file.title})
    session.flush()


def _was_signed(session: Session, appeal: Appeal) -> bool:
    query = select(func.count()).where(
        Letter.practice_id == appeal.practice_id, Letter.appeal_id == appeal.id, Letter.signed_at.is_not(None)
    )
    return bool(session.scalar(query))
