"""Every list says how many rows it has in all, and that is what the database says within the person's practices."""

import re

import pytest
from sqlalchemy import func, select

from tests import build
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.models import (
    Appeal,
    Claim,
    Denial,
    ImportFile,
    Membership,
    ProviderAdjustment,
    RecordsRequest,
)


@pytest.fixture
def owner(signed_in, cast, become, things, sessions):
    """An owner of Eastside, where there is more than one of most things; Lakeview has its own, which count nowhere."""
    become(cast.alice, Role.OWNER)
    with transaction(sessions.system()) as session:
        for number in range(3):
            claim = build.claim(session, cast.eastside, control_number=f"C-{number}")
            denial = build.denial(session, build.claim_line(session, claim))
            build.appeal(session, denial)
        session.add(
            RecordsRequest(
                practice_id=cast.eastside.id,
                number=301,
                claim_id=claim.id,
                requested_on=denial.denied_on,
                logged_at=build.NOW,
            )
        )
        for takeback in session.scalars(select(ProviderAdjustment)):
            takeback.task = "open"
    return signed_in(cast.alice)


def totals(client, page: str) -> list[int]:
    """What the lists of a page say, in their order."""
    return [int(each) for each in re.findall(r'<(?:table|ul|ol)\b[^>]*data-total="(\d+)"', client.get(page).text)]


def counted(sessions, place, what, *where) -> int:
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(what).where(what.practice_id == place.id, *where))


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("/queue?view=all", Denial),
        ("/appeals", Appeal),
        ("/records-requests", RecordsRequest),
        ("/takebacks", ProviderAdjustment),
        ("/import", ImportFile),
        ("/users", Membership),
    ],
)
def test_a_list_says_how_many_rows_it_has(owner, cast, sessions, page, what):
    # Files in quarantine stand in a list of their own.
    shown = [ImportFile.state != "held"] if what is ImportFile else []
    expected = counted(sessions, cast.eastside, what, *shown)
    assert expected > 0
    assert totals(owner, page)[0] == expected


def test_the_queue_counts_what_its_filter_finds_not_the_page(owner, cast, sessions):
    open_ones = counted(sessions, cast.eastside, Denial, Denial.is_open)
    assert totals(owner, "/queue?size=25") == [open_ones]
    of_one_code = counted(sessions, cast.eastside, Denial, Denial.is_open, Denial.carc == "50")
    assert totals(owner, "/queue?code=CO-50&size=25") == ([of_one_code] if of_one_code else [])


def test_payers_are_those_of_the_practices_claims(owner, cast, sessions):
    with sessions.system() as session:
        used = select(func.count(Claim.payer_id.distinct())).where(Claim.practice_id == cast.eastside.id)
        assert totals(owner, "/payers") == [session.scalar(used)]


@pytest.mark.parametrize("page", ["/templates", "/rules", "/queue?view=all", "/payers"])
def test_the_total_is_the_number_of_rows_where_all_are_on_the_page(owner, page):
    text = owner.get(page).text
    for table in re.findall(r"<table[^>]*data-total.*?</table>", text, re.DOTALL):
        total = int(re.search(r'data-total="(\d+)"', table).group(1))
        rows = re.findall(r"<tr\b", table.partition("<tbody")[2].partition("</tbody>")[0])
        assert total == len(rows), table[:200]
    assert "data-total" in text
