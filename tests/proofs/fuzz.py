"""Mutated files through the real forms, as far as a person can take them: never an error of ours, never slow."""

import io
import logging
import multiprocessing
import random
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import build
from tests.forms import fields_of, send
from tests.letters.drawing import drawn, picture, words
from tests.letters.test_archives import zipped
from tests.proofs.found import Found, Proof
from tests.proofs.mutations import mutate
from tests.proofs.stage import Stage, app_on, sign_in, sqlite_stage
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE
from tracker.db import transaction
from tracker.models import OwnNumber, Practice

PROOF = Proof(
    "R-6", "fuzz: 0 answers of 5xx to mutated files of every kind, p95 under 1 s, none over 20 s", 30, 750, 100_000
)

_SAMPLES = Path(__file__).parents[1] / "samples"
_NUMBERS = ("1993000011", "1993000029", "1993000037")  # of the practices in the samples: their files are to be stored
_P95, _LONGEST = 1.0, 20.0
_ROUND = 125  # inputs to one database: in one that grows, every page would grow too
_TAKEN = 6  # papers or notes on one denial, for the same reason
_AT_ONCE = 2
_OTHER_FORM = 0.05  # how many files go to a form for others


class _Form(NamedTuple):
    """A form that takes a file: its page, where it goes, the field of the file and those filled in besides."""

    page: str
    action: str
    field: str
    more: dict[str, str]


class _Round(NamedTuple):
    """What a round of inputs showed: the seconds of each answer, and those of 5xx in words."""

    took: list[float]
    wrong: list[str]


# The kinds in turn, and the form of each. What is read in a child process for each file comes seldomer.
_KINDS = {
    "835": "import", "837": "import", "csv": "list", "zip": "import", "paper": "packet", "receipt": "import",
    "zip of mutated": "import", "list": "list", "note": "notes",
}  # fmt: skip


def prove(inputs: int, seed: int = 6) -> Found:
    """Send ``inputs`` mutated files, in rounds of which two are at work at once."""
    sizes = [min(_ROUND, inputs - start) for start in range(0, inputs, _ROUND)]
    rounds = list(_rounds([seed * 1_000_000 + number for number in range(len(sizes))], sizes))
    took = sorted(seconds for one in rounds for seconds in one.took)
    wrong = [words for one in rounds for words in one.wrong]
    p95 = took[int(len(took) * 0.95)]
    slow = [f"p95 {p95:.2f} s"] if p95 >= _P95 else []
    slow += [f"the slowest took {took[-1]:.1f} s"] if took[-1] > _LONGEST else []
    measured = f"{len(took):,} answers, p95 {p95 * 1000:.0f} ms, slowest {took[-1]:.1f} s"
    return Found(inputs, measured, tuple(wrong[:10]), tuple(slow))


def _rounds(seeds: Sequence[int], sizes: Sequence[int]) -> Iterator[_Round]:
    if len(sizes) == 1:
        yield _round(seeds[0], sizes[0])
        return
    context = multiprocessing.get_context("forkserver")
    with (
        tempfile.TemporaryDirectory(prefix="tracker-proof-") as folder,
        ProcessPoolExecutor(_AT_ONCE, context, _begin, (folder,)) as pool,
    ):
        yield from pool.map(_round, seeds, sizes)


def _begin(folder: str) -> None:
    """Begin a process: what it makes lies where it goes with the proof, and what is provoked is not logged."""
    tempfile.tempdir = folder
    logging.disable(logging.CRITICAL)


def _round(seed: int, inputs: int) -> _Round:
    """Send inputs to a database of their own; the seed leads to the same ones again."""
    chance, found, kinds = random.Random(seed), _Round([], []), list(_KINDS)
    with sqlite_stage() as stage, app_on(stage) as app:
        _own_the_numbers(stage)
        sender = _Sender(stage, sign_in(app, stage.cast.alice))
        seeds = _seeds()
        for number in range(inputs):
            kind = kinds[(seed + number) % len(kinds)]
            form = chance.choice(list(_KINDS.values())) if chance.random() < _OTHER_FORM else _KINDS[kind]
            name, content = chance.choice(seeds[kind])
            for answer, seconds in sender.send(form, name, _changed(kind, content, chance)):
                found.took.append(seconds)
                if answer.status_code >= 500:
                    found.wrong.append(
                        f"{kind} to {form}, seed {seed}, input {number}: {answer.status_code} of {answer.request.path}"
                    )
    return found


def _changed(kind: str, content: bytes, chance: random.Random) -> bytes:
    """Mutate a file, a list's rows being new claims; of an archive of mutated files what is in it."""
    content = content.replace(b"A10", f"{chance.randrange(10**8)}".encode()) if kind in ("csv", "list") else content
    return zipped(("a.835", mutate(content, chance))) if kind == "zip of mutated" else mutate(content, chance)


