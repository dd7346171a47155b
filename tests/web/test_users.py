"""The people page: inviting, roles, links, leaving; and what an owner or admin may not do."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.web.test_second_factor import give_password, turn_on
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Denial, Event, Membership, User, UserLink
from tracker.services.users import find_user, roles_of


@pytest.fixture
def admin(sessions, cast):
    """Ann is an admin of Eastside, Olga its owner."""
    with transaction(sessions.system()) as session:
        build.user(session, "olga", cast.eastside, role=Role.OWNER)
        return build.user(session, "ann", cast.eastside, role=Role.ADMIN)


@pytest.fixture
def owner(admin, sessions):
    with sessions.reading(()) as session:
        return find_user(session, "olga")


def send(client, path, **fields):
    return client.post(path, data={"csrf_token": build.csrf_token(client.get("/account")), **fields})


def role_field(practice):
    return f"role-{practice.public_id}"


def roles(sessions, user):
    with sessions.reading(()) as session:
        return roles_of(session, user.id)


def link_on(page):
    return re.search(r"http://[^\"]+(/links/[A-Za-z0-9_-]{43})", page.text)[1]


# ---- who sees it ----


@pytest.mark.parametrize(("role", "status"), [(role, 200 if role in {"owner", "admin"} else 403) for role in Role])
def test_owners_and_admins_see_the_people_of_their_practice(signed_in, cast, become, role, status):
    become(cast.alice, role)
    client = signed_in(cast.alice)
    page = client.get("/users")
    assert page.status_code == status
    assert client.get(f"/users/{cast.bob.public_id}").status_code == status
    assert ("Bob" in page.text) == (status == 200)
    assert "Charlie" not in page.text


def test_people_of_another_practice_are_not_found(signed_in, admin, cast):
    client, path = signed_in(admin), f"/users/{cast.charlie.public_id}"
    assert client.get(path).status_code == 404
    for act in ("roles", "disable", "enable", "link", "second-factor", "hand-on"):
        assert send(client, f"{path}/{act}").status_code == 404, act


# ---- inviting ----


def invite(client, practice, role="biller", **fields):
    fields = {"name": "Dora Quill", "login": "dora", "email": "", role_field(practice): role} | fields
    return send(client, "/users/new", **fields)


def take_up(app, link, password="seven blue chairs"):
    client = app.test_client()
    form = {"new": password, "again": password, "csrf_token": build.csrf_token(client.get(link))}
    return client.post(link, data=form)


def test_an_invited_person_sets_a_password_by_the_link_and_signs_in(app, signed_in, admin, cast, sessions):
    client = signed_in(admin)
    page = client.get(invite(client, cast.eastside).headers["Location"])
    assert "Invited" in page.text
    link = link_on(page)
    assert "Welcome, Dora Quill" in app.test_client().get(link).text
    assert take_up(app, link).headers["Location"] == "/login"
    dora = app.test_client()
    form = {"login": "dora", "password": "seven blue chairs", "csrf_token": build.csrf_token(dora.get("/login"))}
    assert dora.post("/login", data=form).status_code == 303
    assert dora.get("/queue").status_code == 200
    with sessions.reading(()) as session:
        found = roles_of(session, find_user(session, "dora").id)
    assert found == {cast.eastside.id: Role.BILLER}


def test_a_link_works_once_and_not_for_ever(app, signed_in, admin, cast, clock):
    client = signed_in(admin)
    link = link_on(client.get(invite(client, cast.eastside).headers["Location"]))
    assert take_up(app, link).status_code == 303
    over = app.test_client().get(link)
    assert over.status_code == 404
    assert "This link does not work any more" in over.text
    late = link_on(client.get(invite(client, cast.eastside, login="eve").headers["Location"]))
    clock.now += timedelta(days=3, seconds=1)
    never = app.test_client().get("/links/" + "A" * 43)
    answers = [app.test_client().get(late), never]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text == answers[1].text


def test_a_newer_link_makes_the_older_void(app, signed_in, admin, cast):
    client = signed_in(admin)
    address = invite(client, cast.eastside).headers["Location"]
    first = link_on(client.get(address))
    send(client, f"{address}/link")
    second = link_on(client.get(address))
    assert first != second
    assert app.test_client().get(first).status_code == 404
    assert app.test_client().get(second).status_code == 200


def test_the_database_alone_opens_no_account(signed_in, admin, cast, sessions):
    client = signed_in(admin)
    link = link_on(client.get(invite(client, cast.eastside).headers["Location"]))
    with sessions.reading(()) as session:
        row = session.scalars(select(UserLink)).one()
        assert link.rsplit("/", 1)[1] not in {row.token_hash, row.public_id}


def test_a_weak_password_does_not_use_the_link_up(app, signed_in, admin, cast):
    client = signed_in(admin)
    link = link_on(client.get(invite(client, cast.eastside).headers["Location"]))
    page = take_up(app, link, "dora quill 2026")
    assert page.status_code == 422
    assert "must be more than your name" in page.text
    assert take_up(app, link).status_code == 303


def test_an_invitation_that_will_not_do(signed_in, admin, cast, sessions):
    client = signed_in(admin)
    for fields, message in (
        ({"login": "BOB"}, "There is already a user named BOB"),
        ({"name": ""}, "Enter the person&#39;s name"),
        ({"email": "not an address"}, "E-mail address must be like"),
        ({role_field(cast.eastside): ""}, "Choose a role in at least one practice"),
    ):
        page = invite(client, cast.eastside, **fields)
        assert page.status_code == 422
        assert message in page.text
    assert invite(client, cast.lakeview).status_code == 422
    assert invite(client, cast.eastside, **{role_field(cast.eastside): "king"}).status_code == 400
    with sessions.reading(()) as session:
        assert find_user(session, "dora") is None


def test_an_admin_makes_no_owner(signed_in, admin, owner, cast, sessions):
    refused = invite(signed_in(admin), cast.eastside, "owner")
    assert refused.status_code == 403
    assert "Only an owner can make or change an owner" in refused.text
    assert invite(signed_in(owner), cast.eastside, "owner").status_code == 303


# ---- roles ----


def test_another_role_signs_the_person_out(signed_in, admin, cast, sessions):
    bobs, client = signed_in(cast.bob), signed_in(admin)
    answer = send(client, f"/users/{cast.bob.public_id}/roles", **{role_field(cast.eastside): "reader"})
    assert answer.status_code == 303
    assert roles(sessions, cast.bob) == {cast.eastside.id: Role.READER}
    assert bobs.get("/insights").status_code == 303


def test_the_same_role_again_signs_nobody_out(signed_in, admin, cast):
    bobs, client = signed_in(cast.bob), signed_in(admin)
    send(client, f"/users/{cast.bob.public_id}/roles", **{role_field(cast.eastside): "biller"})
    assert bobs.get("/queue").status_code == 200


def test_an_admin_changes_no_owner_and_nobody_themselves(signed_in, admin, owner, cast, sessions):
    client = signed_in(admin)
    assert send(client, f"/users/{owner.public_id}/roles", **{role_field(cast.eastside): "reader"}).status_code == 403
    own = send(client, f"/users/{admin.public_id}/roles", **{role_field(cast.eastside): "lead"})
    assert own.status_code == 422
    assert "Nobody changes their own role" in own.text
    for act in ("disable", "link", "second-factor"):
        assert send(client, f"/users/{owner.public_id}/{act}").status_code == 403, act
        assert send(client, f"/users/{admin.public_id}/{act}").status_code == 403, act
    assert roles(sessions, owner) == {cast.eastside.id: Role.OWNER}


def test_a_practice_keeps_an_owner(signed_in, owner, cast, sessions, become):
    become(cast.bob, Role.OWNER)
    client = signed_in(cast.bob)
    send(client, f"/users/{owner.public_id}/disable")
    with transaction(sessions.system()) as session:
        build.user(session, "third", cast.eastside, role=Role.OWNER)
        session.get_one(User, owner.id).is_active = True
        third = find_user(session, "third")
        session.get_one(User, cast.bob.id).is_active = session.get_one(User, owner.id).is_active = False
        last = session.get_one(User, third.id)
        from tracker.services.users import UserProblem, disable, set_roles

        for act in (
            lambda: disable(session, last, build.NOW),
            lambda: set_roles(session, last, {cast.eastside.id: Role.BILLER}, build.NOW),
        ):
            with pytest.raises(UserProblem, match="the only owner of Eastside PT"):
                act()


def test_who_manages_one_clinic_opens_no_door_to_another(signed_in, admin, cast, sessions):
    """Bob works at Lakeview too: an admin of Eastside could reach Lakeview through a link to his account."""
    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.bob.id, practice_id=cast.lakeview.id, role=Role.BILLER))
    client, path = signed_in(admin), f"/users/{cast.bob.public_id}"
    page = client.get(path).text
    assert "Lakeview" not in page
    for act in ("disable", "enable", "link", "second-factor", "hand-on"):
        assert send(client, f"{path}/{act}").status_code == 403, act
    assert send(client, f"{path}/roles", **{role_field(cast.lakeview): "owner"}).status_code == 303
    assert send(client, f"{path}/roles", **{role_field(cast.eastside): ""}).status_code == 303
    assert roles(sessions, cast.bob) == {cast.lakeview.id: Role.BILLER}


def test_the_last_practice_is_not_taken_from_a_person(signed_in, admin, cast, sessions):
    page = send(signed_in(admin), f"/users/{cast.bob.public_id}/roles", **{role_field(cast.eastside): ""})
    assert page.status_code == 422
    assert "Disable the account instead" in page.text


# ---- links and second factors of others ----


def test_a_reset_link_sets_a_new_password_and_ends_every_session(app, signed_in, admin, cast):
    bobs, client = signed_in(cast.bob), signed_in(admin)
    send(client, f"/users/{cast.bob.public_id}/link")
    assert bobs.get("/queue").status_code == 200
    assert take_up(app, link_on(client.get(f"/users/{cast.bob.public_id}"))).status_code == 303
    assert bobs.get("/queue").status_code == 303
    assert give_password(app, cast.bob)[1].status_code == 422


def test_a_link_leaves_the_second_factor_on(app, signed_in, admin, cast, clock):
    turn_on(signed_in(cast.bob), clock)
    client = signed_in(admin)
    send(client, f"/users/{cast.bob.public_id}/link")
    take_up(app, link_on(client.get(f"/users/{cast.bob.public_id}")), build.PASSWORD)
    assert give_password(app, cast.bob)[1].headers["Location"] == "/login/code"


def test_a_lost_second_factor_is_taken_away(app, signed_in, admin, cast, clock):
    turn_on(signed_in(cast.bob), clock)
    assert send(signed_in(admin), f"/users/{cast.bob.public_id}/second-factor").status_code == 303
    assert give_password(app, cast.bob)[1].headers["Location"] == "/"


# ---- leaving ----


@pytest.fixture
def bobs_denials(sessions, cast):
    with transaction(sessions.system()) as session:
        own = [build.denied_line(session, cast.eastside, owner_id=cast.bob.id) for _ in range(3)]
        own[2].is_open = False
        return own


def owners(sessions, denials):
    with sessions.system() as session:
        return [session.get_one(Denial, (one.practice_id, one.id)).owner_id for one in denials]


def test_a_disabled_person_is_out_at_once_and_back_when_enabled(app, signed_in, admin, cast):
    bobs, client, path = signed_in(cast.bob), signed_in(admin), f"/users/{cast.bob.public_id}"
    assert send(client, f"{path}/disable").status_code == 303
    assert bobs.get("/queue").status_code == 303
    assert give_password(app, cast.bob)[1].status_code == 422
    assert send(client, f"{path}/link").status_code == 404
    assert send(client, f"{path}/enable").status_code == 303
    assert give_password(app, cast.bob)[1].status_code == 303


def test_a_link_made_before_does_not_open_a_disabled_account(app, signed_in, admin, cast):
    client, path = signed_in(admin), f"/users/{cast.bob.public_id}"
    send(client, f"{path}/link")
    link = link_on(client.get(path))
    send(client, f"{path}/disable")
    assert app.test_client().get(link).status_code == 404


def test_open_denials_of_a_disabled_person_are_handed_on(signed_in, admin, cast, sessions, bobs_denials):
    client, path = signed_in(admin), f"/users/{cast.bob.public_id}"
    send(client, f"{path}/disable")
    assert "2 open denials are still theirs" in client.get(path).text
    answer = send(client, f"{path}/hand-on", to=cast.alice.public_id)
    assert "2 open denials handed on to Alice." in client.get(answer.headers["Location"]).text
    assert owners(sessions, bobs_denials) == [cast.alice.id, cast.alice.id, cast.bob.id]
    with sessions.system() as session:
        events = session.scalars(select(Event).where(Event.kind == "owner")).all()
    assert [event.user_id for event in events] == [admin.id, admin.id]


def test_denials_are_handed_on_only_to_who_works_the_queue_there(
    signed_in, admin, cast, sessions, bobs_denials, become
):
    client, path = signed_in(admin), f"/users/{cast.bob.public_id}"
    assert send(client, f"{path}/hand-on", to=cast.alice.public_id).status_code == 422
    send(client, f"{path}/disable")
    become(cast.alice, Role.READER)
    for somebody in (cast.alice, cast.charlie, admin, cast.bob):
        assert send(client, f"{path}/hand-on", to=somebody.public_id).status_code == 422
    assert owners(sessions, bobs_denials) == [cast.bob.id] * 3
