"""Who may open what: each view declares its action, roles decide, and a refusal says whom to ask."""

import pytest
from sqlalchemy import select

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Denial, Membership
from tracker.web import access
from tracker.web.request import EXEMPT

FIRST_PAGES = {
    Role.OWNER: "/queue", Role.ADMIN: "/settings", Role.LEAD: "/queue", Role.BILLER: "/queue",
    Role.READER: "/insights", Role.AUDITOR: "/audit", Role.THERAPIST: "/to-sign",
}  # fmt: skip


@pytest.fixture
def denial(sessions, cast):
    with transaction(sessions.system()) as session:
        return build.denied_line(session, cast.eastside)


def test_every_view_but_the_exempt_ones_declares_its_action(app):
    with app.app_context():
        undeclared = {name for name in app.view_functions if name not in EXEMPT and access.declared(name) is None}
    assert undeclared == set()
    assert len(app.view_functions) > 100


@pytest.mark.own_app
def test_a_view_without_an_action_is_refused(app, signed_in, cast, become):
    become(cast.alice, Role.OWNER)
    app.add_url_rule("/forgotten", "forgotten", lambda: "never seen")
    answer = signed_in(cast.alice).get("/forgotten")
    assert answer.status_code == 403
    assert "never seen" not in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_comes_to_a_page_it_may_open(signed_in, cast, become, role):
    become(cast.alice, role)
    client = signed_in(cast.alice)
    first = client.get("/")
    assert first.headers["Location"] == FIRST_PAGES[role]
    assert client.get(first.headers["Location"]).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_the_bar_on_top_links_only_what_opens(app, signed_in, cast, become, role):
    become(cast.alice, role)
    client = signed_in(cast.alice)
    bar = client.get("/settings").text.split("</header>")[0]
    for path in ("/queue", "/import", "/appeals", "/insights", "/payers", "/settings", "/digest", "/check", "/rules"):
        opens = client.get(path).status_code == 200
        assert (f'href="{path}"' in bar) == opens, (role, path)


def test_a_refusal_says_who_can_do_it(signed_in, cast, become):
    become(cast.alice, Role.READER)
    answer = signed_in(cast.alice).get("/queue")
    assert answer.status_code == 403
    assert "Your role does not include this" in answer.text
    assert (
        "Only an owner, a lead or a biller can work the queue. Ask an admin of Eastside PT for access." in answer.text
    )
    assert "Go to your first page" in answer.text


def test_a_biller_sees_a_payers_limits_and_cannot_change_them(signed_in, cast, sessions, denial):
    client = signed_in(cast.alice)
    with sessions.system() as session:
        payer = session.get_one(build.Payer, session.scalars(select(Denial.payer_id)).one()).public_id
    page = client.get(f"/payers/{payer}")
    assert page.status_code == 200
    assert "Save address" not in page.text
    assert "Mark checked" not in page.text
    form = {"address": "PO Box 1", "csrf_token": build.csrf_token(page)}
    answer = client.post(f"/payers/{payer}/address", data=form)
    assert answer.status_code == 403
    assert "Only an owner or a lead can change payer limits and rules" in answer.text


def test_a_role_counts_only_in_its_practice(signed_in, cast, sessions):
    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.alice.id, practice_id=cast.lakeview.id, role=Role.READER))
        ours = build.denied_line(session, cast.eastside).public_id
        theirs = build.denied_line(session, cast.lakeview).public_id
    client = signed_in(cast.alice)
    queue = client.get("/queue?view=all").text
    assert ours in queue
    assert theirs not in queue
    assert client.get(f"/denials/{ours}").status_code == 200
    refused = client.get(f"/denials/{theirs}")
    assert refused.status_code == 404
    assert "Your role in Lakeview Hand Therapy does not include this page" in refused.text
    assert client.get("/insights").status_code == 200


def test_a_foreign_denial_is_not_found_whatever_the_role(signed_in, cast, become, denial):
    assert signed_in(cast.charlie).get(f"/denials/{denial.public_id}").status_code == 404


def owner_of(sessions, denial):
    with sessions.system() as session:
        return session.get_one(Denial, (denial.practice_id, denial.id)).owner_id


def assign(client, denial, person):
    form = {"do": "assign", "denial": denial.public_id, "owner": person.public_id}
    return client.post("/queue/change", data=form | {"csrf_token": build.csrf_token(client.get("/queue"))})


def test_a_biller_takes_a_denial_but_does_not_give_it_to_another(signed_in, cast, sessions, denial):
    client = signed_in(cast.alice)
    assign(client, denial, cast.bob)
    assert owner_of(sessions, denial) is None
    assert "Only an owner or a lead can assign denials to others" in client.get("/queue").text
    assign(client, denial, cast.alice)
    assert owner_of(sessions, denial) == cast.alice.id


def test_a_lead_assigns_to_anybody(signed_in, cast, sessions, become, denial):
    become(cast.alice, Role.LEAD)
    assign(signed_in(cast.alice), denial, cast.bob)
    assert owner_of(sessions, denial) == cast.bob.id


def test_an_admin_changes_a_practice_and_sees_no_patient(signed_in, cast, become, denial):
    become(cast.alice, Role.ADMIN)
    client = signed_in(cast.alice)
    assert client.get(f"/settings/practices/{cast.eastside.public_id}").status_code == 200
    for path in ("/queue", "/appeals", "/insights", f"/denials/{denial.public_id}", "/queue/export.csv"):
        assert client.get(path).status_code == 403, path


def test_a_person_without_a_practice_keeps_the_account_and_sees_nothing(signed_in, sessions, cast):
    with transaction(sessions.system()) as session:
        nobody = build.user(session, "nobody")
    client = signed_in(nobody)
    assert client.get("/settings").status_code == 200
    assert client.get("/queue").status_code == 403


def test_pages_without_a_sign_in_stay_open_to_who_is_signed_in(signed_in, cast):
    client = signed_in(cast.alice)
    assert client.get("/healthz").status_code == 200
    assert client.get("/login").headers["Location"] == "/"
