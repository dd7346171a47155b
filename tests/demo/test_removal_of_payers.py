"""Payers of the demo that a practice of one's own merged stay when the demo goes."""

from sqlalchemy import select

from tests import build
from tracker.demo.removal import remove
from tracker.models import Payer, PayerAlias


def test_a_demo_payer_that_a_real_practice_merged_stays(session, cast):
    goes, stays = build.payer(session, "Harbr", is_demo=True), build.payer(session, "Harbor", is_demo=True)
    build.payer(session, "Nobody's", is_demo=True)
    session.add(PayerAlias(practice_id=cast.eastside.id, payer_id=goes.id, stays_id=stays.id))
    session.flush()
    remove(session)
    assert {payer.name: payer.is_demo for payer in session.scalars(select(Payer))} == {"Harbr": False, "Harbor": False}
