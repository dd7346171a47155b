"""Protected notes on screens: refused, unseen by every page, given away only by hand with an authorization."""

# ruff: noqa: F811  # fixtures of the letter page are asked for by their names

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import build
from tests.letters.reading import text_of
from tests.web.test_access_matrix import address, routes
from tests.web.test_letter_page import alice, denied, letter, make_ready, newest, sign  # noqa: F401  # fixtures
from tests.web.test_packet_page import CHART, do
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Attachment, Claim, Event, Membership, Note, Patient
from tracker.models.protection import regardless

SECRET = "Zanzibarova feels hopeless since the divorce"


@pytest.fixture
def packet(letter):
    return letter.replace("/letter", "/packet")


@pytest.fixture
def secret(sessions, denied):
    """A psychotherapy note that a person linked to the denied claim."""
    with transaction(sessions.system()) as session:
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id))
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
        note = build.note(session, patient, SECRET, protection="psychotherapy", kind="other")
        build.link(session, note, claim, by_hand=True)
    return note


def give_leave(sessions, user, *, allowed=True):
    with transaction(sessions.system()) as session:
        for member in session.scalars(select(Membership).where(Membership.user_id == user.id)):
            member.protected_notes = allowed


def post(client, path, **data):
    return client.post(path, data={"csrf_token": build.csrf_token(client.get("/account")), **data})


def test_without_leave_the_note_is_refused_and_its_pages_say_that_one_is_not_shown(alice, denied, secret, sessions):
    page = alice.get(f"/notes/{secret.public_id}")
    assert page.status_code == 403
    assert "gave leave can read psychotherapy and Part 2 notes" in page.text
    with sessions.system() as session:
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id)).public_id
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id)).public_id
    for path in (f"/denials/{denied.public_id}", f"/patients/{patient}", f"/claims/{claim}"):
        shown = alice.get(path).text
        assert "1 note of a protected kind is not shown" in " ".join(shown.split()), path
        assert secret.public_id not in shown, path


def test_no_page_shows_its_words_to_people_without_leave(
    app, signed_in, cast, become, denied, secret, letter, sessions
):
    """Every page that can be opened, of the denial, its patient, claim and appeal, as every role."""
    with sessions.system() as session:
        rows = {
            "patient": session.get_one(Patient, (denied.practice_id, denied.patient_id)),
            "claim": session.get_one(Claim, (denied.practice_id, denied.claim_id)), "denial": denied,
        }  # fmt: skip
        things = {name: row.public_id for name, row in rows.items()}
    things |= {"note": secret.public_id, "appeal": letter.split("/")[2], "practice": cast.eastside.public_id}
    opened = set()
    for role in (Role.OWNER, Role.LEAD, Role.BILLER, Role.THERAPIST):
        become(cast.alice, role)
        client = signed_in(cast.alice)
        for rule, method, _, objects in routes(app):
            if method == "GET" and set(objects.values()) <= things.keys():
                answer = client.get(address(rule, objects, things, "none"))
                opened.add(rule) if answer.status_code == 200 else None
                words = text_of(answer.data) if answer.mimetype == "application/pdf" else answer.get_data(as_text=True)
                assert "hopeless" not in words, (role, rule)
    assert len(opened) > 40


def test_with_leave_the_note_is_read_and_linked_from_the_denial(alice, cast, denied, secret, sessions):
    give_leave(sessions, cast.alice)
    page = alice.get(f"/notes/{secret.public_id}")
    assert page.status_code == 200
    assert "Psychotherapy note" in page.text
    denial = alice.get(f"/denials/{denied.public_id}").text
    assert f"/notes/{secret.public_id}" in denial
    assert "hopeless" not in denial
    assert "of a protected kind" not in denial


def test_it_is_given_away_only_by_hand_with_an_authorization(alice, cast, secret, letter, packet, sessions, denied):
    give_leave(sessions, cast.alice)
    make_ready(alice, letter)
    assert "hopeless" not in text_of(alice.get(letter.replace("/letter", "/letter.pdf")).data)
    answer = do(alice, packet, secret.public_id, "use")
    assert "Add the patient&#39;s authorization" in alice.get(answer.location).text
    authorization = f"/notes/{secret.public_id}/authorization"
    refused = post(
        alice, authorization, **{"consent-signed_on": "01/05/2026", "consent-covers": "All to Harbor Health"}
    )
    assert refused.status_code == 422
    assert "Choose the signed paper, or say where it is kept" in refused.text
    kept = post(
        alice, authorization,
        **{"consent-signed_on": "01/05/2026", "consent-covers": "This note, to Harbor Health",
           "consent-file": (io.BytesIO(CHART), "signed.pdf")},
    )  # fmt: skip
    assert kept.status_code == 303
    assert alice.get(authorization).data == CHART
    do(alice, packet, secret.public_id, "use")
    assert sign(alice, letter).status_code == 303
    words = text_of(alice.get(packet + ".pdf").data)
    assert "Psychotherapy notes, disclosed with the patient's authorization (45 CFR 164.508(a)(2))" in words
    assert "This note, to Harbor Health" in words
    assert "hopeless" in words
    with sessions.system() as session:
        assert session.scalars(select(Attachment).where(Attachment.kind == "packet")).all() == []
    give_leave(sessions, cast.alice, allowed=False)
    assert alice.get(packet + ".pdf").status_code == 404
    assert alice.get(packet).status_code == 403
    assert alice.get(letter).status_code == 200


