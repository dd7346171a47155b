"""The import pages through a browser without scripts: choose, check, log, done, undo."""

import dataclasses
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests import build
from tests.edi import claim, line, remit
from tracker.db import transaction
from tracker.demo.volume import make_835
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.models import Claim, Denial, ImportFile, Job, Practice, RawFile

NPI = "1000000004"
DENIED = claim("A1", line("97110", 90, 0, "CO-50:90", remarks=["N115"]), line("97140", 60, 30, "CO-45:30"))
OTHER = claim("A2", line("97112", 80, 0, "CO-97:80"), line("97530", 40, 0, "CO-97:40"))


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def drop(alice):
    """Send files given as name and bytes through the form; returns the answer."""

    def send(*files, browser=alice):
        token = build.csrf_token(browser.get("/import"))
        uploads = [FileStorage(io.BytesIO(data), name) for name, data in files]
        boundary, body = encode_multipart(MultiDict([("csrf_token", token), *(("files", file) for file in uploads)]))
        # Encoded here: the test client leaves the file of a long body open.
        form_type = f"multipart/form-data; boundary={boundary}"
        return browser.post("/import", input_stream=io.BytesIO(body), content_type=form_type)

    return send


def post(browser, page, action, **fields):
    return browser.post(f"{page}/{action}", data={"csrf_token": build.csrf_token(browser.get(page)), **fields})


def ticked(page):
    return re.findall(r'name="log" value="([^"]+)" checked', page)


def count(sessions, model):
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_a_file_is_taken_for_the_practice_that_was_chosen_when_it_names_that_one(alice, sessions, cast):
    boundary, body = encode_multipart(
        MultiDict(
            [
                ("csrf_token", build.csrf_token(alice.get("/import"))),
                ("practice", cast.eastside.public_id),
                ("files", FileStorage(io.BytesIO(remit(DENIED)), "a.835")),
            ]
        )
    )
    answer = alice.post(
        "/import", input_stream=io.BytesIO(body), content_type=f"multipart/form-data; boundary={boundary}"
    )
    assert answer.status_code == 303, answer.text
    assert count(sessions, ImportFile) == 1


def test_check_17_files_are_checked_then_logged(alice, drop, sessions):
    check = drop(("a.835", remit(DENIED, OTHER))).headers["Location"]
    page = alice.get(check).text
    assert "3 new denials to log" in page
    assert "Log 3 denials" in page
    assert (count(sessions, Denial), count(sessions, Claim)) == (0, 0)
    done = post(alice, check, "log", log=ticked(page))
    assert done.status_code == 303
    assert "3 denials logged" in alice.get(done.headers["Location"]).text
    assert count(sessions, Denial) == 3


def test_check_17_unticked_denials_are_left_out(alice, drop, sessions):
    check = drop(("a.835", remit(DENIED, OTHER))).headers["Location"]
    boxes = ticked(alice.get(check).text)
    post(alice, check, "log", log=boxes[:1])
    assert count(sessions, Denial) == 1
    page = alice.get(check).text
    assert "1 denial logged" in page
    assert "2 left out by you" in page


def test_the_check_page_shows_claim_payer_reason_amount_and_date(alice, drop):
    page = alice.get(drop(("a.835", remit(DENIED))).headers["Location"]).text
    row = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<tbody>")[1].split("</tbody>")[0]))
    for words in ("A1", "Quill, N.", "HARBOR HEALTH", "97110", "CO-50", "N115", "$90.00"):
        assert words in row


def test_what_is_left_out_is_named(alice, drop):
    page = alice.get(drop(("a.835", remit(DENIED))).headers["Location"]).text
    assert "Left out, and why" in page
    assert "1 line" in page
    assert "Yes, $30.00" in page


def test_check_18_a_bad_file_is_named_and_the_good_one_goes_on(alice, drop, sessions):
    files = [("cut.835", remit(OTHER)[:450]), ("good.835", remit(DENIED)), ("scan.pdf", b"%PDF-1.7 scan")]
    check = drop(*files).headers["Location"]
    page = alice.get(check).text
    assert "2 files could not be used" in page
    assert "cut.835" in page
    assert "scan.pdf" in page
    post(alice, check, "log", log=ticked(page))
    assert count(sessions, Denial) == 1


