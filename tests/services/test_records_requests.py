"""Requests for records: each with a clock of its own, on the claim and on its denials."""

from datetime import date

import pytest

from tests import build
from tests.letters.drawing import drawn, words
from tracker.knowledge import load
from tracker.models import Attachment, Denial
from tracker.services.acting import Acting
from tracker.services.added_files import AddedFile
from tracker.services.appeal_sending import Sending
from tracker.services.records_requests import Asked, close_request, log_request, move_due, records_sent, reopen_request
from tracker.services.working import ChangeError, set_deadline

LETTER_OF = date(2026, 11, 2)
SENT = Sending(date(2026, 11, 20), "portal", "P-77")
ASKED = Asked(LETTER_OF, "Evaluation and notes of September", "ADR 5511")


@pytest.fixture
def acting(cast) -> Acting:
    return Acting(build.NOW, build.TODAY, cast.alice.id)


@pytest.fixture
def claim(session, cast):
    return build.claim(session, cast.eastside, payer_row=build.payer(session, "Medicare Part B", kind="medicare_b"))


@pytest.fixture
def denial(session, claim) -> Denial:
    """Denied on October 5, the last day to file by is February 2, 2027 (safe)."""
    fields = {"clock_rule": "MCR_B_L1", "file_by_safe": date(2027, 2, 2), "file_by_legal": date(2027, 2, 8)}
    return build.denial(session, build.claim_line(session, claim), **fields)


def test_medicare_gives_forty_five_days_from_the_letter(session, claim, acting):
    paper = AddedFile.of("Request for records", drawn(words("Please send")), 1)
    asked = Asked(LETTER_OF, ASKED.wanted, "ADR 5511", letter=paper)
    row = log_request(session, claim, asked, load(), acting)
    assert (row.number, row.clock_rule, row.due_safe, row.due_legal) == (
        201, "MCR_ADR", date(2026, 12, 17), date(2026, 12, 17)
    )  # fmt: skip
    letter = session.get_one(Attachment, (row.practice_id, row.letter_id))
    assert (letter.kind, letter.content) == ("request", paper.content)


def test_the_letters_own_day_goes_before_the_rule(session, claim, acting):
    row = log_request(session, claim, Asked(LETTER_OF, "All", due=date(2026, 12, 1)), load(), acting)
    assert (row.clock_rule, row.due_safe, row.due_legal) == ("by_hand", date(2026, 12, 1), date(2026, 12, 1))


def test_a_payer_without_a_known_limit_has_no_date_until_one_is_set(session, cast, acting):
    row = log_request(session, build.claim(session, cast.eastside), ASKED, load(), acting)
    assert (row.clock_rule, row.due_safe) == ("", None)
    move_due(session, row, date(2026, 12, 3), load(), acting)
    assert (row.clock_rule, row.due_safe) == ("by_hand", date(2026, 12, 3))


def test_an_open_denial_of_the_claim_runs_on_the_nearer_date_and_back_when_records_went_out(
    session, claim, denial, acting
):
    log_request(session, claim, ASKED, load(), acting)
    assert (denial.clock, denial.status, denial.due_on) == ("records_due", "needs_note", date(2026, 12, 17))
    records_sent(session, denial, SENT, load(), acting)
    assert (denial.clock, denial.status, denial.clock_rule) == ("file_by", "new", "MCR_B_L1")
    assert (denial.file_by_safe, denial.file_by_legal) == (date(2027, 2, 2), date(2027, 2, 8))
    assert denial.notice_on == build.PAID_ON


def test_a_denial_whose_own_date_is_nearer_keeps_it(session, cast, claim, denial, acting):
    set_deadline(session, [denial], date(2026, 12, 1), build.NOW, cast.alice.id)
    log_request(session, claim, ASKED, load(), acting)
    assert (denial.clock, denial.due_on) == ("file_by", date(2026, 12, 1))


def test_a_date_set_by_hand_comes_back_as_it_was(session, cast, claim, denial, acting):
    set_deadline(session, [denial], date(2026, 12, 31), build.NOW, cast.alice.id)
    row = log_request(session, claim, ASKED, load(), acting)
    assert denial.clock == "records_due"
    close_request(session, row, SENT, load(), acting)
    assert (denial.clock, denial.clock_rule, denial.due_on) == ("file_by", "by_hand", date(2026, 12, 31))


def test_a_request_no_longer_wanted_gives_the_clock_back_too_and_can_be_opened_again(session, claim, denial, acting):
    row = log_request(session, claim, ASKED, load(), acting)
    close_request(session, row, None, load(), acting)
    assert (row.closed_on, row.sent_method, denial.clock) == (build.TODAY, "", "file_by")
    reopen_request(session, row, load(), acting)
    assert (row.closed_on, denial.clock, denial.due_on) == (None, "records_due", date(2026, 12, 17))


def test_another_date_moves_the_denials_that_run_on_it(session, claim, denial, acting):
    row = log_request(session, claim, ASKED, load(), acting)
    move_due(session, row, date(2026, 12, 24), load(), acting)
    assert (denial.clock, denial.clock_rule, denial.due_on) == ("records_due", "by_hand", date(2026, 12, 24))


def test_with_two_requests_the_clock_waits_for_both(session, claim, denial, acting):
    first = log_request(session, claim, ASKED, load(), acting)
    second = log_request(session, claim, Asked(date(2026, 11, 9), "More"), load(), acting)
    close_request(session, first, SENT, load(), acting)
    assert denial.clock == "records_due"
    close_request(session, second, SENT, load(), acting)
    assert (denial.clock, denial.due_on) == ("file_by", date(2027, 2, 2))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (Asked(date(2026, 11, 24), "All"), "today or before"),
        (Asked(LETTER_OF, "All", due=date(2026, 11, 1)), "not be before the letter"),
    ],
)
def test_a_letter_of_tomorrow_or_due_before_it_was_written_is_refused(session, claim, acting, asked, why):
    with pytest.raises(ChangeError, match=why):
        log_request(session, claim, asked, load(), acting)


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2026, 11, 24)])
def test_records_are_sent_between_the_letter_and_today(session, claim, denial, acting, day):
    row = log_request(session, claim, ASKED, load(), acting)
    with pytest.raises(ChangeError, match="Date sent must be from 11/02/2026"):
        close_request(session, row, Sending(day, "fax"), load(), acting)
    with pytest.raises(ChangeError, match="Date sent must be from 11/02/2026"):
        records_sent(session, denial, Sending(day, "fax"), load(), acting)
    assert row.closed_on is None
