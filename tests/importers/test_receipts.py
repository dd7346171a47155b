"""Receipts of claims sent: 277CA and 999."""

from datetime import date
from pathlib import Path

import pytest

from tracker.domain.receipt import Arrival, FileReceipt, batch_key
from tracker.importers.errors import ImportProblem
from tracker.importers.x277ca import read_277ca
from tracker.importers.x999 import read_999

SAMPLES = Path(__file__).parents[1] / "samples"
ARRIVALS = (SAMPLES / "arrivals.277").read_bytes()
RECEIPT = (SAMPLES / "receipt.999").read_bytes()


def claims(data=ARRIVALS):
    [found] = read_277ca(data)
    return {receipt.control_number: receipt for receipt in found.claims}


def test_an_acceptance_carries_the_payers_number_and_day():
    accepted = claims()["EP10311"]
    assert (accepted.arrival, accepted.codes[0]) == (Arrival.ACCEPTED, "A2:20")
    assert (accepted.day, accepted.payer_claim_number) == (date(2026, 10, 9), "2226281000011")
    assert (accepted.charge_cents, accepted.payer) == (26400, "MEDICARE PART B")


def test_one_rejection_outweighs_a_receipt():
    assert claims()["EP10312"].arrival is Arrival.REJECTED
    assert claims()["EP10312"].codes == ("A7:164", "A1:19")


def test_a_claim_that_was_only_received_is_not_accepted():
    assert claims()["EP10313"].arrival is Arrival.NOTED


def test_what_is_said_of_a_line_does_not_reject_its_claim():
    assert claims()["EP10311"].codes == ("A2:20",)


def test_a_claim_without_our_number_is_listed():
    [found] = read_277ca(ARRIVALS)
    assert [problem.where for problem in found.problems] == ["Segment 36 (HL)"]


@pytest.mark.parametrize(
    ("category", "arrival"),
    [
        ("A0", "noted"),
        ("A3", "rejected"),
        ("A4", "rejected"),
        ("A5", "accepted"),
        ("A6", "rejected"),
        ("A8", "rejected"),
    ],
)
def test_every_category_is_known(category, arrival):
    assert claims(ARRIVALS.replace(b"A2:20", f"{category}:20".encode()))["EP10311"].arrival == arrival


def test_a_999_names_the_file_it_answers():
    [found] = read_999(RECEIPT)
    assert found.files == (FileReceipt("1", "0001", Arrival.ACCEPTED, date(2026, 9, 4), 5),)


@pytest.mark.parametrize(
    ("code", "arrival"), [("A", "accepted"), ("E", "accepted"), ("P", "noted"), ("R", "rejected"), ("M", "rejected")]
)
def test_every_answer_to_a_file_is_known(code, arrival):
    [found] = read_999(RECEIPT.replace(b"IK5*A", f"IK5*{code}".encode()))
    assert found.files[0].arrival == arrival


def test_answers_to_other_files_than_claims_are_passed_over():
    [found] = read_999(RECEIPT.replace(b"AK2*837", b"AK2*276"))
    assert found.files == ()


@pytest.mark.parametrize(("read", "data"), [(read_277ca, RECEIPT), (read_999, ARRIVALS)])
def test_another_transaction_is_refused(read, data):
    with pytest.raises(ImportProblem, match="There is no"):
        list(read(data))


@pytest.mark.parametrize(("read", "data"), [(read_277ca, ARRIVALS), (read_999, RECEIPT)])
def test_a_receipt_that_stops_early_is_refused(read, data):
    for end in range(200, data.rindex(b"IEA"), 37):
        with pytest.raises(ImportProblem):
            list(read(data[:end]))


def test_leading_zeros_of_control_numbers_do_not_matter():
    assert batch_key("00021", "0001") == batch_key("21", "1") == "21/1"
    assert batch_key("", "0001") == ""
