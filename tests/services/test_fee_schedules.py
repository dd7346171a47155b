"""Contracted rates: loaded whole, what is expected of each denial follows every change, and counts follow it."""

import random
from datetime import date

import pytest
from sqlalchemy import select

from tests import build
from tests.edi import claim, line, remit
from tests.reports.ledger import payer as a_payer
from tests.test_day_counts import by_hand as days_by_hand
from tests.test_day_counts import kept as days_kept
from tests.test_month_counts import Work, by_hand, kept
from tracker.day_counts import differing_days, differing_months, recount_days
from tracker.db import transaction
from tracker.domain.expected_amounts import Rate
from tracker.importers.fee_schedule import LoadedRate
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.knowledge import load
from tracker.models import ClaimLine, ContractedRate, Denial, Job, Payer, Practice
from tracker.services.fee_schedules import By, changes, load_rates, remove_rates
from tracker.services.importing import import_now

SINCE = date(2026, 1, 1)


def rate(payer, cents, code="97110", modifier="", first=SINCE, last=None) -> LoadedRate:
    return LoadedRate(2, payer.name, code, Rate(modifier, first, last, cents))


@pytest.fixture
def by(cast) -> By:
    return By(cast.alice.id, build.NOW)


@pytest.fixture
def eastside(session, cast) -> Practice:
    return session.get_one(Practice, cast.eastside.id)


def denied(session, practice, payer, **line_facts) -> Denial:
    row = build.claim(session, practice, payer_row=payer)
    return build.denial(session, build.claim_line(session, row, **line_facts))


def expected_of(session, denial) -> int | None:
    session.commit()
    return session.scalar(select(Denial.expected_cents).where(Denial.id == denial.id))


def test_loading_and_removing_rates_changes_what_is_expected_and_the_counts(session, eastside, by):
    harbor = a_payer(session, "Harbor Health HMO")
    denial = denied(session, eastside, harbor, code="97110", units=2.0, charge_cents=9000)
    assert expected_of(session, denial) is None
    assert load_rates(session, eastside.id, [rate(harbor, 3140)], [harbor], by) is None
    assert expected_of(session, denial) == 6280
    [counts] = days_kept(session, eastside.id).values()
    assert (counts.denied_cents, counts.rated, counts.below_cents) == (9000, 1, 2720)
    assert remove_rates(session, eastside.id, harbor.id, by) == (1, None)
    assert expected_of(session, denial) is None
    [counts] = days_kept(session, eastside.id).values()
    assert (counts.rated, counts.below_cents) == (0, 0)


def test_a_list_says_what_is_new_what_replaces_what_and_what_it_leaves(session, eastside, by):
    harbor = a_payer(session, "Harbor Health HMO")
    before = [rate(harbor, 3140), rate(harbor, 2800, "97140"), rate(harbor, 2900, "97112")]
    load_rates(session, eastside.id, before, [harbor], by)
    list_ = [rate(harbor, 3200), rate(harbor, 2800, "97140"), rate(harbor, 2669, modifier="CQ")]
    change = changes(session, eastside.id, list_, [harbor])[harbor.name]
    assert (change.new, change.same, change.staying) == (1, 1, 1)
    assert [(one.loaded.rate.cents, one.cents_before) for one in change.replaced] == [(3200, 3140)]
    load_rates(session, eastside.id, list_, [harbor], by)
    rows = session.execute(select(ContractedRate.code, ContractedRate.modifier, ContractedRate.cents)).all()
    assert sorted(rows) == [("97110", "", 3200), ("97110", "CQ", 2669), ("97112", "", 2900), ("97140", "", 2800)]


def test_a_changed_line_is_priced_anew(session, eastside, by):
    harbor = a_payer(session, "Harbor Health HMO")
    denial = denied(session, eastside, harbor, code="97110", units=2.0, charge_cents=9000)
    load_rates(session, eastside.id, [rate(harbor, 3140), rate(harbor, 2669, modifier="CQ")], [harbor], by)
    row = session.scalars(select(ClaimLine).where(ClaimLine.id == denial.claim_line_id)).one()
    row.modifiers = "GP CQ"
    assert expected_of(session, denial) == 5338
    row.units = 1.0
    assert expected_of(session, denial) == 2669


