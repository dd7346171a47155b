"""Every route, for every role, on one's own practice and on another's: the table decides, and a foreign object is not there.

A route with an object that this file does not know fails the test: name its object here.
"""

from collections.abc import Iterator
from datetime import date

import pytest

from tests import build
from tests.build import NOW
from tracker.db import transaction, whole
from tracker.domain.access import BY_LEAVE, Action, Role, may
from tracker.domain.token_verbs import Verb
from tracker.models import (
    Attachment,
    ChartNote,
    Job,
    Letter,
    LetterText,
    Membership,
    MonthlyReport,
    OwnerRequest,
    Payer,
    PracticeFile,
    PracticeKey,
    ProviderAdjustment,
    RecordsRequest,
)
from tracker.services.api_tokens import make_token
from tracker.services.backlog import Staged, stage_backlog
from tracker.web import access
from tracker.web.request import EXEMPT

CANARY = "Zanzibarova"

# What stands in the place of an address's argument, by how the rule begins; None: not a practice's own.
OBJECTS = {
    "/appeals/batches/<public_id>": {"public_id": "batch"},
    "/appeals/<public_id>": {"public_id": "appeal", "file_id": "paper", "text_id": "text"},
    "/check/claims/<public_id>": {"public_id": "claim"},
    "/claims/<public_id>": {"public_id": "claim"},
    "/denials/<public_id>": {"public_id": "denial"},
    "/import/<batch>": {"batch": "import"},
    "/import/held/<public_id>": {"public_id": "held"},
    "/import/list/<public_id>": {"public_id": "list"},
    "/insights/notes/<public_id>": {"public_id": "chart_note"},
    "/jobs/<public_id>": {"public_id": "batch"},
    "/notes/<public_id>": {"public_id": "note"},
    "/notes/documents/<public_id>": {"public_id": "document"},
    "/papers/<public_id>": {"public_id": "paper"},
    "/patients/<public_id>": {"public_id": "patient", "other_id": "patient"},
    "/records-requests/<public_id>": {"public_id": "request"},
    "/settings/practices/<public_id>": {"public_id": "practice", "file_id": "export", "request_id": "owner_request"},
    "/settings/deleted/<public_id>": {"public_id": "deleted"},
    "/settings/take-in/<file_id>": {"file_id": "brought"},
    "/reports/<public_id>": {"public_id": "report"},
    "/scans/<public_id>": {"public_id": "scan"},
    "/takebacks/<public_id>": {"public_id": "takeback"},
    "/templates/<practice_id>": {"practice_id": "practice"},
    "/users/<public_id>": {"public_id": "person"},
    "/settings/tokens/<public_id>": {"public_id": "token"},
}
# Named by something that is no practice's: what they show is narrowed like a list's, or it is a person's own.
SHARED = (
    "/account/sessions/<public_id>",
    "/account/tokens/<public_id>",
    "/settings/signing/leave/<public_id>",
    "/payers/<public_id>",
    "/queue/export.<kind>",
    "/queue/views/<public_id>",
    "/rules/<rule_id>",
    "/help/<topic>",
    "/insights/<panel>",
    "/appeals/list.<kind>",
    "/audit/list.<kind>",
    "/import/list.<kind>",
    "/notes/list.<kind>",
    "/payers/fee-schedules/list.<kind>",
    "/payers/list.<kind>",
    "/records-requests/list.<kind>",
    "/reports/feedback/<audience>",
    "/reports/list.<kind>",
    "/reports/months/<month>",
    "/takebacks/list.<kind>",
    "/users/list.<kind>",
    "/letter-assets/<name>",
)
FILLED = {"number": 1, "year": 2026, "source": "letter", "sheet_id": "CMS-20027", "key": "claim_filing",
          "panel": "codes", "topic": "queue", "rule_id": "MIN_8_TOTAL", "name": "letters.css",
          "kind": "csv", "month": "2026-10", "audience": "documentation",
          "template_id": "L01"}  # fmt: skip


@pytest.fixture
def things(sessions, cast):
    """An object of every kind in both practices; those of the foreign one bear a name that must show nowhere."""
    with transaction(sessions.system()) as session:
        people = {cast.eastside.id: cast.bob, cast.lakeview.id: cast.charlie}
        owners = {cast.eastside.id: cast.alice, cast.lakeview.id: cast.charlie}
        places = (cast.eastside, cast.lakeview)
        return {
            place.id: make(session, place)
            | {"person": people[place.id].public_id, "token": a_token(session, people[place.id], place)}
            | of_owners(session, place, owners[place.id], people[place.id])
            for place in places
        }


def a_token(session, person, place) -> str:
    token, _ = make_token(session, person.id, place.id, "Test", [Verb.READ], 90, NOW)
    return token.public_id


