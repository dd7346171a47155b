"""From 835 bytes to claims, payments and denials: whole, once, and to be taken back."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests import build, edi
from tests.edi import claim, line, remit, remits, reversal
from tracker.db import transaction
from tracker.domain.classification import LineClass
from tracker.domain.own_limits import OwnLimit
from tracker.importers.errors import ImportProblem
from tracker.knowledge import load
from tracker.models import (
    Adjustment,
    Base,
    Claim,
    ClaimLine,
    ClaimPayment,
    Denial,
    DenialAnswer,
    ImportFile,
    Payer,
    Practice,
    ProviderAdjustment,
    RawFile,
    Remark,
    Remittance,
    ServicePayment,
)
from tracker.services import importing
from tracker.services.payees import require_one_practice
from tracker.services.payer_figures import set_figures, with_limit
from tracker.services.storing import read_and_store
from tracker.services.undoing_imports import UndoRefused, undo_import

DENIED = line("97110", 90, 0, "CO-50:90", remarks=["N115"])
PAID = line("97140", 60, 30, "CO-45:30")


@pytest.fixture
def practice(session, cast):
    return session.get_one(Practice, cast.eastside.id)


@pytest.fixture
def bring_in(session, practice):
    """Store a file at once and return what was stored."""

    def bring_in(data, filename="remit.835"):
        _, stored = importing.import_now(session, practice, filename, data, build.NOW, load())
        return stored

    return bring_in


def denials(session):
    session.flush()
    session.expire_all()
    return session.scalars(select(Denial).order_by(Denial.number)).all()


def counts(session):
    session.flush()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in {"imports", "payers", "practices"}]
    return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_a_denied_line_becomes_a_denial_with_its_reason_amount_and_clock(session, bring_in):
    stored = bring_in(remit(claim("A1", DENIED, PAID)))
    assert stored.as_result() == {
        "status": "imported", "transactions": 1, "claims": 1, "lines": 2, "adjustments": 2, "denials_opened": 1,
        "denials_updated": 0, "problems": [],
    }  # fmt: skip
    [denial] = denials(session)
    assert (denial.group_code, denial.carc, denial.remarks, denial.amount_cents) == ("CO", "50", "N115", 9000)
    assert (denial.denial_class, denial.status, denial.is_open) == ("denied", "new", True)
    assert denial.denied_on.isoformat() == "2026-10-05"
    assert denial.file_by_safe is not None
    assert denial.file_by_safe <= denial.file_by_legal


def test_an_835_without_its_837p_makes_a_full_claim(session, bring_in):
    bring_in(remit(claim("A1", DENIED, PAID)))
    row = session.scalars(select(Claim)).one()
    assert (row.control_number, row.charge_cents, row.source, row.service_from.isoformat()) == (
        "A1", 15000, "835", "2026-09-14",
    )  # fmt: skip
    lines = session.scalars(select(ClaimLine).order_by(ClaimLine.line)).all()
    assert [(each.code, each.modifiers, each.charge_cents) for each in lines] == [
        ("97110", "GP", 9000), ("97140", "GP", 6000),
    ]  # fmt: skip


def test_a_paid_claim_opens_no_denial(session, bring_in):
    assert bring_in(remit(claim("A1", PAID))).as_result()["denials_opened"] == 0
    assert not denials(session)


def test_the_same_file_twice_adds_nothing(session, bring_in):
    data = remit(claim("A1", DENIED, PAID))
    bring_in(data)
    before = counts(session)
    again = bring_in(data.replace(b"~\n", b"~\r\n"))
    assert again.status == "duplicate"
    assert counts(session) == before


def test_a_bulk_file_that_repeats_an_older_transaction_adds_only_the_new_one(session, bring_in):
    old = ([claim("A1", DENIED)], "EFT1", ())
    bring_in(remits([old]))
    stored = bring_in(remits([old, ([claim("A2", DENIED, payer_number="ICN2")], "EFT2", ())]))
    assert (stored.status, stored.counted.claims) == ("partly_duplicate", 1)
    assert len(denials(session)) == 2


def test_a_repeated_trace_number_with_other_content_is_said_and_adds_only_new_claims(session, bring_in):
    first, second = claim("A1", DENIED), claim("A2", DENIED, payer_number="ICN2")
    bring_in(remit(first, trace="EO0000000000"))
    stored = bring_in(remit(first, second, trace="EO0000000000"))
    assert (stored.counted.claims, stored.counted.duplicates) == (1, 1)
    assert "imported before with other content" in stored.problems[0].why


def test_a_line_denied_again_is_the_same_denial(session, bring_in):
    bring_in(remit(claim("A1", DENIED)))
    stored = bring_in(remit(claim("A1", DENIED, payer_number="ICN2"), trace="EFT2", paid_on="20261105"))
    [denial] = denials(session)
    assert (stored.as_result()["denials_opened"], stored.as_result()["denials_updated"]) == (0, 1)
    assert (denial.times_denied, denial.amount_cents, denial.denied_on.month) == (2, 9000, 10)


def test_a_later_payment_closes_the_denial_as_recovered(session, bring_in):
    bring_in(remit(claim("A1", DENIED)))
    bring_in(remit(claim("A1", line("97110", 90, 42.1, "CO-45:47.9"), payer_number="ICN2"), trace="EFT2"))
    [denial] = denials(session)
    assert (denial.is_open, denial.status, denial.close_reason) == (False, "closed_paid", "recovered")
    assert denial.recovered_cents == 4210


def test_a_reversal_and_its_correction_go_on_with_the_same_denial(session, bring_in):
    denied = claim("A1", DENIED)
    bring_in(remit(denied))
    corrected = claim("A1", line("97110", 90, 40, "CO-45:50"), payer_number="ICN1C")
    bring_in(remit(reversal(denied), corrected, trace="EFT2", paid_on="20261105"))
    [denial] = denials(session)
    assert (denial.close_reason, denial.recovered_cents, denial.times_denied) == ("recovered", 4000, 1)
    kinds = session.scalars(select(DenialAnswer.kind).order_by(DenialAnswer.id)).all()
    assert kinds == ["first", "reversal", "payment"]


def test_a_reversal_without_its_correction_leaves_no_open_denial(session, bring_in):
    denied = claim("A1", DENIED)
    bring_in(remit(denied))
    bring_in(remit(reversal(denied), trace="EFT2"))
    [denial] = denials(session)
    assert (denial.is_open, denial.close_reason) == (False, "superseded")


def test_a_take_back_reopens_the_denial(session, bring_in):
    paid = claim("A1", line("97110", 90, 40, "CO-45:50"), payer_number="ICN2")
    bring_in(remit(claim("A1", DENIED)))
    bring_in(remit(paid, trace="EFT2"))
    bring_in(remit(reversal(paid), trace="EFT3"))
    [denial] = denials(session)
    assert (denial.is_open, denial.status, denial.recovered_cents) == (True, "reopened", 0)


def test_a_reversal_is_paired_with_the_answer_it_takes_back(session, bring_in):
    paid = claim("A1", PAID)
    bring_in(remit(paid))
    bring_in(remit(reversal(paid), trace="EFT2"))
    rows = session.scalars(select(ClaimPayment).order_by(ClaimPayment.id)).all()
    assert rows[0].reversed_by_id == rows[1].id


def test_a_reversal_that_fits_no_answer_takes_back_the_last_one(session, bring_in):
    bring_in(remit(claim("A1", PAID)))
    other = claim("A1", line("97140", 60, 25, "CO-45:35"), payer_number="ICN9")
    bring_in(remit(reversal(other), trace="EFT2"))
    rows = session.scalars(select(ClaimPayment).order_by(ClaimPayment.id)).all()
    assert rows[0].reversed_by_id == rows[1].id


def test_a_claim_denied_as_a_whole_is_one_denial_even_when_lines_follow(session, bring_in):
    bring_in(remit(claim("A1", charge=150, adjustments=["CO-29:150"])))
    [denial] = denials(session)
    assert (denial.claim_line_id, denial.amount_cents, denial.carc) == (None, 15000, "29")
    bring_in(remit(claim("A1", DENIED, line("97140", 60, 0, "CO-50:60")), trace="EFT2"))
    [denial] = denials(session)
    assert denial.times_denied == 2


def test_a_claim_level_adjustment_that_explains_its_lines_denies_each_line(session, bring_in):
    bring_in(remit(claim("A1", line("97110", 90, 0), line("97140", 60, 0), adjustments=["CO-197:150"])))
    assert [(d.carc, d.amount_cents) for d in denials(session)] == [("197", 9000), ("197", 6000)]
    rows = session.scalars(select(Adjustment)).all()
    assert [(row.service_payment_id, row.amount_cents) for row in rows] == [(None, 15000)]


def test_split_claims_join_the_claim_they_came_from(session, bring_in):
    bring_in(remit(claim("A1", DENIED, payer_number="ICN1"), claim("A1", PAID, payer_number="ICN2")))
    assert session.scalar(select(func.count()).select_from(Claim)) == 1
    assert session.scalar(select(func.count()).select_from(ClaimPayment)) == 2


def test_a_line_left_unpaid_without_any_reason_is_shown(session, bring_in):
    bring_in(remit(claim("A1", line("97110", 90, 0))))
    [denial] = denials(session)
    assert (denial.denial_class, denial.carc, denial.amount_cents) == ("unclassified", "", 9000)


def test_a_predetermination_is_kept_but_is_no_denial(session, bring_in):
    bring_in(remit(claim("A1", DENIED, status="25")))
    assert not denials(session)
    assert session.scalars(select(ServicePayment.line_class)).one() == LineClass.INFORMATION
    assert session.scalars(select(ClaimLine.first_remit_on)).one() is None


def test_a_recoupment_stays_at_provider_level_and_names_its_claim(session, bring_in):
    bring_in(remit(claim("A1", PAID), plb=[("WO:ICN1", 12.5)]))
    row = session.scalars(select(ProviderAdjustment)).one()
    assert (row.reason, row.reference, row.amount_cents) == ("WO", "ICN1", 1250)
    assert row.claim_id == session.scalars(select(Claim.id)).one()


def test_a_line_that_may_not_be_appealed_counts_to_the_filing_limit(session, bring_in):
    barred = line("97110", 90, 0, "CO-16:90", remarks=["MA130", "N822"])
    bring_in(remit(claim("A1", barred, filing="MB"), payer="MEDICARE PART B"))
    [denial] = denials(session)
    assert denial.clock_rule == "MCR_B_CLAIM"
    assert denial.file_by_legal.isoformat() == "2027-09-14"


def test_the_payer_is_known_by_its_filing_code(session, bring_in):
    bring_in(remit(claim("A1", DENIED, filing="MB"), payer="SOUTHWEST PART B"))
    assert session.scalars(select(Payer.kind)).one() == "medicare_b"


def test_remarks_of_line_and_claim_are_kept_apart(session, bring_in):
    bring_in(remit(claim("A1", DENIED, remarks=["MA01"])))
    rows = session.scalars(select(Remark).order_by(Remark.code)).all()
    assert [(row.code, row.service_payment_id is None) for row in rows] == [("MA01", True), ("N115", False)]


def test_a_file_that_breaks_in_the_middle_leaves_nothing(sessions, cast):
    data = remits([([claim(f"A{n}", DENIED, payer_number=f"I{n}")], f"EFT{n}", ()) for n in range(20)])
    with pytest.raises(ImportProblem), transaction(sessions.system()) as session:  # noqa: PT012  # the rollback is the point
        practice = session.get_one(Practice, cast.eastside.id)
        importing.import_now(session, practice, "cut.835", data[: len(data) * 2 // 3], build.NOW, load())
    with sessions.system() as session:
        assert session.scalar(select(func.count()).select_from(Remittance)) == 0
        assert session.scalar(select(func.count()).select_from(ImportFile)) == 0
        session.rollback()


def test_the_practice_is_found_by_the_payees_npi(session, cast):
    assert require_one_practice(session, remit(claim("A1", PAID))).id == cast.eastside.id
    with pytest.raises(ImportProblem, match="no practice here"):
        require_one_practice(session, remit(claim("A1", PAID), npi="1999999992"))


# ---- stage, check, confirm ----


@pytest.fixture
def stage(session, practice):
    def stage(data, filename="remit.835"):
        return importing.stage(
            session, practice, filename, data, batch="b", user_id=None, now=build.NOW, knowledge=load()
        )

    return stage


def test_staging_makes_no_claim_payment_or_denial(session, stage):
    before = counts(session)
    row = stage(remit(claim("A1", DENIED, PAID)))
    after = counts(session)
    assert {name for name in after if after[name] != before[name]} == {"raw_files"}
    assert (row.state, row.preview["lines_denied"], row.preview["balances"]) == ("staged", 1, True)
    [found] = row.preview["denials"]
    assert (found["reason"], found["amount_cents"], found["patient"]) == ("CO-50", 9000, "Quill, N.")


def test_confirming_stores_what_was_shown_but_not_what_was_unticked(session, stage):
    row = stage(remit(claim("A1", DENIED, line("97140", 60, 0, "CO-50:60"))))
    keep, skip = row.preview["denials"]
    importing.confirm(session, row, [skip["key"]], None, build.NOW, load())
    [denial] = denials(session)
    assert denial.amount_cents == keep["amount_cents"]
    assert row.state == "stored"
    assert session.scalar(select(func.count()).select_from(ServicePayment)) == 2


def test_a_file_can_be_confirmed_once(session, stage):
    row = stage(remit(claim("A1", DENIED)))
    importing.confirm(session, row, [], None, build.NOW, load())
    with pytest.raises(ImportProblem):
        importing.confirm(session, row, [], None, build.NOW, load())


def test_a_staged_file_expires_with_its_bytes(session, stage):
    row = stage(remit(claim("A1", DENIED)))
    assert importing.expire_staged(session, build.NOW) == 0
    assert importing.expire_staged(session, row.expires_at) == 1
    assert row.state == "expired"
    assert session.scalar(select(func.count()).select_from(RawFile)) == 0


def test_a_dry_run_leaves_no_payer_and_no_used_number(session, practice, stage):
    number = practice.next_denial_number
    stage(remit(claim("A1", DENIED)))
    session.flush()
    assert practice.next_denial_number == number
    assert session.scalar(select(func.count()).select_from(Payer)) == 0


# ---- undo ----


def stored(session, practice, data, filename="remit.835"):
    row, _ = importing.import_now(session, practice, filename, data, build.NOW, load())
    session.flush()
    return row


def test_undoing_an_import_gives_back_every_count(session, practice):
    before = counts(session)
    row = stored(session, practice, remit(claim("A1", DENIED, PAID, remarks=["MA01"]), plb=[("WO:ICN1", 5)]))
    undo_import(session, row, build.NOW)
    assert counts(session) == before
    assert row.state == "undone"


def test_undoing_a_payment_opens_the_denial_again(session, practice):
    stored(session, practice, remit(claim("A1", DENIED)))
    [denial] = denials(session)
    denial.status = "in_review"
    before = counts(session)
    paying = stored(session, practice, remit(claim("A1", line("97110", 90, 40, "CO-45:50")), trace="EFT2"))
    assert denials(session)[0].status == "closed_paid"
    undo_import(session, paying, build.NOW)
    [denial] = denials(session)
    assert (denial.is_open, denial.status, denial.recovered_cents) == (True, "in_review", 0)
    assert counts(session) == before


def test_an_import_that_a_later_file_builds_on_is_not_undone(session, practice):
    first = stored(session, practice, remit(claim("A1", DENIED)))
    stored(session, practice, remit(claim("A1", DENIED), trace="EFT2"), "later.835")
    with pytest.raises(UndoRefused, match=r"later\.835 continues D-1001"):
        undo_import(session, first, build.NOW)


def test_what_was_undone_can_be_imported_again(session, practice):
    data = remit(claim("A1", DENIED))
    undo_import(session, stored(session, practice, data), build.NOW)
    assert stored(session, practice, data) is not None
    assert len(denials(session)) == 1


def test_another_practice_is_out_of_reach(sessions, cast):
    from tracker.db import ScopeError

    with sessions.writing([cast.lakeview.id]) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        with pytest.raises(ScopeError):
            read_and_store(session, practice, 1, "x.835", edi.remit(claim("A1", PAID)), load(), build.NOW)
        session.rollback()


def test_each_denial_counts_from_its_own_date_of_service_where_the_payers_limit_does(session, practice, bring_in):
    bring_in(remit(claim("A1", line("97110", 90, 0, "CO-50:90")), trace="T1"), "first.835")
    payer = session.scalars(select(Payer)).one()
    limit = OwnLimit(10, "months", "the date of service", "", "28 TAC 133.250", build.TODAY, None)
    values = with_limit(None, "appeal", 1, limit)
    set_figures(session, practice.id, payer, None, values, load(), build.TODAY)
    days = ("20260901", "20260915")
    claims = [claim(f"B{day}", line("97110", 90, 0, "CO-50:90", day=day), payer_number=f"I{day}") for day in days]
    bring_in(remit(*claims, trace="T2"), "second.835")
    assert [denial.file_by_legal for denial in denials(session)[1:]] == [date(2027, 7, 1), date(2027, 7, 15)]


@pytest.mark.parametrize(
    ("filing", "code", "rule"), [("MB", "29", ""), ("MB", "50", "MCR_B_L1"), ("WC", "50", "WC_STATE_NOT_CHOSEN")]
)
def test_an_imported_denial_counts_by_its_payer_and_reason(session, filing, code, rule):
    data = remit(claim("A1", line("97110", 60, 0, f"CO-{code}:60"), filing=filing), payer="STATE FUND")
    importing.import_now(session, build.practice(session), "a.835", data, build.NOW, load())
    denial = session.scalars(select(Denial)).one()
    assert (denial.clock_rule, denial.file_by_safe is None) == (rule, rule == "")
