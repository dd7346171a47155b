"""Files people add are shown to the virus scanner and need room, whichever form they come by."""

import io
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests import build
from tests.clamd import EICAR, clamd
from tests.edi import claim, line, remit
from tests.forms import fields_of
from tests.letters.drawing import drawn, picture, words
from tests.web.test_imports import drop  # noqa: F401  # fixture
from tests.web.test_letter_page import alice, denied, letter  # noqa: F401  # fixtures
from tracker.db import transaction
from tracker.models import Attachment, ImportFile, Note, Signature

# ruff: noqa: F811  # fixtures are asked for by their names

REMIT = remit(claim("A1", line("97110", 90, 0, "CO-50:90")))


@pytest.fixture
def set_to(app):
    def set_to(**values):
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], **values)

    return set_to


@pytest.fixture
def scanner(set_to):
    with clamd() as server:
        set_to(clamd=server.address)
        yield server


def count(sessions, model) -> int:
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(model))


def add_paper(client, letter, content):
    packet = letter.replace("/letter", "/packet")
    fields = fields_of(client.get(packet).text, f"{packet}/add")
    file = (io.BytesIO(content), "plan.pdf")
    return client.post(f"{packet}/add", data=fields | {"file-title": "Signed plan of care", "file-file": file})


def add_note(client, denied, content):
    token = build.csrf_token(client.get("/account"))
    file = (io.BytesIO(content), "n.txt")
    form = {"note-service_date": "09/14/2026", "note-kind": "daily", "note-text": "", "note-file": file}
    return client.post(f"/denials/{denied.public_id}/notes", data={"csrf_token": token} | form)


def add_signature(client, content, name="me.png"):
    fields = fields_of(client.get("/settings/signing").text, "/settings/signing/picture")
    return client.post("/settings/signing/picture", data=fields | {"file": (io.BytesIO(content), name)})


# ---- the scanner ----


def test_every_way_to_add_a_file_asks_the_scanner_and_keeps_nothing_of_what_it_finds(
    alice, drop, letter, denied, scanner, sessions
):
    before = {model: count(sessions, model) for model in (Attachment, Note, ImportFile, Signature)}
    for answer in (
        add_paper(alice, letter, drawn(words("page 1")) + EICAR),
        add_note(alice, denied, b"Ther ex " + EICAR),
        add_signature(alice, picture("PNG", size=(40, 40)) + EICAR),
        drop(("a.835", REMIT + EICAR)),
    ):
        assert answer.status_code == 422
        assert "The virus scanner found Eicar-Test-Signature in this file" in answer.text
    assert len(scanner.seen) == 4
    assert {model: count(sessions, model) for model in before} == before


def test_one_infected_file_hinders_no_other(alice, drop, scanner, sessions):
    answer = drop(("bad.835", EICAR), ("good.835", REMIT))
    page = alice.get(answer.location).text
    assert "A1" in page
    assert "bad.835" in page
    assert "Eicar-Test-Signature" in page


def test_clean_files_go_through(alice, drop, letter, denied, scanner, sessions):
    assert add_paper(alice, letter, drawn(words("page 1"))).status_code == 303
    assert add_note(alice, denied, b"Ther ex 22 min, skilled cues for scapular control").status_code == 303
    assert add_signature(alice, picture("PNG", size=(40, 40))).status_code == 303
    assert drop(("a.835", REMIT)).status_code == 303
    assert len(scanner.seen) == 4


def test_while_the_scanner_is_away_no_file_is_taken_and_the_page_says_so(alice, drop, letter, set_to, sessions):
    with clamd() as server:
        set_to(clamd=server.address)
    before = count(sessions, ImportFile)
    for answer in (add_paper(alice, letter, drawn(words("page 1"))), drop(("a.835", REMIT))):
        assert answer.status_code == 422
        assert "The virus scanner cannot be reached, so the file was not kept" in answer.text
    assert count(sessions, ImportFile) == before


# ---- names and content ----


def test_a_picture_whose_name_says_something_else_is_refused(alice, letter, sessions):
    answer = add_signature(alice, picture("PNG", size=(40, 40)), "me.jpg")
    assert answer.status_code == 422
    assert "name must end as what is in it: .png or .jpg" in answer.text
    assert count(sessions, Signature) == 0


def test_a_text_note_that_is_a_pdf_is_refused(alice, denied, sessions):
    before = count(sessions, Note)
    answer = add_note(alice, denied, drawn(words("Ther ex 22 min")))
    assert answer.status_code == 422
    assert "The file is named .txt but is a PDF" in answer.text
    assert count(sessions, Note) == before


# ---- room ----


@pytest.fixture
def nearly_full(set_to, sessions, cast):
    """Eastside keeps 0.95 MB of the one it has room for."""
    set_to(practice_mb=1)
    with transaction(sessions.system()) as session:
        session.add(
            Attachment(
                practice_id=cast.eastside.id, kind="exhibit", title="Plan", content_type="application/pdf",
                content=b"x" * 950_000, content_hash="", added_at=build.NOW,
            )
        )  # fmt: skip


def test_what_has_no_room_is_refused_with_figures_and_what_was_typed_stays(
    alice, letter, denied, drop, nearly_full, sessions
):
    before, big = count(sessions, ImportFile), drawn(words("page 1")) + b"%" * 60_000
    for answer in (
        add_paper(alice, letter, big),
        add_note(alice, denied, b"Ther ex 22 min. " * 5_000),
        drop(("a.835", REMIT + b"\n" * 60_000)),
    ):
        assert answer.status_code == 422
        assert "Eastside PT keeps 1.0 MB of the 1.0 MB it has room for, and this file has 0.1 MB" in answer.text
        assert "Nothing was kept" in answer.text
    assert count(sessions, ImportFile) == before
    assert add_paper(alice, letter, drawn(words("page 1"))).status_code == 303  # a small one still fits


def test_settings_say_how_much_is_kept_and_warn_before_it_is_full(alice, nearly_full, set_to, cast):
    page = alice.get("/settings").text
    assert "1.0 MB of 1.0 MB" in page
    assert "95% of the room for files is taken" in page
    set_to(practice_mb=20_000)
    page = alice.get("/settings").text
    assert "1.0 MB of 20.0 GB" in page
    assert "of the room for files" not in page
