from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import build
from tracker.models import Claim, Note, NoteLink, Practice
from tracker.services.linking import link_by_hand, link_claims, link_note, unlink
from tracker.services.notes import NewNote, NoteError, add_note, clean_text


@pytest.fixture
def eastside(session: Session) -> Practice:
    return build.practice(session)


def linked(session: Session) -> set[tuple[int, int]]:
    query = select(NoteLink.claim_id, NoteLink.note_id).where(NoteLink.removed.is_(False))
    return {(claim_id, note_id) for claim_id, note_id in session.execute(query)}


def visit(session: Session, practice: Practice, modifiers: str = "GP", **fields) -> Claim:
    claim = build.claim(session, practice, **fields)
    build.claim_line(session, claim, modifiers=modifiers)
    return claim


@pytest.mark.parametrize(
    ("modifiers", "rendering", "noted", "fits"),
    [
        ("GP", "", "PT", True),
        ("GO KX", "", "PT", False),
        ("GN", "PT", "SLP", True),  # the modifier says more than who signed
        ("", "OT", "OT", True),
        ("", "OT", "PT", False),
        ("", "", "PT", True),
        ("GP", "", "", True),
    ],
)
def test_a_note_links_by_patient_day_and_discipline(session, eastside, modifiers, rendering, noted, fits):
    clinician = build.provider(session, eastside, discipline=rendering)
    claim = visit(session, eastside, modifiers, rendering_provider_id=clinician.id)
    patient = session.get_one(build.Patient, (eastside.id, claim.patient_id))
    note = build.note(session, patient, "Ther ex x 22 min", discipline=noted)
    assert link_claims(session, eastside.id, [claim.id]) == int(fits)
    assert linked(session) == ({(claim.id, note.id)} if fits else set())


def test_notes_of_other_patients_and_days_are_not_linked(session, eastside):
    claim = visit(session, eastside)
    patient = session.get_one(build.Patient, (eastside.id, claim.patient_id))
    build.note(session, patient, "Another day", service_date=date(2026, 9, 15))
    build.note(session, build.patient(session, eastside, "Abara"), "Another patient")
    assert link_claims(session, eastside.id, [claim.id]) == 0


def test_linking_twice_makes_one_link(session, eastside):
    claim = visit(session, eastside)
    patient = session.get_one(build.Patient, (eastside.id, claim.patient_id))
    note = build.note(session, patient, "Ther ex x 22 min")
    assert link_note(session, note) == [claim.id]
    assert link_claims(session, eastside.id, [claim.id]) == 0
    assert linked(session) == {(claim.id, note.id)}


def test_what_a_person_took_away_stays_away_until_a_person_links_it(session, eastside):
    claim = visit(session, eastside)
    patient = session.get_one(build.Patient, (eastside.id, claim.patient_id))
    note = build.note(session, patient, "Ther ex x 22 min")
    link_claims(session, eastside.id, [claim.id])
    unlink(session, eastside.id, claim.id, note.id)
    assert link_claims(session, eastside.id, [claim.id]) == 0
    assert linked(session) == set()
    link_by_hand(session, eastside.id, claim.id, note.id)
    assert linked(session) == {(claim.id, note.id)}


def test_the_same_text_of_the_same_day_is_kept_once(session, eastside):
    patient = build.patient(session, eastside)
    first = add_note(session, patient, NewNote("Ther ex\r\nx 22 min  \r\n", build.VISIT), build.NOW, None)
    again = add_note(session, patient, NewNote("Ther ex\nx 22 min", build.VISIT), build.NOW, None)
    other_day = add_note(session, patient, NewNote("Ther ex\nx 22 min", date(2026, 9, 15)), build.NOW, None)
    assert (first.is_new, again.is_new, other_day.is_new) == (True, False, True)
    assert again.note.id == first.note.id
    assert len(session.scalars(select(Note)).all()) == 2


def test_a_note_without_words_is_refused(session, eastside):
    with pytest.raises(NoteError):
        add_note(session, build.patient(session, eastside), NewNote(" \n\t ", build.VISIT), build.NOW, None)


def test_cleaning_keeps_every_word_and_line():
    assert clean_text("S: ok \r\n\r\n  O: x\ty\x00\rP: z\n\n") == "S: ok\n\n  O: x\ty\nP: z"
