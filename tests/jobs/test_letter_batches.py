"""Letters of many denials: drafted and signed as jobs; a worker killed at any moment leaves each once and whole."""

import hashlib
import random
import time

import pypdfium2
import pytest
from sqlalchemy import select

from tests import build
from tests.jobs.test_crash import start_worker
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE
from tracker.config import Settings
from tracker.db import transaction
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.letters.facts import SignerFacts
from tracker.models import AppealDenial, Attachment, Claim, Denial, Job, Letter, Practice
from tracker.services.letter_batches import Confirmed, ask_for_drafts, ask_for_packets

LETTERS = 4
KILLS = 2


def make_ready_denial(session, practice) -> Denial:
    """A denial for missing records whose letter lacks nothing."""
    denial = make_denial(session, practice, carc="252", remarks=("N706",), note=NOTE)
    denial.path, denial.root_cause = "send_records", "doc_record_not_provided"
    provider = build.provider(session, practice, "Amara Okoro")
    claim = session.get_one(Claim, (practice.id, denial.claim_id))
    claim.rendering_provider_id, claim.referring_name, claim.referring_npi = provider.id, "A. Ruiz MD", "1234567893"
    session.flush()
    return denial


@pytest.fixture
def denials(sessions, cast) -> list[Denial]:
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        practice.address = "410 Alder Street, Springfield, IL 62701"
        return [make_ready_denial(session, practice) for _ in range(LETTERS)]


@pytest.fixture
def work(sessions, settings: Settings):
    worker = Worker(sessions, settings, TASKS)
    return lambda: worker.work_once(build.NOW)


def ask(sessions, cast, denials) -> Job:
    with transaction(sessions.system()) as session:
        return ask_for_drafts(session, denials, build.NOW, cast.alice.id)


def ask_to_sign(sessions, cast, drafts) -> Job:
    with transaction(sessions.system()) as session:
        confirmed = [Confirmed(letter.id, letter.version) for letter in session.query(Letter)]
        facts = SignerFacts("Dana Whitfield", "Biller", build.TODAY)
        return ask_for_packets(session, drafts, confirmed, facts, build.NOW, cast.alice.id)


def job(sessions, row: Job) -> Job:
    with sessions.system() as session:
        return session.get_one(Job, row.id)


def test_each_denial_gets_one_letter_and_asking_again_makes_no_second(sessions, cast, denials, work):
    first = ask(sessions, cast, denials)
    work()
    ask(sessions, cast, denials)
    work()
    with sessions.system() as session:
        assert session.query(Letter).count() == LETTERS
        assert {row.denial_id for row in session.query(AppealDenial)} == {denial.id for denial in denials}
    rows = job(sessions, first).result["rows"]
    assert [row["gaps"] for row in rows] == [0] * LETTERS


def test_a_denial_that_cannot_be_appealed_is_named_with_its_reason(sessions, cast, denials, work):
    with transaction(sessions.system()) as session:
        session.get_one(Denial, (cast.eastside.id, denials[0].id)).remarks = "MA130"
    asked = ask(sessions, cast, denials)
    work()
    refused = [row for row in job(sessions, asked).result["rows"] if "why" in row]
    assert [row["denial"] for row in refused] == [denials[0].number]
    assert "MA130 leaves no right to appeal" in refused[0]["why"]


def test_a_letter_with_a_gap_or_changed_since_is_not_signed(sessions, cast, denials, work):
    drafts = ask(sessions, cast, denials[:2])
    work()
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).address = ""
    asked = ask_to_sign(sessions, cast, drafts)
    with transaction(sessions.system()) as session:
        changed = session.query(Letter).first()
        changed.signer_title = "Owner"
    work()
    with sessions.system() as session:
        assert session.query(Letter).filter(Letter.signed_at.is_not(None)).count() == 0
    problems = job(sessions, asked).result["problems"]
    assert problems[str(changed.id)] == "It was changed after the list was confirmed"
    assert len(problems) == 2


def test_letters_killed_at_any_moment_end_as_distinct_complete_packets_each_once(sessions, cast, denials):
    url = sessions.engine.url.render_as_string(hide_password=False)
    moments = random.Random(5)
    drafts = ask(sessions, cast, denials)
    kill_and_finish(url, drafts.id, moments)
    kill_and_finish(url, ask_to_sign(sessions, cast, drafts).id, moments)
    with sessions.system() as session:
        letters = session.scalars(select(Letter)).all()
        packets = session.scalars(select(Attachment).where(Attachment.kind == "packet")).all()
    assert len(letters) == LETTERS
    assert {letter.packet_id for letter in letters} == {packet.id for packet in packets}
    assert len({packet.content_hash for packet in packets}) == LETTERS
    for packet in packets:
        assert hashlib.sha256(packet.content).hexdigest() == packet.content_hash
        with pypdfium2.PdfDocument(packet.content) as document:
            assert len(document) == packet.pages


def kill_and_finish(url: str, job_id: int, moments: random.Random) -> None:
    for _ in range(KILLS):
        process = start_worker(url, job_id)
        time.sleep(moments.uniform(1.0, 6.0))
        process.kill()
        process.wait()
    assert start_worker(url, job_id).wait(timeout=300) == 0
