"""What a person, and a practice, may open and take out in an hour (security.md C-50)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import build
from tests.auditing.entries import detail, entries
from tests.web.test_access_matrix import address, routes, send
from tests.web.test_audited import endpoint_of
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.domain.audit import Act, Outcome
from tracker.models import Event
from tracker.web import budget
from tracker.web.budget import Kind, kind_of, most_of

FEW = 100  # pages an hour, the least that may be set: 20 searches and PDFs, 2 files, 5,000 rows


@pytest.fixture
def settings(settings):
    return replace(settings, pages_per_hour=FEW)


def until_refused(client, path, most):
    """Open a page until it is refused; how often it opened, and the refusal."""
    for opened in range(most + 1):
        answer = client.get(path)
        if answer.status_code == 429:
            return opened, answer
    raise AssertionError(f"{path} opened {most + 1} times")


def test_a_person_who_opens_more_than_the_budget_waits_until_the_hour_is_over(signed_in, cast, clock, engine):
    client, other = signed_in(cast.alice), signed_in(cast.bob)
    opened, refused = until_refused(client, "/queue", FEW)
    assert FEW - 3 <= opened <= FEW  # the sign-in led to pages of its own
    assert "That is more than one person reads" in refused.text
    assert "100 pages an hour" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    [row] = [one for one in entries(engine) if detail(one).get("page") == "queue.show" and one.action == Act.REFUSED]
    assert (row.actor, row.outcome) == ("alice", Outcome.REFUSED)
    assert other.get("/queue").status_code == 200
    again = signed_in(cast.alice)  # another session is the same person
    assert again.get("/queue").status_code == 429
    clock.now += timedelta(minutes=61)
    assert signed_in(cast.alice).get("/queue").status_code == 200


def test_what_an_open_page_asks_by_itself_uses_nothing_up(signed_in, cast):
    client = signed_in(cast.alice)
    assert {client.get("/queue/news").status_code for _ in range(FEW + 5)} <= {200, 204}
    assert client.get("/queue").status_code == 200


def test_searching_has_a_budget_of_its_own(signed_in, cast, settings):
    client = signed_in(cast.alice)
    form = {"words": "Okafor", "csrf_token": build.csrf_token(client.get("/queue"))}
    sent = [client.post("/queue/search", data=form).status_code for _ in range(most_of(Kind.SEARCH, settings) + 1)]
    assert sent == [303] * 20 + [429]
    assert client.get("/queue").status_code == 200


def test_rows_taken_out_are_counted_before_any_is_given(signed_in, cast, sessions, monkeypatch):
    monkeypatch.setitem(budget._SHARE, Kind.ROWS, 1 / FEW)
    with transaction(sessions.system()) as session:
        for _ in range(2):
            build.denied_line(session, cast.eastside)
    answer = signed_in(cast.alice).get("/queue/export.csv?reason=other")
    assert answer.status_code == 429
    assert "1 rows of lists taken out an hour" in answer.text
    with sessions.system() as session:
        assert session.scalar(select(func.count()).select_from(Event).where(Event.kind == "exported")) == 0


def test_files_taken_out_have_a_budget(signed_in, cast, sessions):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
    client = signed_in(cast.alice)
    got = [client.get("/queue/export.csv?reason=other").status_code for _ in range(3)]
    assert got == [200, 200, 429]


def test_a_practice_has_a_budget_too(app, signed_in, cast, sessions, monkeypatch):
    """Many people of one practice together; another practice is not held up."""
    monkeypatch.setattr(budget, "_PRACTICE_TIMES", 1)
    with transaction(sessions.system()) as session:
        together = [build.user(session, f"person{number}", cast.eastside) for number in range(2)]
        elsewhere = build.user(session, "elsewhere", cast.lakeview)
    first, second = (signed_in(one) for one in together)
    until_refused(first, "/queue", FEW)
    assert second.get("/queue").status_code == 429
    assert signed_in(elsewhere).get("/queue").status_code == 200


def test_every_view_that_gives_a_file_counts_as_more_than_a_page(app, signed_in, cast, become, things, payer):
    become(cast.alice, Role.OWNER, protected=True)
    client, as_pages, files = signed_in(cast.alice), [], 0
    token = build.csrf_token(client.get("/settings"))
    for rule, method, _, objects in routes(app):
        app.extensions["tracker_people_budget"]._since = None  # each is asked as the first of an hour
        answer = send(client, method, address(rule, objects, things[cast.eastside.id], payer), token)
        is_file = answer.headers.get("Content-Disposition", "").startswith("attachment")
        if answer.status_code == 200 and (is_file or answer.mimetype == "application/pdf"):
            files += 1
            if kind_of(endpoint_of(app, rule, method), rule) is Kind.PAGE:
                as_pages.append(rule)
    assert as_pages == []
    assert files > 10


def test_the_views_that_are_named_are_there(app):
    assert set(budget._BY_VIEW) <= set(app.view_functions)
