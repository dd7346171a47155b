"""Receipts of claims sent: a 277CA finds its claims by our claim number, a 999 by the file they were sent in.

A receipt becomes a sending with its proof, so that the day a payer took a claim in is on record when it matters
(timely filing). A 999 only says that a file could be read: it never proves that a payer accepted a claim.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.receipt import Arrival, ClaimReceipt, FileReceipt, Receipts, batch_key
from tracker.domain.remittance import Problem
from tracker.importers.x277ca import read_277ca
from tracker.importers.x999 import read_999
from tracker.models import Claim, Submission
from tracker.services.import_rows import RowBuffer
from tracker.services.known_claims import chunks, control_key
from tracker.services.storing_835 import Counted

READERS: Mapping[str, Callable[[bytes], Iterator[Receipts]]] = {"277CA": read_277ca, "999": read_999}

_COLUMNS = ("practice_id", "id", "claim_id", "import_id", "sent_on", "receipt", "proof", "batch")
_ANSWERED_WITHIN = timedelta(days=30)  # control numbers come again after a while; a 999 answers within days
_OF_CLAIM = {
    Arrival.ACCEPTED: "Accepted by the payer",
    Arrival.REJECTED: "Rejected on arrival",
    Arrival.NOTED: "Received or forwarded, not decided",
}
_OF_FILE = {
    Arrival.ACCEPTED: "The file could be read",
    Arrival.REJECTED: "The file was rejected",
    Arrival.NOTED: "Part of the file could be read",
}


class _Sending(NamedTuple):
    claim_id: int
    sent_on: date


def store_receipts(  # one import with all that decides it
    session: Session,
    practice_id: int,
    import_id: int,
    found: Iterable[Receipts],
    rows: RowBuffer,
    counted: Counted,
    problems: list[Problem],
) -> None:
    """Ask for a sending with its proof for each receipt that names a claim of the practice.

    Receipts already on record add nothing; those that name no claim are listed as problems.
    """
    table = rows.table(Submission, _COLUMNS)
    for receipts in found:
        problems += receipts.problems
        counted.transactions += 1
        proofs = [
            *_of_claims(session, practice_id, receipts.claims, problems),
            *_of_files(session, practice_id, receipts.files, problems),
        ]
        known = _on_record(session, practice_id, receipts.kind, {sending.claim_id for sending, _ in proofs})
        for sending, proof in proofs:
            if (sending.claim_id, proof) in known:
                counted.duplicates += 1
                continue
            known.add((sending.claim_id, proof))
            row = (practice_id, next(rows.ids), sending.claim_id, import_id, sending.sent_on, receipts.kind, proof, "")
            table.append(row)
            counted.claims += 1
        rows.flush(session)


def _of_claims(
    session: Session, practice_id: int, receipts: Iterable[ClaimReceipt], problems: list[Problem]
) -> Iterator[tuple[_Sending, str]]:
    for part in chunks(receipts):
        claims = _claims(session, practice_id, {control_key(receipt.control_number) for receipt in part})
        for receipt in part:
            claim = _claim_of(receipt, claims.get(control_key(receipt.control_number), []))
            if claim is None:
                why = f"No claim {receipt.control_number} is on file, so this receipt belongs to nothing here."
                problems.append(Problem(f"Segment {receipt.segment} (HL)", why))
                continue
            sent_on = claim.submitted_on or receipt.day or claim.service_from
            if sent_on is None:
                problems.append(Problem(f"Segment {receipt.segment} (HL)", "Neither it nor the claim has a date."))
                continue
            yield _Sending(claim.id, sent_on), _words_of(receipt)


def _words_of(receipt: ClaimReceipt) -> str:
    on = f" on {receipt.day.isoformat()}" if receipt.day else ""
    number = f", payer claim number {receipt.payer_claim_number}" if receipt.payer_claim_number else ""
    return f"{_OF_CLAIM[receipt.arrival]}{on} ({', '.join(receipt.codes)}){number}"[:300]


def _claims(session: Session, practice_id: int, keys: Iterable[str]) -> dict[str, list[Claim]]:
    query = select(Claim).where(Claim.practice_id == practice_id, Claim.control_key.in_(keys)).order_by(Claim.id)
    found: dict[str, list[Claim]] = {}
    for claim in session.scalars(query):
        found.setdefault(claim.control_key, []).append(claim)
    return found


def _claim_of(receipt: ClaimReceipt, claims: list[Claim]) -> Claim | None:
    """Return the claim a receipt means: of several with its number the last one with its charge, else the last one."""
    same_charge = [claim for claim in claims if claim.charge_cents == receipt.charge_cents]
    return next(reversed(same_charge or claims), None)


def _of_files(
    session: Session, practice_id: int, receipts: Iterable[FileReceipt], problems: list[Problem]
) -> Iterator[tuple[_Sending, str]]:
    for receipt in receipts:
        sendings = _sent_in(session, practice_id, receipt)
        if not sendings:
            why = f"No 837P with the numbers {receipt.group_control} and {receipt.transaction_control} is on file."
            problems.append(Problem(f"Segment {receipt.segment} (AK2)", f"{why} Import the 837P first."))
        on = f" on {receipt.day.isoformat()}" if receipt.day else ""
        for sending in sendings:
            yield sending, f"{_OF_FILE[receipt.arrival]}{on}"


def _sent_in(session: Session, practice_id: int, receipt: FileReceipt) -> list[_Sending]:
    """Return the claims of the file a 999 answers: of several with its numbers, the one sent last before it."""
    key = batch_key(receipt.group_control, receipt.transaction_control)
    if not key:
        return []
    query = select(Submission.claim_id, Submission.sent_on, Submission.import_id).where(
        Submission.practice_id == practice_id, Submission.batch == key
    )
    if receipt.day is not None:
        query = query.where(Submission.sent_on.between(receipt.day - _ANSWERED_WITHIN, receipt.day + timedelta(days=1)))
    rows = session.execute(query.order_by(Submission.sent_on.desc(), Submission.id.desc())).all()
    return [_Sending(row.claim_id, row.sent_on) for row in rows if row.import_id == rows[0].import_id]


def practices_answered(session: Session, data: bytes) -> list[int]:
    """Return the ids of the practices whose files a 999 answers."""
    keys = {batch_key(each.group_control, each.transaction_control) for found in read_999(data) for each in found.files}
    query = select(Submission.practice_id).where(Submission.batch.in_(keys - {""})).distinct()
    return sorted(session.scalars(query))


def _on_record(session: Session, practice_id: int, kind: str, claim_ids: Iterable[int]) -> set[tuple[int, str]]:
    known: set[tuple[int, str]] = set()
    for part in chunks(claim_ids):
        query = select(Submission.claim_id, Submission.proof).where(
            Submission.practice_id == practice_id, Submission.receipt == kind, Submission.claim_id.in_(part)
        )
        known |= {(row.claim_id, row.proof) for row in session.execute(query)}
    return known
