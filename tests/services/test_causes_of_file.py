"""The check page's likely causes: by the file alone what logging finds where nothing else is on file."""

from collections import Counter

import pytest
from sqlalchemy import select

from tests import build
from tracker.db import transaction
from tracker.demo.volume import make_835
from tracker.importers.payees import payees_in
from tracker.knowledge import load
from tracker.models import Denial, OwnNumber, Practice
from tracker.services import importing
from tracker.services.bringing_in import store_and_diagnose


@pytest.mark.parametrize("seed", [3, 4])
def test_the_causes_before_logging_are_those_after_it(sessions, cast, seed):
    data = make_835(150, seed=seed)
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        [npi] = {payee.npi for payee in payees_in(data)} - {practice.npi}
        session.add(OwnNumber(practice_id=practice.id, kind="npi", number=npi, added_at=build.NOW))
        row = importing.stage(
            session, practice, "some.835", data, batch="b", user_id=None, now=build.NOW, knowledge=load()
        )
        before = Counter(
            (each["code"], each["reason"], each["amount_cents"], each["cause"], each["strength"])
            for each in row.preview["denials"]
        )
        store_and_diagnose(session, row, build.NOW, build.TODAY, load())
        after = Counter(
            (each.code, f"{each.group_code}-{each.carc}", each.amount_cents, each.root_cause, each.strength)
            for each in session.scalars(select(Denial))
        )
    assert before == after
    assert len({cause for *_, cause, _ in before}) > 3