def of_owners(session, place, owner, colleague) -> dict[str, str]:
    """What owners see alone: an export, a file brought here, what a colleague asks, a practice that is deleted."""
    closed = build.practice(session, f"Closed {place.name}", deleted_at=NOW)
    told = {"practice": "Northside", "npi": None, "rows": {"claims": 1}}
    told |= {"people": {"known": [], "new": ["X"]}, "payers": {"known": ["Y"], "new": []}}
    of_file = {"asked_at": NOW, "expires_at": NOW.replace(day=24), "state": "ready", "size": 1}
    export = PracticeFile(
        way="out", practice_id=place.id, asked_by_id=owner.id, reason="copy", told={"rows": 1}, **of_file
    )
    brought = PracticeFile(way="in", asked_by_id=owner.id, told=told, **of_file)
    asked = OwnerRequest(practice_id=place.id, kind="delete", asked_by_id=colleague.id, asked_at=NOW)
    session.add_all([export, brought, asked, Membership(user_id=owner.id, practice_id=closed.id, role="biller")])
    session.flush()
    rows = {"export": export, "brought": brought, "owner_request": asked, "deleted": closed}
    return {name: row.public_id for name, row in rows.items()}


def make(session, place) -> dict[str, str]:
    patient = build.patient(session, place, CANARY if place.name.startswith("Lakeview") else "Quill")
    claim = build.claim(session, place, patient)
    denial = build.denial(session, build.claim_line(session, claim))
    note = build.note(session, patient, f"S: {patient.last_name} walks")
    build.link(session, note, claim)
    appeal = build.appeal(session, denial)
    letter = Letter(
        practice_id=place.id, appeal_id=appeal.id, template="L01", letter_date=date(2026, 11, 23), saved_at=NOW
    )
    paper = Attachment(
        practice_id=place.id, appeal_id=appeal.id, kind="decision", title="Letter",
        content_type="application/pdf", content=CANARY.encode(), content_hash="0" * 64, added_at=NOW,
    )  # fmt: skip
    scan = Attachment(
        practice_id=place.id, kind="scan", title="EOB or denial letter", content_type="application/pdf",
        content=CANARY.encode(), content_hash="1" * 64, added_at=NOW,
    )  # fmt: skip
    document = Attachment(
        practice_id=place.id, kind="notes", title="Document with notes", content_type="application/json",
        content=CANARY.encode(), content_hash="2" * 64, added_at=NOW,
    )  # fmt: skip
    job = Job(kind="letters.draft", key=f"batch-{place.id}", run_at=NOW, asked_at=NOW, practice_id=place.id)
    request = RecordsRequest(
        practice_id=place.id, number=201, claim_id=claim.id, requested_on=date(2026, 11, 2), logged_at=NOW
    )
    remittance = build.remittance(session, place)
    takeback = ProviderAdjustment(
        practice_id=place.id, remittance_id=remittance.id, reason="WO", amount_cents=100, task="look"
    )
    chart_note = ChartNote(
        practice_id=place.id, day=date(2026, 8, 15), words=f"{patient.last_name} check", is_shared=True, made_at=NOW
    )
    figures = {"below": [], "sections": [{"title": patient.last_name, "sentences": [], "drawing": "", "items": [],
               "total": [], "terms": [["Denial", "A line"]], "notes": []}], "points": [],
               "counts": {"denials": 0, "cents": 0}}  # fmt: skip
    report = MonthlyReport(practice_id=place.id, month="2026-10", state="final", made_at=NOW, figures=figures)
    session.add_all([chart_note, letter, paper, scan, document, job, request, takeback, report])
    session.flush()
    text = LetterText(practice_id=place.id, letter_id=letter.id, appeal_id=appeal.id, saved_at=NOW, template="L01")
    session.add(text)
    session.flush()
    refused = {"refused": {"where": "File", "why": "It is empty.", "what_to_do": "Choose another."}}
    batch = build.import_file(
        session, place, filename=f"{patient.last_name}.835", state="staged", preview=refused
    ).batch
    held = build.import_file(
        session, place, filename=f"{patient.last_name}.835", state="held",
        preview={"why": f"It is for {patient.last_name}.", "payees": []},
    )  # fmt: skip
    a_list = stage_backlog(
        session, place, f"{patient.last_name}.csv", f"Claim,Patient,DOS\n1,{patient.last_name},9/14/26\n".encode(),
        Staged(None, NOW, 24),
    )  # fmt: skip
    rows = {"list": a_list, "held": held, "patient": patient, "claim": claim, "denial": denial, "note": note, "appeal": appeal, "paper": paper,
            "text": text, "batch": job, "request": request, "takeback": takeback, "practice": place, "letter": letter,
            "chart_note": chart_note, "report": report, "scan": scan, "document": document}  # fmt: skip
    return {name: row.public_id for name, row in rows.items()} | {"import": batch}


