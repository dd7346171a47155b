"""A note beside an earlier one: only of the same patient, only for those who may see it."""

from datetime import timedelta

import pytest

from tests import build
from tests.reports.test_note_likeness import COPIED, FIRST, OTHER
from tests.web.test_denial_causes import words
from tests.web.test_denial_page import address, make_denial
from tracker.db import transaction
from tracker.models import Note, Patient


@pytest.fixture
def copied(sessions, cast):
    """A denial whose note was copied from an earlier one; gives the denial and both notes' ids."""
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note=COPIED)
        patient = session.get_one(Patient, (denial.practice_id, denial.patient_id))
        earlier = build.note(session, patient, FIRST, service_date=build.VISIT - timedelta(4))
        note = session.query(Note).filter_by(patient_id=patient.id, service_date=build.VISIT).one()
        return denial, note.public_id, earlier.public_id


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def test_the_note_card_names_the_note_it_is_like_and_leads_to_what_changed(alice, copied):
    denial, note, earlier = copied
    page = alice.get(address(denial)).text
    assert "Similar to the note of 09/10/2026: " in words(page)
    assert f"{address(denial, '/compare')}?note={note}&amp;earlier={earlier}" in page


def test_changes_are_marked_on_both_sides(alice, copied):
    denial, note, earlier = copied
    page = alice.get(address(denial, f"/compare?note={note}&earlier={earlier}")).text
    assert "LEFS 38/80" in page.split("<del>", 1)[1].split("</del>", 1)[0]
    assert "LEFS 41/80" in page.split("<ins>", 1)[1].split("</ins>", 1)[0]
    assert "Okafor" not in page.split("</title>", 1)[0]


def test_doses_of_exercises_stand_beside_each_other(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note="Ther ex 25 min.\nSLR 3x12 4#, bridges 2x10")
        patient = session.get_one(Patient, (denial.practice_id, denial.patient_id))
        build.note(
            session, patient, "Ther ex 26 min.\nSLR 3x10 4#, bridges 2x10", service_date=build.VISIT - timedelta(4)
        )

    page = words(alice.get(address(denial, "/compare")).text)

    assert "SLR 3x10 4# SLR 3x12 4# Changed bridges 2x10 bridges 2x10 Same" in page


def test_without_names_the_most_alike_is_taken(alice, copied):
    page = words(alice.get(address(copied[0], "/compare")).text)
    assert "Daily note of 09/10/2026" in page
    assert "of the words in a row are the same" in page


def test_a_note_of_another_patient_is_not_compared(alice, copied, sessions, cast):
    with transaction(sessions.system()) as session:
        other = build.note(session, build.patient(session, cast.eastside, "Marsh"), OTHER).public_id
    denial, note, earlier = copied
    assert alice.get(address(denial, f"/compare?note={note}&earlier={other}")).status_code == 404
    assert alice.get(address(denial, f"/compare?note={other}&earlier={earlier}")).status_code == 404


def test_without_an_earlier_note_or_any_note_the_page_says_so(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        alone, bare = make_denial(session, cast.eastside), make_denial(session, cast.eastside, note="")
    assert "No earlier note" in alice.get(address(alone, "/compare")).text
    assert "Add the note first" in alice.get(address(bare, "/compare")).text
    assert "Similar to the note" not in alice.get(address(alone)).text


def test_nobody_of_another_practice_compares(signed_in, cast, copied):
    assert signed_in(cast.charlie).get(address(copied[0], "/compare")).status_code == 404
