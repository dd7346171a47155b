"""Mutated files through the real forms: never an error of ours, never slow."""

import io
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from flask.testing import FlaskClient

from tests.forms import fields_of, send
from tests.letters.drawing import drawn, picture, words
from tests.proofs.found import Found, Proof
from tests.proofs.stage import app_on, sign_in, sqlite_stage
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE
from tracker.db import transaction
from tracker.models import Practice

PROOF = Proof("R-6", "fuzz: 0 answers of 5xx to mutated files, p95 under 1 s, none over 20 s", 30, 1_500, 100_000)

_SAMPLES = Path(__file__).parents[1] / "samples"
_P95, _LONGEST = 1.0, 20.0


class _Way(NamedTuple):
    """A form that takes a file: its page, where it goes, its field, other fields, and files to begin with."""

    page: str
    action: str
    field: str
    more: dict[str, Any]
    seeds: list[tuple[str, bytes]]


def prove(inputs: int, seed: int = 6) -> Found:
    """Send ``inputs`` mutated files, by all the forms in turn."""
    chance, took, wrong = random.Random(seed), list[float](), list[str]()
    with sqlite_stage() as stage, app_on(stage) as app:
        client = sign_in(app, stage.cast.alice)
        with transaction(stage.sessions.system()) as session:
            denial = make_denial(session, session.get_one(Practice, stage.cast.eastside.id), note=NOTE)
        ways = _ways(client, f"/denials/{denial.public_id}")
        for number in range(inputs):
            way = ways[number % len(ways)]
            name, content = chance.choice(way.seeds)
            changed = mutate(content, chance)
            fields = fields_of(client.get(way.page).text, way.action) | way.more
            started = time.perf_counter()
            answer = client.post(way.action, data=fields | {way.field: (io.BytesIO(changed), name)})
            took.append(time.perf_counter() - started)
            if answer.status_code >= 500:
                wrong.append(f"{way.action.rpartition('/')[2]} {name}, input {number}: {answer.status_code}")
    took.sort()
    p95 = took[int(len(took) * 0.95)]
    slow = [f"p95 {p95:.2f} s"] if p95 >= _P95 else []
    slow += [f"the slowest took {took[-1]:.1f} s"] if took[-1] > _LONGEST else []
    return Found(inputs, f"p95 {p95 * 1000:.0f} ms, slowest {took[-1]:.1f} s", tuple(wrong[:10]), tuple(slow))


def _ways(client: FlaskClient, denial: str) -> list[_Way]:
    letter = send(client, denial, f"{denial}/appeal").location
    packet = letter.replace("/letter", "/packet")
    kinds = {".835", ".837", ".277", ".999"}
    files = [(path.name, path.read_bytes()) for path in sorted(_SAMPLES.rglob("*")) if path.suffix in kinds]
    files.append(("table.csv", b"claim,date,amount\nA1,2026-09-14,90.00\n" * 5))
    papers = [("paper.pdf", drawn(words("page 1"), words("page 2"))), ("paper.png", picture("PNG", size=(60, 40)))]
    notes = [("note.txt", NOTE.encode()), ("note.pdf", drawn(words(NOTE.splitlines()[0])))]
    return [
        _Way("/import", "/import", "files", {}, files),
        _Way(packet, f"{packet}/add", "file-file", {"file-title": "Paper"}, papers),
        _Way(denial, f"{denial}/notes", "note-file", {"note-text": ""}, notes),
    ]


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Change some bytes of a file, in one to four of the ways in which files go wrong."""
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(_CHANGES)(bytearray(content), chance)
    return content


def _flip(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 8)):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randint(0, len(data))])


def _leave_out(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    del data[start : start + chance.randint(1, 60)]
    return bytes(data)


def _repeat(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    return bytes(data[:start] + data[start : start + chance.randint(1, 200)] * chance.randint(2, 40) + data[start:])


def _put_in(data: bytearray, chance: random.Random) -> bytes:
    odd = (
        b"~",
        b"*",
        b":",
        b"\x00",
        b"\xff\xfe",
        b"9" * 30,
        b"-1E9",
        b"NaN",
        b"\xe2\x80\xae",
        b"ISA*",
        b"SE*1*1~",
        b"<!--",
    )
    start = chance.randint(0, len(data))
    return bytes(data[:start] + chance.choice(odd) + data[start:])


def _other_segment(data: bytearray, chance: random.Random) -> bytes:
    parts = bytes(data).split(b"~")
    first, second = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[first], parts[second] = parts[second], parts[first]
    return b"~".join(parts)


_CHANGES: tuple[Callable[[bytearray, random.Random], bytes], ...] = (
    _flip, _cut, _leave_out, _repeat, _put_in, _other_segment,
)  # fmt: skip
