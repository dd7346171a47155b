"""A banner from 24 hours after the last good backup, in red from 48, for who looks after the installation."""

from datetime import timedelta

from tests import build
from tests.proofs.found import Found, Proof
from tests.proofs.stage import app_on, sign_in, sqlite_stage
from tracker.db import transaction
from tracker.models import Backup, Membership

PROOF = Proof("R-14", "backups: a banner at 24 h, red at 48 h", 100, 100, 400)

_WORDS = "The last good backup is"


def prove(hours: int) -> Found:
    """Look at the page for every hour since the last good backup."""
    wrong = []
    moved = [build.NOW]
    with sqlite_stage() as stage, app_on(stage, lambda: moved[0]) as app:
        with transaction(stage.sessions.system()) as session:
            owner = session.get_one(Membership, (stage.cast.alice.id, stage.cast.eastside.id))
            owner.role = "owner"
            backup = Backup(file_name="a.backup", made_at=build.NOW, size=1, rows=1)
            session.add(backup)
        client = sign_in(app, stage.cast.alice)
        for age in range(hours):
            with transaction(stage.sessions.system()) as session:
                session.get_one(Backup, backup.id).made_at = build.NOW - timedelta(hours=age)
            page = client.get("/settings").text
            loud = "over" if 'class="note over"' in page else "warn" if _WORDS in page else ""
            expected = "over" if age >= 48 else "warn" if age >= 24 else ""
            if loud != expected:
                wrong.append(f"{age} hours: {loud or 'quiet'}, not {expected or 'quiet'}")
    return Found(hours, "seen on the page, hour by hour", tuple(wrong))