def test_somebody_without_leave_neither_signs_nor_loses_what_another_enclosed(
    alice, signed_in, cast, secret, letter, packet, sessions, denied
):
    give_leave(sessions, cast.alice)
    make_ready(alice, letter)
    post(
        alice, f"/notes/{secret.public_id}/authorization",
        **{"consent-signed_on": "01/05/2026", "consent-covers": "All", "consent-kept_at": "Cabinet 4"},
    )  # fmt: skip
    do(alice, packet, secret.public_id, "use")
    bob = signed_in(cast.bob)
    do(bob, packet, "remittance", "turn", pages="1")
    answer = sign(bob, letter)
    assert answer.status_code == 409
    assert "Only a person with leave to read it can sign this packet" in answer.text
    kept = {each["source"]: each["used"] for each in newest(sessions, denied).exhibits}
    assert kept[secret.public_id] is True
    assert newest(sessions, denied).exhibits[0]["turned"] == {"1": 90}


# ---- the kind of a note ----


def add_to(client, denial, **fields):
    path = f"/denials/{denial.public_id}"
    form = {"note-service_date": "09/14/2026", "note-kind": "other", "note-text": "", **fields}
    return post(client, f"{path}/notes", **form)


def test_a_note_that_says_it_is_protected_is_asked_about_and_nothing_typed_is_lost(alice, denied, sessions):
    words = "Psychotherapy note\nClient spoke of her father."
    asked = add_to(alice, denied, **{"note-file": (io.BytesIO(words.encode()), "n.txt")})
    assert asked.status_code == 422
    assert "The note says “Psychotherapy note”. Choose what it is" in asked.text
    assert "Client spoke of her father." in asked.text
    assert "It is an ordinary note all the same" in asked.text
    with sessions.system() as session:
        assert words not in list(session.scalars(regardless(select(Note.text))))
    assert add_to(alice, denied, **{"note-text": words, "note-ordinary": "y"}).status_code == 303
    with sessions.system() as session:
        assert words in list(session.scalars(select(Note.text)))


def test_anybody_who_works_the_queue_protects_a_note_and_only_leave_makes_it_ordinary(
    alice, cast, denied, sessions, clock
):
    add_to(alice, denied, **{"note-text": "Looks ordinary"})
    with sessions.system() as session:
        note = session.scalars(select(Note).where(Note.kind == "other")).one()
    answer = post(alice, f"/notes/{note.public_id}/protect", **{"protect-protection": "part2"})
    assert answer.status_code == 303
    assert alice.get(f"/notes/{note.public_id}").status_code == 403
    assert post(alice, f"/notes/{note.public_id}/ordinary").status_code == 403
    give_leave(sessions, cast.alice)
    assert post(alice, f"/notes/{note.public_id}/ordinary").location.endswith(note.public_id)
    with sessions.system() as session:
        assert session.scalars(select(Note.protection).where(Note.id == note.id)).one() == "ordinary"


def test_making_it_ordinary_asks_for_the_password_again(alice, cast, secret, sessions, clock):
    give_leave(sessions, cast.alice)
    clock.now += timedelta(minutes=10)
    answer = post(alice, f"/notes/{secret.public_id}/ordinary")
    assert "Confirm" in answer.text
    with sessions.system() as session:
        assert session.scalars(regardless(select(Note.protection).where(Note.id == secret.id))).one() == "psychotherapy"


# ---- leave ----


def test_an_owner_gives_leave_and_takes_it_back_and_both_are_on_record(signed_in, cast, become, sessions):
    become(cast.alice, Role.OWNER)
    client, path = signed_in(cast.alice), f"/users/{cast.bob.public_id}"
    assert "May read them in Eastside PT" in client.get(path).text
    post(client, f"{path}/protected-notes", protected=cast.eastside.public_id)
    assert leave_of(sessions, cast.bob) == [True]
    assert post(client, f"{path}/protected-notes").status_code == 303
    assert leave_of(sessions, cast.bob) == [False]
    with sessions.system() as session:
        kinds = list(session.scalars(select(Event.kind).where(Event.kind.like("protected_notes%")).order_by(Event.id)))
    assert kinds == ["protected_notes_opened", "protected_notes_closed"]


def leave_of(sessions, user):
    with sessions.system() as session:
        return list(session.scalars(select(Membership.protected_notes).where(Membership.user_id == user.id)))


def test_even_an_owner_has_no_leave_until_it_is_given(signed_in, cast, become, secret):
    become(cast.alice, Role.OWNER)
    assert signed_in(cast.alice).get(f"/notes/{secret.public_id}").status_code == 403


def test_leave_is_given_with_a_fresh_password_and_by_managers_alone(signed_in, cast, become, clock, sessions):
    become(cast.alice, Role.OWNER)
    client, path = signed_in(cast.alice), f"/users/{cast.bob.public_id}/protected-notes"
    clock.now += timedelta(minutes=10)
    assert "Confirm" in post(client, path, protected=cast.eastside.public_id).text
    assert post(signed_in(cast.bob), path, protected=cast.eastside.public_id).status_code == 403
    assert leave_of(sessions, cast.bob) == [False]


def test_a_role_that_reads_no_notes_gets_no_leave(signed_in, cast, become, sessions):
    become(cast.alice, Role.OWNER)
    become(cast.bob, Role.READER)
    client = signed_in(cast.alice)
    post(client, f"/users/{cast.bob.public_id}/protected-notes", protected=cast.eastside.public_id)
    assert leave_of(sessions, cast.bob) == [False]
    assert "a reader does not read notes" in client.get(f"/users/{cast.bob.public_id}").text
