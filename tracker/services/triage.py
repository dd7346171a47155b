"""From answers to denials: opened at a line's first denial, continued by everything the payer says later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.classification import ClassifiedLine, LineClass
from tracker.domain.deadlines import Clock
from tracker.domain.denial_life import Answer, AnswerKind, Standing, begins_anew, next_kind
from tracker.domain.remittance import Adjustment, ClaimPayment, ServicePayment
from tracker.knowledge import Knowledge
from tracker.models import Denial, DenialAnswer, Payer, PayerProfile, Practice
from tracker.models.base import new_public_id
from tracker.services.clocks import Start, file_by
from tracker.services.import_rows import RowBuffer
from tracker.services.known_claims import DenialInHand, KnownClaim, KnownLine

_DENIAL = (
    "practice_id", "id", "public_id", "number", "claim_id", "claim_line_id", "patient_id", "payer_id", "import_id",
    "code", "service_date", "group_code", "carc", "remarks", "denial_class", "amount_cents", "billed_cents",
    "denied_on", "times_denied", "status", "is_open", "close_reason", "closed_on", "recovered_cents", "clock",
    "clock_rule", "notice_on", "extension_days", "file_by_safe", "file_by_legal", "due_on", "root_cause", "strength",
    "path", "diagnosed_with", "source", "created_at", "version",
)  # fmt: skip
_ANSWER = (
    "practice_id", "id", "denial_id", "claim_payment_id", "service_payment_id", "kind", "answered_on", "amount_cents",
    "status_before",
)  # fmt: skip

_CLOSED_STATUS = {"recovered": "closed_paid", "patient_share": "closed_not_paid", "superseded": "closed_not_paid"}


class AnsweredLine(NamedTuple):
    """One classified answer to a claim line; ``place`` counts the services of the claim payment from 0."""

    line: KnownLine
    service: ServicePayment
    classified: ClassifiedLine
    service_payment_id: int
    place: int


class OpenedDenial(NamedTuple):
    """A denial this import opens, as the check page and the summary show it.

    ``number`` is the place of its service in the answer, from 1; None for a claim denied as a whole.
    """

    key: str
    claim: KnownClaim
    paid: ClaimPayment
    code: str
    reason: Adjustment
    remarks: tuple[str, ...]
    amount_cents: int
    file_by: date | None
    denial_id: int
    denied_on: date
    number: int | None


class Move(NamedTuple):
    """A payment (or take-back) on a denial that was open before this file, in cents."""

    denial_number: int | None
    amount_cents: int


@dataclass(slots=True)
class TriageResult:
    """What triage did with a file."""

    opened: list[OpenedDenial] = field(default_factory=list)
    updated: set[int] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)
    skipped: int = 0


def _statuses(standing: Standing, closed_on: date) -> dict[str, Any]:
    """Return the columns that follow from the payer's answers alone."""
    values: dict[str, Any] = {
        "times_denied": standing.times_denied,
        "recovered_cents": max(standing.recovered_cents, 0),
        "is_open": standing.is_open,
        "close_reason": standing.close_reason,
        "closed_on": None if standing.is_open else closed_on,
    }
    if not standing.is_open:
        values["status"] = _CLOSED_STATUS[standing.close_reason]
    elif standing.reopened:
        values["status"] = "reopened"
    return values


