"""The root causes card: evidence, rules, way out, a person's decision, and what others decided before."""

import re

import pytest

from tests import build
from tests.forms import send
from tests.web.test_denial_page import NOTE, address, make_denial, stored
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import CauseDecision, Suggestion
from tracker.services.deciding import choose_cause, reject_cause


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        return make_denial(session, cast.eastside)


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def card(page: str) -> str:
    _, _, rest = page.partition('id="causes"')
    return re.sub(r"\s+", " ", rest.partition("</section>")[0])


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_cause_shows_its_rules_with_source_and_the_date_they_were_checked(alice, denied, sessions):
    with sessions.system() as session:
        [best] = session.query(Suggestion).filter_by(denial_id=denied.id, ruled_out=False, rank=1)
    shown = words(card(alice.get(address(denied)).text)).replace("&#39;", "'").replace("&amp;", "&")
    for name in best.rules:
        rule = load().rules[name]
        assert name in shown
        assert f"Source: {rule.cited.source}" in shown
        assert f"Checked {rule.cited.checked_on:%m/%d/%Y}" in shown


def test_path_reason_and_cure_stand_beside_the_cause(alice, denied):
    shown = words(card(alice.get(address(denied)).text))
    assert "Path Ask for a reopening. Medicare corrects a processed claim by a reopening" in shown
    assert "What would cure it Units that the minutes carry: 97140 x 1, 97530 x 2." in shown


def test_ma130_says_to_send_a_new_claim(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, carc="16", remarks=("MA130",))
        choose_cause(session, denial, "cod_diagnosis", "corrected_claim", build.NOW, cast.alice.id)
    shown = words(card(alice.get(address(denial)).text))
    assert "MA130: no appeal rights, send a new claim." in shown


def absent(sessions, denial, rule: str, reason: str) -> None:
    """Make a stored suggestion rest on something that a rule did not find."""
    with transaction(sessions.system()) as session:
        version = load().version
        build.finding(session, denial, rule, "not_shown", reason)
        cause = load().rules[rule].root_causes[0]
        session.add(
            Suggestion(
                practice_id=denial.practice_id, denial_id=denial.id, rank=2, root_cause=cause, path="appeal",
                strength="likely", rules=[rule], reasons=[{"kind": "finding", "words": reason}], evidence=[], against=[], cure=None, letter="L12",
                knowledge_version=version,
            )
        )  # fmt: skip


def test_what_is_absent_is_said_to_be_not_found_in_the_note(alice, denied, sessions):
    rule = next(each for each in load().rules.values() if each.basis == "arithmetic")
    absent(sessions, denied, rule.id, "No total of timed minutes.")
    shown = words(card(alice.get(address(denied)).text))
    assert "No total of timed minutes. Not found in the note" in shown
    assert "Letter L12, Units and daily limits" in shown


def test_without_a_note_nothing_is_said_to_be_missing_in_it(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note="")
    rule = next(each for each in load().rules.values() if each.basis == "arithmetic")
    absent(sessions, denial, rule.id, "No total of timed minutes.")
    shown = words(card(alice.get(address(denial)).text))
    assert "Not found in the note" not in shown
    assert "No total of timed minutes. No note yet" in shown
    assert "Add the note to see likely causes" in shown


def test_a_rejection_takes_a_reason_or_none_and_is_shown_folded_apart(alice, denied, sessions):
    first = stored(sessions, denied).root_cause
    fields = {"reject-cause": first, "reject-reason": "  Minutes stand in the <flowsheet> "}
    assert send(alice, address(denied), address(denied, "/not-this"), **fields).status_code == 303
    shown = card(alice.get(address(denied)).text)
    folded = shown.split("<summary>Ruled out")[1]
    assert load().root_causes[first].title in folded
    assert "Minutes stand in the &lt;flowsheet&gt;" in folded
    assert "Pick it after all" in folded


def test_a_reason_that_is_too_long_is_refused_and_kept(alice, denied, sessions):
    fields = {"reject-cause": stored(sessions, denied).root_cause, "reject-reason": "x" * 201}
    answer = send(alice, address(denied), address(denied, "/not-this"), **fields)
    assert answer.status_code == 422
    assert "Why not must be 200 characters or fewer" in answer.text
    assert 'href="#reject-reason"' in answer.text
    assert re.search(r'id="reject-reason"[^>]*value="x{201}"', answer.text)


