"""How fast the queue is with 100,000 open denials: the whole request, and the bare queries beside it."""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import build
from tracker.app import create_app
from tracker.config import Settings
from tracker.db import SessionMaker, insert_rows, transaction
from tracker.keys import open_sessions
from tracker.knowledge import load
from tracker.models import Base, Claim, Denial, Patient, Practice
from tracker.models.base import new_public_id, take_ids
from tracker.models.denial import ACTED_ON
from tracker.reports.queue import counts, queue_page
from tracker.reports.queue_choices import choices
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import QueueFilter
from tracker.reports.queue_rows import queue_rows
from tracker.sealing.keyring import Keyring
from tracker.web import audited

OPEN, CLOSED = 100_000, 50_000
_TODAY = build.TODAY
_PAGES = {
    "nearest deadline": "/queue",
    "page 2,000": "/queue?page=2000",
    "1 to 7 days": "/queue?due=0-7",
    "one payer": "/queue?payer={payer}",
    "my queue": "/queue?view=mine",
    "one code, one cause": "/queue?code=CO-50&cause=doc_skilled_need_not_shown",
    "largest first": "/queue?sort=-amount",
    "by payer": "/queue?sort=payer",
    "a month, closed too": "/queue?view=all&month=2026-10",
}

CLAIM = (
    "practice_id", "id", "public_id", "payer_id", "patient_id", "rendering_provider_id", "import_id", "source",
    "control_number", "control_key", "payer_claim_number", "charge_cents", "place_of_service", "frequency_code",
    "original_reference", "prior_authorization", "filing_code", "diagnoses", "referring_name", "referring_npi",
    "submitted_on", "service_from", "service_to", "version",
)  # fmt: skip
DENIAL = (
    "practice_id", "id", "public_id", "number", "claim_id", "claim_line_id", "patient_id", "payer_id", "import_id",
    "owner_id", "code", "service_date", "group_code", "carc", "remarks", "denial_class", "amount_cents",
    "billed_cents", "denied_on", "times_denied", "status", "is_open", "close_reason", "closed_on", "recovered_cents",
    "clock", "clock_rule", "file_by_safe", "file_by_legal", "due_on", "root_cause", "strength", "path",
    "diagnosed_with", "source", "created_at", "notice_on", "extension_days", "write_off", "version",
)  # fmt: skip
PATIENT = (
    "practice_id", "id", "public_id", "last_name", "first_name", "middle_name", "birth_date", "sex", "member_id",
    "match_key", "name_key", "member_key", "version",
)  # fmt: skip
CODES = [
    ("CO", code)
    for code in ["50", "16", "97", "197", "29", "252", "151", "4", "18", "22", "96", "109", "11", "140", "167", "B7"]
] + [
    ("PR", "204"),
    ("OA", "23"),
]
STATUSES = ["new"] * 5 + ["in_review"] * 3 + ["needs_note", "ready_to_send", "waiting_on_payer", "corrected_claim_sent"]


