"""A small disk that fills up: warned in time, read-only below 200 MB, and a database that is whole when nothing fits."""

import io
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.edi import claim, line, remit
from tests.forms import fields_of, send
from tests.proofs.found import Found, Proof
from tests.proofs.stage import Stage, app_on, differences, fingerprint, sign_in, sqlite_stage
from tests.web.test_denial_page import make_denial
from tracker import disk
from tracker.db import transaction
from tracker.db_check import DamagedDatabaseError, refuse_damaged
from tracker.models import ImportFile, Practice

PROOF = Proof(
    "R-19", "disk full: never corrupt; a warning below 1 GB or 3 times the file, read-only below 200 MB", 0, 2, 20
)

_READ_ONLY = "The disk is nearly full, so the tracker only reads"
_WARNING = "Less than 1 GB of disk space is left"
_LARGE = "less than three times their size is left"
_LARGE_FILE = 400_000_000


def prove(writes: int) -> Found:
    """Write until nothing fits any more, ``writes`` times, then make room and go on."""
    wrong = list[str]()
    with _small_disk(48) as (folder, is_real), sqlite_stage(folder) as stage, app_on(stage) as app:
        with transaction(stage.sessions.system()) as session:
            denial = make_denial(session, session.get_one(Practice, stage.cast.eastside.id))
        with _room_is(disk.LOW_BYTES):  # what is shown at which room is asked first, without filling the disk
            client = sign_in(app, stage.cast.alice)
            wrong += _seen(client, "", "at 1 GB")
        for room, words in (
            (disk.LOW_BYTES - 1, _WARNING),
            (disk.FULL_BYTES, _WARNING),
            (disk.FULL_BYTES - 1, _READ_ONLY),
        ):
            with _room_is(room):
                wrong += _seen(client, words, f"with {room:,} bytes free")
        check = _staged_as_large(stage, client)
        for room, words in ((3 * _LARGE_FILE, ""), (3 * _LARGE_FILE - 1, _LARGE), (disk.LOW_BYTES - 1, _WARNING)):
            with _room_is(room):
                wrong += _seen(client, words, f"before logging {_LARGE_FILE:,} bytes with {room:,} free", check)
        with _room_is(disk.FULL_BYTES - 1):
            answer = _comment(client, f"/denials/{denial.public_id}")
            wrong += [] if answer == 503 else [f"a change below 200 MB was answered {answer}"]
        if is_real:
            with _room_is(10 * disk.LOW_BYTES):  # the guard looks away: the writes themselves meet the end of the disk
                wrong += _fill_up(stage, client, folder, f"/denials/{denial.public_id}", writes)
    words = "on a file system of 48 MB" if is_real else "without a file system of its own: no room for one here"
    return Found(writes + 8, words, tuple(wrong))


@contextmanager
def _small_disk(megabytes: int) -> Iterator[tuple[Path, bool]]:
    """Give a folder on a disk of its own where this machine lets us mount one; say whether it is."""
    with tempfile.TemporaryDirectory(prefix="tracker-proof-") as name:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", name]
        try:
            is_real = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            is_real = False
        try:
            yield Path(name), is_real
        finally:
            if is_real:
                subprocess.run(["umount", "-l", name], check=True)


def _room_is(size: int) -> mock._patch:
    return mock.patch("tracker.disk.free_bytes", return_value=size)


def _staged_as_large(stage: Stage, client: FlaskClient) -> str:
    """Stage a file and have it told to be large; return its check page."""
    with _room_is(10 * disk.LOW_BYTES):
        data = remit(claim("A1", line("97110", 90, 0, "CO-50:90")))
        check = send(client, "/import", "/import", files=(io.BytesIO(data), "a.835")).location
    with transaction(stage.sessions.system()) as session:
        session.scalars(select(ImportFile).where(ImportFile.state == "staged")).one().size = _LARGE_FILE
    return check


def _seen(client: FlaskClient, words: str, when: str, address: str = "/queue") -> list[str]:
    page = client.get(address).text
    shown = next((each for each in (_READ_ONLY, _WARNING, _LARGE) if each in page), "")
    return [] if shown == words else [f"{when} the page says: {shown or 'nothing'}"]


def _comment(client: FlaskClient, page: str) -> int:
    fields = fields_of(client.get(page).text, f"{page}/comment") | {"comment-text": "Called the payer."}
    return client.post(f"{page}/comment", data=fields).status_code


def _fill_up(stage: Stage, client: FlaskClient, folder: Path, page: str, writes: int) -> Iterator[str]:
    """Fill the disk to the last page, try to write, look at the database; make room in the end."""
    fields = fields_of(client.get(page).text, f"{page}/comment") | {"comment-text": "x" * 900}
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            pass
    before = fingerprint(stage.sessions.engine)
    for number in range(writes):
        answer = client.post(f"{page}/comment", data=fields)
        after = fingerprint(stage.sessions.engine)
        if answer.status_code >= 500 and (changed := differences(before, after)):
            yield f"write {number + 1} failed, and {changed} changed"
        before = after
    try:
        refuse_damaged(stage.settings)
    except DamagedDatabaseError as damage:
        yield str(damage)
    ballast.unlink()
    if (answer := client.post(f"{page}/comment", data=fields)).status_code != 303:
        yield f"with room again a change was answered {answer.status_code}"
