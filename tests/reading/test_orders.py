"""Orders for therapy, known by who orders, what is to be done, and the date."""

from datetime import date

import pytest

from tests.growth import assert_linear
from tracker.reading.note import ReadNote


@pytest.mark.parametrize(
    "text",
    [
        "Order 7/20/2026: Occupational therapy, evaluate and treat R thumb CMC OA. H. Bose MD e-signed 7/20/2026",
        "NORTH FORK ORTHOPEDICS\nOrdering provider: A. Osei\nDate: 07/20/2026\nShoulder pain. PT eval/tx.",
        "RX\nDOB 03/14/1951\n20 Jul 2026\nPhysical therapy 2x/wk x 6 weeks, lumbar strain\nDr. Osei",
        "Referring physician - Lena Okoye\nJuly 20, 2026\nST E&T, dysphagia",
        "Injury 6/2/26. 7/20/26 Please see for hand therapy.\nM. Lund, NP",
    ],
)
def test_an_order_is_known_by_its_structure(text):
    order = ReadNote(text).order

    assert order is not None
    assert order.day == date(2026, 7, 20)
    assert 0 <= order.start < order.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "PT eval/tx, 07/20/2026",  # nobody orders it
        "Ordering provider: A. Osei. PT eval and treat.",  # no date
        "Ordering provider: A. Osei\nMRI lumbar spine 07/20/2026",  # no therapy
        "Dr. Osei 07/20/2026: please see pt instructions for wound care.",  # PT is the patient
        "Evaluate and treat per Dr. Osei. DOB 07/20/1951",  # a birth date alone
        "Referred by Dr. Osei for eval and treat 7/20/26. Ther ex 15 min.\nSigned: J. Cole, PT 8/3/26",  # a therapist's
    ],
)
def test_what_lacks_one_of_them_or_is_a_therapists_note_is_no_order(text):
    assert ReadNote(text).order is None


@pytest.mark.parametrize("piece", ["order 1/2/26 ", "dr. a ", "eval and ", "physical therapy 2 "])
def test_a_long_text_takes_linear_time(piece):
    assert_linear(piece, lambda note: note.order, ReadNote)
