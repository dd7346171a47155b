"""Storing claims as billed: new ones become rows, those known from a remittance get what only the 837P tells."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.claim import DISCIPLINE_OF_TAXONOMY, BilledClaim, BilledLine, ClaimBatch
from tracker.domain.receipt import batch_key
from tracker.models import Claim, ClaimLine, Patient, Submission
from tracker.services.import_rows import RowBuffer
from tracker.services.known_claims import KnownClaim, KnownClaims, KnownLine, chunks, control_key
from tracker.services.patient_keys import told_of
from tracker.services.payers import PayerDirectory
from tracker.services.storing_835 import ClaimFacts, ClaimRows, Counted, People, as_written

_SUBMISSION = ("practice_id", "id", "claim_id", "import_id", "sent_on", "receipt", "proof", "batch")


class ClaimStore:
    """Turns the claims of one 837P into rows, in the order of the file."""

    def __init__(self, session: Session, practice_id: int, import_id: int, rows: RowBuffer, counted: Counted) -> None:
        self._session, self._practice_id, self._import_id = session, practice_id, import_id
        self._rows, self._ids, self.counted = rows, rows.ids, counted
        self._known = KnownClaims(session, practice_id)
        self._people = People(session, practice_id, rows, self._known)
        self._payers = PayerDirectory(session, practice_id)
        self._claim_rows = ClaimRows(practice_id, import_id, rows)
        self._submissions = rows.table(Submission, _SUBMISSION)
        self._sent: set[tuple[int, date]] = set()

    def store(self, batch: ClaimBatch, sent_on: date) -> None:
        """Ask for the rows of all claims of one batch."""
        self._known.load(control_key(claim.control_number) for claim in batch.claims)
        self._known.load_patients(told_of(claim.patient) for claim in batch.claims)
        self._load_sent(batch.claims)
        key = batch_key(batch.group_control, batch.control_number)
        stored = sum(self._store_claim(claim, claim.submitted_on or sent_on, key) for claim in batch.claims)
        self.counted.transactions += 1 if stored or not batch.claims else 0
        self.counted.duplicates += len(batch.claims) - stored

    def _load_sent(self, claims: Sequence[BilledClaim]) -> None:
        ids = {known.id for claim in claims for known in self._known.by_key(control_key(claim.control_number))}
        for part in chunks(ids):
            query = select(Submission.claim_id, Submission.sent_on).where(
                Submission.practice_id == self._practice_id, Submission.claim_id.in_(part), Submission.receipt == ""
            )
            self._sent |= {(row.claim_id, row.sent_on) for row in self._session.execute(query)}

    def _store_claim(self, billed: BilledClaim, sent_on: date, batch: str) -> bool:
        """Store one claim; return False when this very sending is known already."""
        payer = self._payers.find_or_make(billed.payer_name, billed.payer_id, "", billed.filing_code)
        claim = self._find(billed, payer.id)
        if claim is not None and (claim.id, sent_on) in self._sent:
            return False
        if claim is None:
            claim = self._make(billed, payer.id, sent_on)
        else:
            self._enrich(claim, billed, payer.id, sent_on)
        self._sent.add((claim.id, sent_on))
        row_id = next(self._ids)
        self._submissions.append((self._practice_id, row_id, claim.id, self._import_id, sent_on, "", "", batch))
        self.counted.claims += 1
        self.counted.lines += len(billed.lines)
        return True

    def _find(self, billed: BilledClaim, payer_id: int) -> KnownClaim | None:
        found = self._known.by_key(control_key(billed.control_number))
        day = first_billed_day(billed)
        agreeing = [c for c in found if c.service_from == day] or [c for c in found if c.payer_id == payer_id]
        candidates = agreeing or list(found)
        return candidates[-1] if candidates else None

    def _facts(self, billed: BilledClaim, sent_on: date) -> ClaimFacts:
        rendering, referring = billed.rendering, billed.referring
        taxonomy = rendering.taxonomy if rendering else ""
        provider = (
            self._people.provider(rendering.npi, rendering.name, taxonomy, DISCIPLINE_OF_TAXONOMY.get(taxonomy[:4], ""))
            if rendering
            else None
        )
        days = [line.service_to or line.service_from for line in billed.lines if line.service_to or line.service_from]
        return ClaimFacts(
            rendering_provider_id=provider,
            control_number=billed.control_number[:80],
            place_of_service=billed.place_of_service[:4],
            frequency_code=billed.frequency_code[:1] or "1",
            original_reference=billed.original_reference[:80],
            prior_authorization=billed.prior_authorization[:80],
            filing_code=billed.filing_code[:4],
            diagnoses=" ".join(billed.diagnoses)[:200],
            referring_name=as_written(referring.name if referring else "")[:120],
            referring_npi=(referring.npi if referring else "")[:10],
            submitted_on=sent_on,
            service_to=max((day for day in days if day), default=first_billed_day(billed)),
        )

    def _make(self, billed: BilledClaim, payer_id: int, sent_on: date) -> KnownClaim:
        claim_id = next(self._ids)
        claim = KnownClaim(
            claim_id, payer_id, self._people.patient(billed.patient), billed.charge_cents, "",
            first_billed_day(billed), "837",
        )  # fmt: skip
        self._claim_rows.claim(claim, self._facts(billed, sent_on))
        self.counted.made_claim_ids.append(claim_id)
        self._known.remember(claim, control_key(billed.control_number))
        for line in billed.lines:
            self._add_line(claim, line)
        return claim

    def _add_line(self, claim: KnownClaim, billed: BilledLine) -> None:
        line_id = next(self._ids)
        number = max(billed.line, claim.next_line())
        known = KnownLine(
            line_id, number, billed.code, " ".join(billed.modifiers), billed.charge_cents, billed.units,
            billed.service_from, billed.control_number, answered=False,
        )  # fmt: skip
        claim.lines.append(known)
        self._claim_rows.line(claim, known, _words(billed.diagnosis_pointers), billed.service_to, None)

    def _enrich(self, claim: KnownClaim, billed: BilledClaim, payer_id: int, sent_on: date) -> None:
        """The 837P knows more than the remittance did: facts, lines and the patient's birth date are completed."""
        facts: dict[str, Any] = self._facts(billed, sent_on)._asdict()
        if claim.source == "837":
            facts = {name: facts[name] for name in ("submitted_on", "frequency_code", "original_reference")}
        else:
            facts |= {"source": "837", "payer_id": payer_id, "service_from": first_billed_day(billed)}
        self._rows.change(Claim, self._practice_id, claim.id, **facts)
        free = list(claim.lines)
        for line in billed.lines:
            same = next((known for known in free if _is_same(known, line)), None)
            if same is None:
                self._add_line(claim, line)
                continue
            free.remove(same)
            self._rows.change(
                ClaimLine, self._practice_id, same.id,
                units=line.units, modifiers=" ".join(line.modifiers)[:20],
                diagnosis_pointers=_words(line.diagnosis_pointers)[:20], control_number=line.control_number[:80],
            )  # fmt: skip
        if claim.source == "835":
            claim.source = "837"
            if billed.patient.birth_date:
                self._rows.change(
                    Patient, self._practice_id, claim.patient_id,
                    birth_date=billed.patient.birth_date, sex=billed.patient.sex[:1],
                )  # fmt: skip


def _is_same(known: KnownLine, billed: BilledLine) -> bool:
    if billed.control_number and known.control_number:
        return known.control_number == billed.control_number
    return (known.code, known.charge_cents) == (billed.code, billed.charge_cents)


def _words(numbers: Sequence[int]) -> str:
    return " ".join(str(number) for number in numbers)


def first_billed_day(billed: BilledClaim) -> date | None:
    """Return the first date of service of a claim."""
    return min((line.service_from for line in billed.lines if line.service_from), default=None)
