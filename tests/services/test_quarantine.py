"""A file for somebody else's numbers is kept apart: nothing of it is stored until a person says whose it is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import build
from tests.build import NOW
from tests.edi import claim, line, remit
from tracker.importers.errors import ImportProblem
from tracker.importers.payees import Payee, payees_in
from tracker.knowledge import load
from tracker.models import Claim, ClaimPayment, Denial, Event, ImportFile, Patient, RawFile, Submission
from tracker.services.import_batches import Staging, Upload, batch_rows, confirm_batch, stage_batch, stage_released
from tracker.services.importing import expire_staged
from tracker.services.own_numbers import NumberProblem, add_number, listed_numbers, numbers_of, remove_number
from tracker.services.quarantine import drop, held_files

FOREIGN = "1999999992"
OURS = claim("A1", line("97110", 90, 0, "CO-50:90"))
THEIRS = claim("Z9", line("97140", 60, 0, "CO-50:60"), last_name="ZANZIBAR")


def both(*parts: bytes) -> bytes:
    """One file of the interchanges of several."""
    return b"".join(parts)


@pytest.fixture
def staging(cast):
    def make(*scope, chosen=None):
        places = scope or (cast.eastside,)
        return Staging(frozenset(one.id for one in places), chosen, cast.alice.id, NOW, load(), 200, 24)

    return make


def stage(session, staging, *files):
    return stage_batch(session, [Upload(*file) for file in files], staging)


def confirm(session, batch):
    session.flush()
    confirm_batch(session, batch.rows, (), None, NOW, build.TODAY, load())
    session.flush()


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("chosen", [True, False])
def test_a_file_for_a_foreign_npi_is_held_and_nothing_of_it_is_stored(session, cast, staging, chosen):
    given = staging(chosen=cast.eastside if chosen else None)
    batch = stage(session, given, ("f.835", remit(THEIRS, npi=FOREIGN)))
    assert (batch.rows, batch.refusals) == ((), ())
    [row] = batch.held
    assert row.preview["why"] == f"It is for NPI {FOREIGN}, none of the numbers of Eastside PT."
    assert "ZANZIBAR" not in str(row.preview)
    assert [count(session, model) for model in (Claim, ClaimPayment, Denial, Patient)] == [0, 0, 0, 0]
    assert count(session, RawFile) == 1
    assert list(held_files(session)) == [row]
    assert batch_rows(session, row.batch) == []


def test_of_a_file_for_several_only_the_own_part_is_stored(session, cast, staging):
    data = both(remit(OURS), remit(THEIRS, trace="EFT2", npi=FOREIGN))
    batch = stage(session, staging(), ("mixed.835", data))
    assert len(batch.rows) == 1
    assert batch.rows[0].preview["foreign"] == 1
    assert [one["control_number"] for one in batch.rows[0].preview["denials"]] == ["A1"]
    assert batch.held[0].preview["payees"] == [[FOREIGN, ""]]
    confirm(session, batch)
    assert list(session.scalars(select(Claim.control_number))) == ["A1"]
    assert count(session, Denial) == 1


def test_a_file_for_two_practices_in_view_is_staged_for_each(session, cast, staging):
    data = both(remit(OURS), remit(THEIRS, trace="EFT2", npi=cast.lakeview.npi))
    batch = stage(session, staging(cast.eastside, cast.lakeview), ("mixed.835", data))
    confirm(session, batch)
    stored = session.execute(select(Claim.practice_id, Claim.control_number)).all()
    assert sorted(map(tuple, stored)) == sorted([(cast.eastside.id, "A1"), (cast.lakeview.id, "Z9")])
    assert batch.held == ()


def test_it_is_given_to_the_practice_whose_number_it_names(session, cast, staging):
    batch = stage(session, staging(chosen=cast.eastside), ("f.835", remit(THEIRS, npi=cast.lakeview.npi)))
    [held] = batch.held
    both_places = staging(cast.eastside, cast.lakeview)
    with pytest.raises(ImportProblem, match="none of the numbers of Eastside PT either"):
        stage_released(session, held, cast.eastside, both_places)
    row = stage_released(session, held, cast.lakeview, both_places)
    assert (row.practice_id, row.state, row.filename) == (cast.lakeview.id, "staged", "f.835")
    confirm_batch(session, [row], (), None, NOW, build.TODAY, load())
    session.flush()
    assert list(session.scalars(select(Claim.practice_id))) == [cast.lakeview.id]
    assert list(held_files(session)) == []
    assert list(session.scalars(select(RawFile.practice_id))) == [cast.lakeview.id]


def test_with_the_number_added_it_goes_on_and_later_files_go_straight(session, cast, staging):
    [held] = stage(session, staging(), ("f.835", remit(THEIRS, npi=FOREIGN))).held
    add_number(session, cast.eastside, FOREIGN, NOW, cast.alice.id)
    row = stage_released(session, held, cast.eastside, staging())
    confirm_batch(session, [row], (), None, NOW, build.TODAY, load())
    session.flush()
    assert count(session, Denial) == 1
    batch = stage(session, staging(), ("g.835", remit(OURS, trace="EFT7", npi=FOREIGN)))
    assert (len(batch.rows), batch.held) == (1, ())


def test_what_is_for_a_third_stays_held_when_a_part_is_taken(session, cast, staging):
    data = both(remit(OURS, npi=FOREIGN), remit(THEIRS, trace="EFT2", npi=cast.lakeview.npi))
    [held] = stage(session, staging(), ("f.835", data)).held
    stage_released(session, held, cast.lakeview, staging(cast.eastside, cast.lakeview))
    assert held.preview["payees"] == [[FOREIGN, ""]]
    assert list(held_files(session)) == [held]


def test_a_deleted_file_leaves_no_bytes_and_is_on_record(session, cast, staging):
    [held] = stage(session, staging(), ("f.835", remit(THEIRS, npi=FOREIGN))).held
    drop(session, held, NOW, cast.alice.id)
    assert (count(session, RawFile), held.state) == (0, "cancelled")
    kinds = list(session.scalars(select(Event.kind).where(Event.subject_kind == "import").order_by(Event.id)))
    assert kinds == ["import_held", "import_deleted"]


def test_after_thirty_days_it_is_deleted_by_itself(session, cast, staging):
    stage(session, staging(), ("f.835", remit(THEIRS, npi=FOREIGN)))
    assert expire_staged(session, NOW + timedelta(days=29)) == 0
    assert expire_staged(session, NOW + timedelta(days=30)) == 1
    session.flush()
    assert count(session, RawFile) == 0


def test_a_person_of_one_practice_sees_no_file_held_for_another(sessions, cast, staging):
    with sessions.system() as session:
        stage(session, staging(), ("f.835", remit(THEIRS, npi=FOREIGN)))
        session.commit()
    with sessions.reading([cast.lakeview.id]) as theirs, sessions.reading([cast.eastside.id]) as ours:
        assert list(held_files(theirs)) == []
        assert len(held_files(ours)) == 1


# ---- numbers ----


def test_the_tax_id_tells_where_a_file_names_no_npi(session, cast, staging):
    data = remit(OURS).replace(b"*XX*1000000004", b"*FI*123456789")
    assert payees_in(data) == [Payee("", "123456789")]
    assert len(stage(session, staging(), ("f.835", data)).held) == 1
    add_number(session, cast.eastside, "12-3456789", NOW, cast.alice.id)
    batch = stage(session, staging(), ("g.835", data))
    assert (len(batch.rows), batch.held) == (1, ())


def test_a_reference_tells_the_tax_id_too(session):
    data = remit(OURS).replace(b"LX*1", b"REF*TJ*123456789~\nLX*1")
    assert payees_in(data) == [Payee("1000000004", "123456789")]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1000000000", "right check digit"),
        ("12345", "10 digits"),
        ("1000000012", "Another practice"),
        ("1000000004", "already"),
        ("", "10 digits"),
    ],
)
def test_a_number_that_cannot_be_the_practices_is_refused(session, cast, typed, why):
    with pytest.raises(NumberProblem, match=why):
        add_number(session, cast.eastside, typed, NOW, cast.alice.id)
    assert list(listed_numbers(session, cast.eastside)) == []


def test_a_number_taken_away_is_no_longer_the_practices(session, cast):
    row = add_number(session, cast.eastside, FOREIGN, NOW, cast.alice.id)
    assert FOREIGN in numbers_of(session, cast.eastside).npis
    remove_number(session, row, NOW, cast.alice.id)
    assert FOREIGN not in numbers_of(session, cast.eastside).npis
    kinds = list(session.scalars(select(Event.kind).where(Event.kind.like("own_number%")).order_by(Event.id)))
    assert kinds == ["own_number_added", "own_number_removed"]


# ---- claims as billed, and receipts ----


def samples(name: str) -> bytes:
    from pathlib import Path

    return (Path(__file__).parents[1] / "samples" / name).read_bytes()


def test_claims_billed_by_another_provider_are_held(session, cast, staging):
    data = samples("partial_denial.837")
    [payee] = payees_in(data)
    batch = stage(session, staging(), ("b.837", data.replace(payee.npi.encode(), FOREIGN.encode())))
    assert (len(batch.held), batch.rows) == (1, ())
    assert count(session, Claim) == 0
    add_number(session, cast.eastside, FOREIGN, NOW, cast.alice.id)
    row = stage_released(session, batch.held[0], cast.eastside, staging())
    confirm_batch(session, [row], (), None, NOW, build.TODAY, load())
    session.flush()
    assert count(session, Claim) > 0


def test_receipts_of_another_provider_are_held_and_tell_no_claim_numbers(session, cast, staging):
    data = samples("arrivals.277")
    named = payees_in(data)
    assert named
    for payee in named:
        data = data.replace(payee.npi.encode(), FOREIGN.encode())
    batch = stage(session, staging(), ("a.277", data))
    assert (len(batch.held), batch.rows) == (1, ())
    assert (count(session, Submission), count(session, ImportFile)) == (0, 1)


def of_another_by_tax_id(data: bytes, provider: bytes) -> bytes:
    """A second transaction of receipts, of a provider who names a tax ID alone, for a claim number we use too."""
    head, body = data.split(b"ST*277*0001", 1)
    one, tail = body.split(b"GE*1*61~")
    theirs = one.replace(b"*XX*1993000011", provider).replace(b"A2:20:PR", b"A7:21:PR").replace(b"*0001~", b"*0002~")
    return head + b"ST*277*0001" + one + b"ST*277*0002" + theirs + b"GE*2*61~" + tail


@pytest.mark.parametrize("provider", [b"*FI*987654321", b"~\nREF*TJ*987654321"])
def test_receipts_of_a_provider_with_a_foreign_tax_id_touch_no_claim_of_the_same_number(
    session, cast, staging, provider
):
    add_number(session, cast.eastside, "1993000011", NOW, cast.alice.id)
    stored = stage(session, staging(chosen=cast.eastside), ("b.837", samples("medicare_kx.837")))
    confirm(session, stored)
    batch = stage(session, staging(), ("a.277", of_another_by_tax_id(samples("arrivals.277"), provider)))
    assert batch.rows[0].preview["foreign"] == 3
    confirm(session, batch)
    proofs = [str(proof) for proof in session.scalars(select(Submission.proof).where(Submission.receipt == "277CA"))]
    assert len(proofs) == 3
    assert not any("A7:21" in proof for proof in proofs)
