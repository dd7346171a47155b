"""How fast claims with denials are diagnosed: cases loaded, checked, findings and suggestions saved, half of them with notes."""

import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import build
from tests.databases import MASTER
from tests.diagnosis.labelled import cases_in
from tracker.db import SessionMaker, make_engine, transaction
from tracker.db_upgrade import upgrade
from tracker.demo.volume import make_835
from tracker.diagnosis import diagnose
from tracker.garbage import collect_less_often
from tracker.knowledge import load
from tracker.models import Claim, Denial, Patient, Practice
from tracker.services.cases import cases_from_rows
from tracker.services.diagnosing import diagnose_claims
from tracker.services.importing import import_now
from tracker.services.linking import link_claims
from tracker.services.notes import NewNote, add_note

CLAIMS = 5_000
_TODAY = date(2026, 11, 23)


def _add_notes(session: Session) -> None:
    """Give every second claim a note, each of the labelled cases' visit notes in turn."""
    texts = [note.text for folder in ("blind", "clean") for case in cases_in(folder) for note in case.notes]
    rows = session.execute(select(Claim, Patient).join(Patient, Patient.id == Claim.patient_id)).all()
    for number, (claim, patient) in enumerate(rows[::2]):
        if claim.service_from is not None:
            text = f"{texts[number % len(texts)]}\nClaim {claim.id}"
            add_note(session, patient, NewNote(text, claim.service_from), build.NOW, None)


def run() -> list[tuple[str, str]]:
    """Return the figures as (label, figure)."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> list[tuple[str, str]]:
    engine = make_engine(f"sqlite:///{folder}/diagnosing.db", MASTER)
    upgrade(engine)
    sessions, knowledge = SessionMaker(engine), load()
    collect_less_often()  # as the server and the worker do
    with transaction(sessions.system()) as session:
        session.add(Practice(name="Volume PT"))
    with transaction(sessions.system()) as session:
        practice = session.query(Practice).one()
        import_now(session, practice, "volume.835", make_835(CLAIMS, seed=7), datetime.now(UTC), knowledge)
    with transaction(sessions.system()) as session:
        _add_notes(session)
    with transaction(sessions.system()) as session:
        claim_ids = list(session.scalars(select(Denial.claim_id).distinct()))
        started = time.process_time()
        link_claims(session, practice.id, claim_ids)
        linked = time.process_time()
        diagnose_claims(session, practice.id, claim_ids, knowledge, _TODAY)
        session.flush()
        done = time.process_time()
        cases = cases_from_rows(session, practice.id, claim_ids, _TODAY)
        loaded = time.process_time()
        lines = sum(len(diagnose(case, knowledge)) for case in cases.values())
        checked = time.process_time()
    engine.dispose()
    return [
        ("Diagnosing adjusted lines, loading and saving included, one core", f"{lines / (done - linked):,.0f} lines/s"),
        ("  of which building cases", f"{lines / (loaded - done):,.0f} lines/s"),
        ("  of which checking alone", f"{lines / (checked - loaded):,.0f} lines/s"),
        ("Linking claims to notes", f"{len(claim_ids) / (linked - started):,.0f} claims/s"),
    ]
