"""What people are told about their accounts on their next page, where no mail server is needed."""

from datetime import timedelta

from tests import build
from tests.forms import fields_of
from tests.web.test_account import EDGE, FIREFOX, browser, change
from tests.web.test_practice_data import export
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Notice
from tracker.services.notices import forget_old_notices

NEW_PLACE = "Somebody signed in to your account with Firefox on Windows, on 11/23/2026"


def test_a_new_place_is_told_elsewhere_and_not_there(app, cast):
    known = browser(app, cast.alice, EDGE)
    assert "About your account" not in known.get("/settings").text
    strange = browser(app, cast.alice, FIREFOX)
    assert NEW_PLACE in known.get("/queue").text
    assert "About your account" not in strange.get("/queue").text


def test_it_is_shown_until_it_is_read_and_nobody_else_can_put_it_away(app, cast):
    known, strange, colleague = (
        browser(app, cast.alice, EDGE), browser(app, cast.alice, FIREFOX), browser(app, cast.bob, EDGE),
    )  # fmt: skip
    form = fields_of(known.get("/settings").text, "/account/notices")
    for client in (strange, colleague):
        token = build.csrf_token(client.get("/settings"))
        client.post("/account/notices", data=form | {"csrf_token": token})
    assert NEW_PLACE in known.get("/settings").text
    assert known.post("/account/notices", data=form).status_code == 303
    assert "About your account" not in known.get("/settings").text


def test_a_new_password_is_told_at_the_next_sign_in(app, cast):
    change(browser(app, cast.alice, EDGE))
    client = app.test_client()
    form = {"login": "alice", "password": "seven blue chairs", "csrf_token": build.csrf_token(client.get("/login"))}
    client.post("/login", data=form)
    assert "The password of your account was changed, on 11/23/2026" in client.get("/settings").text


def test_an_export_of_everything_is_told_to_every_owner(app, cast, become, signed_in):
    become(cast.alice, Role.OWNER)
    become(cast.bob, Role.OWNER)
    export(signed_in(cast.alice), cast)
    words = "An export of everything of a practice of yours was asked for"
    for user in (cast.alice, cast.bob):
        assert words in signed_in(user).get("/settings").text
    assert words not in signed_in(cast.charlie).get("/settings").text


def test_what_is_half_a_year_old_goes(sessions, cast, clock):
    with transaction(sessions.system()) as session:
        for days in (179, 181):
            session.add(Notice(user_id=cast.alice.id, about="password", at=clock.now - timedelta(days=days)))
    with transaction(sessions.system()) as session:
        forget_old_notices(session, clock.now)
        assert session.query(Notice).count() == 1
