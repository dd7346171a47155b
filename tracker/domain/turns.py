"""Whose turn it is with a denial, and since when: the therapist, front desk, biller, payer or patient."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from tracker.domain.asking import Asked


class Holder(StrEnum):
    """Who has the next move; its value is what addresses and lists of causes say."""

    THERAPIST = "therapist"
    FRONT_DESK = "front desk"
    BILLER = "biller"
    PAYER = "payer"
    PATIENT = "patient"


# Where a cause that a person picked is taken up; the other causes are the biller's to work on.
OF_CAUSES = (Holder.FRONT_DESK, Holder.PATIENT)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whose turn it is with an open denial.

    ``is_sent``: an appeal or claim is with the payer, ``sent_on`` since when (None: not kept). ``reply_due`` is the
    payer's day, ``signature_due`` the day a letter is to be signed by, ``asked`` a question without an answer.
    ``cause_at`` is where the cause that a person picked starts (empty where nobody picked one), ``has_letter`` that a
    letter is drafted and not sent, ``moved_on`` the last day that anything was done or came in.
    """

    moved_on: date
    is_sent: bool = False
    sent_on: date | None = None
    reply_due: date | None = None
    signature_due: date | None = None
    asked: Asked | None = None
    cause_at: str = ""
    has_letter: bool = False
    wants_records: bool = False


class Turn(NamedTuple):
    """Whose turn it is and since which day."""

    holder: Holder
    since: date

    def days(self, today: date) -> int:
        """Return for how many days, 0 on the first."""
        return max(0, (today - self.since).days)

    def words(self, today: date) -> str:
        """Return ``Payer, 12 days``, or ``Biller, since today``."""
        days = self.days(today)
        length = "since today" if days == 0 else "1 day" if days == 1 else f"{days} days"
        return f"{self.holder.value.capitalize()}, {length}"

    def in_row(self, owner: str, today: date) -> str:
        """Return the same beside the owner of the denial, who is the biller: ``Dana R., 12 days``, ``Payer, 12 days · Dana R.``."""
        words = self.words(today)
        biller = Holder.BILLER.value.capitalize()
        return words.replace(biller, owner, 1) if self.holder is Holder.BILLER else f"{words} · {owner}"


def turn(standing: Standing, today: date) -> Turn:
    """Return whose turn it is. What somebody lets pass comes back to the biller on the day after."""
    if (due := standing.signature_due) is not None:
        return _lent(Holder.THERAPIST, standing.moved_on, due, today)
    if standing.is_sent:
        return _lent(Holder.PAYER, standing.sent_on or standing.moved_on, standing.reply_due, today)
    if (asked := standing.asked) is not None:
        return _lent(Holder.THERAPIST, asked.asked_on, asked.answer_by, today)
    if standing.cause_at in OF_CAUSES and not standing.has_letter and not standing.wants_records:
        return Turn(Holder(standing.cause_at), standing.moved_on)
    return Turn(Holder.BILLER, standing.moved_on)


def _lent(holder: Holder, since: date, until: date | None, today: date) -> Turn:
    """Return the turn of somebody who has until a day (None: no day is known), the biller's once it has passed."""
    if until is None or today <= until:
        return Turn(holder, since)
    return Turn(Holder.BILLER, until + timedelta(days=1))
