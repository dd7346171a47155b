"""A form that is sent twice does its work once, and both sendings lead to the same place."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import build
from tests.forms import fields_of
from tracker.db import transaction
from tracker.models import Denial, DoneForm, Event, RecordsRequest
from tracker.services.done_once import KEPT_DAYS, forget_old_forms


@pytest.fixture
def denial(sessions, cast) -> str:
    with transaction(sessions.system()) as session:
        return build.denial(session, build.claim_line(session, build.claim(session, cast.eastside))).public_id


def a_form(client, page: str, action: str, **typed):
    """A form of a page as it is sent, with the page's own mark."""
    return fields_of(client.get(page).text, action) | typed


def count(sessions, what) -> int:
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(what))


def comments(sessions) -> int:
    return count(sessions, select(Event).where(Event.kind == "comment").subquery())


def comment_form(client, denial: str, words: str = "Called the payer"):
    action = f"/denials/{denial}/comment"
    return action, a_form(client, f"/denials/{denial}", action, **{"comment-text": words})


def test_a_double_click_keeps_one_comment_and_leads_to_the_same_page(signed_in, cast, denial, sessions):
    client = signed_in(cast.alice)
    action, form = comment_form(client, denial)
    first, second = client.post(action, data=form), client.post(action, data=form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location == f"/denials/{denial}"
    assert comments(sessions) == 1


def test_every_showing_of_a_form_is_another_one(signed_in, cast, denial, sessions):
    client = signed_in(cast.alice)
    for _ in range(2):
        action, form = comment_form(client, denial)
        client.post(action, data=form)
    assert comments(sessions) == 2


def test_a_kept_page_that_is_filled_in_anew_is_another_form(signed_in, cast, denial, sessions):
    client = signed_in(cast.alice)
    action, form = comment_form(client, denial)
    client.post(action, data=form)
    client.post(action, data=form | {"comment-text": "Called again"})
    assert comments(sessions) == 2


def test_a_form_that_was_refused_can_be_mended_and_sent_again(signed_in, cast, denial, sessions):
    client = signed_in(cast.alice)
    action, form = comment_form(client, denial, "")
    assert client.post(action, data=form).status_code == 422
    assert client.post(action, data=form).status_code == 422
    assert count(sessions, DoneForm) == 0
    assert client.post(action, data=form | {"comment-text": "Now"}).status_code == 303
    assert comments(sessions) == 1


def test_a_denial_is_logged_once_and_both_sendings_lead_to_it(signed_in, cast, sessions):
    client = signed_in(cast.alice)
    form = a_form(
        client, "/denials/new", "/denials/new", practice=cast.eastside.public_id, payer="Acme Health", patient="Quill, Ada",
        claim_number="C-77", service_date="11/02/2026", denied_on="11/20/2026", line="97110",
        amount="120.00", reason="CO-50",
    )  # fmt: skip
    first = client.post("/denials/new", data=form)
    assert first.status_code == 303, re.findall(r'class="msg".*', first.text)
    assert client.post("/denials/new", data=form).location == first.location
    assert count(sessions, Denial) == 1


def test_a_bulk_change_is_made_once(signed_in, cast, denial, sessions):
    client = signed_in(cast.alice)
    form = a_form(client, "/queue", "/queue/change", denial=denial, do="status", status="in_review")
    first, second = client.post("/queue/change", data=form), client.post("/queue/change", data=form)
    assert first.location == second.location
    assert count(sessions, select(Event).where(Event.kind == "status").subquery()) == 1


def test_a_form_of_somebody_else_is_another_one(signed_in, cast, denial, sessions):
    one, other = signed_in(cast.alice), signed_in(cast.bob)
    action, form = comment_form(one, denial)
    one.post(action, data=form)
    token = build.csrf_token(other.get("/queue"))
    other.post(action, data=form | {"comment-csrf_token": token, "csrf_token": token})
    assert comments(sessions) == 2


def test_eight_sendings_at_the_same_time_do_it_once(app, signed_in, cast, denial, sessions):
    client = signed_in(cast.alice)
    action, form = comment_form(client, denial)
    cookie = "; ".join(f"{each.key}={each.value}" for each in client._cookies.values())
    answers, gate = [], threading.Barrier(8)

    def send():
        gate.wait()
        answer = app.test_client(use_cookies=False).post(action, data=form, headers={"Cookie": cookie})
        answers.append((answer.status_code, answer.location))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(303, f"/denials/{denial}")] * 8
    assert comments(sessions) == 1


def test_work_and_mark_are_kept_together_or_not_at_all(signed_in, cast, denial, sessions, monkeypatch):
    """The work fails after it has written: the mark goes with it, so the same form works when sent again."""
    client = signed_in(cast.alice)
    action, form = comment_form(client, denial)

    with monkeypatch.context() as patch:
        patch.setattr(
            "tracker.services.done_once.finish", lambda *_: (_ for _ in ()).throw(OSError("the disk is gone"))
        )
        assert client.post(action, data=form).status_code == 500
    assert (comments(sessions), count(sessions, DoneForm)) == (0, 0)
    assert client.post(action, data=form).status_code == 303
    assert comments(sessions) == 1


def test_marks_are_kept_for_thirty_days(signed_in, cast, denial, sessions, clock):
    client = signed_in(cast.alice)
    action, form = comment_form(client, denial)
    client.post(action, data=form)
    for days, kept in ((KEPT_DAYS, 1), (KEPT_DAYS + 1, 0)):
        with transaction(sessions.system()) as session:
            forget_old_forms(session, clock.now + timedelta(days=days))
        assert count(sessions, DoneForm) == kept


def test_a_records_request_is_logged_once(signed_in, cast, sessions):
    client = signed_in(cast.alice)
    form = a_form(
        client, "/records-requests/new", "/records-requests/new", practice=cast.eastside.public_id, payer="Acme Health",
        patient="Quill, Ada", claim_number="C-77", service_date="11/02/2026", requested_on="11/20/2026", billed="120.00", wanted="Notes of the visit",
    )  # fmt: skip
    first = client.post("/records-requests/new", data=form)
    assert first.status_code == 303, re.findall(r'class="msg".*', first.text)
    assert client.post("/records-requests/new", data=form).location == first.location
    assert count(sessions, RecordsRequest) == 1
