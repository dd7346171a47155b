"""Views of the queue that people keep."""

import re

import pytest
from sqlalchemy import func, select, text

from tests import build
from tracker.db import transaction
from tracker.models import SavedView, User
from tracker.services.saved_views import MOST


@pytest.fixture
def lead(sessions, cast):
    with transaction(sessions.system()) as session:
        build.denied_line(session, cast.eastside)
        return build.user(session, "lena", cast.eastside, role="lead")


def post(client, path, **fields):
    return client.post(path, data={"csrf_token": build.csrf_token(client.get("/settings")), **fields})


def keep(client, name="Medical necessity", query="code=CO-50&sort=-amount", shared=""):
    return post(client, "/queue/views", name=name, query=query, shared=shared)


def only_view(sessions) -> SavedView:
    with sessions.system() as session:
        return session.scalars(select(SavedView)).one()


def tab_words(client) -> list[str]:
    views = client.get("/queue").text.partition('aria-label="Views"')[2].partition("</nav>")[0]
    return re.findall(r">([^<]+)</a>", views)


def test_a_filter_is_kept_under_a_name_and_stands_among_the_views(signed_in, lead):
    client = signed_in(lead)
    answer = keep(client)
    assert answer.location == "/queue?code=CO-50&sort=-amount"
    assert tab_words(client)[-2:] == ["Medical necessity", "Edit views"]
    page = client.get(answer.location).text
    assert re.search(r'aria-current="page">Medical necessity<', page)
    assert "<summary>Save view" not in page


def test_a_view_is_its_makers_alone_until_it_is_shared(signed_in, lead, cast, sessions):
    keep(signed_in(lead))
    view = only_view(sessions)
    others = signed_in(cast.alice)
    assert "Medical necessity" not in tab_words(others)
    post(signed_in(lead), f"/queue/views/{view.public_id}", name=view.name, shared=cast.eastside.public_id, version=1)
    assert "Medical necessity" in tab_words(signed_in(cast.alice))
    assert "Medical necessity" not in tab_words(signed_in(cast.charlie))


def test_a_biller_shares_nothing_and_changes_no_view_of_others(signed_in, lead, cast, sessions):
    keep(signed_in(lead), shared=cast.eastside.public_id)
    view = only_view(sessions)
    biller = signed_in(cast.alice)
    assert keep(biller, "Mine", "code=CO-16", shared=cast.eastside.public_id).status_code == 422
    assert biller.get(f"/queue/views/{view.public_id}").status_code == 404
    assert post(biller, f"/queue/views/{view.public_id}", name="Ours", shared="", version=1).status_code == 404
    assert post(biller, f"/queue/views/{view.public_id}/delete").status_code == 404
    assert only_view(sessions).name == "Medical necessity"


def test_a_view_of_another_practice_is_not_there(signed_in, lead, cast, sessions):
    keep(signed_in(lead), shared=cast.eastside.public_id)
    view = only_view(sessions)
    stranger = signed_in(cast.charlie)
    assert stranger.get(f"/queue/views/{view.public_id}").status_code == 404
    assert post(stranger, f"/queue/views/{view.public_id}/delete").status_code == 404
    assert post(stranger, "/queue/views/start", start=view.public_id).status_code == 404


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", "code=CO-50", "Enter a name for the view"),
        ("x" * 41, "code=CO-50", "Name must be 40 characters or fewer"),
        ("Everything", "", "This is All open, which is there already"),
        ("Everything", "view=mine", "This is My queue, which is there already"),
        ("MEDICAL necessity", "code=CO-16", "You keep a view named MEDICAL necessity already"),
        ("Again", "sort=-amount&code=CO-50&page=3", "You keep this view already, as Medical necessity"),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(signed_in, lead, sessions, name, query, said):
    client = signed_in(lead)
    keep(client)
    answer = keep(client, name, query)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{name}"' in answer.text
    only_view(sessions)


def test_nobody_keeps_more_views_than_fit_on_a_page(signed_in, lead, sessions):
    with transaction(sessions.system()) as session:
        session.add_all(SavedView(user_id=lead.id, name=f"View {n}", query=f"code=CO-{n}") for n in range(MOST))
    assert f"You keep {MOST} views already. Delete one first" in keep(signed_in(lead)).text


def test_the_words_of_a_search_are_not_kept(signed_in, lead, sessions):
    client = signed_in(lead)
    search = post(client, "/queue/search", words="Quill").location.partition("search=")[2]
    answer = keep(client, query=f"view=all&code=CO-50&search={search}")
    assert only_view(sessions).query == "view=all&code=CO-50"
    assert "without the search" in client.get(answer.location).text


def test_what_makes_no_sense_in_a_query_is_left_out(signed_in, lead, sessions):
    keep(signed_in(lead), query="code=CO-50&next=//evil.example&code=<script>&view=none-such")
    assert only_view(sessions).query == "code=CO-50"


def test_the_day_begins_with_the_chosen_view_until_it_is_deleted(signed_in, lead, cast, sessions):
    client = signed_in(lead)
    keep(client, shared=cast.eastside.public_id)
    view = only_view(sessions)
    biller = signed_in(cast.alice)
    post(biller, "/queue/views/start", start=view.public_id)
    assert biller.get("/").location == "/queue?code=CO-50&sort=-amount"
    post(client, f"/queue/views/{view.public_id}/delete")
    assert biller.get("/").location == "/queue"
    with sessions.system() as session:
        assert session.scalar(select(User.start_view).where(User.id == cast.alice.id)) is None


def test_a_shipped_view_can_begin_the_day(signed_in, lead):
    client = signed_in(lead)
    post(client, "/queue/views/start", start="mine")
    assert client.get("/").location == "/queue?view=mine"


def test_two_changes_at_once_are_not_mixed(signed_in, lead, sessions):
    client = signed_in(lead)
    keep(client)
    view = only_view(sessions)
    post(client, f"/queue/views/{view.public_id}", name="First", shared="", version=1)
    assert post(client, f"/queue/views/{view.public_id}", name="Second", shared="", version=1).status_code == 409
    assert only_view(sessions).name == "First"


def test_the_name_is_sealed_in_the_database(signed_in, lead, sessions):
    keep(signed_in(lead), "Quinlan family")
    with sessions.system() as session:
        stored = session.execute(text("SELECT name FROM saved_views")).scalar_one()
        assert session.scalar(select(func.count()).select_from(SavedView)) == 1
    assert b"Quinlan" not in bytes(stored)
