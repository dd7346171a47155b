"""Files dropped together: staged apart, checked together, stored or dropped together."""

import pytest
from sqlalchemy import func, select

from tests import build
from tests.edi import claim, line, remit
from tracker.importers.errors import ImportProblem
from tracker.knowledge import load
from tracker.models import Claim, ClaimPayment, Denial, ImportFile, Payer, RawFile
from tracker.reports.import_check import check_batch
from tracker.services.import_batches import (
    Staging,
    Upload,
    batch_rows,
    confirm_batch,
    denial_value,
    stage_batch,
    undo_batch,
)

DENIED = claim("A1", line("97110", 90, 0, "CO-50:90"), line("97140", 60, 60))
OTHER = claim("A2", line("97112", 80, 0, "CO-97:80"), line("97530", 40, 0, "CO-97:40"))
PAID = claim("A3", line("97110", 90, 60, "CO-45:30"))


@pytest.fixture
def eastside(session):
    return build.practice(session, npi="1000000004")


@pytest.fixture
def stage(session, eastside):
    """Stage files given as name and bytes; options change who stages for whom."""

    def stage_files(*files, **options):
        facts = {
            "scope": frozenset({eastside.id}), "chosen": None, "user_id": None, "now": build.NOW, "knowledge": load(),
            "max_mb": 200, "staged_hours": 24,
        }  # fmt: skip
        return stage_batch(session, [Upload(*file) for file in files], Staging(**facts | options))

    return stage_files


def confirm(session, batch, unticked=()):
    confirm_batch(session, batch.rows, unticked, None, build.NOW, build.TODAY, load())


def count(session, model):
    session.flush()
    return session.scalar(select(func.count()).select_from(model))


def test_nothing_but_the_staged_file_exists_before_it_is_confirmed(session, stage):
    batch = stage(("a.835", remit(DENIED, OTHER)), ("b.835", remit(PAID, trace="EFT2")))
    assert [row.state for row in batch.rows] == ["staged", "staged"]
    assert [count(session, model) for model in (Claim, ClaimPayment, Denial, Payer)] == [0, 0, 0, 0]
    assert count(session, RawFile) == 2


def test_the_check_counts_what_all_files_hold(stage):
    check = check_batch(stage(("a.835", remit(DENIED, OTHER)), ("b.835", remit(PAID, trace="EFT2"))).rows, {})
    assert (check.claims_answered, check.claims_billed, check.lines_denied, check.lines_paid) == (3, 0, 3, 2)
    assert [denial.amount_cents for denial in check.denials] == [9000, 8000, 4000]
    assert (check.check_cents, check.gap_cents) == (12_000, 0)


def test_one_bad_file_never_hinders_the_others(session, stage):
    good, cut = remit(DENIED), remit(OTHER)[:450]
    batch = stage(("cut.835", cut), ("good.835", good), ("scan.pdf", b"%PDF-1.7 scan"), ("nothing.835", b""))
    assert [row.filename for row in batch.rows] == ["good.835"]
    assert [refusal.filename for refusal in batch.refusals] == ["cut.835", "scan.pdf", "nothing.835"]
    assert all(refusal.problem.why and refusal.problem.what_to_do for refusal in batch.refusals)
    session.flush()
    assert len(batch_rows(session, batch.code)) == 4
    assert count(session, RawFile) == 1


def test_files_of_which_none_can_be_used_leave_nothing(session, stage):
    batch = stage(("scan.pdf", b"%PDF-1.7 scan"))
    assert (batch.rows, count(session, ImportFile)) == ((), 0)


def test_the_same_file_twice_in_a_drop_is_read_once(stage):
    batch = stage(("a.835", remit(DENIED)), ("copy of a.835", remit(DENIED)))
    assert len(batch.rows) == 1
    assert batch.refusals[0].problem.why == "It is the same file as a.835."


def test_what_two_files_tell_is_logged_once(session, stage):
    """The second file denies the same line again: a repeat, not a second denial."""
    batch = stage(("a.835", remit(DENIED)), ("b.835", remit(DENIED, trace="EFT2", paid_on="20261012")))
    check = check_batch(batch.rows, {})
    assert (len(check.denials), check.continued) == (1, 1)
    confirm(session, batch)
    assert count(session, Denial) == len(check.denials)


def test_exactly_the_ticked_denials_are_logged(session, stage):
    batch = stage(("a.835", remit(DENIED, OTHER)))
    [row] = batch.rows
    found = check_batch(batch.rows, {}).denials
    confirm(session, batch, {denial_value(row, found[0].key)})
    assert sorted(session.scalars(select(Denial.amount_cents))) == [4000, 8000]
    assert row.state == "stored"


def test_a_file_over_the_limit_is_refused_with_both_sizes(stage):
    batch = stage(("big.835", remit(DENIED) + b" " * 2**20), max_mb=1)
    assert batch.refusals[0].problem.why == "The selected file must be smaller than 1 MB. This one is 2 MB."


def test_a_file_of_a_practice_outside_the_scope_is_held(session, stage):
    lakeview = build.practice(session, "Lakeview Hand Therapy", npi="1000000012")
    batch = stage(("a.835", remit(DENIED, npi=lakeview.npi)))
    assert batch.rows == ()
    assert lakeview.name not in batch.held[0].preview["why"]


def test_a_practice_chosen_by_hand_takes_a_file_that_names_nobody(stage, eastside):
    batch = stage(("a.835", remit(DENIED).replace(b"*XX*1000000004", b"")), chosen=eastside)
    assert [row.practice_id for row in batch.rows] == [eastside.id]


def test_a_practice_chosen_by_hand_does_not_take_the_file_of_another(session, stage, eastside):
    lakeview = build.practice(session, "Lakeview Hand Therapy", npi="1000000012")
    batch = stage(("a.835", remit(DENIED)), chosen=lakeview, scope=frozenset({eastside.id, lakeview.id}))
    assert batch.rows == ()
    assert batch.held[0].practice_id == lakeview.id


def test_importing_the_same_file_again_adds_nothing(session, stage):
    confirm(session, stage(("a.835", remit(DENIED))))
    again = stage(("again.835", remit(DENIED)))
    assert not check_batch(again.rows, {}).has_news
    confirm(session, again)
    assert (count(session, Denial), count(session, ClaimPayment)) == (1, 1)
    assert again.rows[0].state == "cancelled"


def test_undoing_a_batch_restores_every_count(session, stage):
    confirm(session, stage(("a.835", remit(DENIED))))
    before = [count(session, model) for model in (Claim, ClaimPayment, Denial)]
    batch = stage(("b.835", remit(OTHER, trace="EFT2")), ("c.835", remit(PAID, trace="EFT3")))
    confirm(session, batch)
    assert [count(session, model) for model in (Claim, ClaimPayment, Denial)] != before
    undo_batch(session, batch_rows(session, batch.code), build.NOW)
    assert [count(session, model) for model in (Claim, ClaimPayment, Denial)] == before


def test_a_file_brought_in_alone_is_found_by_its_own_id(session, eastside):
    row = build.import_file(session, eastside, batch="")
    assert batch_rows(session, row.public_id) == [row]
    assert batch_rows(session, "nothing") == []


def test_a_refusal_is_an_import_problem_with_a_place(stage):
    [refusal] = stage(("a.835", remit(DENIED)[:450])).refusals
    assert isinstance(refusal.problem, ImportProblem)
    assert refusal.problem.where
