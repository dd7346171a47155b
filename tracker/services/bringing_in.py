"""What follows from a stored file: notes find their claims, and every open denial is looked at for its cause."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.models import ImportFile
from tracker.services.diagnosing import diagnose_claims
from tracker.services.importing import store
from tracker.services.linking import link_claims
from tracker.services.storing import Report, Stored, no_report


def diagnose_stored(session: Session, practice_id: int, stored: Stored, knowledge: Knowledge, today: date) -> None:
    """Link the notes of the claims a file brought and diagnose the claims with open denials."""
    session.flush()
    link_claims(session, practice_id, stored.counted.made_claim_ids)
    diagnose_claims(session, practice_id, sorted(stored.denied_claim_ids), knowledge, today)


def store_and_diagnose(
    session: Session,
    row: ImportFile,
    now: datetime,
    today: date,
    knowledge: Knowledge,
    report: Report = no_report,
) -> Stored:
    """Store a staged file, link and diagnose, all in the caller's transaction."""
    stored = store(session, row, now, knowledge, report)
    report(stored.counted.claims, stored.counted.claims, "Looking for causes")
    diagnose_stored(session, row.practice_id, stored, knowledge, today)
    return stored