class Triage:
    """Opens and continues the denials of one practice for one import."""

    def __init__(  # the parts of one import
        self,
        session: Session,
        practice: Practice,
        import_id: int,
        knowledge: Knowledge,
        rows: RowBuffer,
        skipped_keys: frozenset[str],
        now: datetime,
    ) -> None:
        self._practice, self._import_id, self._knowledge, self._ids = practice, import_id, knowledge, rows.ids
        self._skipped_keys, self._now = skipped_keys, now
        self._next_number = practice.next_denial_number
        self._profiles: Mapping[int, PayerProfile] = {
            profile.payer_id: profile
            for profile in session.scalars(select(PayerProfile).where(PayerProfile.practice_id == practice.id))
        }
        self._clocks: dict[tuple[int, date, str, str, date | None], Clock | None] = {}
        self._hands: dict[int, DenialInHand] = {}
        self._denials, self._answers = rows.table(Denial, _DENIAL), rows.table(DenialAnswer, _ANSWER)
        self.result = TriageResult()
        self.transaction_key = ""

    def answer(  # one claim payment with all that belongs to it
        self,
        claim: KnownClaim,
        paid: ClaimPayment,
        payment_id: int,
        payer: Payer,
        paid_on: date,
        lines: Sequence[AnsweredLine],
        whole: ClassifiedLine | None,
    ) -> None:
        """Open or continue the denials that one claim payment is about."""
        if claim.denial is not None and lines:
            self._answer_whole_by_lines(claim, claim.denial, paid, payment_id, payer, paid_on, lines)
        else:
            for answered in lines:
                self._answer_line(claim, paid, payment_id, payer, paid_on, answered)
        if whole is not None and not lines:
            self._answer_claim(claim, paid, payment_id, payer, paid_on, whole)

    def _answer_line(
        self,
        claim: KnownClaim,
        paid: ClaimPayment,
        payment_id: int,
        payer: Payer,
        paid_on: date,
        answered: AnsweredLine,
    ) -> None:
        line, service, classified = answered.line, answered.service, answered.classified
        kind = next_kind(classified.line_class, service.paid_cents, line.denial.standing if line.denial else None)
        if kind is AnswerKind.FIRST:
            subject = _Subject(line.id, line.code, line.service_date, service.charge_cents, answered.place)
            line.denial = self._open(claim, paid, payer, paid_on, classified, service.remarks + paid.remarks, subject)
        if line.denial is not None and kind is not None:
            self._attach(line.denial, kind, service.paid_cents, paid_on, payment_id, answered.service_payment_id)
            self._restart_clock(line.denial, payer, paid_on, line.service_date, classified)

    def _answer_whole_by_lines(  # one claim payment with all that belongs to it
        self,
        claim: KnownClaim,
        denial: DenialInHand,
        paid: ClaimPayment,
        payment_id: int,
        payer: Payer,
        paid_on: date,
        lines: Sequence[AnsweredLine],
    ) -> None:
        """A claim denied as a whole and then answered line by line stays one denial: no dollar counts twice."""
        still_denied = any(answered.classified.line_class.opens_denial for answered in lines)
        line_class = LineClass.REVERSAL if paid.is_reversal else LineClass.DENIED if still_denied else LineClass.PAID
        kind = next_kind(line_class, paid.paid_cents, denial.standing)
        if kind is not None:
            self._attach(denial, kind, paid.paid_cents, paid_on, payment_id, None)
            self._restart_clock(denial, payer, paid_on, claim.service_from, lines[0].classified)

    def _answer_claim(
        self,
        claim: KnownClaim,
        paid: ClaimPayment,
        payment_id: int,
        payer: Payer,
        paid_on: date,
        whole: ClassifiedLine,
    ) -> None:
        """An answer without lines: about the claim as a whole, or about each denial its lines already have."""
        line_class = whole.line_class
        existing = claim.denials()
        if not existing:
            if line_class.opens_denial:
                subject = _Subject(None, "", claim.service_from, paid.charge_cents, -1)
                claim.denial = self._open(claim, paid, payer, paid_on, whole, paid.remarks, subject)
                if claim.denial is not None:
                    self._attach(claim.denial, AnswerKind.FIRST, paid.paid_cents, paid_on, payment_id, None)
            return
        share = paid.paid_cents // len(existing)
        for place, denial in enumerate(existing):
            cents = paid.paid_cents - share * (len(existing) - 1) if place == 0 else share
            kind = next_kind(line_class, cents, denial.standing)
            if kind is not None:
                self._attach(denial, kind, cents, paid_on, payment_id, None)
                self._restart_clock(denial, payer, paid_on, claim.service_from, whole)

    def _open(
        self,
        claim: KnownClaim,
        paid: ClaimPayment,
        payer: Payer,
        paid_on: date,
        classified: ClassifiedLine,
        remarks: tuple[str, ...],
        subject: "_Subject",
    ) -> DenialInHand | None:
        key = f"{self.transaction_key}.{paid.segment}.{subject.place}"
        if key in self._skipped_keys:
            self.result.skipped += 1
            return None
        reason, amount_cents = _at_stake(classified, subject)
        denial_id = next(self._ids)
        number, self._next_number = self._next_number, self._next_number + 1
        due = self._clock(payer, paid_on, subject.service_date, classified)
        hand = DenialInHand(denial_id, [])
        unique = tuple(dict.fromkeys(remarks))
        hand.values = {
            "practice_id": self._practice.id, "id": denial_id, "public_id": new_public_id(), "number": number,
            "claim_id": claim.id, "claim_line_id": subject.line_id, "patient_id": claim.patient_id,
            "payer_id": payer.id, "import_id": self._import_id, "code": subject.code[:20],
            "service_date": subject.service_date, "group_code": reason.group[:2],
            "carc": reason.carc[:5], "remarks": " ".join(unique)[:120],
            "denial_class": str(classified.line_class), "amount_cents": amount_cents,
            "billed_cents": subject.charge_cents, "denied_on": paid_on, "status": "new", "clock": "file_by",
            "clock_rule": due.rule.id if due else "", "notice_on": paid_on, "extension_days": 0,
            "file_by_safe": due.safe if due else None, "file_by_legal": due.legal if due else None,
            "root_cause": "", "strength": "", "path": "", "diagnosed_with": "",
            "source": "835", "created_at": self._now, "version": 1,
        }  # fmt: skip
        self._hands[denial_id] = hand
        opened = OpenedDenial(
            key, claim, paid, subject.code, reason, unique, amount_cents,
            due.safe if due else None, denial_id, paid_on, None if subject.line_id is None else subject.place + 1,
        )  # fmt: skip
        self.result.opened.append(opened)
        return hand

    def _attach(
        self,
        denial: DenialInHand,
        kind: AnswerKind,
        cents: int,
        answered_on: date,
        payment_id: int,
        service_payment_id: int | None,
    ) -> None:
        denial.answers.append(Answer(kind, cents))
        denial.new_answers.append((kind, cents, answered_on, payment_id, service_payment_id))
        if denial.stored is not None:
            self._hands[denial.id] = denial
            self.result.updated.add(denial.id)
            if kind in {AnswerKind.PAYMENT, AnswerKind.TAKE_BACK}:
                self.result.moves.append(Move(denial.stored.number, cents))

    def _restart_clock(
        self,
        denial: DenialInHand,
        payer: Payer,
        paid_on: date,
        service_date: date | None,
        classified: ClassifiedLine,
    ) -> None:
        if not begins_anew(denial.answers):
            return
        due = self._clock(payer, paid_on, service_date, classified)
        denial.values.update(
            clock="file_by",
            clock_rule=due.rule.id if due else "",
            notice_on=paid_on,
            received_on=None,
            extension_days=0,
            file_by_safe=due.safe if due else None,
            file_by_legal=due.legal if due else None,
        )

    def _clock(
        self, payer: Payer, paid_on: date, service_date: date | None, classified: ClassifiedLine
    ) -> Clock | None:
        barred = classified.appeal_barred_by or ""
        carc = classified.primary.carc if classified.primary is not None else ""
        place = (payer.id, paid_on, barred, carc, service_date)
        if place not in self._clocks:
            start = Start(payer.kind, paid_on, service_date, barred, carc)
            self._clocks[place] = file_by(self._knowledge, start, self._profiles.get(payer.id))
        return self._clocks[place]

    def denied_claim_ids(self) -> set[int]:
        """Return the claims whose denials this import opened or continued and that are still open."""
        open_hands = [hand for hand in self._hands.values() if hand.standing.is_open]
        return {hand.stored.claim_id if hand.stored else hand.values["claim_id"] for hand in open_hands}

    def finish(self) -> None:
        """Ask for the rows of all denials opened and changed; call once, at the end of the file."""
        for hand in self._hands.values():
            self._add_answers(hand)
            on = hand.new_answers[-1][2]
            if hand.stored is None:
                due = {"status": "new", "due_on": hand.values["file_by_safe"]}
                values = hand.values | due | _statuses(hand.standing, on)
                self._denials.append(tuple(values[name] for name in _DENIAL))
            else:
                self._change(hand.stored, hand.values | _statuses(hand.standing, on))
        self._practice.next_denial_number = self._next_number

    def _add_answers(self, hand: DenialInHand) -> None:
        for kind, cents, answered_on, payment_id, service_payment_id in hand.new_answers:
            row_id = next(self._ids)
            values_row = (
                self._practice.id, row_id, hand.id, payment_id, service_payment_id, str(kind), answered_on, cents,
                hand.stored.status if hand.stored else "",
            )  # fmt: skip
            self._answers.append(values_row)

    @staticmethod
    def _change(stored: Denial, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            setattr(stored, name, value)


class _Subject(NamedTuple):
    """What a denial is about: a line, or (``line_id`` None) the whole claim."""

    line_id: int | None
    code: str
    service_date: date | None
    charge_cents: int
    place: int


def _at_stake(classified: ClassifiedLine, subject: _Subject) -> tuple[Adjustment, int]:
    """Return the reason and the amount of a denial.

    A line that was not paid and carries no reason at all is shown too (x12.md D7): then its charge is at stake.
    """
    if classified.primary is None:
        return Adjustment("", "", subject.charge_cents), classified.denied_cents or subject.charge_cents
    return classified.primary, classified.denied_cents
