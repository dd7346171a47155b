"""Choosing many denials, drafting their letters, and signing them in one step."""

import io
import zipfile

import pytest
from sqlalchemy import select

from tests import build
from tests.forms import fields_of, send
from tests.letters.reading import page_texts
from tests.proofs.letters_killed import make_ready_denial
from tracker.db import transaction
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.models import Appeal, Attachment, Event, Job, Letter, Patient, PayerProfile, Practice


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def denials(sessions, cast):
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        practice.address = "410 Alder Street, Springfield, IL 62701"
        return [make_ready_denial(session, practice) for _ in range(2)]


@pytest.fixture
def work(sessions, settings):
    worker = Worker(sessions, settings, TASKS)
    return lambda: worker.work_once(build.NOW)


@pytest.fixture
def batch(alice, denials, work):
    """The address of the list of two drafted letters."""
    chosen = [denial.public_id for denial in denials]
    token = build.csrf_token(alice.get("/queue"))
    answer = alice.post("/queue/draft-appeals", data={"csrf_token": token, "denial": chosen})
    work()
    return alice.get(answer.location).location


def letters(sessions) -> list[Letter]:
    with sessions.system() as session:
        return session.query(Letter).all()


def test_the_ticked_letters_are_signed_in_the_signers_name(alice, batch, work, sessions, denials):
    page = alice.get(batch).text
    assert "2 letters drafted" in page
    assert "By signing you say the facts in each ticked letter match its attached records." in page
    answer = send(alice, batch, f"{batch}/sign", name="Dana Whitfield", title="Owner")
    work()
    done = alice.get(alice.get(answer.location).location).text
    assert "2 of 2 letters signed" in done
    assert {(row.signer_name, row.signer_title) for row in letters(sessions)} == {("Dana Whitfield", "Owner")}
    assert all(row.packet_id for row in letters(sessions))


@pytest.fixture
def signed(alice, batch, work):
    """The address of the list of two signed letters."""
    answer = send(alice, batch, f"{batch}/sign", name="Dana Whitfield", title="Owner")
    work()
    return alice.get(answer.location).location


def unpacked(client, address) -> dict[str, bytes]:
    answer = client.get(f"{address}/packets.zip")
    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_all_packets_come_in_one_zip_whose_names_and_list_name_no_patient(alice, signed, sessions):
    assert f"{signed}/packets.zip" in alice.get(signed).text
    files = unpacked(alice, signed)
    contents = files.pop("contents.csv").decode("utf-8-sig")
    with sessions.system() as session:
        for packet in session.query(Attachment).filter_by(kind="packet"):
            number = session.get_one(Appeal, (packet.practice_id, packet.appeal_id)).number
            assert files[f"appeal-A-{number}.pdf"] == packet.content
            assert packet.content_hash in contents
        names = {name for row in session.query(Patient) for name in (row.first_name, row.last_name)}
    assert not any(name in contents or name in " ".join(files) for name in names)
    assert len(files) == 2


def test_the_download_of_all_packets_is_logged(alice, signed, sessions):
    unpacked(alice, signed)
    with sessions.system() as session:
        [event] = session.scalars(select(Event).where(Event.kind == "exported"))
    assert event.details == {"what": "packets of a batch", "rows": 2, "reason": "work"}


def test_a_payer_that_takes_less_in_one_file_gets_parts(alice, signed, sessions):
    with transaction(sessions.system()) as session:
        narrow, _ = session.scalars(select(Appeal).order_by(Appeal.number))
        session.add(
            PayerProfile(practice_id=narrow.practice_id, payer_id=narrow.payer_id, packet_file_pages=2, packet_files=2)
        )
    files = unpacked(alice, signed)
    parts = {name: content for name, content in files.items() if name.startswith(f"appeal-A-{narrow.number}-part-")}
    assert len(parts) == len(files) - 2  # the other packet is whole, and there is the list
    assert all(len(page_texts(part)) <= 2 for part in parts.values())
    assert "and this payer takes 2" in files["contents.csv"].decode("utf-8-sig")


def test_a_batch_that_is_not_signed_has_nothing_to_download(alice, batch):
    assert alice.get(f"{batch}/packets.zip").status_code == 404


def test_nothing_is_signed_until_somebody_confirms(alice, batch, sessions):
    assert [row.signed_at for row in letters(sessions)] == [None, None]


def test_without_a_ticked_letter_or_a_name_nothing_is_asked(alice, batch, sessions):
    for changes, words in (({"letter": None}, "Tick at least one letter to sign"), ({"name": ""}, "Enter the signer")):
        answer = send(alice, batch, f"{batch}/sign", **changes)
        assert answer.status_code == 422
        assert words in answer.text
    with sessions.system() as session:
        assert session.query(Job).filter(Job.kind == "letters.sign").count() == 0


def test_a_letter_of_another_batch_cannot_be_slipped_in(alice, batch):
    assert send(alice, batch, f"{batch}/sign", letter="12345:1").status_code == 422


def test_another_practice_sees_nothing_of_a_batch(signed_in, cast, batch, signed):
    stranger = signed_in(cast.charlie)
    assert stranger.get(batch).status_code == 404
    assert stranger.get(f"{signed}/packets.zip").status_code == 404
    token = build.csrf_token(stranger.get("/queue"))
    assert stranger.post(f"{batch}/sign", data={"csrf_token": token, "name": "X"}).status_code == 404


def test_without_a_choice_nothing_is_drafted(alice, denials, sessions):
    opened = fields_of(alice.get("/queue").text, "/queue/change")
    alice.post("/queue/draft-appeals", data=opened)
    assert "Select at least one open denial" in alice.get("/queue").text
    assert letters(sessions) == []
