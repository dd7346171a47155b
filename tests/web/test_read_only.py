"""In read-only mode, or with a full disk, pages open and nothing is changed."""

from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import select

from tests import build
from tests.edi import claim, line, remit
from tests.forms import send
from tracker import disk
from tracker.db import transaction
from tracker.models import ImportFile


@pytest.fixture
def nearly_full(monkeypatch):
    monkeypatch.setattr(disk, "free_bytes", lambda _folder: disk.FULL_BYTES - 1)


def search(client):
    form = {"words": "Okafor", "csrf_token": build.csrf_token(client.get("/queue"))}
    return client.post("/queue/search", data=form)


def test_a_full_disk_stops_changes_and_says_what_to_do(signed_in, cast, nearly_full):
    client = signed_in(cast.alice)
    page = client.get("/queue")
    assert page.status_code == 200
    assert "The disk is nearly full, so the tracker only reads for now." in page.text
    refused = search(client)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "600"
    assert "Nothing was changed" in refused.text


def test_changes_work_again_by_themselves(signed_in, cast, monkeypatch):
    client = signed_in(cast.alice)
    with monkeypatch.context() as full:
        full.setattr(disk, "free_bytes", lambda _folder: 0)
        assert search(client).status_code == 503
    assert search(client).status_code == 303


def test_little_room_is_said_before_it_hurts(signed_in, cast, monkeypatch):
    monkeypatch.setattr(disk, "free_bytes", lambda _folder: disk.LOW_BYTES - 1)
    client = signed_in(cast.alice)
    assert "Less than 1 GB of disk space is left" in client.get("/queue").text
    assert search(client).status_code == 303


def test_files_that_are_large_for_the_disk_are_told_before_they_are_logged(signed_in, cast, sessions, monkeypatch):
    client, data = signed_in(cast.alice), remit(claim("A1", line("97110", 90, 0, "CO-50:90")))
    check = send(client, "/import", "/import", files=(BytesIO(data), "a.835")).location
    with transaction(sessions.system()) as session:
        session.scalars(select(ImportFile)).one().size = disk.LOW_BYTES
    monkeypatch.setattr(disk, "free_bytes", lambda _folder: 3 * disk.LOW_BYTES - 1)
    words = "The files you chose are large for the disk: less than three times their size is left."
    assert words in client.get(check).text
    assert words not in client.get("/queue").text
    monkeypatch.setattr(disk, "free_bytes", lambda _folder: 3 * disk.LOW_BYTES)
    assert words not in client.get(check).text


def test_the_operator_can_stop_changes_and_people_can_still_sign_in(app, signed_in, cast):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], read_only=True)
    client = signed_in(cast.alice)
    assert "The tracker is in read-only mode" in client.get("/queue").text
    assert search(client).status_code == 503


def test_not_ready_while_only_reading(client, nearly_full):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": "ok", "disk": "full", "mode": "ok"}


def test_ready_when_everything_can_be_served(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ready")
    assert client.get("/healthz").text == "ok\n"
