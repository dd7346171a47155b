"""Who signed a note, and the marks of notes nobody signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tests.reading.people_in_notes import ASSISTANTS, DAYS, NAMES, THERAPISTS, day_notations
from tracker.reading.note import ReadNote
from tracker.reading.signatures import OpenKind

BODY = "S: Pain 3/10, slept well.\nO: 97110 25 min: leg press 60 lb 3x10, cue knee over toe.\nFlex 118.\nP: 2x/wk.\n"
CLOSINGS = [
    "Electronically signed by {who} on {day} at 14:22",
    "{who}   e-signed {day} 2:10 pm",
    "/s/ {who}  {day}",
    "{who} {day} 1512",
    "Signed: {who}, {day} 09:15",
    "Therapist signature | {who} | {day}",
    "Authenticated by {who} {day} 17:03",
    "{who}, {day} 11:15 (e-sig)",
    "Signature: {who}   Date: {day}",
]


@given(NAMES, st.one_of(THERAPISTS, ASSISTANTS), DAYS, st.sampled_from(CLOSINGS), st.data())
def test_a_signature_is_read_with_name_rank_and_day(name, letters, day, closing, data):
    written = data.draw(st.sampled_from(day_notations(day)))
    text = BODY + closing.format(who=f"{name}, {letters}", day=written)

    signed = ReadNote(text).signatures.by_clinicians

    assert [(each.clinician.name, each.day) for each in signed] == [(name, day)]
    assert (signed[0].clinician.rank == "assistant") == ("TA" in letters or letters == "LPTA")
    assert text[signed[0].start : signed[0].end] in closing.format(who=f"{name}, {letters}", day=written)
    assert ReadNote(text).signatures.marks == ()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Note status: DRAFT", OpenKind.STATUS),
        ("Chart status: Open", OpenKind.STATUS),
        ("*** DRAFT ***", OpenKind.STATUS),
        ("[Draft - not final]", OpenKind.STATUS),
        ("Encounter: in progress", OpenKind.STATUS),
        ("** UNSIGNED **", OpenKind.UNSIGNED),
        ("Signature pending", OpenKind.UNSIGNED),
        ("Awaiting therapist signature", OpenKind.UNSIGNED),
        ("This note has not been signed", OpenKind.UNSIGNED),
        ("Therapist signature: ______________", OpenKind.BLANK),
        ("Signature:            Date:", OpenKind.BLANK),
        ("Signed: (illegible)", OpenKind.ILLEGIBLE),
        ("[scribble]", OpenKind.ILLEGIBLE),
        ("Signature stamp: K. Smith", OpenKind.STAMP),
        ("Signed by front desk", OpenKind.BEHALF),
        ("ks", OpenKind.INITIALS),
        ("K.S. 3/12/26", OpenKind.INITIALS),
    ],
)
def test_what_is_not_signed_leaves_a_mark_at_its_words(line, kind):
    read = ReadNote(BODY + line)

    found = read.signatures.marked(kind)

    assert found
    assert read.text[found[0].start : found[0].end] in line
    assert not read.signatures.by_clinicians


@pytest.mark.parametrize(
    "line",
    [
        "Consent form not signed yet",
        "Physician signature: ______________  Date: ____",
        "Patient signature: ____________",
        "POC signature pending from Dr. Osei",
        "Mouth open, status of wound: open",
        "Drafting table height raised; wrote a first draft of her letter",
        "Date stamp 3/12/26",
        "HEP",
        "Opened jar 3 of 5",
        "Uses sign language with her son",
    ],
)
def test_other_papers_and_words_leave_no_mark(line):
    assert ReadNote(BODY + line + "\nK. Smith, PT 3/12/26").signatures.marks == ()


def test_two_people_on_one_line_sign_with_their_own_days():
    signed = ReadNote(
        "Plan of care\n" + BODY + "U. Berg, PT, DPT 5/4/2026    Certified: H. Bose MD 5/8/2026"
    ).signatures

    assert [(each.clinician.rank, each.day.day) for each in signed.signed] == [("therapist", 4), ("physician", 8)]


def test_the_heading_of_a_practice_is_no_signature():
    assert ReadNote("HARVEST MOON OT   Wed 3/4/2026\n" + BODY).signatures.signed == ()


@pytest.mark.parametrize(
    "piece", ["signed by ", "A. Smith, PT 3/12/26\n", "____", "signature: ", "ks\n", "draft ", "status"]
)
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, lambda note: note.signatures, ReadNote)
