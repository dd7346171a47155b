"""Storing one file whole: read, find what is known, make rows, triage.

A second import of the same file adds nothing: the hash of each remittance under its trace number and of each claim
tell what is known (x12.md rules 23, 24).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import require_practice
from tracker.domain.receipt import Receipts
from tracker.domain.remittance import Problem, Remittance
from tracker.importers import recognise
from tracker.importers.errors import ImportProblem
from tracker.importers.x835 import read_835
from tracker.importers.x837p import read_837p
from tracker.knowledge import Knowledge
from tracker.models import ClaimPayment, Practice
from tracker.models import Remittance as RemittanceRow
from tracker.services.import_rows import RowBuffer
from tracker.services.own_numbers import Numbers, numbers_of
from tracker.services.paid_appeals import record_payments
from tracker.services.receipts import READERS, store_receipts
from tracker.services.storing_835 import Counted, RemittanceStore, trace_key
from tracker.services.storing_837 import ClaimStore
from tracker.services.triage import Triage, TriageResult

Report = Callable[[int, int, str], None]
"""Told how far the work is: claims done, claims in all, what is being done."""

_MAX_PROBLEMS = 200


def no_report(_done: int, _total: int, _doing: str) -> None:
    """Report to nobody."""


@dataclass(slots=True)
class Stored:
    """What storing (or a dry run) made of a file; ``foreign`` counts parts left out because they are for others."""

    file_format: str
    counted: Counted = field(default_factory=Counted)
    triage: TriageResult = field(default_factory=TriageResult)
    problems: list[Problem] = field(default_factory=list)
    known_transactions: int = 0
    foreign: int = 0
    denied_claim_ids: set[int] = field(default_factory=set)

    @property
    def status(self) -> str:
        """imported, duplicate (nothing was new) or partly_duplicate."""
        repeated = self.known_transactions > 0 or self.counted.duplicates > 0
        if self.counted.claims == 0 and repeated:
            return "duplicate"
        return "partly_duplicate" if repeated else "imported"

    def as_result(self) -> dict[str, Any]:
        """Return the counts as kept with the import and printed by the command."""
        return {
            "status": self.status,
            "transactions": self.counted.transactions,
            "claims": self.counted.claims,
            "lines": self.counted.lines,
            "adjustments": self.counted.adjustments,
            "denials_opened": len(self.triage.opened),
            "denials_updated": len(self.triage.updated),
            "problems": [{"where": where, "why": why} for where, why in self.problems],
        }


def claims_in(data: bytes) -> int:
    """Guess the number of claims, for progress."""
    return data.count(b"CLP") or data.count(b"CLM")


@dataclass(frozen=True, slots=True)
class _Import:
    """The parts of one import at work."""

    session: Session
    practice: Practice
    import_id: int
    rows: RowBuffer
    stored: Stored
    report: Report
    own: Numbers | None

    def is_foreign(self, npi: str, tin: str) -> bool:
        """Whether a part is for other numbers than the practice's; it is counted then."""
        found = self.own is not None and not self.own.owns(npi, tin)
        self.stored.foreign += found
        return found


def read_and_store(  # noqa: PLR0913  # one import with all that decides it
    session: Session,
    practice: Practice,
    import_id: int,
    filename: str,
    data: bytes,
    knowledge: Knowledge,
    now: datetime,
    *,
    skipped_keys: frozenset[str] = frozenset(),
    only_own: bool = False,
    keep: bool = True,
    report: Report = no_report,
) -> Stored:
    """Read a file and store it for ``practice``; with ``keep=False`` write nothing and say what would be stored.

    ``skipped_keys`` are denials a person unticked. ``only_own`` leaves out what is for other numbers than the practice's.
    Raises ImportProblem when the file cannot be trusted; the caller rolls back.
    """
    require_practice(session, practice.id)
    file_format = recognise(data, filename)
    stored = Stored(file_format)
    own = numbers_of(session, practice) if only_own else None
    work = _Import(session, practice, import_id, RowBuffer(keep=keep), stored, report, own)
    if file_format == "835":
        _store_835(work, data, knowledge, now, skipped_keys)
    elif file_format == "837P":
        _store_837(work, data, now)
    elif file_format in READERS:
        found = (_own_receipts(work, each) for each in READERS[file_format](data))
        store_receipts(session, practice.id, import_id, found, work.rows, stored.counted, stored.problems)
    else:
        what = "Choose an 835, an 837P, a 277CA or a 999; others cannot be imported."
        raise ImportProblem("File", f"{filename} is a {file_format} file.", what)
    if keep and file_format == "835":
        session.flush()
        record_payments(session, practice.id, import_id, now)
    del stored.problems[_MAX_PROBLEMS:]
    return stored


