"""The keys under Settings in a real browser: accessible in both colors, and a code shown once."""

import re

import pytest
from playwright.sync_api import expect

from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import Membership

pytestmark = pytest.mark.own_app  # whose engine opens the renewed master key, as a server does


@pytest.fixture(params=["page", "dark_page"])
def colored(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def owner(sessions, cast, become):
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.alice.id, practice_id=cast.lakeview.id, role=Role.OWNER))
    return cast.alice


def test_an_owner_gets_a_code_renews_the_master_key_and_the_key_of_a_practice(colored, sign_in, owner, check_axe):
    sign_in(colored, owner)
    colored.goto("/settings/keys")
    expect(colored.get_by_role("heading", name="Master key")).to_be_visible()
    check_axe(colored)
    colored.get_by_role("button", name="Make new recovery code").click()
    expect(colored.get_by_text(re.compile(r"^([A-Z2-7]{4}-){7}[A-Z2-7]{4}$"))).to_be_visible()
    check_axe(colored)
    colored.get_by_role("link", name="I have kept it").click()
    colored.get_by_role("button", name="Renew master key").click()
    expect(colored.get_by_role("status").filter(has_text="Master key renewed")).to_be_visible()
    colored.get_by_role("link", name="I have kept it").click()
    expect(colored.get_by_text("Number 2")).to_be_visible()
    colored.set_viewport_size({"width": 320, "height": 800})
    check_axe(colored)
    colored.get_by_role("button", name="Renew key of Eastside PT").click()
    expect(colored.get_by_role("heading", name="Renewing a key")).to_be_visible()
