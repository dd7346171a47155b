"""Who looks after the installation is told when the last good backup is old; others are not bothered."""

from datetime import timedelta

import pytest

from tests import build
from tracker.db import transaction
from tracker.models import Backup

OLD = "The last good backup is 30 hours old. Type: tracker backup"


@pytest.fixture
def people(sessions, cast, clock):
    with transaction(sessions.system()) as session:
        session.add(Backup(file_name="b.backup", made_at=clock.now - timedelta(hours=30), size=1, rows=1))
        eastside = session.merge(cast.eastside)
        return {role: build.user(session, role, eastside, role=role) for role in ("owner", "admin", "biller", "reader")}


@pytest.mark.parametrize(("role", "told"), [("owner", True), ("admin", True), ("biller", False), ("reader", False)])
def test_an_old_backup_is_said_to_owners_and_admins(signed_in, people, role, told):
    page = signed_in(people[role]).get("/settings")
    assert page.status_code == 200
    assert (OLD in page.text) is told


def test_a_fresh_backup_is_quiet_and_stands_in_the_settings(signed_in, people, sessions, clock):
    with transaction(sessions.system()) as session:
        session.add(Backup(file_name="c.backup", made_at=clock.now - timedelta(hours=2), size=1, rows=1))
    page = signed_in(people["owner"]).get("/settings").text
    assert "The last good backup is" not in page
    assert "The last backup that could be restored" in page
