"""Patients who were stored twice: found, compared, merged, found again by the next file, parted."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import build, edi
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Claim, Denial, Event, Note, NoteLink, Patient, Practice
from tracker.services.importing import import_now
from tracker.services.merging_patients import merge_patients

BORN = date(1961, 4, 2)


@pytest.fixture
def twice(sessions, cast):
    """Nina Okafor stored twice at Eastside: with a denial and a note, and with a denial alone."""
    with transaction(sessions.system()) as session:
        rows = []
        for number in (1, 2):
            person = build.patient(session, cast.eastside, "Okafor", first_name="Nina", member_id=f"M{number}")
            person.birth_date = BORN
            build.denial(session, build.claim_line(session, build.claim(session, cast.eastside, person)))
            rows.append(person)
        build.note(session, rows[0], "S: better")
        build.patient(session, cast.eastside, "Okafor", first_name="Nina", birth_date=date(1990, 1, 1))
        build.patient(session, cast.lakeview, "Okafor", first_name="Nina", birth_date=BORN)
        return rows


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def merge(client, stays, goes):
    page = client.get(f"/patients/{stays.public_id}/same-as/{goes.public_id}")
    token = build.csrf_token(page)
    path = f"/patients/{stays.public_id}/same-as/{goes.public_id}"
    return client.post(path, data={"csrf_token": token}, follow_redirects=True)


def patients_of(sessions, model) -> set[int]:
    with sessions.system() as session:
        return set(session.scalars(select(model.patient_id)))


def test_only_those_are_likely_who_could_be_one_person(alice, twice):
    page = alice.get("/duplicate-patients").text
    assert 'data-total="1"' in page
    assert "name, date of birth" in page
    assert f"/patients/{twice[0].public_id}/same-as/{twice[1].public_id}" in page


def test_the_two_stand_side_by_side_with_what_each_has(alice, twice):
    page = alice.get(f"/patients/{twice[0].public_id}/same-as/{twice[1].public_id}").text
    assert re.findall(r"<dt>(Claims|Denials|Notes)</dt><dd>(\d)", page) == [
        ("Claims", "1"), ("Denials", "1"), ("Notes", "1"), ("Claims", "1"), ("Denials", "1"),
    ]  # fmt: skip


def test_a_merge_moves_everything_and_is_undone_whole(alice, twice, sessions):
    first, second = twice
    page = merge(alice, second, first).text
    assert "Patients merged." in page
    assert patients_of(sessions, Claim) == patients_of(sessions, Denial) == patients_of(sessions, Note) == {second.id}
    assert "This patient was merged." in alice.get(f"/patients/{first.public_id}").text
    assert "No patient seems to be stored twice" in alice.get("/duplicate-patients").text
    event = re.search(r'name="event" value="(\d+)"', page)[1]
    data = {"csrf_token": build.csrf_token(alice.get("/settings")), "event": event}
    path = f"/patients/{second.public_id}/part"
    assert "apart again" in alice.post(path, data=data, follow_redirects=True).text
    assert patients_of(sessions, Claim) == patients_of(sessions, Denial) == {first.id, second.id}
    assert patients_of(sessions, Note) == {first.id}
    assert "can be undone once" in alice.post(path, data=data, follow_redirects=True).text


def links(sessions) -> set[tuple[int, int]]:
    with sessions.system() as session:
        return {tuple(row) for row in session.execute(select(NoteLink.claim_id, NoteLink.note_id))}


def test_notes_are_linked_to_the_claims_of_both_and_taken_off_again(alice, twice, sessions):
    first, second = twice
    page = merge(alice, second, first).text
    with sessions.system() as session:
        claims = set(session.scalars(select(Claim.id).where(Claim.patient_id == second.id)))
        note = session.scalars(select(Note.id)).one()
    assert len(claims) == 2
    assert links(sessions) == {(claim, note) for claim in claims}
    event = re.search(r'name="event" value="(\d+)"', page)[1]
    data = {"csrf_token": build.csrf_token(alice.get("/settings")), "event": event}
    alice.post(f"/patients/{second.public_id}/part", data=data)
    with sessions.system() as session:
        own = session.scalars(select(Claim.id).where(Claim.patient_id == first.id)).one()
    assert links(sessions) == {(own, note)}


def test_a_merge_is_not_undone_after_thirty_days(alice, twice, sessions, clock, cast, signed_in):
    merge(alice, *twice)
    with sessions.system() as session:
        event = session.scalar(select(Event.id).where(Event.kind == "patients_merged"))
    clock.now += timedelta(days=31)
    later = signed_in(cast.alice)
    assert "Undo merge" not in later.get(f"/patients/{twice[0].public_id}").text
    data = {"csrf_token": build.csrf_token(later.get("/settings")), "event": str(event)}
    answer = later.post(f"/patients/{twice[0].public_id}/part", data=data, follow_redirects=True)
    assert "Nothing was changed" in answer.text


def test_patients_with_two_dates_of_birth_are_not_merged(alice, twice, sessions):
    with transaction(sessions.system()) as session:
        session.get_one(Patient, (twice[1].practice_id, twice[1].id)).birth_date = date(1999, 1, 1)
    assert "Their dates of birth differ" in merge(alice, *twice).text
    assert len(patients_of(sessions, Claim)) == 2


def import_claim(session, cast, number, trace):
    data = edi.remit(edi.claim(number, edi.line("97110", 60, 0, "CO-50:60"), payer_number=number), trace=trace)
    import_now(session, session.get_one(Practice, cast.eastside.id), f"{number}.835", data, build.NOW, load())


def test_the_next_file_finds_who_stays_under_the_other_name(sessions, cast):
    with transaction(sessions.system()) as session:
        import_claim(session, cast, "A1", "EFT1")
        known = session.scalars(select(Patient)).one()
        other = build.patient(session, cast.eastside, "Renamed", birth_date=known.birth_date)
        merge_patients(session, other, known, build.NOW, cast.alice.id)
    with transaction(sessions.system()) as session:
        import_claim(session, cast, "A2", "EFT2")
        claims = session.scalars(select(Claim.patient_id)).all()
    assert claims == [other.id] * 2


def test_a_search_for_either_name_finds_the_denials(alice, twice, sessions):
    with transaction(sessions.system()) as session:
        session.get_one(Patient, (twice[1].practice_id, twice[1].id)).last_name = "Ziemann"
    merge(alice, *twice)
    data = {"csrf_token": build.csrf_token(alice.get("/queue")), "words": "Ziemann"}
    assert 'data-total="2"' in alice.post("/queue/search", data=data, follow_redirects=True).text
