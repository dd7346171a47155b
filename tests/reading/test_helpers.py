"""Aides, technicians and students in notes, and where the therapist was."""

import pytest

from tests.growth import assert_linear
from tracker.reading.note import ReadNote

TREATED_BY_AIDE = [
    "Tech ran exercises 30 min, PT signed.",
    "97110 = 45 min with R. Boone, rehab tech.",
    "Rehab aide walked patient 200 ft x3 while I completed documentation.",
    "Patient exercised in the gym under supervision of aide x 20 min.",
    "Athletic trainer took pt through band work 15 min.",
    "Handed off to Marco (tech) for remaining exercises.",
    "3x10 leg press, supervised by technician",
    "Exercises 25 min run by Brandi (rehab tech): SLR 2 lb 3x10.",
    "PT aide instructed pt in clamshells 2x15.",
    "TEx 42 min w/ Kai (rehab tech) in gym: pulleys 4 min, rows 3x12, ice not charged",
]
NO_TREATMENT_BY_AIDE = [
    "PT one-on-one 30; tech cleaned equipment.",
    "Tech provided wheelchair follow for safety.",
    "Last 10 min on bike with tech, not billed.",
    "Her aide at home helps with dressing.",
    "Home health aide was taught the transfer.",
    "Hearing aids in. Low-tech AAC board, high tech device on trial.",
    "Works as a lab tech, standing 8 h. Tech neck posture.",
    "No tech or student involved.",
    "Rehab aide wiped tables and set the weights.",
    "Mod A x2, tech as second person for safety.",
    "Rail aides in balance; strategy aids recall.",
]
TREATED_BY_STUDENT = [
    "Pt seen by SPT 1:00-1:46.",
    "SPT treated; PT in next booth.",
    "Session led by grad clinician P. Novak, BA.",
    "Kelly Ng, SPT, performed manual therapy 15 min.",
    "Graduate clinician T. Wells ran the hour on her own.",
    "PT student instructed the home program.",
    "SPT (2nd year, Mercer) Dana Wu treated him in the pool area.",
    "OTS Kim Alvarado ran the kitchen task.",
]
NO_TREATMENT_BY_STUDENT = [
    "Bed to chair SPT with CGA x1, transfer by SPT.",
    "College student who plays soccer; student athlete.",
    "DPT student observed only.",
    "Bed to chair SPT with cues provided, then w/c.",
    "SPT technique to commode, pt led.",
    "OT student not involved today.",
    "Student produced /s/ in words 8/10.",
]


@pytest.mark.parametrize("text", TREATED_BY_AIDE)
def test_treatment_by_an_aide_is_seen(text):
    assert ReadNote(text).helpers.treating_aides


@pytest.mark.parametrize("text", NO_TREATMENT_BY_AIDE)
def test_an_aide_who_did_not_treat_is_let_be(text):
    assert not ReadNote(text).helpers.treating_aides


@pytest.mark.parametrize("text", TREATED_BY_STUDENT)
def test_treatment_by_a_student_is_seen(text):
    assert ReadNote(text).helpers.treating_students


@pytest.mark.parametrize("text", NO_TREATMENT_BY_STUDENT)
def test_a_student_who_did_not_treat_is_let_be(text):
    assert not ReadNote(text).helpers.treating_students


@pytest.mark.parametrize(
    "elsewhere",
    [
        "I looked in at 9:00 and 9:40.",
        "I was with another patient.",
        "PT in next booth.",
        "Supervisor was treating her own caseload.",
        "The PT was with a different client.",
        "I watched from the observation room between calls.",
        "Therapist available if needed.",
    ],
)
def test_a_therapist_elsewhere_is_seen(elsewhere):
    read = ReadNote("Tech ran exercises 30 min.\n" + elsewhere)

    assert [passage.of(read.text) for passage in read.helpers.elsewhere] == [elsewhere]


@pytest.mark.parametrize(
    "present",
    [
        "I was in the room for the entire session and treated no other patient.",
        "PT present throughout, directed every activity.",
        "Supervisor 100% present during the session.",
        "I never left the room.",
    ],
)
def test_a_therapist_who_was_there_is_seen_and_not_elsewhere(present):
    helpers = ReadNote("Kelly Ng, SPT, led exercise 30 min.\n" + present).helpers

    assert helpers.present
    assert not helpers.elsewhere


@pytest.mark.parametrize(
    "piece", ["tech ran ", "student ", "with the aide ", "tech\n", "ran with ", "no other patient "]
)
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, lambda note: note.helpers, lambda text: ReadNote("tech\n" + text))