def test_a_cause_that_does_not_exist_is_refused(alice, denied, sessions):
    fields = {"reject-cause": "no_such_cause"}
    assert send(alice, address(denied), address(denied, "/not-this"), **fields).status_code == 400
    assert send(alice, address(denied), address(denied, "/cause"), **{"cause-cause": "no_such"}).status_code == 422
    with sessions.system() as session:
        assert session.query(CauseDecision).count() == 0


def test_a_decision_on_a_page_that_is_out_of_date_is_refused(alice, denied, sessions, cast, signed_in):
    seen = str(stored(sessions, denied).version)
    first = stored(sessions, denied).root_cause
    send(signed_in(cast.bob), address(denied), address(denied, "/cause"), **{"cause-cause": "tf_claim_late"})
    for part, fields in (
        ("/cause", {"cause-cause": first, "cause-version": seen}),
        ("/not-this", {"reject-cause": first, "reject-version": seen}),
    ):
        assert send(alice, address(denied), address(denied, part), **fields).status_code == 409
    assert stored(sessions, denied).root_cause == "tf_claim_late"


def test_a_cause_no_rule_suggested_stands_first_with_its_own_way_out(alice, denied, sessions):
    send(alice, address(denied), address(denied, "/cause"), **{"cause-cause": "mod_kx"})
    assert stored(sessions, denied).path == "reopening"  # Medicare takes no replacement claim
    shown = words(card(alice.get(address(denied)).text))
    assert f"1. {load().root_causes['mod_kx'].title} Picked by Alice" in shown
    assert "No rule suggests it." in shown


def test_all_causes_of_the_taxonomy_can_be_chosen_by_group(alice, denied):
    shown = card(alice.get(address(denied)).text)
    select = re.search(r'<select[^>]*id="cause-cause".*?</select>', shown)
    assert select
    assert set(re.findall(r'value="(\w+)"', select[0])) == set(load().root_causes)
    groups = {cause.group.capitalize() for cause in load().root_causes.values()}
    assert set(re.findall(r'<optgroup label="([^"]+)"', select[0])) == groups


def test_all_rejected_is_not_the_same_as_nothing_matched(alice, denied, sessions, cast):
    with transaction(sessions.system()) as session:
        row = session.get_one(build.Denial, (denied.practice_id, denied.id))
        for cause in session.query(Suggestion).filter_by(denial_id=denied.id, ruled_out=False).all():
            reject_cause(session, row, cause.root_cause, "", build.NOW, cast.alice.id)
    shown = card(alice.get(address(denied)).text)
    assert "You ruled out every suggestion. Pick a cause." in shown
    assert "No rule matched" not in shown


def test_nothing_matched_is_said(alice, denied, sessions):
    with transaction(sessions.system()) as session:
        session.query(Suggestion).filter_by(denial_id=denied.id).delete()
    assert "No rule matched. Pick a cause." in card(alice.get(address(denied)).text)


def test_counts_are_shown_for_the_payer_once_somebody_decided(alice, denied, cast, sessions):
    assert "for this payer" not in card(alice.get(address(denied)).text)
    with transaction(sessions.system()) as session:
        for accepted in (True, True, False):
            other = make_denial(session, cast.eastside, note=NOTE)
            other.payer_id = denied.payer_id
            if accepted:
                choose_cause(session, other, other.root_cause, "", build.NOW, cast.alice.id)
            else:
                reject_cause(session, other, other.root_cause, "", build.NOW, cast.alice.id)
    shown = words(card(alice.get(address(denied)).text))
    assert "Accepted 2 of 3 times for this payer." in shown
    assert "%" not in shown


def test_the_pick_is_the_cause_of_the_queue_and_of_the_letter(alice, denied, sessions):
    send(alice, address(denied), address(denied, "/cause"), **{"cause-cause": "mn_skill_not_shown"})
    assert load().root_causes["mn_skill_not_shown"].title in alice.get("/queue").text
    token = build.csrf_token(alice.get(address(denied)))
    answer = alice.post(address(denied, "/appeal"), data={"csrf_token": token})
    assert "Medical necessity: skilled need" in alice.get(answer.headers["Location"]).text
