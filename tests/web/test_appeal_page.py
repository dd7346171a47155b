"""The page of an appeal: recorded as sent, followed up, decided, taken to the next level."""

import io
import re

import pytest

from tests import build
from tests.forms import fields_of, send
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Appeal, Attachment, Denial, Outcome, Payer
from tracker.services.appealing import open_appeal


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        return make_denial(session, cast.eastside, carc="50", remarks=("N115",))


@pytest.fixture
def appeal(sessions, cast, denied) -> Appeal:
    """An appeal whose letter is signed."""
    with transaction(sessions.system()) as session:
        denial = session.get_one(Denial, (denied.practice_id, denied.id))
        opened = open_appeal(session, denial, "L01", load(), build.NOW, build.TODAY, cast.alice.id)
        opened.status = "ready"
        return opened


def address(appeal, part: str = "") -> str:
    return f"/appeals/{appeal.public_id}{part}"


def record_sent(client, appeal, **changes):
    return send(client, address(appeal), address(appeal, "/sent"), **{"sent-sent_on": "11/16/2026"} | changes)


def record(client, appeal, result, amount="", **changes):
    fields = {"decision-lines-0-result": result, "decision-lines-0-amount": amount} | changes
    return send(client, address(appeal), address(appeal, "/decision"), **fields)


def stored(sessions, row):
    with sessions.system() as session:
        return session.get_one(type(row), (row.practice_id, row.id))


def test_the_ways_to_send_are_offered_in_words(alice, appeal):
    page = alice.get(address(appeal)).text
    assert re.findall(r'<option[^>]*value="(?:portal|fax|mail|certified_mail)">([^<]*)<', page) == [
        "Payer&#39;s portal", "Fax", "Mail", "Certified mail",
    ]  # fmt: skip


def test_what_is_sent_today_was_not_sent_days_ago(alice, appeal):
    record_sent(alice, appeal, **{"sent-sent_on": f"{build.TODAY:%m/%d/%Y}"})
    assert " days ago" not in alice.get(address(appeal)).text
    assert ", today</span>" in alice.get("/appeals").text


def test_what_was_sent_is_with_the_payer_until_its_reply_is_due(alice, appeal, denied, sessions):
    assert record_sent(alice, appeal, **{"sent-tracking": "9407 1"}).status_code == 303
    page = alice.get(address(appeal)).text
    assert "Sent 11/16/2026, mail, number 9407 1" in page
    assert "Reply due Fri, Jan 15, 2027" in page
    assert stored(sessions, denied).status == "waiting_on_payer"
    assert "Record the decision" in alice.get(f"/denials/{denied.public_id}").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sent-sent_on": ""}, "Enter the date sent"),
        ({"sent-sent_on": "12/24/2026"}, "Date sent must be today or before"),
        ({"sent-reply_due": "soon"}, "Reply due must be a date like"),
    ],
)
def test_a_sending_that_cannot_be_keeps_what_was_typed(alice, appeal, sessions, changes, words):
    answer = record_sent(alice, appeal, **{"sent-tracking": "KEPT-1"} | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "KEPT-1" in answer.text
    assert stored(sessions, appeal).status == "ready"


def test_the_proof_is_kept_and_can_be_had_again(alice, appeal, sessions, signed_in, cast):
    picture = (io.BytesIO(tiny_png()), "receipt.png")
    assert record_sent(alice, appeal, file=picture).status_code == 303
    with sessions.system() as session:
        proof = session.query(Attachment).filter_by(kind="proof").one()
    answer = alice.get(address(appeal, f"/files/{proof.public_id}"))
    assert answer.data == tiny_png()
    assert "appeal-A-301-proof.png" in answer.headers["Content-Disposition"]
    assert signed_in(cast.charlie).get(address(appeal, f"/files/{proof.public_id}")).status_code == 404


def test_a_proof_that_cannot_be_read_leaves_the_appeal_unsent(alice, appeal, sessions):
    answer = record_sent(alice, appeal, file=(io.BytesIO(b"not a picture"), "receipt.png"))
    assert answer.status_code == 422
    assert stored(sessions, appeal).status == "ready"


def tiny_png() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (8, 8), 255).save(out, "PNG")
    return out.getvalue()


def test_a_decision_closes_the_denial(alice, appeal, denied, sessions):
    record_sent(alice, appeal)
    assert record(alice, appeal, "overturned", "147.00").status_code == 303
    denial = stored(sessions, denied)
    assert (denial.status, denial.close_reason) == ("closed_paid", "overturned")
    assert "$147.00 of $147.00 allowed" in alice.get(address(appeal)).text


def test_the_list_says_what_was_decided(alice, appeal):
    record_sent(alice, appeal)
    assert "Overturned" not in alice.get("/appeals").text
    record(alice, appeal, "overturned", "147.00")
    assert '<span class="mut">Overturned</span>' in alice.get("/appeals").text


