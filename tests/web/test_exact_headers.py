"""Every page and asset: exactly the headers of security.md C-18, and a patient's name in none of them nor anywhere around.

A header that is not named here fails the test, as does one that is missing: both are looked at before they are let in.
"""

import logging
import re
from datetime import date

import pytest
from sqlalchemy import select

from tests import build
from tests.web.test_access_matrix import address, objects_of
from tests.web.test_every_page import POLICY
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Job, Note, Patient
from tracker.web.headers import DOWNLOAD_POLICY, LETTER_POLICY

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
# What an answer may have besides: what it is, where it leads, the sign-in.
BESIDES = {"Content-Type", "Content-Length", "Vary", "Location", "Content-Disposition", "Set-Cookie", "Allow"}
LETTERS = {"letters.preview", "templates.preview", "letterhead.preview", "templates.try_html", "templates.try_pdf"}
# The patient of the walk, and a sentence of a note: what must stand nowhere but on the page.
STRANGE = {"Zanzibarova", "Xiomarette", "QX7781993", "1931-07-19", "07/19/1931", "dances the kazatsky"}


@pytest.fixture
def owner(signed_in, cast, become, things, sessions):
    """An owner of Eastside, whose only patient is a strange one."""
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        for patient in session.scalars(select(Patient).where(Patient.practice_id == cast.eastside.id)):
            patient.last_name, patient.first_name = "Zanzibarova", "Xiomarette"
            patient.member_id, patient.birth_date = "QX7781993", date(1931, 7, 19)
        for note in session.scalars(select(Note).where(Note.practice_id == cast.eastside.id)):
            note.text = "S: Patient dances the kazatsky"
    return signed_in(cast.alice)


@pytest.fixture
def walk(app, owner, cast, things, payer):
    """A function that opens every page that can be opened by its address, on one's own objects."""

    def run():
        for rule in app.url_map.iter_rules():
            if "GET" not in rule.methods or rule.rule.startswith(("/api/", "/static", "/links", "/letter-assets")):
                continue
            with app.app_context():
                path = address(rule.rule, objects_of(rule), things[cast.eastside.id], payer)
            with owner.get(path) as answer:
                yield rule.endpoint, path, answer

    return run


def policy_of(endpoint: str, answer) -> str:
    """The policy of a letter in its frame, of a file to download, of any other page."""
    if answer.headers.get("Content-Disposition", "").startswith("attachment"):
        return DOWNLOAD_POLICY
    return LETTER_POLICY if endpoint in LETTERS and answer.status_code < 400 else POLICY


def test_every_page_has_exactly_the_headers(walk):
    seen, wrong = 0, []
    for endpoint, path, answer in walk():
        expected = ALWAYS | {"Content-Security-Policy": policy_of(endpoint, answer)}
        wrong += [
            (path, name, answer.headers.get(name))
            for name, value in expected.items()
            if answer.headers.getlist(name) != [value]
        ]
        wrong += [(path, name, "is new") for name in set(answer.headers.keys()) - set(ALWAYS) - BESIDES]
        seen += 1
    assert wrong == []
    assert seen > 60


def test_https_adds_only_its_own_header(owner):
    plain, safe = owner.get("/queue"), owner.get("/login", base_url="https://localhost")
    assert "Strict-Transport-Security" not in plain.headers
    assert safe.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert all(safe.headers[name] == value for name, value in ALWAYS.items())


@pytest.mark.parametrize("name", ["ledger.css", "htmx.min.js", "queue.js"])
def test_assets_may_be_kept_and_are_guarded_like_pages(client, name):
    with client.get(f"/static/{name}?v=1") as answer:
        assert answer.status_code == 200
        guarded = {key: value for key, value in ALWAYS.items() if key != "Cache-Control"}
        assert {key: answer.headers[key] for key in guarded} == guarded
        assert answer.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"])
def test_pages_know_two_methods(owner, method):
    assert owner.open("/queue", method=method).status_code in {400, 405}


def test_a_strange_patient_shows_on_pages_and_nowhere_around_them(walk, caplog, sessions):
    shown, leaks = 0, []
    with caplog.at_level(logging.DEBUG):
        for _, path, answer in walk():
            page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            shown += "Zanzibarova" in page
            around = [*(f"{name}: {value}" for name, value in answer.headers.items())]
            around += re.findall(r"<title>.*?</title>", page, re.DOTALL)
            around += re.findall(r'(?:href|action|src|formaction)="([^"]*)"', page)
            leaks += [(path, each[:120]) for each in around if any(word in each for word in STRANGE)]
    assert shown >= 5, "the walk must show the patient, else it proves nothing"
    assert leaks == []
    assert not [record for record in caplog.records if any(word in record.getMessage() for word in STRANGE)]
    with sessions.system() as session:
        rows = [(job.key, job.arguments, job.result) for job in session.scalars(select(Job))]
        assert not any(word in str(rows) for word in STRANGE)


def test_a_search_for_a_name_leaves_it_in_no_address_header_or_cookie(owner):
    token = build.csrf_token(owner.get("/queue"))
    answer = owner.post("/queue/search", data={"csrf_token": token, "words": "Zanzibarova"}, follow_redirects=False)
    assert answer.status_code == 303
    assert "Zanzibarova" not in str(answer.headers)
    page = owner.get(answer.location)
    assert "Zanzibarova" in page.text
    assert "Zanzibarova" not in str(page.headers) + page.request.full_path
    assert "Zanzibarova" not in str([cookie.value for cookie in owner._cookies.values()])


def test_our_scripts_keep_nothing_in_the_browser(app):
    from pathlib import Path

    scripts = [path for path in Path(app.static_folder).rglob("*.js") if "htmx" not in path.name]
    assert scripts
    for path in scripts:
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open", path.read_text()
        ), path