def test_when_no_file_can_be_used_the_form_says_why(drop):
    answer = drop(("scan.pdf", b"%PDF-1.7 scan"), ("empty.835", b""))
    assert answer.status_code == 422
    assert "<title>Error: Import files" in answer.text
    assert "scan.pdf" in answer.text
    assert "empty.835" in answer.text
    assert "Nothing was saved" in answer.text


def test_choosing_nothing_is_said_beside_the_field(alice, drop):
    answer = drop()
    assert answer.status_code == 422
    assert answer.text.count("Choose at least one file") == 2


def test_check_17_the_second_import_of_a_file_says_when_the_first_was(alice, drop, sessions):
    data = remit(DENIED)
    check = drop(("a.835", data)).headers["Location"]
    post(alice, check, "log", log=ticked(alice.get(check).text))
    page = alice.get(drop(("a.835", data)).headers["Location"]).text
    assert "You imported this file on 11/23/2026. 1 denial came from it." in page
    assert "Log " not in page.split("<main")[1].split("Cancel import")[0].replace("Log in", "")
    assert count(sessions, Denial) == 1


def test_a_file_that_came_in_meanwhile_is_not_saved_twice_and_it_is_said(alice, drop, sessions):
    data = remit(DENIED)
    first, second = (drop(("a.835", data)).headers["Location"] for _ in range(2))
    boxes = ticked(alice.get(second).text)
    post(alice, first, "log", log=ticked(alice.get(first).text))
    post(alice, second, "log", log=boxes)
    page = alice.get(second).text
    assert "Nothing new in this import" in page
    assert "imported with another file in the meantime. It was not saved a second time." in page
    with sessions.system() as session:
        assert sorted(session.scalars(select(ImportFile.state))) == ["known", "stored"]
        assert session.scalar(select(func.count()).select_from(RawFile)) == 1
    assert count(sessions, Denial) == 1


def test_cancelling_leaves_nothing(alice, drop, sessions):
    check = drop(("a.835", remit(DENIED))).headers["Location"]
    answer = post(alice, check, "cancel")
    assert "Import cancelled. Nothing was saved." in alice.get(answer.headers["Location"]).text
    assert (count(sessions, Denial), count(sessions, Claim)) == (0, 0)
    assert "not saved" in alice.get(check).text


def test_logging_twice_logs_once(alice, drop, sessions):
    check = drop(("a.835", remit(DENIED))).headers["Location"]
    page = alice.get(check).text
    form = {"csrf_token": build.csrf_token(alice.get(check)), "log": ticked(page)}
    assert [alice.post(f"{check}/log", data=form).status_code for _ in range(2)] == [303, 303]
    assert count(sessions, Denial) == 1


def test_check_19_an_import_can_be_undone(alice, drop, sessions):
    check = drop(("a.835", remit(DENIED, OTHER))).headers["Location"]
    post(alice, check, "log", log=ticked(alice.get(check).text))
    answer = post(alice, check, "undo")
    assert "Import undone. 3 denials removed." in alice.get(answer.headers["Location"]).text
    assert (count(sessions, Denial), count(sessions, Claim)) == (0, 0)
    assert "taken back" in alice.get(check).text


def test_check_19_undo_is_refused_with_a_reason_once_an_appeal_was_signed(alice, drop, sessions):
    check = drop(("a.835", remit(DENIED))).headers["Location"]
    post(alice, check, "log", log=ticked(alice.get(check).text))
    with transaction(sessions.system()) as session:
        build.appeal(session, session.scalars(select(Denial)).one(), status="ready")
    answer = post(alice, check, "undo")
    assert answer.status_code == 409
    assert "was signed, so this import has to stay" in answer.text
    assert count(sessions, Denial) == 1


def test_after_thirty_days_undo_is_not_offered(alice, drop, clock, signed_in, cast):
    check = drop(("a.835", remit(DENIED))).headers["Location"]
    post(alice, check, "log", log=ticked(alice.get(check).text))
    assert "Undo import" in alice.get(check).text
    clock.now += timedelta(days=31)
    assert "Undo import" not in signed_in(cast.alice).get(check).text


def test_a_stranger_sees_and_changes_nothing_of_an_import(drop, sessions, signed_in, cast, alice):
    check = drop(("a.835", remit(DENIED))).headers["Location"]
    charlie = signed_in(cast.charlie)
    token = build.csrf_token(charlie.get("/import"))
    assert charlie.get(check).status_code == 404
    for action in ("log", "cancel", "undo"):
        assert charlie.post(f"{check}/{action}", data={"csrf_token": token}).status_code == 404
    assert "a.835" not in charlie.get("/import").text
    assert drop(("a.835", remit(DENIED)), browser=charlie).location.endswith("/import#held")
    assert count(sessions, ImportFile) == 2


