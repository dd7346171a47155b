"""The demo's appeals: written, signed, sent, decided, taken a level up, all through the services that people use."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.appeal_life import Result
from tracker.knowledge import Knowledge
from tracker.letters.facts import SignerFacts
from tracker.letters.problems import LetterProblem
from tracker.models import Appeal, AppealDenial, Denial, Practice, User
from tracker.services.appeal_sending import Sending, record_sent, usual_reply_due
from tracker.services.appealed import denials_of
from tracker.services.appealing import AppealRefused, newest_letter, open_appeal
from tracker.services.letter_drafts import insert_text, letter_in_hand, lock_letter, make_signed_packet
from tracker.services.next_level import open_next_level
from tracker.services.outcomes import Decision, LineDecision, record_decision

# What the biller adds to a letter: nothing of the patient, so that it may be offered for the next one.
_COMMENTS = (
    "The note enclosed names each service, its minutes and the clinician who furnished it. Nothing was left out of it.",
    "Our records of this visit are complete. Please tell us the name and number of the reviewer who reads them.",
)
_METHODS = ("portal", "fax", "certified_mail")
_REASONS = {
    Result.UPHELD: "The records received do not show the time of the service.",
    Result.PARTLY: "The records received show the time of one unit.",
    Result.DISMISSED: "The request came without the form of the plan.",
}


class Desk:
    """A practice's desk on one day, at which an owner works on appeals."""

    def __init__(self, session: Session, practice: Practice, knowledge: Knowledge, owner: User, at: datetime) -> None:
        self._session, self._practice, self._knowledge, self._owner = session, practice, knowledge, owner
        self._at, self._day = at, at.date()

    def appeal(self, denials: Sequence[Denial]) -> bool:
        """Write, sign and send the appeal of a claim's denials; False, and nothing is done, when that is not possible.

        A letter that lacks something, a remark that bars an appeal or a machine that makes no PDF stand in its way.
        """
        point = self._session.begin_nested()
        try:
            appeal = open_appeal(self._session, denials[0], None, self._knowledge, self._at, self._day, self._owner.id)
            self._sign_and_send(appeal)
        except (AppealRefused, LetterProblem):
            point.rollback()
            return False
        point.commit()
        return True

    def sign(self, appeal: Appeal, *, minutes: int = 9) -> None:
        """Add a comment to the newest letter and sign it; the work takes so many minutes.

        Raises AppealRefused naming the gaps, and what making a PDF raises.
        """
        letter = newest_letter(self._session, appeal)
        comment, done_at = _COMMENTS[appeal.number % len(_COMMENTS)], self._at + timedelta(minutes=minutes)
        insert_text(self._session, appeal, letter, "comment", comment, done_at, self._owner.id)
        signer = SignerFacts(self._practice.signer_name, self._practice.signer_title, self._day)
        hand = letter_in_hand(self._session, appeal, letter, self._knowledge, self._day, signer)
        made = make_signed_packet(hand)
        lock_letter(self._session, appeal, letter, letter.version, made, done_at + timedelta(minutes=2), self._owner.id)

    def _sign_and_send(self, appeal: Appeal) -> None:
        self.sign(appeal, minutes=4 + appeal.number % 9)
        sending = Sending(self._day, _METHODS[appeal.number % len(_METHODS)], f"{self._day:%y%j}{appeal.number}")
        due = usual_reply_due(self._session, appeal, self._day, self._knowledge)
        record_sent(self._session, appeal, sending, due, self._at + timedelta(minutes=20), self._day, self._owner.id)

    def decide(self, denial: Denial, result: Result) -> None:
        """Record what the payer's letter said of the denial's appeal, half of it in part; nothing when none was sent."""
        appeal = self._newest(denial, "sent")
        if appeal is None:
            return
        share = 2 if result is Result.PARTLY else 0
        lines = [
            LineDecision(one.id, result, one.amount_cents // share if share else 0)
            for one in denials_of(self._session, appeal)
        ]
        decision = Decision(self._day, lines, f"AD{self._day:%y%j}", _REASONS[result])
        record_decision(self._session, appeal, decision, self._knowledge, self._at, self._day, self._owner.id)

    def next_level(self, denial: Denial) -> None:
        """Take the refused lines of a denial's appeal a level up; the draft stays when its letter lacks something."""
        refused = self._newest(denial, "decided")
        if refused is None:
            return
        try:
            self._sign_and_send(
                open_next_level(self._session, refused, self._knowledge, self._at, self._day, self._owner.id)
            )
        except (AppealRefused, LetterProblem):
            return

    def _newest(self, denial: Denial, status: str) -> Appeal | None:
        same = (AppealDenial.practice_id == Appeal.practice_id) & (AppealDenial.appeal_id == Appeal.id)
        query = (
            select(Appeal)
            .join(AppealDenial, same)
            .where(
                Appeal.practice_id == self._practice.id, AppealDenial.denial_id == denial.id, Appeal.status == status
            )
        )
        found: Appeal | None = self._session.scalar(query.order_by(Appeal.id.desc()).limit(1))
        return found


def appeal_one(
    session: Session, practice: Practice, knowledge: Knowledge, now: datetime, today: date, owner: User
) -> None:
    """Open an appeal for one denial whose letter has no gap, sign it and lock it; nothing when there is none."""
    desk = Desk(session, practice, knowledge, owner, now)
    for denial in _candidates(session, practice):
        point = session.begin_nested()
        try:
            desk.sign(open_appeal(session, denial, None, knowledge, now, today, owner.id))
        except (AppealRefused, LetterProblem):
            point.rollback()
            continue
        point.commit()
        return


def _candidates(session: Session, practice: Practice) -> Sequence[Denial]:
    """Open denials that wait for an appeal or for records, those with the most evidence and money first."""
    query = select(Denial).where(
        Denial.practice_id == practice.id, Denial.is_open, Denial.path.in_(("appeal", "send_records"))
    )
    found = session.scalars(query).all()
    return sorted(found, key=lambda denial: (denial.strength != "strong", -denial.amount_cents, denial.number))
