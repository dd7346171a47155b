"""Certification and referral as notes speak of them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.certification import read_certification
from tracker.reading.note import ReadNote


@pytest.mark.parametrize(
    "text",
    [
        "Certification period: 3/1/26 - 5/29/26",
        "Cert period 03/01/2026 to 05/29/2026",
        "RECERTIFICATION 3/1/26-5/29/26",
        "Certified from 3/1/2026 through 5/29/2026",
    ],
)
def test_a_period_is_read_with_both_days(text):
    (period,) = ReadNote(text).certification.periods

    assert (period.begins, period.ends) == (date(2026, 3, 1), date(2026, 5, 29))
    assert text[period.start : period.end] == text


@pytest.mark.parametrize(
    "text",
    [
        "POC certified by Dr. Bose 3/9/26",
        "Plan signed by Dr Bose on 3/9/26",
        "Signed POC received from Dr. Bose 3/9/26",
        "Recert signed 3/9/26",
        "Recertification signed by NP Lee 3/9/2026",
    ],
)
def test_a_reported_signature_of_the_physician_is_read(text):
    assert [each.day for each in ReadNote(text).certification.reported] == [date(2026, 3, 9)]


@pytest.mark.parametrize(
    "text",
    [
        "POC not signed as of 3/9/26",
        "Awaiting signed POC, faxed 3/9/26",
        "Recert due 3/9/26",
        "Plan of care signed 3/9/26\nK. Smith, PT",
        "Consent signed 3/9/26",
        "POC unsigned, sent to Dr. Bose 3/9/26",
    ],
)
def test_pending_signatures_and_the_therapists_own_are_no_certification(text):
    assert ReadNote(text).certification.reported == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Verbal order obtained from Dr. Bose 3/3/26", "verbal"),
        ("Referred by Dr. H. Bose on 3/3/26 for PT", "referred"),
        ("Order dated 3/3/2026", "referred"),
        ("Referral from Dr Osei, 3/3/26", "referred"),
        ("Rx dated 3/3/26: PT eval and treat", "referred"),
    ],
)
def test_orders_and_referrals_are_read_with_their_day(text, what):
    assert [each.day for each in getattr(ReadNote(text).certification, what)] == [date(2026, 3, 3)]


def test_an_empty_line_for_the_physician_is_read_and_the_therapists_is_not():
    assert len(ReadNote("Physician signature: ____________ Date: ______").certification.blanks) == 1
    assert ReadNote("Therapist signature: ____________").certification.blanks == ()


def test_an_explained_delay_is_read():
    assert len(ReadNote("Delayed certification: physician on leave").certification.delays) == 1


@given(
    st.lists(
        st.sampled_from(
            [
                "cert ",
                "period: ",
                "3/1/26",
                " - ",
                "POC signed ",
                "by Dr. ",
                "referred by ",
                "____",
                "\n",
                "verbal order ",
            ]
        ),
        max_size=50,
    )
)
def test_every_place_stands_inside_the_text(words):
    text = "".join(words)
    found = read_certification(text.lower())

    for start, end in (
        each[-2:] for each in (*found.periods, *found.reported, *found.verbal, *found.referred, *found.blanks)
    ):
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "piece", ["cert period ", "poc signed by dr ", "referred by dr ", "order from ", "md ___ ", "verbal order "]
)
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, read_certification)