def test_a_form_without_its_token_changes_nothing(alice, drop, sessions):
    check = drop(("a.835", remit(DENIED))).headers["Location"]
    assert alice.post(f"{check}/log", data={}).status_code == 400
    assert alice.post("/import", data={}).status_code == 400
    assert count(sessions, Denial) == 0


def test_no_address_or_title_holds_a_name_or_number(alice, drop):
    check = drop(("a.835", remit(DENIED))).headers["Location"]
    page = alice.get(check).text
    title = re.search(r"<title>(.*?)</title>", page)[1]
    # As a word of its own: the random id of an address may hold the two letters of a claim number by chance.
    secret = re.compile(r"QUILL|Quill|W00000001|(?<![\w-])A1(?![\w-])")
    assert not secret.search(" ".join([check, title, *re.findall(r'(?:href|action)="([^"]*)"', page)]))


class TestLongFiles:
    """A file of 2,000 claims or more is read and saved by jobs; their page renews itself."""

    @pytest.fixture
    def work(self, sessions, settings, clock):
        """Do the next job that is asked for."""
        worker = Worker(sessions, settings, TASKS)
        return lambda: worker.work_once(clock())

    @pytest.fixture
    def progress(self, drop, sessions, cast):
        """The address of the page of a long file's first job."""
        with transaction(sessions.system()) as session:
            session.get_one(Practice, cast.eastside.id).npi = _payee(LONG)
        return drop(("long.835", LONG)).headers["Location"]

    def test_it_is_read_and_saved_by_jobs(self, alice, progress, work, sessions):
        waiting = alice.get(progress)
        assert waiting.headers["Location"].startswith("/jobs/")
        page = alice.get(waiting.headers["Location"]).text
        assert "You can leave this page" in page
        assert "long.835" in page
        assert 'http-equiv="refresh"' in page
        assert work()
        check = alice.get(progress).text
        found = int(re.search(r"([\d,]+) new denials to log", check)[1].replace(",", ""))
        assert "which will be logged too" in check
        assert count(sessions, Denial) == 0
        post(alice, progress, "log", log=ticked(check))
        assert alice.get(progress).headers["Location"].startswith("/jobs/")
        assert work()
        assert f"{found:,} denials logged" in alice.get(progress).text
        assert count(sessions, Denial) == found

    def test_htmx_gets_the_fragment_and_then_the_way_on(self, alice, progress, work):
        address = alice.get(progress).headers["Location"]
        fragment = alice.get(address, headers={"HX-Request": "true"}).text
        assert "<html" not in fragment
        assert "hx-get" in fragment
        work()
        assert alice.get(address, headers={"HX-Request": "true"}).headers["HX-Redirect"] == progress
        assert alice.get(address).headers["Location"] == progress

    def test_a_stranger_does_not_see_the_progress(self, alice, progress, signed_in, cast):
        address = alice.get(progress).headers["Location"]
        assert signed_in(cast.charlie).get(address).status_code == 404

    def test_a_failed_job_says_what_happened(self, alice, progress, sessions):
        with transaction(sessions.system()) as session:
            job = session.scalars(select(Job)).one()
            job.state, job.error = "failed", "This work failed several times."
        page = alice.get(progress).text
        assert "1 file could not be used" in page
        assert "This work failed several times." in page


LONG = make_835(2_000, 3)


def _payee(data: bytes) -> str:
    return re.search(rb"N1\*PE\*[^*]*\*XX\*(\d{10})", data)[1].decode()


def test_the_import_page_counts_what_came_by_the_watched_folder_today(app, alice, sessions, cast, tmp_path):
    assert "watched folder" not in alice.get("/import").text
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], watch_dir=tmp_path)
    assert "No file came from the watched folder today." in alice.get("/import").text
    with transaction(sessions.system()) as session:
        build.import_file(session, cast.eastside, came_by="folder")
        build.import_file(session, cast.eastside, came_by="folder", created_at=build.NOW - timedelta(days=1))
        build.import_file(session, cast.lakeview, came_by="folder")
    page = alice.get("/import").text
    assert "1 file came from the watched folder today." in page
    assert page.count("From the watched folder") == 2
