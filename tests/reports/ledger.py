"""A small ledger of invented lines and denials for the figures."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.models import (
    Appeal,
    AppealDenial,
    Claim,
    ClaimLine,
    Denial,
    ImportFile,
    Outcome,
    Patient,
    Payer,
    Practice,
)

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


class Ledger:
    """One practice with one claim, on which lines, denials and appeals are written."""

    def __init__(self, session: Session, name: str) -> None:
        self.session = session
        self.practice = Practice(name=name)
        session.add(self.practice)
        session.flush()
        self.patient = Patient(practice_id=self.practice.id, last_name="Quill", match_key=f"quill-{name}", name_key="")
        session.add(self.patient)
        session.flush()
        self.numbers = 0

    def claim(self, payer: Payer) -> Claim:
        claim = Claim(
            practice_id=self.practice.id, payer_id=payer.id, patient_id=self.patient.id, source="835",
            control_number="A1", control_key="A1", charge_cents=10_000,
        )  # fmt: skip
        self.session.add(claim)
        self.session.flush()
        return claim

    def line(self, payer: Payer, answered: date | None, claim: Claim | None = None) -> ClaimLine:
        self.numbers += 1
        line = ClaimLine(
            practice_id=self.practice.id, claim_id=(claim or self.claim(payer)).id, payer_id=payer.id,
            line=self.numbers, code="97110", units=2.0, charge_cents=10_000, first_remit_on=answered,
        )  # fmt: skip
        self.session.add(line)
        self.session.flush()
        return line

    def lines(self, payer: Payer, answered: date, count: int) -> None:
        claim = self.claim(payer)
        for _ in range(count):
            self.line(payer, answered, claim)

    def denial(
        self, payer: Payer, denied_on: date, cents: int = 10_000, *, line: ClaimLine | None = None, **values: Any
    ) -> Denial:
        self.numbers += 1
        claim_id = line.claim_id if line else self.claim(payer).id
        facts: dict[str, Any] = {
            "number": self.numbers, "claim_id": claim_id, "claim_line_id": line.id if line else None,
            "patient_id": self.patient.id, "payer_id": payer.id, "group_code": "CO", "carc": "50",
            "denial_class": "denied", "amount_cents": cents, "billed_cents": cents, "denied_on": denied_on,
            "created_at": NOW,
        }  # fmt: skip
        denial = Denial(practice_id=self.practice.id, **facts | values)
        self.session.add(denial)
        self.session.flush()
        return denial

    def denied_line(self, payer: Payer, on: date, cents: int = 10_000, **values: Any) -> Denial:
        return self.denial(payer, on, cents, line=self.line(payer, on), **values)

    def appeal(self, denials: list[Denial], sent_on: date | None, *results: tuple[str, date]) -> Appeal:
        self.numbers += 1
        appeal = Appeal(
            practice_id=self.practice.id, number=self.numbers, patient_id=denials[0].patient_id,
            payer_id=denials[0].payer_id, status="decided" if results else "sent", opened_at=NOW, sent_on=sent_on,
        )  # fmt: skip
        self.session.add(appeal)
        self.session.flush()
        for place, denial in enumerate(denials):
            key = {"practice_id": self.practice.id, "appeal_id": appeal.id, "denial_id": denial.id}
            self.session.add(AppealDenial(**key))
            if place < len(results):
                result, on = results[place]
                self.session.add(Outcome(**key, result=result, decided_on=on, recorded_at=NOW))
        self.session.flush()
        return appeal

    def imported(self, at: datetime, **values: Any) -> None:
        facts = {"file_format": "835", "state": "stored"} | values
        self.session.add(
            ImportFile(
                practice_id=self.practice.id,
                batch="b",
                filename="a.835",
                content_hash="h",
                size=1,
                created_at=at,
                stored_at=at,
                **facts,
            )
        )
        self.session.flush()


def payer(session: Session, name: str) -> Payer:
    made = Payer(name=name)
    session.add(made)
    session.flush()
    return made
