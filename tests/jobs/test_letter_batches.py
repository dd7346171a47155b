"""Letters of many denials, drafted and signed as jobs."""

import pytest

from tests import build
from tests.proofs.letters_killed import make_ready_denial
from tracker.config import Settings
from tracker.db import transaction
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.letters.facts import SignerFacts
from tracker.models import AppealDenial, Denial, Job, Letter, Practice
from tracker.services.letter_batches import Confirmed, ask_for_drafts, ask_for_packets

LETTERS = 4


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
