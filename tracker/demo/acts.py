"""What people did with the demo's denials: owners, statuses, closings, one finished appeal. All through the services."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.demo.plot import Act
from tracker.domain.statuses import TYPED_CLOSE_REASONS
from tracker.knowledge import Knowledge
from tracker.letters.facts import SignerFacts
from tracker.models import Claim, Denial, Membership, Practice, User
from tracker.services import working
from tracker.services.appealing import AppealRefused, newest_letter, open_appeal
from tracker.services.known_claims import control_key
from tracker.services.letter_drafts import letter_in_hand, lock_letter, make_signed_packet

_AFTER_WORK = time(20, 5)


def act(session: Session, practice: Practice, done: Act, owner: User) -> None:
    """Do what somebody did with the open denials of a claim; two of three claims that are worked on get an owner."""
    denials = _open_denials(session, practice, done.control)
    at = datetime.combine(done.day, _AFTER_WORK, UTC)
    if done.what in TYPED_CLOSE_REASONS:
        working.close(session, denials, done.what, at, done.day, owner.id)
        return
    working.set_status(session, denials, done.what, at, owner.id)
    turn = int("".join(filter(str.isdigit, done.control)))
    if turn % 3:
        members = _members(session, practice)
        working.assign(session, denials, members[turn % len(members)], at, owner.id)


def _members(session: Session, practice: Practice) -> list[int]:
    query = select(Membership.user_id).where(Membership.practice_id == practice.id).order_by(Membership.user_id)
    return list(session.scalars(query))


def _open_denials(session: Session, practice: Practice, control: str) -> Sequence[Denial]:
    key = control_key(control)
    claims = select(Claim.id).where(Claim.practice_id == practice.id, Claim.control_key == key)
    return session.scalars(
        select(Denial).where(Denial.practice_id == practice.id, Denial.claim_id.in_(claims), Denial.is_open)
    ).all()


def appeal_one(
    session: Session, practice: Practice, knowledge: Knowledge, now: datetime, today: date, owner: User
) -> None:
    """Open an appeal for one denial whose letter has no gap, sign it and lock it; nothing when there is none."""
    for denial in _candidates(session, practice):
        point = session.begin_nested()
        try:
            appeal = open_appeal(session, denial, None, knowledge, now, today, owner.id)
        except AppealRefused:
            point.rollback()
            continue
        letter = newest_letter(session, appeal)
        signer = SignerFacts(practice.signer_name, practice.signer_title, today)
        hand = letter_in_hand(session, appeal, letter, knowledge, today, signer)
        if hand.draft.gaps:
            point.rollback()
            continue
        lock_letter(session, appeal, letter, letter.version, make_signed_packet(hand), now, owner.id)
        point.commit()
        return


def _candidates(session: Session, practice: Practice) -> Sequence[Denial]:
    """Open denials that wait for an appeal or for records, those with the most evidence and money first."""
    query = select(Denial).where(
        Denial.practice_id == practice.id, Denial.is_open, Denial.path.in_(("appeal", "send_records"))
    )
    found = session.scalars(query).all()
    return sorted(found, key=lambda denial: (denial.strength != "strong", -denial.amount_cents, denial.number))
