"""How fast the insights page is over 1,000,000 claim lines, on both databases: the whole request, and counting by hand."""

import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from tests import build
from tests.benchmarks.bench_queue import CLAIM, DENIAL, PATIENT, get, scope, shown, signed_in, timed
from tests.postgres import postgres_server
from tracker.config import Settings
from tracker.db import SessionMaker, insert_rows, transaction
from tracker.keys import open_sessions
from tracker.knowledge import load
from tracker.models import Base, Claim, ClaimLine, Denial, Patient, Practice
from tracker.models.base import new_public_id, take_ids
from tracker.reports.months import Month
from tracker.reports.tallies import Asked, counted, denials_by_day, lines_by_day

LINES, DENIED_OF_A_HUNDRED, PRACTICES, PAYERS = 1_000_000, 9, 3, 20
_LINES_OF_A_CLAIM = 4
_LINE = (
    "practice_id", "id", "claim_id", "payer_id", "line", "code", "modifiers", "units", "charge_cents",
    "diagnosis_pointers", "service_date", "service_to", "control_number", "first_remit_on",
)  # fmt: skip


def fill(session: Session, lines: int = LINES) -> None:
    """Fill a database with a year of answered lines, the denied ones with their denials."""
    chance = random.Random(11)  # the same rows on every run
    places = [build.practice(session, f"Practice {number}") for number in range(PRACTICES)]
    build.user(session, "alice", *places, role="lead")
    payers = [build.payer(session, f"Payer {number}").id for number in range(PAYERS)]
    causes = ["", *load().root_causes]
    for place in places:
        _fill_practice(session, place, lines // PRACTICES, chance, payers, causes)


def _fill_practice(
    session: Session, place: Practice, count: int, chance: random.Random, payers: list[int], causes: list[str]
) -> None:
    patient, claims = take_ids(1)[0], list(take_ids(count // _LINES_OF_A_CLAIM + 1))
    insert_rows(session, Patient, PATIENT, [
        (place.id, patient, new_public_id(), "Quill", "Nora", "", None, "", "W1", "1", "1", "", 1)
    ])  # fmt: skip
    answered = [build.TODAY - timedelta(days=chance.randrange(360)) for _ in claims]
    insert_rows(session, Claim, CLAIM, [
        (place.id, one, new_public_id(), payers[number % PAYERS], patient, None, None, "835", f"C{number}",
         f"C{number}", f"P{number}", 40_000, "11", "1", "", "", "", "", "", "", None, None, None, 1)
        for number, one in enumerate(claims)
    ])  # fmt: skip
    rows, denied = [], []
    for number, one in enumerate(take_ids(count)):
        claim = number // _LINES_OF_A_CLAIM
        payer, day = payers[claim % PAYERS], answered[claim]
        rows.append((place.id, one, claims[claim], payer, number % _LINES_OF_A_CLAIM + 1, "97110", "GP", 2.0, 10_000,
                     "", day - timedelta(days=20), None, "", day))  # fmt: skip
        if chance.randrange(100) < DENIED_OF_A_HUNDRED:
            denied.append((one, claims[claim], payer, day))
    insert_rows(session, ClaimLine, _LINE, rows)
    insert_rows(session, Denial, DENIAL, [
        _denial(chance, place.id, patient, number, line, causes)
        for number, line in enumerate(denied)
    ])  # fmt: skip


def _denial(
    chance: random.Random, place: int, patient: int, number: int, line: tuple[int, int, int, date], causes: list[str]
) -> tuple[object, ...]:
    line_id, claim, payer, day = line
    is_open = chance.random() < 0.2
    due = build.TODAY + timedelta(days=chance.randrange(-20, 170))
    return (
        place, take_ids(1)[0], new_public_id(), 1001 + number, claim, line_id, patient, payer, None, None, "97110",
        day - timedelta(days=20), "CO", "50", "N362", "denied", 10_000, 10_000, day, 1,
        "new" if is_open else "closed_paid", is_open, "" if is_open else "recovered", None if is_open else day,
        0 if is_open else 5_000, "file_by", "", due, due, due, chance.choice(causes), "likely", "appeal", "", "835",
        build.NOW, day, 0, "", 1,
    )  # fmt: skip


def _by_hand(session: Session, asked: Asked) -> None:
    """Count the trend without what the page keeps: every line, and the line of every denial."""
    days = asked.first.first_day, asked.last.last_day
    session.execute(
        select(ClaimLine.first_remit_on, ClaimLine.payer_id, func.count())
        .where(ClaimLine.first_remit_on.between(*days))
        .group_by(ClaimLine.practice_id, ClaimLine.first_remit_on, ClaimLine.payer_id)
    ).all()
    line = and_(ClaimLine.practice_id == Denial.practice_id, ClaimLine.id == Denial.claim_line_id)
    first = func.sum(case((ClaimLine.first_remit_on == Denial.denied_on, 1), else_=0))
    session.execute(
        select(Denial.denied_on, Denial.payer_id, func.count(), func.sum(Denial.amount_cents), first)
        .outerjoin(ClaimLine, line)
        .where(*counted(asked))
        .group_by(Denial.practice_id, Denial.denied_on, Denial.payer_id)
    ).all()


@contextmanager
def _databases() -> Iterator[list[tuple[str, str]]]:
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        yield [("SQLite", f"sqlite:///{folder}/insights.db"), ("PostgreSQL", server)]


def _measure(name: str, settings: Settings, maker: SessionMaker, times: int) -> list[tuple[str, str]]:
    client = signed_in(settings)
    asked = Asked(Month(2025, 12), Month.of(build.TODAY))
    get(client, "/insights")
    page = timed(lambda: get(client, "/insights"), times)
    figures = [(f"insights page, {LINES:,} lines, {name}", shown(page))]
    with maker.reading(scope(maker)) as session:
        by_hand = timed(lambda: _by_hand(session, asked), times)
        kept = timed(lambda: _kept(session, asked), times)
    figures.append((f"  the trend's queries, {name}", shown(kept)))
    figures.append(
        (
            f"  the same counted line by line, {name}",
            f"{shown(by_hand)}, {by_hand[times // 2] / kept[times // 2]:.1f} times",
        )
    )
    return figures


def _kept(session: Session, asked: Asked) -> None:
    lines_by_day(session, asked)
    denials_by_day(session, asked)


def run(times: int = 40) -> list[tuple[str, str]]:
    """Return the figures as pairs of a name and a value."""
    figures = []
    with _databases() as databases:
        for name, url in databases:
            with tempfile.TemporaryDirectory() as folder:
                settings = Settings(Path(folder), url, fast_hash=True)
                maker = open_sessions(settings)
                Base.metadata.create_all(maker.engine)
                with transaction(maker.system()) as session:
                    fill(session)
                _analyze(maker)
                figures += _measure(name, settings, maker, times)
                maker.engine.dispose()
    return figures


def _analyze(maker: SessionMaker) -> None:
    with maker.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


if __name__ == "__main__":
    for name, value in run():
        sys.stdout.write(f"{name}: {value}\n")
