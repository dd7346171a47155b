"""A scan beside the form that logs a denial: shown while it is typed, kept whatever the form lacks, gone after a day."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from tests import build
from tests.build import NOW
from tests.letters.drawing import drawn, picture, words
from tests.web.test_log import TYPED
from tracker.db import transaction
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import CHORES, TASKS
from tracker.models import Attachment, Denial

EOB = drawn(words("Harbor Health denies"), words("page two"))


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def send(client, cast, to="/denials/new/scan", content=EOB, name="eob.pdf", **typed):
    token = build.csrf_token(client.get("/denials/new"))
    file = {"file": (io.BytesIO(content), name)} if content else {}
    form = {"csrf_token": token, "practice": cast.eastside.public_id, "do": "show"} | typed
    return client.post(to, data=form | file)


def scan_in(page: str) -> str:
    return re.search(r'name="scan"[^>]*value="([^"]+)"', page)[1]


def papers(sessions) -> list[tuple[str, bool]]:
    with sessions.system() as session:
        rows = session.scalars(select(Attachment).order_by(Attachment.id)).all()
        return [(row.kind, row.denial_id is not None) for row in rows]


def test_the_pages_stand_beside_what_was_typed_and_can_be_read(alice, cast):
    page = send(alice, cast, patient="Okafor, Nina")
    assert page.status_code == 200
    assert 'value="Okafor, Nina"' in page.text
    pictures = re.findall(r'<img src="(/scans/[^"]+)" alt="Page (\d) of 2"', page.text)
    assert [number for _, number in pictures] == ["1", "2"]
    answer = alice.get(pictures[0][0])
    with Image.open(io.BytesIO(answer.data)) as drawing:
        assert (answer.content_type, drawing.width) == ("image/jpeg", 1100)
    assert alice.get(pictures[1][0].replace("2.jpg", "3.jpg")).status_code == 404


def test_an_error_of_the_form_loses_neither_the_scan_nor_what_was_typed(alice, cast, sessions):
    page = send(alice, cast, to="/denials/new", **TYPED | {"amount": ""}, once="mark-1")
    assert page.status_code == 422
    assert "Enter the denied amount" in page.text
    assert papers(sessions) == [("scan", False)]
    done = send(alice, cast, to="/denials/new", content=b"", **TYPED, scan=scan_in(page.text))
    assert done.status_code == 303
    assert papers(sessions) == [("eob", True)]
    paper = re.search(r'href="(/papers/[^"]+)"', alice.get(done.location).text)[1]
    assert alice.get(paper).data == EOB


def test_the_same_file_shown_twice_is_kept_once_and_another_one_takes_its_place(alice, cast, sessions):
    first = scan_in(send(alice, cast).text)
    assert scan_in(send(alice, cast).text) == first
    page = send(alice, cast, content=picture("PNG"), name="eob.png", scan=first)
    assert scan_in(page.text) != first
    send(alice, cast, to="/denials/new", content=b"", **TYPED, scan=scan_in(page.text))
    with sessions.system() as session:
        kept = session.scalars(select(Attachment).where(Attachment.denial_id.is_not(None))).one()
    assert kept.content_type == "image/png"


def test_a_scan_put_away_is_not_kept_with_the_denial(alice, cast, sessions):
    scan = scan_in(send(alice, cast).text)
    page = send(alice, cast, content=b"", do="put-away", scan=scan)
    assert "/scans/" not in page.text
    assert 'name="scan" type="hidden" value=""' in page.text


def test_the_next_denial_of_the_same_paper_has_it_beside_its_form(alice, cast, sessions):
    there = send(alice, cast, to="/denials/new", **TYPED, do="another").location
    page = alice.get(there).text
    assert page.count('<img src="/scans/') == 2
    typed = TYPED | {"service_date": "09/15/2026", "claim_number": "EPT-901"}
    send(alice, cast, to="/denials/new", content=b"", **typed, scan=scan_in(page))
    assert papers(sessions) == [("eob", True), ("eob", True)]


def test_a_file_that_cannot_be_read_is_refused_beside_its_field(alice, cast, sessions):
    page = send(alice, cast, content=b"MZ", name="eob.exe", patient="Okafor, Nina")
    assert (page.status_code, "it is no PDF, PNG, JPG or TIF" in page.text) == (422, True)
    assert 'value="Okafor, Nina"' in page.text
    page = send(alice, cast, content=b"")
    assert (page.status_code, "Choose a file to show" in page.text) == (422, True)
    assert papers(sessions) == []


def test_scans_that_nothing_was_logged_from_go_after_a_day(alice, cast, sessions, settings):
    scan = scan_in(send(alice, cast).text)
    send(alice, cast, to="/denials/new", content=picture("PNG"), name="eob.png", **TYPED)
    Worker(sessions, settings, TASKS, CHORES).do_chores(NOW + timedelta(hours=23))
    assert papers(sessions) == [("scan", False), ("eob", True)]
    Worker(sessions, settings, TASKS, CHORES).do_chores(NOW + timedelta(hours=25))
    assert papers(sessions) == [("eob", True)]
    typed = TYPED | {"claim_number": "EPT-901", "service_date": "09/15/2026"}
    page = send(alice, cast, to="/denials/new", content=b"", **typed, scan=scan)
    assert (page.status_code, "kept for a day and is gone" in page.text) == (422, True)


def test_nobody_else_sees_a_scan_or_logs_with_it(alice, cast, sessions, signed_in):
    page = send(alice, cast).text
    address = re.search(r'<img src="([^"]+)"', page)[1]
    for other in (cast.bob, cast.charlie):
        assert signed_in(other).get(address).status_code == 404
    charlie = signed_in(cast.charlie)
    typed = TYPED | {"practice": cast.lakeview.public_id, "scan": scan_in(page)}
    assert "is gone" in send(charlie, cast, to="/denials/new", content=b"", **typed).text
    with sessions.system() as session:
        assert session.scalar(select(func.count()).select_from(Denial)) == 0


def test_a_scan_follows_its_form_to_another_practice(alice, cast, sessions, become):
    from tracker.models import Membership

    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.alice.id, practice_id=cast.lakeview.id, role="biller"))
    scan = scan_in(send(alice, cast).text)
    typed = TYPED | {"practice": cast.lakeview.public_id, "scan": scan}
    assert send(alice, cast, to="/denials/new", content=b"", **typed).status_code == 303
    with sessions.system() as session:
        kept = session.scalars(select(Attachment)).one()
        assert (kept.practice_id, kept.kind, kept.content) == (cast.lakeview.id, "eob", EOB)