def routes(app) -> Iterator[tuple[str, str, Action, dict[str, str]]]:
    """Every method of every route with its action and which objects its arguments are."""
    with app.app_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint in EXEMPT or rule.endpoint == "auth.logout" or is_of_programs(rule):
                continue
            action = access.declared(rule.endpoint)
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule.rule, method, action, objects_of(rule)


def is_of_programs(rule) -> bool:
    """Whether tests/api/test_matrix.py tries the route, with tokens."""
    return rule.rule.startswith("/api/")


def objects_of(rule) -> dict[str, str]:
    asked = rule.arguments - (rule.defaults or {}).keys()
    if not asked or rule.rule.startswith(SHARED):
        return {}
    found = [names for start, names in OBJECTS.items() if rule.rule.startswith(start)]
    assert found, f"{rule.rule} is a route that the matrix does not know: say what its arguments are"
    names = {name: found[0].get(name, "") for name in asked if name not in FILLED}
    assert all(names.values()), f"{rule.rule}: the matrix does not know {names}"
    return names


def address(rule: str, objects: dict[str, str], things: dict[str, str], payer: str) -> str:
    values = {name: things[kind] for name, kind in objects.items()}
    for part in [part for part in rule.split("/") if "<" in part]:
        name = part.split("<")[1].split(">")[0].rpartition(":")[2]
        value = str(values.get(name) or FILLED.get(name) or payer)
        rule = rule.replace(part, part.split("<")[0] + value + part.split(">")[1])
    return rule


def send(client, method: str, path: str, token: str):
    return client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)


@pytest.fixture
def payer(sessions, things) -> str:
    with sessions.system() as session:
        return session.query(Payer).first().public_id


@pytest.mark.parametrize("role", list(Role))
def test_on_ones_own_practice_the_table_decides(app, signed_in, cast, become, things, payer, role):
    become(cast.alice, role, protected=True)
    client = signed_in(cast.alice)
    token, wrong = build.csrf_token(client.get("/settings")), []
    for rule, method, action, objects in routes(app):
        answer = send(client, method, address(rule, objects, things[cast.eastside.id], payer), token)
        assert answer.status_code < 500, (rule, method, answer.status_code)
        refused = answer.status_code == 403
        if action is not Action.OWN_ACCOUNT and refused is may(role, action):
            wrong.append((rule, method, action, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_a_foreign_object_is_not_there_for_any_role(app, signed_in, cast, become, things, payer, role):
    become(cast.alice, role, protected=True)
    client = signed_in(cast.alice)
    token, found, tried = build.csrf_token(client.get("/settings")), [], 0
    for rule, method, action, objects in routes(app):
        answer = send(client, method, address(rule, objects, things[cast.lakeview.id], payer), token)
        assert CANARY.encode() not in answer.data, (rule, method)
        tried += bool(objects)
        if objects and answer.status_code != (404 if may(role, action) else 403):
            found.append((rule, method, answer.status_code))
    assert found == []
    assert tried > 60


@pytest.mark.parametrize("role", list(Role))
def test_what_takes_leave_is_refused_to_every_role_without_it(app, signed_in, cast, become, things, payer, role):
    become(cast.alice, role)
    client = signed_in(cast.alice)
    token, tried = build.csrf_token(client.get("/settings")), 0
    for rule, method, action, objects in routes(app):
        if action in BY_LEAVE:
            tried += 1
            answer = send(client, method, address(rule, objects, things[cast.eastside.id], payer), token)
            assert (answer.status_code, "gave leave" in answer.text) == (403, True), (rule, method)
    assert tried >= 3


def test_nothing_of_another_practice_was_changed(app, signed_in, cast, become, things, payer, engine):
    """An owner of Eastside sends every form at Lakeview's objects; Lakeview's rows are the same bytes afterwards."""
    from sqlalchemy import select

    from tracker.services.backup_rows import tables_of

    def rows_of_lakeview():
        with whole(engine).connect() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(select(table).where(table.c.practice_id == cast.lakeview.id))), key=repr)
                for table in tables_of(connection)
                if "practice_id" in table.c and table.name != PracticeKey.__tablename__
            }  # fmt: skip

    become(cast.alice, Role.OWNER)
    client, before = signed_in(cast.alice), rows_of_lakeview()
    assert before["denials"]
    token = build.csrf_token(client.get("/settings"))
    for rule, method, _, objects in routes(app):
        if method == "POST" and objects:
            send(client, method, address(rule, objects, things[cast.lakeview.id], payer), token)
    assert rows_of_lakeview() == before
