"""What moves a deadline besides its rule: time the payer granted, a proven receipt of the notice."""

from datetime import date

import pytest

from tests import build
from tests.letters.drawing import drawn, words
from tracker.knowledge import load
from tracker.models import Attachment, Denial, Event
from tracker.reports.clock_view import clock_view
from tracker.services.acting import Acting
from tracker.services.added_files import AddedFile
from tracker.services.clock_facts import Grant, Receipt, grant_extension, prove_receipt
from tracker.services.working import ChangeError, set_deadline, undo

NOTICE = date(2026, 10, 5)
GRANTED = Grant(14, date(2026, 11, 12), "J. Moss, appeals unit", "4471")
LETTER = AddedFile.of("Letter that grants more time", drawn(words("14 days more")), 1)


@pytest.fixture
def acting(cast) -> Acting:
    return Acting(build.NOW, build.TODAY, cast.alice.id)


def denied(session, cast, kind="medicare_b", rule="MCR_B_L1", **fields) -> Denial:
    """A denial on the remittance of October 5: 120 days end on February 2, 2027, with the 5 presumed on February 8."""
    payer = build.payer(session, f"Payer {kind}", kind=kind)
    line = build.claim_line(session, build.claim(session, cast.eastside, payer_row=payer))
    dates = {"file_by_safe": date(2027, 2, 2), "file_by_legal": date(2027, 2, 8)}
    return build.denial(session, line, clock_rule=rule, notice_on=NOTICE, **dates | fields)


def dates(denial) -> tuple[date, date]:
    return denial.file_by_safe, denial.file_by_legal


def test_the_days_a_payer_granted_move_both_dates_and_are_told_with_who_when_and_the_letter(session, cast, acting):
    denial = denied(session, cast)
    grant_extension(session, denial, Grant(14, GRANTED.granted_on, GRANTED.granted_by, "4471", LETTER), load(), acting)
    assert dates(denial) == (date(2027, 2, 16), date(2027, 2, 22))
    view = clock_view(session, denial, load(), build.TODAY)
    assert "with 5 days presumed for receipt, and 14 days more that the payer granted: the last day is" in view.words
    [moved] = view.moved
    assert moved.words == "J. Moss, appeals unit granted 14 days more on 11/12/2026, reference 4471."
    [paper] = session.query(Attachment).all()
    assert (paper.public_id, paper.kind, paper.denial_id) == (moved.file, "extension", denial.id)


def test_an_extension_is_undone_with_its_dates(session, cast, acting):
    denial = denied(session, cast)
    event = grant_extension(session, denial, GRANTED, load(), acting)
    undo(session, event, build.NOW, cast.alice.id)
    assert (*dates(denial), denial.extension_days) == (date(2027, 2, 2), date(2027, 2, 8), 0)
    assert clock_view(session, denial, load(), build.TODAY).moved == ()


def test_a_longer_extension_counts_all_its_days_once(session, cast, acting):
    denial = denied(session, cast)
    grant_extension(session, denial, GRANTED, load(), acting)
    grant_extension(session, denial, Grant(21, date(2026, 11, 20), "J. Moss"), load(), acting)
    assert dates(denial) == (date(2027, 2, 23), date(2027, 3, 1))
    assert [moved.words for moved in clock_view(session, denial, load(), build.TODAY).moved] == [
        "J. Moss granted 21 days more on 11/20/2026."
    ]


def test_a_date_set_by_hand_moves_by_the_days_granted_and_back_from_a_weekend(session, cast, acting):
    denial = denied(session, cast)
    set_deadline(session, [denial], date(2027, 1, 8), build.NOW, cast.alice.id)
    grant_extension(session, denial, Grant(15, date(2026, 11, 12), "J. Moss"), load(), acting)
    assert dates(denial) == (date(2027, 1, 22), date(2027, 1, 23))  # a Saturday
    grant_extension(session, denial, Grant(17, date(2026, 11, 20), "J. Moss"), load(), acting)
    assert dates(denial) == (date(2027, 1, 25), date(2027, 1, 25))


@pytest.mark.parametrize(
    ("fields", "grant", "why"),
    [
        ({"clock": "reply_due"}, GRANTED, "needs a date to move"),
        ({"file_by_safe": None, "file_by_legal": None}, GRANTED, "needs a date to move"),
        ({}, Grant(0, GRANTED.granted_on, "J. Moss"), "from 1 to 365"),
        ({}, Grant(14, date(2026, 10, 4), "J. Moss"), "the notice, to today"),
        ({}, Grant(14, date(2026, 11, 24), "J. Moss"), "the notice, to today"),
    ],
)
def test_an_extension_that_cannot_be_changes_nothing(session, cast, acting, fields, grant, why):
    denial = denied(session, cast, **fields)
    before = dates(denial)
    with pytest.raises(ChangeError, match=why):
        grant_extension(session, denial, grant, load(), acting)
    assert dates(denial) == before
    assert session.query(Event).count() == 0


def test_a_proven_receipt_takes_the_place_of_the_presumption(session, cast, acting):
    denial = denied(session, cast)
    event = prove_receipt(session, denial, Receipt(date(2026, 10, 19), "Date stamp"), load(), acting)
    assert dates(denial) == (date(2027, 2, 2), date(2027, 2, 16))
    view = clock_view(session, denial, load(), build.TODAY)
    assert "counted from its receipt on Mon, Oct 19, 2026" in view.words
    assert "presumed" not in view.words
    assert [moved.words for moved in view.moved] == ["Receipt of the notice on 10/19/2026 proven: Date stamp."]
    undo(session, event, build.NOW, cast.alice.id)
    assert (*dates(denial), denial.received_on) == (date(2027, 2, 2), date(2027, 2, 8), None)


def test_where_the_time_counts_from_the_notice_its_receipt_moves_nothing(session, cast, acting):
    denial = denied(
        session, cast, "tricare", "TRI_APP", file_by_safe=date(2026, 12, 31), file_by_legal=date(2027, 1, 3)
    )
    with pytest.raises(ChangeError, match="counts from the date of the determination"):
        prove_receipt(session, denial, Receipt(date(2026, 10, 19), "Date stamp"), load(), acting)
    assert not clock_view(session, denial, load(), build.TODAY).takes_receipt


@pytest.mark.parametrize("on", [date(2026, 10, 4), date(2026, 11, 24)])
def test_a_receipt_before_the_notice_or_tomorrow_is_refused(session, cast, acting, on):
    with pytest.raises(ChangeError, match="from 10/05/2026, the notice, to today"):
        prove_receipt(session, denied(session, cast), Receipt(on, "Date stamp"), load(), acting)


def test_a_date_set_by_hand_is_not_moved_by_a_receipt(session, cast, acting):
    denial = denied(session, cast)
    set_deadline(session, [denial], date(2027, 1, 8), build.NOW, cast.alice.id)
    with pytest.raises(ChangeError, match="not counted by a rule"):
        prove_receipt(session, denial, Receipt(date(2026, 10, 19), "Date stamp"), load(), acting)


def test_receipt_and_extension_count_together(session, cast, acting):
    denial = denied(session, cast)
    prove_receipt(session, denial, Receipt(date(2026, 10, 19), "Date stamp"), load(), acting)
    grant_extension(session, denial, GRANTED, load(), acting)
    assert dates(denial) == (date(2027, 2, 16), date(2027, 3, 2))
    assert len(clock_view(session, denial, load(), build.TODAY).moved) == 2
