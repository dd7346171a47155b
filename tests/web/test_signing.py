"""How a person signs: name and credentials, a picture of their own, leave to sign in their name, letters sent to them."""

import io
import re

import pytest
from sqlalchemy import select

from tests import build
from tests.forms import fields_of, send
from tests.letters.drawing import picture
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE, make_ready, newest, sign, text_of
from tracker.db import transaction
from tracker.letters.pictures import hash_of, name_of
from tracker.models import Denial, Event, Membership, Picture, Practice, Signature, SigningPermission
from tracker.services.asking import NewAsk, record_asked


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def dana(sessions, cast):
    """A therapist of Eastside who signs letters and sees nothing else."""
    with transaction(sessions.system()) as session:
        person = build.user(session, "dana", cast.eastside, role="therapist", name="Dana W.")
        member = session.get_one(Membership, (person.id, cast.eastside.id))
        member.signs_as, member.printed_name, member.credentials = "therapist", "Dana Whitfield", "PT, DPT"
        return person


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).address = "410 Alder Street, Springfield, IL 62701"
        return make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=NOTE)


@pytest.fixture
def letter(alice, denied):
    """The address of a letter that is ready to sign."""
    found = send(alice, f"/denials/{denied.public_id}", f"/denials/{denied.public_id}/appeal").location
    make_ready(alice, found)
    return found


def upload(client, content: bytes, page="/settings/signing", action="/settings/signing/picture", **more):
    fields = fields_of(client.get(page).text, action) | more
    return client.post(action, data=fields | {"file": (io.BytesIO(content), "ink.png")})


def rules(sessions, cast, **values):
    with transaction(sessions.system()) as session:
        for name, value in values.items():
            setattr(session.get_one(Practice, cast.eastside.id), name, value)


def packet_text(client, letter) -> str:
    return " ".join(text_of(client.get(letter.replace("/letter", "/packet.pdf")).data).split())


def ask(alice, letter, person, **changes):
    action = letter.replace("/letter", "/ask-signature")
    return send(alice, letter, action, **{"ask-signer": str(person.id)} | changes)


# ---- oneself ----


def test_a_person_sets_how_letters_print_them(alice, cast, sessions):
    prefix = f"printed-{cast.eastside.public_id}-"
    changes = {f"{prefix}signs_as": "owner", f"{prefix}printed_name": "Alice Poe", f"{prefix}credentials": "OTR/L"}
    assert send(alice, "/settings/signing", "/settings/signing/printed", **changes).status_code == 404  # of no practice
    page = alice.get("/settings/signing").text
    fields = fields_of(page, "/settings/signing/printed") | changes
    address = f"/settings/signing/printed?practice={cast.eastside.public_id}"
    assert alice.post(address, data=fields).status_code == 303
    with sessions.system() as session:
        member = session.get_one(Membership, (cast.alice.id, cast.eastside.id))
    assert (member.signs_as, member.printed_name, member.credentials) == ("owner", "Alice Poe", "OTR/L")


def test_the_picture_of_a_signature_is_seen_by_its_owner_alone(alice, signed_in, cast):
    assert upload(alice, picture("PNG", size=(300, 90))).status_code == 303
    own = alice.get("/settings/signing/picture.png")
    assert own.content_type == "image/png"
    bob = signed_in(cast.bob)
    assert bob.get("/settings/signing/picture.png").status_code == 404
    name = name_of(hash_of(own.data))
    assert [client.get(f"/letter-assets/{name}").status_code for client in (alice, bob)] == [404, 404]


def test_what_is_no_picture_is_refused_beside_its_field(alice, sessions):
    answer = upload(alice, b"MZ no picture")
    assert answer.status_code == 422
    assert "The file is no PNG or JPEG picture" in answer.text
    assert 'href="#file"' in answer.text
    with sessions.system() as session:
        assert session.scalars(select(Signature)).all() == []


def test_a_picture_is_taken_away_again(alice, sessions):
    upload(alice, picture("PNG", size=(300, 90)))
    send(alice, "/settings/signing", "/settings/signing/picture", do="drop")
    assert alice.get("/settings/signing/picture.png").status_code == 404


# ---- signing ----


def test_a_letter_signed_in_ones_own_name_shows_ones_own_picture(alice, letter, sessions, denied):
    upload(alice, picture("PNG", size=(300, 90)))
    assert sign(alice, letter, sign_as="own").status_code == 303
    row = newest(sessions, denied)
    assert (row.signer_name, row.facts["signer"]["helper"]) == ("Alice", "")
    assert row.facts["signer"]["picture"] in alice.get(f"{letter}/preview").text
    assert "Signed electronically by Alice on" in packet_text(alice, letter)


