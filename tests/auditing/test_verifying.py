"""Every tampering with the audit log is found, with the first entry that does not hold."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from tests import build
from tests.auditing.entries import as_owner, entries, without_triggers
from tests.databases import MASTER
from tracker.auditing.acting import Actor, Doing
from tracker.auditing.appending import COVERED, Told, append, engine_of, row_bytes
from tracker.domain.audit import Act, Chain
from tracker.models import AuditEntry, AuditHead
from tracker.sealing.chain import audit_keys
from tracker.sealing.key_store import MasterKey
from tracker.services.audit_checkpoints import (
    RESTORED,
    add_checkpoints,
    checkpoint_file,
    mark_all,
    read_checkpoints,
)
from tracker.services.audit_verifying import Damage, Start, verify, verify_chain

KEYS = audit_keys(MASTER)
COUNT = 12
CHAINS = pytest.mark.parametrize("chain", list(Chain))


def add(engine, chain, count=1, *, day=0, name="alice"):
    """Entries of one day, some with a practice and some without."""
    what = Doing(lambda: Actor(7, name, "ref", "192.0.2.1"), object_type="denials", object_id="abc")
    what.clock = lambda: build.NOW + timedelta(days=day)
    with engine_of(engine, chain).begin() as connection:
        for number in range(count):
            append(connection, chain, what, [Told(Act.READ, practice_id=number % 2 or None, detail={"count": number})])


@pytest.fixture
def log(engine):
    """A log over three days in both chains."""
    for chain in Chain:
        for day in range(3):
            add(engine, chain, COUNT // 3, day=day)
    return engine


def tamper(engine, chain, *statements):
    """Change the table as somebody does who may drop its triggers."""
    with as_owner(engine, chain) as connection:
        for stop in without_triggers(engine):
            connection.execute(text(stop))
        for statement in statements:
            connection.execute(statement)


def covered(entry, **changed):
    """What the MAC of an entry covers, with what somebody changed."""
    values = {name: getattr(entry, name) for name in COVERED} | {"at": entry.at.isoformat()} | changed
    return [values[name] for name in COVERED]


def row(chain, seq):
    return (AuditEntry.chain == chain.value) & (AuditEntry.seq == seq)


def broken(engine, chain, checkpoints=()):
    found = verify_chain(engine, chain, checkpoints)
    assert found.broken is not None
    return found.broken.damage, found.broken.seq


@CHAINS
def test_a_log_that_nobody_touched_holds_over_several_days(log, chain):
    found = verify_chain(log, chain, mark_all(log, KEYS, build.NOW))
    assert (found.broken, found.entries, found.checkpoints) == (None, COUNT, 1)
    assert len({one.epoch for one in entries(log, chain)}) == 3


@CHAINS
@pytest.mark.parametrize(
    "values",
    [{"action": "listed"}, {"actor_id": 8}, {"object_id": "abd"}, {"at": build.NOW}, {"practice_id": 5},
     {"outcome": "refused"}, {"detail": "{}"}, {"address": ""}, {"session_ref": ""}, {"epoch": 1}, {"actor": "bob"},
     {"actor_hash": "0" * 32}, {"object_type": ""}],
)  # fmt: skip
def test_an_edited_entry_is_found(log, chain, values):
    tamper(log, chain, update(AuditEntry).where(row(chain, 6)).values(**values))
    assert broken(log, chain) == (Damage.EDITED, 6)


@CHAINS
def test_an_edited_entry_that_was_stamped_again_with_a_key_of_ones_own_is_found(log, chain):
    """Somebody rewrites everything from entry 6 on, head included, as a chain without a secret would allow."""
    mine, rows = audit_keys(MasterKey(bytes(32))), entries(log, chain)
    mac, statements = rows[4].mac, []
    for one in rows[5:]:
        action = "listed" if one.seq == 6 else one.action
        mac = mine.mac(chain, one.epoch, mac, row_bytes(covered(one, action=action)))
        statements.append(update(AuditEntry).where(row(chain, one.seq)).values(action=action, mac=mac))
    head = update(AuditHead).where(AuditHead.chain == chain.value).values(mac=mac)
    tamper(log, chain, *statements, head)
    assert broken(log, chain) == (Damage.EDITED, 6)


@CHAINS
def test_with_the_key_of_the_day_no_earlier_day_can_be_stamped_again(log, chain):
    """The key of the third day makes the MAC of an entry of the second: it does not verify."""
    today, one = entries(log, chain)[-1].epoch, entries(log, chain)[5]
    mac = KEYS.mac(chain, today, entries(log, chain)[4].mac, row_bytes(covered(one, action="listed")))
    tamper(log, chain, update(AuditEntry).where(row(chain, 6)).values(action="listed", mac=mac))
    assert broken(log, chain) == (Damage.EDITED, 6)


@CHAINS
def test_an_entry_removed_from_the_middle_is_found(log, chain):
    tamper(log, chain, delete(AuditEntry).where(row(chain, 6)))
    assert broken(log, chain) == (Damage.REMOVED, 6)


@CHAINS
def test_an_entry_removed_and_the_gap_closed_is_found(log, chain):
    moved = [update(AuditEntry).where(row(chain, seq)).values(seq=seq - 1) for seq in range(7, COUNT + 1)]
    tamper(log, chain, delete(AuditEntry).where(row(chain, 6)), *moved)
    assert broken(log, chain) == (Damage.EDITED, 6)


@CHAINS
def test_a_cut_tail_is_found(log, chain):
    tamper(log, chain, delete(AuditEntry).where(AuditEntry.chain == chain.value, AuditEntry.seq > 9))
    assert broken(log, chain) == (Damage.CUT, 10)


@CHAINS
def test_a_tail_cut_together_with_its_head_is_found_by_the_checkpoint(log, chain):
    checkpoints = mark_all(log, KEYS, build.NOW)
    head = update(AuditHead).where(AuditHead.chain == chain.value).values(seq=9, mac=entries(log, chain)[8].mac)
    tamper(log, chain, delete(AuditEntry).where(AuditEntry.chain == chain.value, AuditEntry.seq > 9), head)
    assert broken(log, chain, checkpoints) == (Damage.OLDER, 10)


@CHAINS
def test_two_swapped_entries_are_found(log, chain):
    swap = [update(AuditEntry).where(row(chain, old)).values(seq=new) for old, new in ((6, 99), (7, 6), (99, 7))]
    tamper(log, chain, *swap)
    assert broken(log, chain) == (Damage.EDITED, 6)


@CHAINS
def test_all_entries_gone_with_the_head_is_found_by_the_checkpoint(log, chain):
    checkpoints = mark_all(log, KEYS, build.NOW)
    tamper(
        log, chain, delete(AuditEntry).where(AuditEntry.chain == chain.value),
        delete(AuditHead).where(AuditHead.chain == chain.value),
    )  # fmt: skip
    assert broken(log, chain, checkpoints) == (Damage.OLDER, 1)


@CHAINS
def test_a_head_that_was_set_back_or_taken_away_is_found(log, chain):
    tamper(log, chain, update(AuditHead).where(AuditHead.chain == chain.value).values(seq=9))
    assert broken(log, chain) == (Damage.HEAD, 10)


@CHAINS
def test_periods_said_to_be_over_without_an_entry_that_says_so_are_found(log, chain):
    ended = update(AuditHead).where(AuditHead.chain == chain.value).values(removed_through=5)
    tamper(log, chain, ended, delete(AuditEntry).where(AuditEntry.chain == chain.value, AuditEntry.seq <= 5))
    assert broken(log, chain) == (Damage.REMOVED, 1)


def test_an_older_copy_of_the_database_put_back_is_found_by_the_checkpoint(tmp_path, sqlite_template):
    with sqlite_template.copy(tmp_path) as engine:
        add(engine, Chain.CHANGES, 5)
        engine.dispose()
        shutil.copyfile(tmp_path / "tracker.db", tmp_path / "old.db")
        add(engine, Chain.CHANGES, 5)
        checkpoints = mark_all(engine, KEYS, build.NOW)
        engine.dispose()
        shutil.copyfile(tmp_path / "old.db", tmp_path / "tracker.db")
        assert broken(engine, Chain.CHANGES, checkpoints) == (Damage.OLDER, 6)
        add(engine, Chain.CHANGES, 7, name="bob")
        assert broken(engine, Chain.CHANGES, checkpoints) == (Damage.OLDER, 10)


def test_after_a_restore_that_was_signed_the_earlier_checkpoints_do_not_count(log):
    ahead = [one._replace(seq=one.seq + 5).signed(KEYS) for one in mark_all(log, KEYS, build.NOW)]
    back = mark_all(log, KEYS, build.NOW, RESTORED)
    assert [found.broken is None for found in verify(log, ahead)] == [False, False]
    found = verify(log, [*ahead, *back])
    assert [(one.broken, len(one.restored)) for one in found] == [(None, 1), (None, 1)]


@pytest.mark.parametrize(
    "change", [{"seq": 3}, {"mac": "00" * 32}, {"at": "2026-01-01"}, {"kind": RESTORED}, {"signature": "00"}]
)
def test_a_forged_checkpoint_is_found(log, change):
    forged = [one._replace(**change) for one in mark_all(log, KEYS, build.NOW)]
    assert {found.broken.damage for found in verify(log, forged)} == {Damage.CHECKPOINT}


def test_checkpoints_are_kept_in_a_file_that_grows(log, settings):
    first = mark_all(log, KEYS, build.NOW)
    add_checkpoints(settings, first)
    add(log, Chain.CHANGES)
    add_checkpoints(settings, mark_all(log, KEYS, build.NOW))
    kept = read_checkpoints(settings)
    assert kept[:2] == first
    assert [one.seq for one in kept] == [COUNT, COUNT, COUNT + 1, COUNT]
    assert checkpoint_file(settings).stat().st_mode & 0o777 == 0o600
    assert [one.broken for one in verify(log, kept)] == [None, None]


def test_a_line_of_the_file_that_is_no_checkpoint_is_named(log, settings):
    add_checkpoints(settings, mark_all(log, KEYS, build.NOW))
    with checkpoint_file(settings).open("a") as file:
        file.write(json.dumps({"chain": "changes"}) + "\n")
    with pytest.raises(ValueError, match=r"Line 3 of audit-checkpoints\.jsonl is not a checkpoint"):
        read_checkpoints(settings)


def test_verifying_can_go_on_where_it_was(log):
    start = entries(log, Chain.CHANGES)[7]
    found = verify_chain(log, Chain.CHANGES, [], Start(8, start.mac))
    assert (found.broken, found.entries) == (None, COUNT - 8)
    assert verify_chain(log, Chain.CHANGES, [], Start(8, bytes(32))).broken.seq == 9


def test_another_master_key_does_not_verify(log):
    from tracker.db import make_engine

    other = make_engine(log.url.render_as_string(hide_password=False), MasterKey(bytes(32)))
    assert [found.broken.damage for found in verify(other, [])] == [Damage.EDITED, Damage.EDITED]
    other.dispose()


def test_a_name_that_was_taken_away_leaves_the_chain_whole(log):
    for chain in Chain:
        with engine_of(log, chain).begin() as connection:
            connection.execute(update(AuditEntry).where(AuditEntry.actor == "alice").values(actor=""))
    assert [found.broken for found in verify(log, [])] == [None, None]
    with log.connect() as connection:
        assert set(connection.scalars(select(AuditEntry.actor))) == {""}


@CHAINS
@pytest.mark.parametrize("microseconds", [1, 120_000, 999_999])
def test_an_entry_of_any_moment_of_a_second_holds(log, chain, microseconds):
    add(log, chain, day=timedelta(days=3, microseconds=microseconds) / timedelta(days=1))
    assert verify_chain(log, chain, []).broken is None
    assert entries(log, chain)[-1].at.microsecond == microseconds


def test_a_clock_that_goes_back_a_day_does_not_break_the_chain(log):
    add(log, Chain.CHANGES, 2, day=1)
    assert [found.broken for found in verify(log, [])] == [None, None]


def test_the_chain_is_the_same_to_whoever_holds_only_the_master_key(log):
    """Keys of a fresh process: nothing but the master key is needed to verify all days."""
    from tracker.sealing.chain import AuditKeys

    fresh, held = AuditKeys(replace(MASTER)), entries(log, Chain.READS)
    for before, one in zip([None, *held], held, strict=False):
        mac = fresh.mac("reads", one.epoch, before.mac if before else bytes(32), row_bytes(covered(one)))
        assert mac == one.mac