def _own_the_numbers(stage: Stage) -> None:
    with transaction(stage.sessions.system()) as session:
        for number in _NUMBERS:
            session.add(OwnNumber(practice_id=stage.cast.eastside.id, kind="npi", number=number, added_at=build.NOW))


def _seeds() -> dict[str, list[tuple[str, bytes]]]:
    """Return the sound files of each kind."""
    files = [(path.name, path.read_bytes()) for path in sorted(_SAMPLES.glob("*.*"))]
    remits = [file for file in files if file[0].endswith(".835")]
    claims = [file for file in files if file[0].endswith(".837")]
    visit = (_SAMPLES / "notes" / "visit.xml").read_bytes()
    table = (
        b"Insurance,Pt Name,Acct #,DOS,EOB Date,Denial Code,CPT,Balance\n"
        b'Harbor Health,"Quill, Nora",A100,9/14/2026,10/5/2026,CO-50,97110,90.00\n'
        b'Harbor Health,"Haddad, Omar",A101,9/15/2026,10/5/2026,CO-16 N115,97140,60.50\n'
    )
    return {
        "835": remits,
        "837": claims,
        "receipt": [file for file in files if file[0].endswith((".277", ".999"))],
        "csv": [("open.csv", table)],
        "list": [("open.txt", table.replace(b", ", b" ").replace(b",", b"\t")), ("open.csv", table.replace(b"\n", b"\r\n"))],
        "zip": [("files.zip", zipped(*remits[:4])), ("files.zip", zipped(*claims[:4], *remits[4:6]))],
        "zip of mutated": [("files.zip", content) for _, content in remits + claims],
        "paper": [
            ("paper.pdf", drawn(words("page 1"), words("page 2"))), ("paper.png", picture("PNG", size=(60, 40))),
            ("paper.jpg", picture("JPEG", size=(60, 40))),
        ],
        "note": [
            ("note.pdf", drawn(words(NOTE.splitlines()[0]))), ("note.txt", NOTE.encode()), ("visit.xml", visit),
        ],
    }  # fmt: skip


class _Sender:
    """A person who sends files by the forms of a stage."""

    def __init__(self, stage: Stage, client: FlaskClient) -> None:
        self._stage, self._client = stage, client
        self._forms = {
            "import": _Form("/import", "/import", "files", {}),
            "list": _Form("/import/list", "/import/list", "file", {"practice": stage.cast.eastside.public_id}),
        }
        self._fields = dict[str, dict[str, Any]]()
        self._taken = _TAKEN

    def send(self, kind: str, name: str, content: bytes) -> Iterator[tuple[TestResponse, float]]:
        """Send a file by a form and go on as far as it is taken; give each answer with its seconds."""
        if self._taken >= _TAKEN:
            self._begin_a_denial()
        form = self._forms[kind]
        if form.action not in self._fields:
            page, seconds = self._timed("GET", form.page)
            yield page, seconds
            self._fields[form.action] = fields_of(page.text, form.action)
        fields = self._fields[form.action] | form.more | {form.field: (io.BytesIO(content), name)}
        if "once" in fields:
            fields["once"] = secrets.token_urlsafe(16)  # as if its page were opened again
        answer, seconds = self._timed("POST", form.action, data=fields)
        yield answer, seconds
        if answer.status_code == 303:
            yield from self._go_on(form, answer.location.partition("#")[0])

    def _go_on(self, form: _Form, address: str) -> Iterator[tuple[TestResponse, float]]:
        """Open the page an accepted file leads to, and send what it asks about just as it stands."""
        if form.action not in ("/import", "/import/list"):
            self._fields.pop(form.action)  # the record has a newer version
            self._taken += 1
            return
        page, seconds = self._timed("GET", address)
        yield page, seconds
        for action in (address, f"{address}/log"):
            if f'action="{action}"' in page.text:
                answer, seconds = self._timed("POST", action, data=fields_of(page.text, action))
                yield answer, seconds
                if answer.status_code == 303 and answer.location != address:
                    yield from self._go_on(form, answer.location.partition("#")[0])

    def _begin_a_denial(self) -> None:
        """Make a denial with its letter, whose packet and notes the next files join."""
        with transaction(self._stage.sessions.system()) as session:
            practice = session.get_one(Practice, self._stage.cast.eastside.id)
            denial = f"/denials/{make_denial(session, practice, note=NOTE).public_id}"
        packet = send(self._client, denial, f"{denial}/appeal").location.replace("/letter", "/packet")
        self._forms["packet"] = _Form(packet, f"{packet}/add", "file-file", {"file-title": "Other document"})
        self._forms["notes"] = _Form(denial, f"{denial}/notes", "note-file", {"note-text": ""})
        self._taken = 0

    def _timed(self, method: str, address: str, **more: Any) -> tuple[TestResponse, float]:
        started = time.perf_counter()
        answer = self._client.open(address, method=method, **more)
        return answer, time.perf_counter() - started