def fill(
    session: Session, practices: int = 3, open_denials: int = OPEN, closed: int = CLOSED, login: str = "alice"
) -> tuple[str, str]:
    """Fill a database; returns the sign-in name of who sees it all and the public id of one payer."""
    chance = random.Random(7)  # the same rows on every run
    places = [build.practice(session, f"Practice {number}", npi=None) for number in range(practices)]
    person = build.user(session, login, *places)
    owners = [person.id, None, None, *(build.user(session, f"user{n}", *places).id for n in range(5))]
    payers = [build.payer(session, f"Payer {number}") for number in range(20)]
    causes = ["", *load().root_causes]
    for place in places:
        _fill_practice(session, place, (open_denials // practices, closed // practices), chance, payers, owners, causes)
    return person.login, payers[3].public_id


def _fill_practice(
    session: Session,
    place: Practice,
    sizes: tuple[int, int],
    chance: random.Random,
    payers: list[Any],
    owners: list[int | None],
    causes: list[str],
) -> None:
    count = sum(sizes)
    patients, claims, denials = list(take_ids(count // 10)), list(take_ids(count)), list(take_ids(count))
    insert_rows(session, Patient, PATIENT, [
        (place.id, one, new_public_id(), f"Name{number}", "Nora", "", None, "", f"W{number}", f"{number}", f"{number}", "", 1)
        for number, one in enumerate(patients)
    ])  # fmt: skip
    insert_rows(session, Claim, CLAIM, [
        (place.id, one, new_public_id(), payers[number % 20].id, patients[number % len(patients)], None, None, "835",
         f"C{number}", f"C{number}", f"P{number}", 10_000, "11", "1", "", "", "", "", "", "", None, None, None, 1)
        for number, one in enumerate(claims)
    ])  # fmt: skip
    rows = []
    for number, one in enumerate(denials):
        is_open = number < sizes[0]
        status = chance.choice(STATUSES) if is_open else "closed_paid"
        group, carc = chance.choice(CODES)
        denied = _TODAY - timedelta(days=chance.randrange(360))
        due = None if chance.random() < 0.05 else _TODAY + timedelta(days=chance.randrange(-20, 170))
        rows.append((
            place.id, one, new_public_id(), 1001 + number, claims[number], None, patients[number % len(patients)],
            payers[number % 20].id, None, chance.choice(owners), "97110", denied - timedelta(days=20), group, carc,
            "N362", "denied", chance.randrange(3_000, 90_000), 90_000, denied, 1,
            status, is_open, "" if is_open else "recovered",
            None if is_open else denied, 0 if is_open else 5_000, "file_by", "", due, due, None if status in ACTED_ON else due, chance.choice(causes),
            "likely", "appeal", "", "835", build.NOW - timedelta(days=chance.randrange(300)), denied, 0, "", 1,
        ))  # fmt: skip
    insert_rows(session, Denial, DENIAL, rows)


def timed(work: Callable[[], object], times: int) -> list[float]:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1000)
    return sorted(took)


def shown(took: list[float]) -> str:
    return f"p50 {statistics.median(took):.0f} ms, p95 {took[int(len(took) * 0.95)]:.0f} ms"


def measure(settings: Settings, maker: SessionMaker, payer: str, times: int = 40) -> list[tuple[str, str]]:
    """Ask every page ``times`` times through the app, and the queries of the first one alone."""
    client = signed_in(settings)
    figures = []
    for name, address in _PAGES.items():
        path = address.format(payer=payer)
        get(client, path)
        figures.append((f"queue, {OPEN:,} open, {name}", shown(timed(lambda path=path: get(client, path), times))))
    with maker.reading(scope(maker)) as session:
        figures += [(f"  query alone: {name}", shown(timed(work, times))) for name, work in _queries(session).items()]
    return figures


def _queries(session: Session) -> dict[str, Callable[[], object]]:
    viewer, asked, causes = Viewer(1, _TODAY, build.NOW), QueueFilter(), load().root_causes
    page = queue_page(session, asked, viewer)
    return {
        "counts by due date, ids of the page": lambda: queue_page(session, asked, viewer),
        "rows": lambda: queue_rows(session, page.ids, causes, _TODAY),
        "numbers of the views": lambda: counts(session, asked, page, viewer),
        "choices of the filters": lambda: choices(session, session.info["scope"], causes),
    }


def measure_trust(settings: Settings, payer: str, times: int = 40) -> list[tuple[str, str]]:
    """Ask the pages with audit and encryption and without, by turns in one run; the ratio may be 1.25 at most."""
    client, took = signed_in(settings), {True: [], False: []}
    known: dict[tuple[str, bytes], Any] = {}
    for address in _PAGES.values():
        path = address.format(payer=payer)
        for number in range(times + 1):
            for guarded in (True, False):
                with nullcontext() if guarded else unguarded(known):
                    start = time.perf_counter()
                    get(client, path)
                if number:  # the first of each fills caches
                    took[guarded].append((time.perf_counter() - start) * 1000)
    with_both, without = sorted(took[True]), sorted(took[False])
    ratio = with_both[int(len(with_both) * 0.95)] / without[int(len(without) * 0.95)]
    return [
        ("queue, all pages, with audit log and encryption", shown(with_both)),
        ("queue, all pages, without either, by turns", shown(without)),
        ("  p95 grows by (25 % at most)", f"{(ratio - 1) * 100:+.0f} %"),
    ]


@contextmanager
def unguarded(known: dict[tuple[str, bytes], Any]) -> Iterator[None]:
    """Serve without entries in the audit log and without decrypting: what was opened before is looked up in ``known``."""
    opened = Keyring.open

    def look_up(ring: Keyring, column: str, data: bytes) -> Any:
        if (column, data) not in known:
            known[column, data] = opened(ring, column, data)
        return known[column, data]

    with patch.object(Keyring, "open", look_up), patch.object(audited, "_told", lambda _response: []):
        yield


def scope(maker: SessionMaker) -> list[int]:
    from sqlalchemy import select

    with maker.system() as session:
        return list(session.scalars(select(Practice.id)))


def signed_in(settings: Settings) -> FlaskClient:
    client = create_app(settings, lambda: build.NOW).test_client()
    form = {"login": "alice", "password": build.PASSWORD, "csrf_token": build.csrf_token(client.get("/login"))}
    assert client.post("/login", data=form).status_code == 303
    return client


def get(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200, path


def run() -> list[tuple[str, str]]:
    """Return the figures as pairs of a name and a value."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), f"sqlite:///{folder}/queue.db", fast_hash=True)
        maker = open_sessions(settings)
        Base.metadata.create_all(maker.engine)
        with transaction(maker.system()) as session:
            _, payer = fill(session)
        figures = [*measure(settings, maker, payer), *measure_trust(settings, payer)]
        maker.engine.dispose()
        return figures


if __name__ == "__main__":
    for name, value in run():
        sys.stdout.write(f"{name}: {value}\n")