def test_a_remittance_that_comes_later_is_priced_as_it_is_stored(session, eastside, by):
    harbor = a_payer(session, "Harbor Health HMO")
    data = remit(claim("A1", line("97110", 90, 0, "CO-50:90"), payer_number="ICN1"), trace="E1")
    import_now(session, eastside, "1.835", data, build.NOW, load())
    payer = session.scalars(select(Payer).where(Payer.id != harbor.id)).one()
    load_rates(session, eastside.id, [rate(payer, 3140)], [payer], by)
    later = remit(claim("A2", line("97110", 90, 0, "CO-50:90"), payer_number="ICN2"), trace="E2")
    import_now(session, eastside, "2.835", later, build.NOW, load())
    session.commit()
    units = {row.id: row.units for row in session.scalars(select(ClaimLine))}
    found = {one.expected_cents for one in session.scalars(select(Denial).execution_options(populate_existing=True))}
    assert found == {int(3140 * count) for count in units.values()}


def test_another_practice_keeps_its_own_rates(session, eastside, cast, by):
    harbor, lakeview = a_payer(session, "Harbor Health HMO"), session.get_one(Practice, cast.lakeview.id)
    other = denied(session, lakeview, harbor, code="97110", units=2.0, charge_cents=9000)
    load_rates(session, eastside.id, [rate(harbor, 3140)], [harbor], by)
    assert expected_of(session, other) is None


class Pricing(Work):
    """Files, work and decisions, with rates that come and go."""

    def go_on(self):
        payers = self.session.scalars(select(Payer)).all()
        if not payers or self.rnd.random() < 0.75:
            super().go_on()
            return
        payer, by = self.rnd.choice(payers), By(self.user_id, self.now)
        if self.rnd.random() < 0.3:
            remove_rates(self.session, self.practice.id, payer.id, by)
        else:
            codes = self.rnd.sample(["97110", "97140", "97112", "97530"], 2)
            rates = [rate(payer, self.rnd.randrange(500, 9000), code) for code in codes]
            load_rates(self.session, self.practice.id, rates, payers, by)
        self.session.expire_all()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_days_and_months_are_what_counting_row_by_row_gives(sessions, cast, seed):
    rnd, priced = random.Random(seed), 0
    with sessions.system() as session:
        work = Pricing(session, rnd, session.get_one(Practice, cast.eastside.id), cast.alice.id)
        for _ in range(40):
            work.go_on()
            session.commit()
            assert kept(session, cast.eastside.id) == by_hand(session, cast.eastside.id)
            assert days_kept(session, cast.eastside.id) == days_by_hand(session, cast.eastside.id)
            priced += sum(one.expected_cents is not None for one in work.denials())
        assert differing_days(session, cast.eastside.id) == differing_months(session, cast.eastside.id) == []
    assert priced


def test_amounts_that_are_not_what_the_rates_say_are_found_and_mended(session, eastside, by):
    harbor = a_payer(session, "Harbor Health HMO")
    denial = denied(session, eastside, harbor, code="97110", units=2.0, charge_cents=9000)
    load_rates(session, eastside.id, [rate(harbor, 3140)], [harbor], by)
    session.commit()
    connection = session.connection()
    connection.exec_driver_sql("UPDATE denials SET expected_cents = 1")
    assert differing_days(session, eastside.id) == [denial.denied_on]
    recount_days(session, eastside.id, [denial.denied_on])
    assert differing_days(session, eastside.id) == []
    assert expected_of(session, denial) == 6280


def test_many_denials_are_counted_by_a_job(sessions, settings, cast, by):
    with transaction(sessions.system()) as session:
        practice, harbor = session.get_one(Practice, cast.eastside.id), a_payer(session, "Harbor Health HMO")
        denial = denied(session, practice, harbor, code="97110", units=2.0, charge_cents=9000)
        job = load_rates(session, practice.id, [rate(harbor, 3140)], [harbor], by, at_once=0)
        assert job is not None
    assert Worker(sessions, settings, TASKS).work_once(build.NOW)
    with sessions.system() as session:
        assert session.get_one(Job, job.id).state == "done"
        assert session.get_one(Denial, (denial.practice_id, denial.id)).expected_cents == 6280
        assert differing_days(session, cast.eastside.id) == differing_months(session, cast.eastside.id) == []
