"""Checkpoints are signed only for what holds; what its years are over for goes, and the chain stays verifiable."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests import build
from tests.auditing.entries import detail, entries
from tests.auditing.test_verifying import CHAINS, add, log, row, tamper  # noqa: F401  # a fixture
from tracker.config import SettingsError, read_settings
from tracker.domain.audit import Chain
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import CHORES, TASKS
from tracker.models import AuditEntry, Job
from tracker.services.audit_checkpoints import read_checkpoints
from tracker.services.audit_sealing import over_before, remove_old, seal
from tracker.services.audit_verifying import Damage, verify

LATER = build.NOW + timedelta(days=365 * 6 + 40)


def test_sealing_signs_what_holds_and_goes_on_from_there(log, settings):  # noqa: F811
    assert [one.entries for one in seal(log, settings, build.NOW)] == [12, 12]
    assert [one.seq for one in read_checkpoints(settings)] == [12, 12]
    add(log, Chain.CHANGES, 2)
    assert [one.entries for one in seal(log, settings, build.NOW)] == [2, 0]
    assert [one.seq for one in read_checkpoints(settings)] == [12, 12, 14]
    assert [one.broken for one in verify(log, read_checkpoints(settings))] == [None, None]


@CHAINS
def test_what_was_tampered_with_is_not_signed(log, settings, chain):  # noqa: F811
    tamper(log, chain, update(AuditEntry).where(row(chain, 6)).values(action="listed"))
    assert [one.chain for one in seal(log, settings, build.NOW) if one.broken] == [chain]
    assert [one.chain for one in read_checkpoints(settings)] == [one for one in Chain if one is not chain]


def test_whole_months_go_after_six_years_and_the_chain_stays_verifiable(log, settings):  # noqa: F811
    for chain in Chain:
        add(log, chain, 3, day=365 * 6)
    seal(log, settings, LATER)
    assert remove_old(log, settings, LATER) == 24
    for chain in Chain:
        kept = entries(log, chain)
        assert [one.seq for one in kept] == [13, 14, 15, 16]
        assert (kept[-1].action, detail(kept[-1])["through"], detail(kept[-1])["count"]) == ("audit_removed", 12, 12)
    found = verify(log, read_checkpoints(settings))
    assert [(one.broken, one.entries, one.removed_through) for one in found] == [(None, 4, 12), (None, 4, 12)]
    assert remove_old(log, settings, LATER) == 0


@CHAINS
def test_tampering_with_what_is_left_is_found_too(log, settings, chain):  # noqa: F811
    add(log, chain, 3, day=365 * 6)
    seal(log, settings, LATER)
    remove_old(log, settings, LATER)
    tamper(log, chain, update(AuditEntry).where(row(chain, 13)).values(action="listed"))
    broken = [one.broken for one in verify(log, read_checkpoints(settings)) if one.broken]
    assert [(one.damage, one.seq) for one in broken] == [(Damage.EDITED, 13)]


def test_what_no_checkpoint_has_sealed_stays(log, settings):  # noqa: F811
    assert remove_old(log, settings, LATER) == 0
    assert len(entries(log)) == 24


def test_entries_of_the_six_years_stay(log, settings):  # noqa: F811
    seal(log, settings, build.NOW)
    assert remove_old(log, settings, build.NOW + timedelta(days=365 * 6)) == 0
    assert remove_old(log, replace(settings, audit_years=7), LATER) == 0
    assert len(entries(log)) == 24


def test_the_years_are_counted_to_the_first_of_a_month():
    assert over_before(datetime(2032, 2, 29, 12, tzinfo=UTC), 6) == datetime(2026, 2, 1, tzinfo=UTC)


def test_fewer_than_six_years_are_refused(tmp_path):
    assert read_settings({"TRACKER_AUDIT_YEARS": "7"}).audit_years == 7
    with pytest.raises(SettingsError, match="TRACKER_AUDIT_YEARS must be a whole number from 6 to 100"):
        read_settings({"TRACKER_AUDIT_YEARS": "5"})


# ---- as a job ----


def run_jobs(sessions, settings):
    worker, now = Worker(sessions, settings, TASKS, CHORES), datetime.now(UTC)
    worker.do_chores(now)
    while worker.work_once(now):
        pass


def sealing_job(sessions):
    with sessions.system() as session:
        return session.query(Job).where(Job.kind == "audit.seal").one()


def test_the_worker_seals_by_itself(sessions, settings, cast):
    run_jobs(sessions, settings)
    assert sealing_job(sessions).state == "done"
    assert {one.chain for one in read_checkpoints(settings)} == set(Chain)


def test_a_log_that_does_not_hold_fails_the_job_and_says_where(sessions, settings, log):  # noqa: F811
    tamper(log, Chain.READS, update(AuditEntry).where(row(Chain.READS, 6)).values(action="listed"))
    run_jobs(sessions, settings)
    job = sealing_job(sessions)
    assert job.state == "failed"
    assert "reads edited: Entry 6 was changed" in job.error