def _own_receipts(work: _Import, receipts: Receipts) -> Receipts:
    """Return what a receipt says of the practice's own claims; what is wrong with others' is not told either."""
    own = tuple(claim for claim in receipts.claims if not work.is_foreign(claim.provider_npi, claim.provider_tin))
    return receipts if len(own) == len(receipts.claims) else replace(receipts, claims=own, problems=())


def _store_835(work: _Import, data: bytes, knowledge: Knowledge, now: datetime, skipped: frozenset[str]) -> None:
    stored, session = work.stored, work.session
    triage = Triage(session, work.practice, work.import_id, knowledge, work.rows, skipped, now)
    stored.triage = triage.result
    store = RemittanceStore(session, work.practice.id, work.import_id, knowledge, triage, work.rows, stored.counted)
    total, seen = claims_in(data), set[tuple[str, str]]()
    for remittance in read_835(data):
        if work.is_foreign(remittance.payee_npi, remittance.payee_tin):
            continue
        problems = list(remittance.problems)
        paid_on = _payment_date(remittance, now, problems)
        key = trace_key(remittance)
        already = _already_stored(work, remittance, key, seen, problems)
        stored.problems += problems
        if already is None:
            stored.known_transactions += 1
            continue
        seen.add((key, remittance.content_hash))
        triage.transaction_key = str(remittance.first_segment)
        store.store(remittance, paid_on, already, problems)
        work.rows.flush(session)
        work.report(stored.counted.claims, total, "Saving claims")
    triage.finish()
    stored.denied_claim_ids = triage.denied_claim_ids()
    work.rows.flush(session)


def _payment_date(remittance: Remittance, now: datetime, problems: list[Problem]) -> date:
    found = remittance.payment_date or remittance.production_date
    if found is None:
        problems.append(Problem("BPR16", "The payment has no date. Today's date stands in for it."))
        return now.date()
    return found


def _already_stored(
    work: _Import, remittance: Remittance, key: str, seen: set[tuple[str, str]], problems: list[Problem]
) -> frozenset[str] | None:
    """Return the content hashes of the claims stored before under the same trace number; None if all of it was.

    Payers do repeat a trace number with other content (RFI 1847), so that is said, and only the new claims are taken.
    """
    if (key, remittance.content_hash) in seen:
        return None
    if any(known == key for known, _ in seen):
        problems.append(_same_trace(remittance))
    query = select(RemittanceRow.id, RemittanceRow.content_hash).where(
        RemittanceRow.practice_id == work.practice.id, RemittanceRow.trace_key == key
    )
    rows = work.session.execute(query).all()
    if any(row.content_hash == remittance.content_hash for row in rows):
        return None
    if not rows:
        return frozenset()
    problems.append(_same_trace(remittance))
    hashes = select(ClaimPayment.content_hash).where(
        ClaimPayment.practice_id == work.practice.id, ClaimPayment.remittance_id.in_([row.id for row in rows])
    )
    return frozenset(work.session.scalars(hashes))


def _same_trace(remittance: Remittance) -> Problem:
    why = (
        f"Payment {remittance.trace_number} was imported before with other content. "
        "Only claims that were not in it are added. Ask the payer which one holds."
    )
    return Problem(f"Transaction {remittance.control_number}", why)


def _store_837(work: _Import, data: bytes, now: datetime) -> None:
    stored = work.stored
    store = ClaimStore(work.session, work.practice.id, work.import_id, work.rows, stored.counted)
    total = claims_in(data)
    for whole in read_837p(data):
        own = tuple(claim for claim in whole.claims if not work.is_foreign(claim.billing.npi, claim.billing_tin))
        if whole.claims and not own:
            continue
        batch = whole if len(own) == len(whole.claims) else replace(whole, claims=own, problems=())
        stored.problems += batch.problems
        store.store(batch, batch.submitted_on or now.date())
        work.rows.flush(work.session)
        work.report(stored.counted.claims, total, "Saving claims")
