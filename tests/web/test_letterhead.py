"""The letterhead of a practice: its logo on every letter from then on, and on none that was signed before."""

import io

import pytest
from sqlalchemy import select

from tests import build
from tests.forms import fields_of, send
from tests.letters.drawing import picture
from tests.letters.reading import accessibility_failures
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE, make_ready, newest, sign
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Appeal, Attachment, Event, Letter, Picture, Practice
from tracker.services.letter_drafts import letter_in_hand, make_signed_packet


@pytest.fixture
def address(cast):
    return f"/settings/practices/{cast.eastside.public_id}/letters"


@pytest.fixture
def olga(sessions, cast, signed_in):
    """The owner of Eastside, who also works its queue."""
    with transaction(sessions.system()) as session:
        owner = build.user(session, "olga", cast.eastside, role="owner")
    return signed_in(owner)


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).address = "410 Alder Street, Springfield, IL 62701"
        return make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=NOTE)


@pytest.fixture
def letter(olga, denied):
    found = send(olga, f"/denials/{denied.public_id}", f"/denials/{denied.public_id}/appeal").location
    make_ready(olga, found)
    return found


def upload(client, address, content: bytes, **more):
    fields = fields_of(client.get(address).text, f"{address}/logo") | more
    return client.post(f"{address}/logo", data=fields | {"file": (io.BytesIO(content), "logo.png")})


def logo_of(sessions, cast) -> str:
    with sessions.system() as session:
        return session.get_one(Practice, cast.eastside.id).logo_hash


def test_the_logo_shows_in_the_preview_in_drafts_and_in_pdfs(olga, address, letter, sessions, cast):
    assert "asset:" not in olga.get(f"{address}/preview").text
    assert upload(olga, address, picture("PNG", size=(400, 160)), words="Logo: a running heron").status_code == 303
    name = f"{logo_of(sessions, cast)}.png"
    for page in (f"{address}/preview", f"{letter}/preview"):
        html = olga.get(page).text
        assert f'src="/letter-assets/{name}" alt="Logo: a running heron"' in html
    assert olga.get(f"/letter-assets/{name}").content_type == "image/png"
    pdf = olga.get(f"{letter}.pdf").data
    assert accessibility_failures(pdf) == []


def test_a_signed_letter_keeps_its_logo_and_can_be_made_again_byte_by_byte(
    olga, address, letter, sessions, denied, cast
):
    upload(olga, address, picture("PNG", size=(400, 160)))
    own = fields_of(olga.get("/settings/signing").text, "/settings/signing/picture")
    ink = {"file": (io.BytesIO(picture("JPEG", size=(300, 90))), "ink.jpg")}
    olga.post("/settings/signing/picture", data=own | ink)
    assert sign(olga, letter, sign_as="own").status_code == 303
    row = newest(sessions, denied)
    upload(olga, address, picture("PNG", size=(90, 90)))
    assert row.facts["practice"]["logo"] != f"{logo_of(sessions, cast)}.png"
    assert row.facts["practice"]["logo"] in olga.get(f"{letter}/preview").text
    with sessions.system() as session:
        appeal = session.get_one(Appeal, (row.practice_id, row.appeal_id))
        kept = session.get_one(Letter, (row.practice_id, row.id))
        hand = letter_in_hand(session, appeal, kept, load(), build.TODAY)
        packet = session.get_one(Attachment, (row.practice_id, row.packet_id))
        assert kept.pdf_hash == packet.content_hash
        assert len(hand.pictures) == 2
        kept.signed_at = None  # as it was a moment before: nothing of this is stored
        assert make_signed_packet(hand).packet.pdf == packet.content
        session.rollback()


def test_the_same_logo_twice_is_kept_once(olga, address, sessions):
    for _ in range(2):
        upload(olga, address, picture("PNG", size=(400, 160)))
    with sessions.system() as session:
        assert len(session.scalars(select(Picture)).all()) == 1
        assert session.scalars(select(Event.kind)).all() == ["logo_set"] * 2


def test_the_words_change_without_choosing_the_picture_again(olga, address, sessions, cast):
    upload(olga, address, picture("PNG", size=(400, 160)))
    before = logo_of(sessions, cast)
    assert send(olga, address, f"{address}/logo", words="A heron").status_code == 303
    assert logo_of(sessions, cast) == before
    assert 'alt="A heron"' in olga.get(f"{address}/preview").text


def test_a_logo_is_taken_away_again(olga, address, sessions, cast):
    upload(olga, address, picture("PNG", size=(400, 160)))
    send(olga, address, f"{address}/logo", do="drop")
    assert logo_of(sessions, cast) == ""
    assert "<img" not in olga.get(f"{address}/preview").text


@pytest.mark.parametrize(
    ("content", "words", "message"),
    [
        (b"", "Logo", "Choose a picture"),
        (b"GIF89a", "Logo", "The file is no PNG or JPEG picture"),
        (picture("PNG", size=(40, 40)), "", "Say what the logo shows"),
    ],
)
def test_what_cannot_be_a_logo_is_refused_beside_its_field(olga, address, sessions, cast, content, words, message):
    fields = fields_of(olga.get(address).text, f"{address}/logo") | {"words": words}
    sent = {"file": (io.BytesIO(content), "logo.png" if content else "")}
    answer = olga.post(f"{address}/logo", data=fields | sent)
    assert answer.status_code == 422
    assert message in answer.text
    assert logo_of(sessions, cast) == ""


def test_rules_of_signing_are_kept_and_logged(olga, address, sessions, cast):
    answer = send(olga, address, f"{address}/rules", own_names_only="y", clinicians_only="y", write_off_limit="250")
    assert answer.status_code == 303
    with sessions.system() as session:
        place = session.get_one(Practice, cast.eastside.id)
        assert (place.own_names_only, place.clinicians_only, place.write_off_limit_cents) == (True, True, 25_000)
        [event] = session.scalars(select(Event))
    assert event.details["changes"]["write_off_limit_cents"] == [None, 25_000]
    assert 'value="250.00"' in olga.get(address).text


def test_an_amount_that_is_none_is_named(olga, address):
    answer = send(olga, address, f"{address}/rules", write_off_limit="a lot")
    assert answer.status_code == 422
    assert "Amount must be in dollars, like 250.00" in answer.text


def test_billers_and_strangers_do_not_come_near(signed_in, cast, address, become):
    assert signed_in(cast.alice).get(address).status_code == 403
    become(cast.charlie, "owner")
    charlie = signed_in(cast.charlie)
    assert {charlie.get(address).status_code, charlie.get(f"{address}/preview").status_code} == {404}