def test_the_list_counts_the_lines_when_they_were_not_decided_alike(alice, appeal, denied, cast, sessions):
    with transaction(sessions.system()) as session:
        other = make_denial(session, cast.eastside)
        for denial, result in ((denied, "upheld"), (other, "overturned")):
            session.add(
                Outcome(
                    practice_id=appeal.practice_id, appeal_id=appeal.id, denial_id=denial.id, result=result,
                    decided_on=build.TODAY, recorded_at=build.NOW,
                )
            )  # fmt: skip
    assert '<span class="mut">1 overturned, 1 upheld</span>' in alice.get("/appeals").text


@pytest.mark.parametrize(
    ("result", "amount", "words"),
    [
        ("", "", "Choose what the payer decided on each line"),
        ("overturned", "147.01", "Amount must be from $0.00 to $147.00"),
        ("partly", "", "Enter the amount the payer allows"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_in_words(alice, appeal, sessions, result, amount, words):
    record_sent(alice, appeal)
    answer = record(alice, appeal, result, amount, **{"decision-reason": "Typed and kept"})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Typed and kept" in answer.text
    with sessions.system() as session:
        assert session.query(Outcome).count() == 0


def test_a_refusal_can_go_on_to_the_next_level_at_once(alice, appeal, denied, sessions):
    record_sent(alice, appeal)
    answer = record(alice, appeal, "upheld", then="next")
    with sessions.system() as session:
        above = session.query(Appeal).filter_by(previous_id=appeal.id).one()
    assert answer.location == address(above, "/letter")
    assert above.level == 2
    assert "Taken further by" in alice.get(address(appeal)).text
    denial = stored(sessions, denied)
    assert (denial.clock, denial.clock_rule) == ("next_level", "MCR_B_L2")


def test_the_page_counts_the_review_of_a_dismissal_in_words(alice, appeal):
    record_sent(alice, appeal)
    record(alice, appeal, "dismissed", **{"decision-decided_on": "11/20/2026"})
    page = alice.get(address(appeal)).text
    assert "60 days from the dismissal notice" in page
    assert "180 days from the redetermination notice" not in page


def test_the_page_counts_the_next_level_in_words(alice, appeal):
    record_sent(alice, appeal)
    record(alice, appeal, "upheld", **{"decision-decided_on": "11/20/2026"})
    page = alice.get(address(appeal)).text
    assert "180 days from the redetermination notice" in page
    answer = send(alice, address(appeal), address(appeal, "/next-level"))
    assert answer.location.endswith("/letter")


def test_a_follow_up_is_part_of_the_story(alice, appeal):
    record_sent(alice, appeal)
    fields = {"follow_up-words": "Rep says it is in review", "follow_up-reference": "R-77"}
    assert send(alice, address(appeal), address(appeal, "/follow-up"), **fields).status_code == 303
    assert "reference R-77: Rep says it is in review" in alice.get(address(appeal)).text


def test_a_withdrawn_appeal_is_over(alice, appeal, denied, sessions):
    record_sent(alice, appeal)
    send(alice, address(appeal), address(appeal, "/withdraw"))
    assert stored(sessions, appeal).status == "withdrawn"
    assert stored(sessions, denied).status == "in_review"


def test_the_second_of_two_people_is_told(alice, appeal, signed_in, cast, sessions):
    opened = fields_of(alice.get(address(appeal)).text, address(appeal, "/sent"))
    record_sent(signed_in(cast.bob), appeal)
    answer = alice.post(address(appeal, "/sent"), data=opened)
    assert answer.status_code == 409
    assert "Someone else changed this" in answer.text


def test_a_stranger_sees_nothing(signed_in, cast, appeal):
    charlie = signed_in(cast.charlie)
    assert charlie.get(address(appeal)).status_code == 404
    token = build.csrf_token(charlie.get("/queue"))
    for part in ("/sent", "/decision", "/follow-up", "/next-level", "/withdraw"):
        assert charlie.post(address(appeal, part), data={"csrf_token": token}).status_code == 404


def test_the_list_shows_when_the_reply_is_due(alice, appeal):
    record_sent(alice, appeal)
    page = alice.get("/appeals").text
    assert "Sent 11/16/2026, 7 days ago" in page
    assert "53 days left" in page


def test_a_level_the_plan_sends_on_itself_is_recorded_with_one_button(alice, appeal, denied, sessions):
    with transaction(sessions.system()) as session:
        session.get_one(Payer, denied.payer_id).kind = "medicare_advantage"
    record_sent(alice, appeal)
    record(alice, appeal, "upheld", **{"decision-decided_on": "11/20/2026"})
    page = alice.get(address(appeal))
    assert "Level 2 is not filed." in page.text
    assert "42 CFR 422.590-.592" in page.text
    answer = alice.post(address(appeal, "/next-level"), data={"csrf_token": build.csrf_token(page)})
    following = alice.get(answer.headers["Location"]).text
    assert "is with the next reviewer. Record the decision when it comes." in following
    assert "Sent 11/20/2026, sent on by the payer itself" in following
    assert "Record the decision" in following