def test_a_signed_letter_keeps_its_picture_when_the_person_changes_theirs(alice, letter, sessions, denied):
    upload(alice, picture("PNG", size=(300, 90)))
    sign(alice, letter, sign_as="own")
    name = newest(sessions, denied).facts["signer"]["picture"]
    before = alice.get(f"/letter-assets/{name}").data
    upload(alice, picture("PNG", size=(310, 80)))
    assert alice.get(f"/letter-assets/{name}").data == before
    with sessions.system() as session:
        assert [bytes(row.content) for row in session.scalars(select(Picture))] == [before]


def test_a_picture_of_another_practice_is_not_found(alice, letter, sessions, denied, signed_in, cast):
    upload(alice, picture("PNG", size=(300, 90)))
    sign(alice, letter, sign_as="own")
    name = newest(sessions, denied).facts["signer"]["picture"]
    assert signed_in(cast.charlie).get(f"/letter-assets/{name}").status_code == 404


def test_by_hand_leaves_a_line_and_no_picture(alice, letter, sessions, denied):
    upload(alice, picture("PNG", size=(300, 90)))
    sign(alice, letter, sign_as="own", by_hand="y")
    facts = newest(sessions, denied).facts["signer"]
    assert (facts["signed_on"], facts["picture"]) == (None, "")
    assert "Signed electronically" not in packet_text(alice, letter)


def test_where_names_are_ones_own_a_typed_name_is_signed_by_hand_only(alice, letter, sessions, denied, cast):
    rules(sessions, cast, own_names_only=True)
    answer = sign(alice, letter, sign_as="typed", name="Somebody Else")
    assert answer.status_code == 422
    assert "Leave a line for a signature by hand" in answer.text
    assert newest(sessions, denied).signed_at is None
    assert sign(alice, letter, sign_as="typed", name="Somebody Else", by_hand="y").status_code == 303


def test_a_clinical_letter_waits_for_a_clinician_where_the_practice_says_so(alice, letter, sessions, denied, cast):
    rules(sessions, cast, clinicians_only=True)
    for way in ("own", "typed", "made-up"):
        assert sign(alice, letter, sign_as=way).status_code == 422
    assert newest(sessions, denied).signed_at is None


def give_leave(client, cast, helper, until="12/31/2026"):
    prefix = f"leave-{cast.eastside.public_id}-"
    fields = fields_of(client.get("/settings/signing").text, "/settings/signing/leave")
    fields |= {f"{prefix}helper": str(helper.id), f"{prefix}until_on": until}
    return client.post(f"/settings/signing/leave?practice={cast.eastside.public_id}", data=fields)


def test_with_leave_a_colleague_signs_and_the_letter_says_for_whom(
    alice, letter, sessions, denied, cast, dana, signed_in
):
    rules(sessions, cast, clinicians_only=True)
    therapist = signed_in(dana)
    assert give_leave(therapist, cast, cast.alice).status_code == 303
    with sessions.system() as session:
        leave = session.scalars(select(SigningPermission.public_id)).one()
    assert sign(alice, letter, sign_as=leave).status_code == 303
    row = newest(sessions, denied)
    assert (row.signer_name, row.signed_by_id) == ("Dana Whitfield", cast.alice.id)
    words = packet_text(alice, letter)
    assert "Signed electronically by Alice for Dana Whitfield on" in words
    assert "Dana Whitfield, PT, DPT" in words
    assert (
        "Appeal letter signed by Alice for Dana Whitfield and locked" in alice.get(f"/denials/{denied.public_id}").text
    )


def test_leave_taken_back_signs_nothing_more(alice, letter, sessions, denied, cast, dana, signed_in):
    therapist = signed_in(dana)
    give_leave(therapist, cast, cast.alice)
    with sessions.system() as session:
        leave = session.scalars(select(SigningPermission.public_id)).one()
    opened = fields_of(alice.get(letter.replace("/letter", "/sign")).text, letter.replace("/letter", "/sign"))
    end = f"/settings/signing/leave/{leave}/end"
    assert alice.post(end, data={"csrf_token": build.csrf_token(alice.get("/queue"))}).status_code == 404
    send(therapist, "/settings/signing", end)
    assert alice.post(letter.replace("/letter", "/sign"), data=opened | {"sign_as": leave}).status_code == 422
    assert newest(sessions, denied).signed_at is None
    assert "taken back" in therapist.get("/settings/signing").text


