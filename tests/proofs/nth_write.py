"""The n-th write of a request fails, for n = 1, 2, 3 ... until it passes: nothing is ever half done.

After each failure every row of every table is what it was; sent again, the request is done, once.
"""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, Engine, Select, event, func, select
from werkzeug.test import TestResponse

from tests.edi import claim, line, remit
from tests.forms import fields_of, send
from tests.proofs.found import Found, Proof
from tests.proofs.stage import Stage, app_on, differences, fingerprint, postgres_stage, sign_in, sqlite_stage
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE, make_ready
from tracker.db import transaction
from tracker.models import Appeal, Attachment, Base, Denial, ImportFile, Letter, Outcome, Practice

PROOF = Proof("R-1", "the n-th write fails, every n: never half done, then done once", 3, 60, 1_000)

_WITH_POSTGRES = 10  # fewer are tried on SQLite alone, which starts at once
_WRITES = ("INSERT", "UPDATE", "DELETE")


class FailingWrites:
    """Lets the n-th write of an engine fail as a disk does; a commit is a write too."""

    def __init__(self, engine: Engine) -> None:
        self._left = 0
        self.fired = False
        self._error = engine.dialect.loaded_dbapi.OperationalError  # type: ignore[union-attr]
        event.listen(engine, "do_execute", self._on_execute)
        event.listen(engine, "do_executemany", self._on_execute)
        event.listen(engine, "commit", self._count)

    def arm(self, number: int) -> None:
        self._left, self.fired = number, False

    def rest(self) -> None:
        self._left = 0

    def _on_execute(self, _cursor: object, statement: str, _values: object, _context: object) -> None:
        if statement.lstrip().upper().startswith(_WRITES):
            self._count()

    def _count(self, _connection: object = None) -> None:
        self._left -= 1
        if self._left == 0:
            self.fired = True
            raise self._error("disk I/O error")


class Act(NamedTuple):
    """Something a person does: the page with its form, where it goes, what is filled in, how often it was done."""

    name: str
    page: str
    action: str
    changes: Callable[[], dict[str, Any]]
    done: Select[tuple[int]]


def prove(most: int) -> Found:
    """Let up to ``most`` writes of each act fail, one at a time."""
    on_sqlite = _prove_on(sqlite_stage(), "SQLite", most)
    if most < _WITH_POSTGRES:
        return on_sqlite
    on_postgres = _prove_on(postgres_stage(), "PostgreSQL", most // 3)
    return Found(
        on_sqlite.tries + on_postgres.tries,
        f"{on_sqlite.measured}; {on_postgres.measured}",
        on_sqlite.wrong + on_postgres.wrong,
    )


def _prove_on(made: AbstractContextManager[Stage], name: str, most: int) -> Found:
    tries, passed, wrong = 0, [], list[str]()
    with made as stage, app_on(stage) as app:
        client = sign_in(app, stage.cast.alice)
        failing = FailingWrites(app.extensions["tracker_sessions"].engine)
        for make_act in (_staging, _logging, _signing, _sending, _deciding):
            act = make_act(stage, client)
            number, found = _fail_each(stage, client, failing, act, most)
            tries += number
            passed.append(f"{act.name} {number}")
            wrong += [f"{name}: {each}" for each in found]
    return Found(tries, f"writes failed on {name}: {', '.join(passed)}", tuple(wrong))


def _fail_each(stage: Stage, client: FlaskClient, failing: FailingWrites, act: Act, most: int) -> tuple[int, list[str]]:
    """Return how many writes failed and what was wrong; in the end the act is done."""
    wrong = []
    before = fingerprint(stage.sessions.engine, reads=False)
    done_before = _done(stage, act)
    for number in range(1, most + 1):
        answer = _do(client, act, failing, number)
        if not failing.fired:
            break
        changed = differences(before, fingerprint(stage.sessions.engine, reads=False))
        if changed or answer.status_code < 500:
            wrong.append(f"{act.name}, write {number}: {answer.status_code}, changed {changed}")
    else:
        number += 1
        answer = _do(client, act, failing, 0)
    if answer.status_code != 303:
        wrong.append(f"{act.name}: sent again it was answered {answer.status_code}")
    if (times := _done(stage, act) - done_before) != 1:
        wrong.append(f"{act.name}: done {times} times")
    return number - 1, wrong


def _do(client: FlaskClient, act: Act, failing: FailingWrites, number: int) -> TestResponse:
    fields = fields_of(client.get(act.page).text, act.action) | act.changes()
    failing.arm(number)
    answer = client.post(act.action, data=fields)
    failing.rest()
    return answer


def _done(stage: Stage, act: Act) -> int:
    with stage.sessions.system() as session:
        return session.scalar(act.done) or 0


def _number_of(table: type[Base], *where: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(func.count()).select_from(table).where(*where)


def _file() -> dict[str, Any]:
    data = remit(claim("A1", line("97110", 90, 0, "CO-50:90", remarks=["N115"]), line("97140", 60, 30, "CO-45:30")))
    return {"files": (io.BytesIO(data), "a.835")}


def _staging(_stage: Stage, _client: FlaskClient) -> Act:
    return Act("reading a file", "/import", "/import", _file, _number_of(ImportFile))


def _logging(stage: Stage, _client: FlaskClient) -> Act:
    with stage.sessions.system() as session:
        page = f"/import/{session.scalars(select(ImportFile.batch)).one()}"
    return Act("storing it", page, f"{page}/log", dict, _number_of(Denial))


def _signing(stage: Stage, client: FlaskClient) -> Act:
    with transaction(stage.sessions.system()) as session:
        practice = session.get_one(Practice, stage.cast.eastside.id)
        practice.address = "410 Alder Street, Springfield, IL 62701"
        denial = make_denial(session, practice, carc="50", remarks=("N115",), note=NOTE)
    letter = send(client, f"/denials/{denial.public_id}", f"/denials/{denial.public_id}/appeal").location
    make_ready(client, letter)
    page = letter.replace("/letter", "/sign")
    return Act("signing a letter", page, page, dict, _number_of(Attachment))


def _signed(stage: Stage) -> str:
    with stage.sessions.system() as session:
        letter = session.scalars(select(Letter).where(Letter.signed_at.is_not(None))).one()
        return f"/appeals/{session.get_one(Appeal, (letter.practice_id, letter.appeal_id)).public_id}"


def _sending(stage: Stage, _client: FlaskClient) -> Act:
    page = _signed(stage)
    return Act(
        "recording it as sent",
        page,
        f"{page}/sent",
        lambda: {"sent-sent_on": "11/23/2026"},
        _number_of(Appeal, Appeal.status == "sent"),
    )


def _deciding(stage: Stage, _client: FlaskClient) -> Act:
    page = _signed(stage)
    fields = {"decision-lines-0-result": "overturned", "decision-lines-0-amount": "147.00"}
    return Act("recording the decision", page, f"{page}/decision", lambda: fields, _number_of(Outcome))
