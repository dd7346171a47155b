"""Backup and restore, on SQLite and on PostgreSQL: every row of every table comes back, and every file with its hash."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import build
from tests.databases import MASTER
from tests.proofs.found import Found, Proof
from tests.proofs.stage import Stage, differences, fingerprint, postgres_template, set_stage, sqlite_stage
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE
from tracker.db import make_engine, transaction
from tracker.models import Attachment, Practice
from tracker.services.backups import make_backup
from tracker.services.restoring import restore_into

PROOF = Proof(
    "R-13", "backup and restore: rows, checksums of all tables and files the same, on both databases", 1, 2, 2
)

_DENIALS = 20


def prove(databases: int) -> Found:
    """Go round on SQLite, and on PostgreSQL too when two databases are asked for."""
    wrong, words = list[str](), list[str]()
    with sqlite_stage() as stage, _empty_file() as url:
        _go_round(stage, url, "SQLite", wrong, words)
    if databases > 1:
        with _postgres() as (stage, url):
            _go_round(stage, url, "PostgreSQL", wrong, words)
    return Found(databases, "; ".join(words), tuple(wrong))


@contextmanager
def _empty_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tracker-proof-") as folder:
        yield f"sqlite:///{folder}/again.db"


@contextmanager
def _postgres() -> Iterator[tuple[Stage, str]]:
    """Give a stage on PostgreSQL, and an empty database beside it."""
    with (
        tempfile.TemporaryDirectory(prefix="tracker-proof-") as folder,
        postgres_template() as template,
        template.lend() as engine,
        template.empty() as again,
    ):
        yield set_stage(engine, Path(folder)), again.url.render_as_string(hide_password=False)


def _go_round(stage: Stage, url: str, name: str, wrong: list[str], words: list[str]) -> None:
    with transaction(stage.sessions.system()) as session:
        _fill(session, session.get_one(Practice, stage.cast.eastside.id))
    before = fingerprint(stage.sessions.engine)
    made = make_backup(stage.sessions, stage.settings, MASTER, build.NOW)
    wrong += [f"{name}: {made.problem}"] if made.problem else []
    again = make_engine(url, MASTER)
    restored = restore_into(made.written.path, MASTER, again)
    if changed := differences(before, fingerprint(again)):
        wrong.append(f"{name}: other rows in {changed}")
    if sum(restored.rows.values()) != made.written.rows:
        wrong.append(f"{name}: another number of rows came back")
    words.append(f"{name}: {made.written.rows} rows of {len(before)} tables")
    again.dispose()


def _fill(session, practice: Practice) -> None:
    for number in range(_DENIALS):
        denial = make_denial(session, practice, note=NOTE)
        appeal = build.appeal(session, denial)
        paper = Attachment(
            practice_id=practice.id, appeal_id=appeal.id, kind="decision", title="Letter", added_at=build.NOW,
            content_type="application/pdf", content=bytes([number]) * 50_000, content_hash="0" * 64,
        )  # fmt: skip
        session.add(paper)
    session.flush()
