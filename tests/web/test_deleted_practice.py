"""A deleted practice is nowhere to be seen, and back where it was once it is restored."""

from sqlalchemy import select

from tests import build
from tests.build import NOW
from tracker.db import transaction
from tracker.models import Practice
from tracker.services.practice_deletion import delete_practice, restore_practice


def change(sessions, how):
    with transaction(sessions.system()) as session:
        how(session.scalars(select(Practice).where(Practice.name == "Eastside PT")).one())


def test_its_people_do_not_see_it_until_it_is_restored(sessions, cast, signed_in):
    with transaction(sessions.system()) as session:
        other = build.practice(session, "Northside OT")
        build.user(session, "dana", cast.eastside, other, role="lead")
        public_id = build.denied_line(session, session.merge(cast.eastside)).public_id
        dana = session.scalars(select(build.User).where(build.User.login == "dana")).one()
    client = signed_in(dana)
    assert client.get(f"/denials/{public_id}").status_code == 200
    change(sessions, lambda practice: delete_practice(practice, NOW))
    assert client.get(f"/denials/{public_id}").status_code == 404
    settings = client.get("/settings").text
    assert ("Northside OT" in settings, "Eastside PT" in settings) == (True, False)
    change(sessions, restore_practice)
    assert client.get(f"/denials/{public_id}").status_code == 200