def test_leave_for_days_that_cannot_be_is_refused_beside_its_field(dana, cast, signed_in):
    answer = give_leave(signed_in(dana), cast, cast.alice, until="1/2/2020")
    assert answer.status_code == 422
    assert "The last day must not be before the first day or today" in answer.text


# ---- asked ----


def test_a_letter_sent_for_signature_sets_the_clock_and_signing_clears_it(
    alice, letter, sessions, denied, dana, signed_in, cast
):
    with transaction(sessions.system()) as session:
        session.get_one(Denial, (denied.practice_id, denied.id)).owner_id = cast.alice.id
    answer = ask(alice, letter, dana)
    assert answer.status_code == 303
    assert "Waiting for Dana W. to sign by 11/27/2026" in alice.get(letter).text
    assert "Signature needed 11/27/2026" in alice.get("/queue?view=all").text
    page = " ".join(alice.get(f"/denials/{denied.public_id}").text.split())
    assert "Signature needed" in page
    assert "Asked Dana W. to sign the letter by 11/27/2026" in page
    assert "Signature needed 11/27/2026" in alice.get("/digest").text

    therapist = signed_in(dana)
    waiting = therapist.get("/to-sign").text
    assert re.search(r"A-\d+", waiting)
    address = letter.replace("/letter", "/sign")
    assert "The letter as it will be printed" in therapist.get(address).text
    assert send(therapist, address, address, sign_as="own").location == "/to-sign"
    with sessions.system() as session:
        row = session.get_one(Denial, (denied.practice_id, denied.id))
        assert (row.signature_due, row.due_on, row.status) == (None, row.file_by_safe, "ready_to_send")
    assert "Nothing to sign" in therapist.get("/to-sign").text
    assert "Signature needed" not in alice.get("/queue?view=all").text


def test_who_only_signs_sees_the_letters_they_were_asked_for_and_no_other(alice, letter, dana, signed_in):
    therapist = signed_in(dana)
    parts = ("/sign", "/letter/preview", "/letter.pdf", "/packet.pdf")
    assert {therapist.get(letter.replace("/letter", part)).status_code for part in parts} == {404}
    ask(alice, letter, dana)
    assert therapist.get(letter.replace("/letter", "/sign")).status_code == 200
    assert therapist.get(f"{letter}/preview").status_code == 200
    assert therapist.get(letter).status_code == 403


def test_a_request_is_taken_back(alice, letter, sessions, denied, dana):
    ask(alice, letter, dana)
    send(alice, letter, letter.replace("/letter", "/ask-signature/end"))
    with sessions.system() as session:
        assert session.get_one(Denial, (denied.practice_id, denied.id)).signature_due is None
        kinds = set(session.scalars(select(Event.kind)))
    assert {"signature_asked", "signature_not_asked"} <= kinds


def test_a_withdrawn_appeal_asks_for_no_signature(alice, letter, sessions, denied, dana):
    ask(alice, letter, dana)
    appeal = letter.removesuffix("/letter")
    assert send(alice, appeal, f"{appeal}/withdraw").status_code == 303
    with sessions.system() as session:
        assert session.get_one(Denial, (denied.practice_id, denied.id)).signature_due is None


def test_a_day_that_has_passed_is_refused_and_a_stranger_is_not_offered(alice, letter, dana, cast):
    answer = ask(alice, letter, dana, **{"ask-due": "1/2/2020"})
    assert answer.status_code == 422
    assert "Sign by must not be before today" in answer.text
    assert ask(alice, letter, cast.charlie).status_code == 422


def test_a_therapist_sees_the_questions_they_were_asked_and_no_others(alice, denied, dana, signed_in, sessions, cast):
    therapist = signed_in(dana)
    address = f"/denials/{denied.public_id}/ask"
    assert therapist.get(address).status_code == 404
    with transaction(sessions.system()) as session:
        row = session.get_one(Denial, (denied.practice_id, denied.id))
        record_asked(session, row, NewAsk("dana whitfield", (), build.TODAY), build.NOW, build.TODAY, cast.alice.id)
    assert therapist.get(address).status_code == 200
    assert f"Questions about D-{denied.number}" in therapist.get("/to-sign").text
    assert therapist.get(f"/denials/{denied.public_id}").status_code == 403
