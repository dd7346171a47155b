"""Every request that shows or changes patient data leaves an entry in the audit log; a refusal does too."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from tests import build
from tests.auditing.entries import as_owner, detail, entries, told
from tests.web.test_access_matrix import CANARY, address, routes, send
from tracker.auditing.appending import reads_log
from tracker.domain.access import Action, Role
from tracker.domain.audit import Act, Chain, Outcome
from tracker.models import Denial
from tracker.web.audited import WITHOUT_PATIENTS
from tracker.web.request import sessions as sessions_of

SHOWS = {200, 409, 422}


def endpoint_of(app, rule, method):
    return next(one.endpoint for one in app.url_map.iter_rules() if one.rule == rule and method in one.methods)


def pages_told(engine, since) -> set[str]:
    return {detail(row).get("page") for row in entries(engine)[since:]}


def count(engine) -> int:
    return len(entries(engine))


def test_every_route_that_shows_or_changes_something_leaves_an_entry(
    app, signed_in, cast, become, things, payer, engine
):
    become(cast.alice, Role.OWNER)
    client, silent, walked = signed_in(cast.alice), [], set()
    token = build.csrf_token(client.get("/settings"))
    for rule, method, action, objects in routes(app):
        endpoint = endpoint_of(app, rule, method)
        seen = {row[:2] for row in entries(engine)}
        answer = send(client, method, address(rule, objects, things[cast.eastside.id], payer), token)
        made = [row for row in entries(engine) if row[:2] not in seen]
        needed = answer.status_code in SHOWS or (answer.status_code == 303 and method == "POST")
        if action is Action.OWN_ACCOUNT or endpoint in WITHOUT_PATIENTS or not needed:
            continue
        walked.add(endpoint)
        if not any(detail(row).get("page") == endpoint and row.actor == cast.alice.login for row in made):
            silent.append((rule, method, answer.status_code, [row.action for row in made]))
    assert silent == []
    assert len(walked) > 70


def test_what_is_left_out_is_named_here():
    assert {"jobs.show", "queue.news"} == WITHOUT_PATIENTS


@pytest.mark.parametrize("role", list(Role))
def test_every_refusal_and_every_foreign_object_leaves_an_entry(
    app, signed_in, cast, become, things, payer, engine, role
):  # fmt: skip
    become(cast.alice, role)
    client, silent, refused = signed_in(cast.alice), [], 0
    token = build.csrf_token(client.get("/settings"))
    for rule, method, _, objects in routes(app):
        before = {row[:2] for row in entries(engine, Chain.READS)}
        answer = send(client, method, address(rule, objects, things[cast.lakeview.id], payer), token)
        if answer.status_code not in {403, 404}:
            continue
        refused += 1
        made = [row for row in entries(engine, Chain.READS) if row[:2] not in before]
        wanted = Outcome.REFUSED if answer.status_code == 403 else Outcome.NOT_THERE
        if [(row.action, row.outcome) for row in made] != [(Act.REFUSED, wanted)]:
            silent.append((rule, method, answer.status_code))
    assert silent == []
    assert refused > 30


def test_no_entry_holds_a_value_of_a_patient(app, signed_in, cast, become, things, payer, engine):
    become(cast.alice, Role.OWNER)
    client = signed_in(cast.alice)
    token = build.csrf_token(client.get("/settings"))
    client.post("/queue/search", data={"csrf_token": token, "words": "Quill"})
    client.post("/denials/new", data={"csrf_token": token, "last_name": CANARY, "member_id": "QX99887766"})
    for rule, method, _, objects in routes(app):
        send(client, method, address(rule, objects, things[cast.eastside.id], payer), token)
    kept = " ".join(str(tuple(row)) for row in entries(engine))
    assert len(kept) > 10_000
    for value in ("Quill", CANARY, "QX99887766", "walks", "W123456789"):
        assert value not in kept


def test_opening_a_denial_says_who_when_where_and_which(signed_in, cast, things, engine, clock):
    signed_in(cast.alice).get(f"/denials/{things[cast.eastside.id]['denial']}")
    row = entries(engine, Chain.READS)[-1]
    assert (row.actor_id, row.actor, row.address) == (cast.alice.id, "alice", "127.0.0.1")
    assert len(row.session_ref) == 16
    assert (row.action, row.object_type, row.object_id) == ("read", "denials", things[cast.eastside.id]["denial"])
    assert (row.practice_id, row.at) == (cast.eastside.id, clock.now)


def test_a_list_is_one_entry_with_its_count_and_a_hash_of_the_question(signed_in, cast, things, engine):
    client = signed_in(cast.alice)
    before = len(entries(engine, Chain.READS))
    client.get("/queue?show=mine")
    made = entries(engine, Chain.READS)[before:]
    assert [(row.action, row.object_type) for row in made] == [("listed", "")]
    assert set(detail(made[0])) == {"page", "count", "query"}
    assert "mine" not in made[0].detail


def test_a_change_of_a_denial_is_told_with_its_fields_and_not_twice(signed_in, cast, things, engine, sessions):
    client = signed_in(cast.alice)
    path = f"/denials/{things[cast.eastside.id]['denial']}"
    form = client.get(path)
    before = count(engine)
    data = {
        "csrf_token": build.csrf_token(form),
        "status-status": "needs_note",
        "status-version": version_of(sessions, path),
    }
    assert client.post(f"{path}/status", data=data).status_code == 303
    assert count(engine) == before + 1
    row = entries(engine, Chain.CHANGES)[-1]
    assert (row.action, row.object_id, row.actor) == ("changed", path.rpartition("/")[2], "alice")
    assert "status" in detail(row)["changed"]["denials"]["fields"]


def version_of(sessions, path):
    with sessions.system() as session:
        return session.scalar(select(Denial.version).where(Denial.public_id == path.rpartition("/")[2]))


def test_a_read_whose_entry_cannot_be_written_is_not_answered(app, signed_in, cast, things, engine):
    client, path = signed_in(cast.alice), f"/denials/{things[cast.eastside.id]['denial']}"
    assert "Quill" in client.get(path).text
    with as_owner(engine, Chain.READS) as connection:
        connection.exec_driver_sql("ALTER TABLE audit_heads RENAME COLUMN epoch TO gone")
    answer = client.get(path)
    assert answer.status_code == 500
    assert "Quill" not in answer.text
    with as_owner(engine, Chain.READS) as connection:
        connection.exec_driver_sql("ALTER TABLE audit_heads RENAME COLUMN gone TO epoch")
    assert client.get(path).status_code == 200


def test_a_page_does_not_wait_for_the_write_lock_of_an_import(app, signed_in, cast, things, engine):
    """On SQLite the reads have a file of their own; on PostgreSQL a head row of their own."""
    client, path = signed_in(cast.alice), f"/denials/{things[cast.eastside.id]['denial']}"
    with app.app_context(), sessions_of().system() as importing:
        importing.add(build.Practice(name="Riverside", npi="1972000001"))
        importing.flush()  # holds the lock until the end of the block
        assert client.get(path).status_code == 200
        importing.rollback()


def test_signing_in_and_out_are_told_good_and_bad(app, client, signed_in, cast, engine):
    form = {"login": "alice", "password": "not the password", "csrf_token": build.csrf_token(client.get("/login"))}
    client.post("/login", data=form)
    client.post("/login", data=form | {"login": "nobody-here"})
    inside = signed_in(cast.alice)
    inside.post("/logout", data={"csrf_token": build.csrf_token(inside.get("/settings"))})
    found = [(row.action, row.outcome, row.actor) for row in entries(engine, Chain.READS)]
    assert found == [
        ("sign_in_failed", "refused", "alice"),
        ("sign_in_failed", "refused", ""),
        ("signed_in", "ok", "alice"),
        ("signed_out", "ok", "alice"),
    ]


def test_giving_the_password_again_is_told_right_and_wrong(signed_in, cast, engine, become):
    become(cast.alice, Role.OWNER)
    client = signed_in(cast.alice)
    token = build.csrf_token(client.get("/settings"))
    client.post("/confirm", data={"csrf_token": token, "proof": "not the password"})
    client.post("/confirm", data={"csrf_token": token, "proof": build.PASSWORD})
    assert [row[0] for row in told(engine, Chain.READS)][-2:] == ["proof_failed", "proved"]


def test_settings_of_a_practice_are_told_as_such(signed_in, cast, engine, become):
    become(cast.alice, Role.OWNER)
    client = signed_in(cast.alice)
    token = build.csrf_token(client.get("/settings"))
    form = {
        "csrf_token": token,
        "login": "dora",
        "name": "Dora Ip",
        "email": "",
        f"role-{cast.eastside.public_id}": "biller",
    }
    client.post("/users/new", data=form)
    assert "configured" in [row[0] for row in told(engine, Chain.CHANGES)]


def test_an_export_is_told_with_the_number_of_rows(signed_in, cast, things, engine):
    with signed_in(cast.alice).get("/queue/export.csv") as answer:
        assert answer.status_code == 200
    row = entries(engine, Chain.READS)[-1]
    assert row.action == "exported"
    assert detail(row)["count"] == 1


def test_who_is_not_signed_in_leaves_no_trace_but_a_bad_sign_in(client, engine):
    client.get("/queue")
    client.get("/denials/AAAA")
    assert entries(engine) == []


def test_the_database_itself_must_take_the_entry(app, engine):
    """The driver's own error goes up: nothing swallows it."""
    log = reads_log(engine)
    log.make()
    with as_owner(engine, Chain.READS) as connection:
        connection.exec_driver_sql("DROP TABLE audit_entries")
    with pytest.raises(DBAPIError):
        log.append(build_doing(), [build_told()])


def build_doing():
    from tracker.auditing.acting import Doing

    return Doing()


def build_told():
    from tracker.auditing.appending import Told

    return Told(Act.READ)
