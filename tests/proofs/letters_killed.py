"""Letters of a batch whose worker is killed again and again: each is there once, whole, and no other."""

import hashlib
import io
import random
import subprocess
import time
import zipfile
from datetime import UTC, datetime
from typing import NamedTuple

import pikepdf
from sqlalchemy import func, select

from tests import build
from tests.jobs.test_crash import start_worker
from tests.letters.reading import page_texts
from tests.proofs.found import Found, Proof
from tests.proofs.stage import Stage, sqlite_stage
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE
from tracker.db import SessionMaker, transaction, whole
from tracker.letters.facts import SignerFacts
from tracker.letters.zip_stream import zip_stream
from tracker.models import Appeal, AppealDenial, Attachment, Claim, Denial, Job, Letter, Practice
from tracker.reports.batch_packets import batch_packets
from tracker.services.letter_batches import Confirmed, ask_for_drafts, ask_for_packets

PROOF = Proof("R-4", "a batch of letters, its worker killed: each signed once, distinct and whole", 1, 6, 200)


class Outcome(NamedTuple):
    """What was there in the end; ``hits`` are the kills that met a worker at its work."""

    letters: int
    packets: int
    distinct: int
    whole: int
    hits: int
    zip_bytes: int


def make_ready_denial(session, practice) -> Denial:
    """A denial for missing records whose letter lacks nothing."""
    denial = make_denial(session, practice, carc="252", remarks=("N706",), note=NOTE)
    denial.path, denial.root_cause = "send_records", "doc_record_not_provided"
    provider = build.provider(session, practice, "Amara Okoro")
    claim = session.get_one(Claim, (practice.id, denial.claim_id))
    claim.rendering_provider_id, claim.referring_name, claim.referring_npi = provider.id, "A. Ruiz MD", "1234567893"
    session.flush()
    return denial


def prove(kills: int) -> Found:
    """Kill the worker of a batch ``kills`` times; the batch has 200 letters in full."""
    letters = max(6, min(200, 4 * kills))
    with sqlite_stage() as stage:
        found = kill_batch(stage, letters, kills)
    words = (
        f"{letters} letters, {found.hits} kills met the work: {found.letters} signed, {found.distinct} distinct, "
        f"{found.whole} whole packets; as one ZIP {found.zip_bytes / 1e6:.1f} MB"
    )
    same = letters == found.letters == found.packets == found.distinct == found.whole
    return Found(kills, words, () if same else ("a letter is missing, doubled or not whole",))


def kill_batch(stage: Stage, letters: int, kills: int, seed: int = 5) -> Outcome:
    """Draft and sign ``letters`` letters while the worker is killed ``kills`` times; return what came of it."""
    moments = random.Random(seed)
    sessions, cast = stage.sessions, stage.cast
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        practice.address = "410 Alder Street, Springfield, IL 62701"
        denials = [make_ready_denial(session, practice) for _ in range(letters)]
        drafts = ask_for_drafts(session, denials, build.NOW, cast.alice.id)
    hits = _kill_and_finish(sessions, drafts.id, Letter.id.is_not(None), letters, kills // 4, moments)
    with transaction(sessions.system()) as session:
        confirmed = [Confirmed(letter.id, letter.version) for letter in session.query(Letter)]
        signer = SignerFacts("Dana Whitfield", "Biller", build.TODAY)
        signing = ask_for_packets(session, drafts, confirmed, signer, build.NOW, cast.alice.id)
    hits += _kill_and_finish(sessions, signing.id, Letter.signed_at.is_not(None), letters, kills - kills // 4, moments)
    return _counted(sessions, cast.eastside.id, hits)


def _kill_and_finish(
    sessions: SessionMaker, job_id: int, made, letters: int, kills: int, moments: random.Random
) -> int:
    """Kill the worker of a job again and again, then let it finish; return how many kills met it at work."""
    url = sessions.engine.url.render_as_string(hide_password=False)
    hits = 0
    for left in range(kills, 0, -1):
        process = start_worker(url, job_id)
        most = (letters - _count(sessions, made)) // (left + 1)  # so that each kill finds work
        _wait_for_more(process, sessions, made, moments.randint(1, max(most, 1)))
        time.sleep(moments.uniform(0.0, 0.2))
        hits += _is_at_work(sessions, job_id, process.pid)
        process.kill()
        process.wait()
    process = start_worker(url, job_id)
    assert process.wait(timeout=60 + 10 * letters) == 0
    with sessions.reading(()) as session:
        assert session.get_one(Job, job_id).state == "done"
    return hits


def _wait_for_more(process: subprocess.Popen[bytes], sessions: SessionMaker, made, more: int) -> None:
    """Wait until so many letters more are made than now, or the worker is done."""
    wanted = _count(sessions, made) + more
    while process.poll() is None and _count(sessions, made) < wanted:
        time.sleep(0.1)


def _count(sessions: SessionMaker, made) -> int:
    with (
        whole(sessions.engine).execution_options(writes=False).connect() as connection
    ):  # a look takes no lock of the writers
        return connection.scalar(select(func.count()).select_from(Letter).where(made)) or 0


def _is_at_work(sessions: SessionMaker, job_id: int, pid: int) -> bool:
    with sessions.reading(()) as session:
        job = session.get_one(Job, job_id)
        return job.state == "running" and f":{pid}:" in job.lease_owner


def _counted(sessions: SessionMaker, practice_id: int, hits: int) -> Outcome:
    with sessions.system() as session:
        letters = session.scalars(select(Letter)).all()
        packets = session.scalars(select(Attachment).where(Attachment.kind == "packet")).all()
        answered = set(session.scalars(select(AppealDenial.denial_id)))
        assert len(answered) == session.scalar(select(func.count()).select_from(AppealDenial)), "a denial twice"
        assert {letter.packet_id for letter in letters} == {packet.id for packet in packets}, "a packet of no letter"
        query = (
            select(Appeal.id, Claim.control_number)
            .join(AppealDenial, AppealDenial.appeal_id == Appeal.id)
            .join(Denial, Denial.id == AppealDenial.denial_id)
            .join(Claim, Claim.id == Denial.claim_id)
        )
        claims = {row.id: row.control_number for row in session.execute(query)}
    content = b"".join(
        zip_stream(batch_packets(sessions, practice_id, [each.id for each in letters], datetime.now(UTC)))
    )
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        assert len(opened.namelist()) == len(packets) + 1
    return Outcome(
        letters=len(letters),
        packets=len(packets),
        distinct=len({packet.content_hash for packet in packets}),
        whole=sum(_is_whole(packet, claims[packet.appeal_id]) for packet in packets),
        hits=hits,
        zip_bytes=len(content),
    )


def _is_whole(packet: Attachment, control_number: str) -> bool:
    """Whether the bytes are those that were stored, two readers open them, and all pages are there, of this claim."""
    pages = page_texts(packet.content)
    with pikepdf.open(io.BytesIO(packet.content)) as opened:
        same_count = len(opened.pages) == len(pages) == packet.pages
    return (
        same_count
        and hashlib.sha256(packet.content).hexdigest() == packet.content_hash
        and control_number in pages[0]
        and all(f"Packet page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    )
