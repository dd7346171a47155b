"""What holds for every page: default deny, CSRF, headers, hosts, errors."""

import logging
from dataclasses import replace

import pytest
from werkzeug.routing import Rule

from tests import build
from tracker.app import create_app
from tracker.web.request import DESCRIPTION, EXEMPT

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def addresses(app) -> list[tuple[str, Rule]]:
    """Every rule of a page with an address that fits it; those of the API are tried in tests/api."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/api/"):
                continue
            values = dict.fromkeys(rule.arguments, "1") | (rule.defaults or {})
            values |= {name: 1 for name, kind in rule._converters.items() if type(kind).__name__ == "IntegerConverter"}
            found.append((app.url_map.bind("localhost").build(rule.endpoint, values), rule))
    return found


def test_no_page_opens_without_a_sign_in(app, client):
    seen = 0
    for address, rule in addresses(app):
        if rule.endpoint in EXEMPT or "GET" not in rule.methods:
            continue
        answer = client.get(address)
        assert answer.status_code == 303, (address, answer.status_code)
        assert answer.headers["Location"].startswith("/login"), address
        seen += 1
    assert seen >= 10


def test_at_most_five_views_open_without_a_sign_in(settings):
    """Counted by asking every view of an app that has single sign-on too, whoever is named in the list."""
    app = create_app(
        replace(settings, oidc_issuer="https://id.clinic.test", oidc_client_id="x", oidc_client_secret="y")
    )
    opened = set()
    for address, rule in addresses(app):
        for method in rule.methods - {"OPTIONS"}:
            answer = app.test_client().open(address, method=method)
            to_sign_in = answer.status_code == 303 and answer.headers["Location"].startswith("/login")
            if not to_sign_in and answer.status_code != 400:  # 400: a form without its token
                opened.add(rule.endpoint)
    app.extensions["tracker_sessions"].engine.dispose()
    assert opened <= set(EXEMPT)
    assert len(EXEMPT) == 5


def test_no_unsafe_request_goes_through_without_its_token(app, signed_in, cast, become):
    """As who may do everything: what somebody may do is settled before what they sent is read."""
    become(cast.alice, "owner", protected=True)
    client, seen = signed_in(cast.alice), 0
    for address, rule in addresses(app):
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            answer = client.open(address, method=method, data={"csrf_token": "made-up"})
            assert answer.status_code == 400, (address, method, answer.status_code)
            assert "This form is too old" in answer.text
            seen += 1
    assert seen >= 10


def test_only_the_api_which_reads_no_cookie_does_without_the_token_of_forms(app):
    csrf = app.extensions["csrf"]
    assert csrf._exempt_views == set()
    names = {blueprint.name for blueprint in csrf._exempt_blueprints}
    for rule in app.url_map.iter_rules():
        free = rule.endpoint.partition(".")[0] in names
        assert free is (rule.rule.startswith("/api/") and rule.endpoint != DESCRIPTION), rule.rule


def test_no_unsafe_request_goes_through_without_a_sign_in(app, client):
    for address, rule in addresses(app):
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            if rule.endpoint not in EXEMPT:
                assert client.open(address, method=method).status_code in {303, 400}, address


def test_a_request_from_another_site_is_refused_even_with_a_token(signed_in, cast):
    client = signed_in(cast.alice)
    form = {"words": "Okafor", "csrf_token": build.csrf_token(client.get("/queue"))}
    assert client.post("/queue/search", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/queue/search", data=form, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


@pytest.mark.parametrize("path", ["/login", "/queue", "/nothing-here", "/static/ledger.css"])
def test_every_answer_carries_the_headers(signed_in, cast, path):
    with signed_in(cast.alice).get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "HX-Request" in headers["Vary"]


def test_pages_are_never_kept_by_a_browser(signed_in, cast):
    assert signed_in(cast.alice).get("/queue").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200), ("LOCALHOST", 200),
        ("evil.example", 400), ("127.0.0.1.evil.example", 400), ("localhost.evil.example:8000", 400), ("", 400),
    ],
)  # fmt: skip
def test_only_our_own_names_are_answered(client, host, status):
    assert client.get("/login", headers={"Host": host}).status_code == status


def test_a_settings_host_is_our_own_name_too(settings):
    app = create_app(replace(settings, host="tracker.clinic.test"))
    assert app.test_client().get("/login", headers={"Host": "tracker.clinic.test:8000"}).status_code == 200
    app.extensions["tracker_sessions"].engine.dispose()


def test_health_is_answered_without_a_sign_in(client):
    assert client.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("path", ["/denials/%00", "/links/a%00b", "/api/denials/%00"])
def test_an_address_with_a_nul_names_nothing(signed_in, cast, path):
    assert signed_in(cast.alice).get(path).status_code == 404


def test_a_nul_that_no_database_text_holds_is_refused_in_words(client, signed_in, cast):
    """PostgreSQL would fail at it, and the answer be our own fault."""
    form = {"login": "ali\0ce", "password": "x", "csrf_token": build.csrf_token(client.get("/login"))}
    answer = client.post("/login", data=form)
    assert answer.status_code == 400
    assert "could not read what was sent" in answer.text
    assert signed_in(cast.alice).get("/queue?code=%00").status_code == 400


# ---- errors ----

BANNED = ("invalid", "please", "sorry", "oops", "required", "traceback")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing-here", 404), ("GET", "/logout", 405), ("POST", "/queue/search", 400), ("DELETE", "/queue", 405)],
)
def test_check_22_an_error_is_said_in_plain_words(signed_in, cast, method, path, status):
    answer = signed_in(cast.alice).open(path, method=method)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert not [word for word in BANNED if word in answer.text.split("<main")[1].lower()]


def test_our_own_fault_gets_a_number_and_the_log_holds_no_values(app, signed_in, cast, caplog, monkeypatch):
    client = signed_in(cast.alice)

    name = "Okafor"

    def fail(*_args, **_more):
        raise ValueError(f"{name} has a problem")

    monkeypatch.setattr("tracker.web.queue.queue_page", fail)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/queue?search=secret-words")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    number = answer.text.split('class="code">')[1].split("<")[0]
    assert number.startswith("E-")
    assert number in caplog.text
    assert "ValueError" in caplog.text
    assert name not in caplog.text + answer.text
    assert "secret-words" not in caplog.text


def test_an_upload_over_the_limit_is_refused(signed_in, cast, app):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    client = signed_in(cast.alice)
    answer = client.post("/queue/search", data={"words": "x" * 5000})
    assert answer.status_code == 413
    assert "The file is too big" in answer.text
