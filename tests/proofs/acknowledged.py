"""The server is killed (kill -9) while people write: what it acknowledged is there after the next start."""

import random
import threading
import time

import httpx
from sqlalchemy import select

from tests import build
from tests.forms import fields_of
from tests.proofs.found import Found, Proof
from tests.proofs.server import Browser, Server
from tests.proofs.stage import Stage, sqlite_stage
from tracker.db import transaction
from tracker.db_check import refuse_damaged
from tracker.models import Event

PROOF = Proof("R-3", "0 acknowledged writes lost when the server is killed", 1, 3, 100)

_WRITERS = 3


def prove(kills: int, seed: int = 7) -> Found:
    """Kill the server ``kills`` times while three people comment; return how many acknowledged comments were there."""
    moments, acknowledged = random.Random(seed), list[str]()
    with sqlite_stage() as stage:
        with transaction(stage.sessions.system()) as session:
            page = f"/denials/{build.denied_line(session, stage.cast.eastside).public_id}"
        for number in range(kills):
            server = Server(stage)
            browsers = [Browser(server.address, "alice") for _ in range(_WRITERS)]
            threads = [
                threading.Thread(target=_write, args=(browser, page, f"{number}-{place}", acknowledged))
                for place, browser in enumerate(browsers)
            ]
            for thread in threads:
                thread.start()
            _wait_for_more(acknowledged)
            time.sleep(moments.uniform(0, 1))
            server.kill()
            for thread in threads:
                thread.join()
            refuse_damaged(stage.settings)
        kept = _comments(stage)
    lost = sorted(set(acknowledged) - set(kept))
    doubled = len(kept) - len(set(kept))
    wrong = [f"lost: {lost}"] if lost else []
    wrong += [f"{doubled} comments twice"] if doubled else []
    wrong += [] if acknowledged else ["nothing was acknowledged before a kill"]
    return Found(kills, f"{len(acknowledged)} writes acknowledged, {len(lost)} lost", tuple(wrong))


def _write(browser: Browser, page: str, name: str, acknowledged: list[str]) -> None:
    """Comment until the server is gone, and note each comment that it acknowledged."""
    try:
        fields = fields_of(browser.get(page).text, f"{page}/comment")
        for number in range(10_000):
            words = f"Comment {name}-{number}."
            if browser.post(f"{page}/comment", fields | {"comment-text": words}).status_code == 303:
                acknowledged.append(words)
    except httpx.TransportError:
        return


def _wait_for_more(acknowledged: list[str]) -> None:
    wanted, end = len(acknowledged) + _WRITERS, time.monotonic() + 60
    while len(acknowledged) < wanted and time.monotonic() < end:
        time.sleep(0.05)


def _comments(stage: Stage) -> list[str]:
    with stage.sessions.system() as session:
        return [event.details["text"] for event in session.scalars(select(Event).where(Event.kind == "comment"))]
