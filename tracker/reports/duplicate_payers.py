"""Payers that a practice may have twice."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.models import Event, Payer, Practice, User
from tracker.services.merging_payers import can_be_undone, dealt_with, merges_into
from tracker.services.payers import plain_name

_FORMS_OF_COMPANY = re.compile(r"\b(?:inc|incorporated|llc|ltd|limited|co|company|corp|corporation)\b")


class PayerPair(NamedTuple):
    """Two payers of a practice, the older row first, and what is the same."""

    practice: Practice
    first: Payer
    second: Payer
    same: str


def likely_pairs(session: Session, practices: Sequence[Practice]) -> Sequence[PayerPair]:
    """Return the payers of each practice that have the same payer id, or the same name but for its form of company."""
    pairs = []
    for practice in practices:
        payers = sorted(dealt_with(session, practice.id), key=lambda payer: payer.id)
        for first, second in combinations(payers, 2):
            if same := _same(first, second):
                pairs.append(PayerPair(practice, first, second, same))
    return pairs


def _same(one: Payer, other: Payer) -> str:
    parts = [
        ("name", bool(_name(one)) and _name(one) == _name(other)),
        ("payer id", bool(one.payer_code) and one.payer_code == other.payer_code),
    ]
    return ", ".join(name for name, is_same in parts if is_same)


def _name(payer: Payer) -> str:
    """Return what is compared of a name: no case, punctuation, spaces, "the" or form of company."""
    words = _FORMS_OF_COMPANY.sub("", plain_name(payer.name))
    return words.removeprefix("the ").replace(" ", "")


class MergeShown(NamedTuple):
    """A merge that stands: the name of the payer that went, who did it, what moved in words."""

    event: Event
    name: str
    by: str
    moved: str
    can_be_undone: bool


def merges_shown(session: Session, practice_id: int, payer: Payer, now: datetime) -> Sequence[MergeShown]:
    """Return the merges of a practice into a payer that stand, newest first."""
    return [
        MergeShown(
            event, session.get_one(Payer, event.details["other"]).name, _name_of(session, event.user_id),
            moved_words(event.details["rows"]), can_be_undone(event, now),
        )
        for event in merges_into(session, practice_id, payer)
    ]  # fmt: skip


def _name_of(session: Session, user_id: int | None) -> str:
    user = session.get(User, user_id) if user_id is not None else None
    return user.name if user is not None else ""


def moved_words(rows: Mapping[str, int]) -> str:
    """Return what moved in words: "12 claims, 3 denials"; "nothing" for nothing."""
    words = [f"{count:,} {name.removesuffix('s') if count == 1 else name}" for name, count in rows.items() if count]
    return ", ".join(words) or "nothing"
