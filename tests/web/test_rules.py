"""The pages of the rules: everything about a rule, its counts, and doing without it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests import build
from tests.forms import send
from tests.services.test_diagnosing import denied_claim
from tracker.db import transaction
from tracker.diagnosis.payers import PAYER_WORDS
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.knowledge import load
from tracker.models import Denial, Event, Job, Practice, RuleSwitch, Suggestion
from tracker.reports.rule_words import PAYER_TITLES, codes_in_words, payers_in_words
from tracker.services.deciding import choose_cause
from tracker.services.diagnosing import diagnose_claims

K = load()


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        claim = denied_claim(session, session.get_one(Practice, cast.eastside.id))
        diagnose_claims(session, claim.practice_id, [claim.id], K, build.TODAY)
    return claim


@pytest.fixture
def owner(cast, signed_in, become):
    become(cast.alice, "owner")
    return signed_in(cast.alice)


@pytest.fixture
def rule(sessions, denied):
    """The rule behind the first suggestion."""
    with sessions.system() as session:
        names = session.scalars(select(Suggestion.rules).where(Suggestion.ruled_out.is_(False), Suggestion.rank == 1))
        return K.rules[next(name for found in names for name in found)]


def test_every_rule_is_listed_with_its_requirement_and_source(signed_in, cast):
    page = signed_in(cast.alice).get("/rules").text
    assert f"{len(K.rules)} rules" in page
    for rule in K.rules.values():
        assert f'href="/rules/{rule.id}"' in page
    assert "42 CFR 424.44; contract limits as set for the payer" in page
    assert "97162 is a physical therapy evaluation of moderate complexity" in page
    assert "All sources were checked within the last year" in page


@pytest.mark.parametrize("rule", K.rules)
def test_every_rule_has_its_page(signed_in, cast, rule):
    page = signed_in(cast.alice).get(f"/rules/{rule}")
    assert page.status_code == 200
    assert page.text.count("Fails</span>") + page.text.count("Not shown</span>") >= 1
    assert page.text.count("Passes</span>") + page.text.count("Does not apply</span>") >= 1


def test_a_rule_nobody_wrote_is_not_found(owner):
    assert owner.get("/rules/CLM_NOTHING").status_code == 404


def test_counts_are_of_the_suggestions_and_of_what_people_decided(owner, sessions, cast, denied, rule):
    with transaction(sessions.system()) as session:
        suggested = [row for row in session.scalars(select(Suggestion)) if rule.id in row.rules and not row.ruled_out]
        denial = session.scalars(select(Denial).where(Denial.id == suggested[0].denial_id)).one()
        choose_cause(session, denial, suggested[0].root_cause, "appeal", build.NOW, cast.alice.id)
    page = " ".join(owner.get(f"/rules/{rule.id}").text.split())
    assert f"<dt>Suggested for denials</dt><dd>{len(suggested)}</dd>" in page
    assert "<dt>Accepted</dt><dd>1 of 1 decided</dd>" in page


def test_nobody_sees_counts_of_another_practice(signed_in, cast, denied, rule):
    page = " ".join(signed_in(cast.charlie).get(f"/rules/{rule.id}").text.split())
    assert "<dt>Suggested for denials</dt><dd>0</dd>" in page
    assert "Eastside" not in page


def test_an_owner_does_without_a_rule_and_open_denials_follow(owner, sessions, settings, cast, rule):
    address = f"/rules/{rule.id}"
    answer = send(owner, address, f"{address}/switch")
    with sessions.system() as session:
        job = session.scalars(select(Job)).one()
        assert answer.headers["Location"] == f"/jobs/{job.public_id}"
        row = session.scalars(select(RuleSwitch)).one()
        assert (row.rule_id, row.is_on, row.changed_by_id) == (rule.id, False, cast.alice.id)
    Worker(sessions, settings, TASKS).work_once(build.NOW)
    with sessions.system() as session:
        assert not [row for row in session.scalars(select(Suggestion)) if rule.id in row.rules]
    assert "Not used for Eastside PT" in owner.get("/rules").text
    assert "Eastside PT: not used" in owner.get(address).text

    send(owner, address, f"{address}/switch")
    with sessions.system() as session:
        assert session.scalars(select(RuleSwitch)).one().is_on
        assert len(session.scalars(select(Event).where(Event.kind == "rule_switched")).all()) == 2


def test_a_biller_sees_the_switch_but_cannot_use_it(signed_in, cast, sessions):
    alice = signed_in(cast.alice)
    page = alice.get("/rules/CLM_KX").text
    assert "Do without it" not in page
    data = {"csrf_token": build.csrf_token(alice.get("/queue")), "practice": cast.eastside.public_id, "state": "off"}
    assert alice.post("/rules/CLM_KX/switch", data=data).status_code == 403
    with sessions.system() as session:
        assert session.scalars(select(RuleSwitch)).all() == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [("CLM_KX", {"state": "maybe"}), ("CLM_KX", {"practice": "x"}), ("CLM_NOTHING", {}), ("CLM_ADJUSTMENT_NOT_DENIAL", {})],
)  # fmt: skip
def test_what_cannot_be_switched_is_refused(owner, cast, sessions, rule, changes):
    data = {"csrf_token": build.csrf_token(owner.get("/queue")), "practice": cast.eastside.public_id, "state": "off"}
    assert owner.post(f"/rules/{rule}/switch", data=data | changes).status_code == 404
    with sessions.system() as session:
        assert session.scalars(select(RuleSwitch)).all() == []


def test_a_source_of_a_year_ago_is_listed(owner, monkeypatch):
    old = replace(K.rules["CLM_KX"], cited=K.rules["CLM_KX"].cited._replace(checked_on=date(2025, 11, 22)))
    aged = replace(K, rules={**K.rules, "CLM_KX": old})
    monkeypatch.setattr("tracker.web.rules.load", lambda: aged)
    assert "Checked 11/22/2025, over a year ago" in owner.get("/rules").text
    assert "Sources to check again (1)" in owner.get("/rules").text


def test_the_claim_page_says_what_is_wrong_beside_its_code(owner, sessions, denied):
    page = owner.get(f"/claims/{denied.public_id}").text
    assert "Often said, and wrong" in page
    assert "Both are 97140." in page


# ---- words ----


def test_every_payer_word_has_words_of_screens():
    assert PAYER_TITLES.keys() == PAYER_WORDS.keys()


@pytest.mark.parametrize(
    ("rule", "codes", "payers"),
    [
        ("CLM_KX", "all codes", "payers with the KX threshold"),
        ("TIME_UNITS_EXCEED_CMS", "15-minute codes", "payers that count units by the total of minutes"),
        ("CLM_96_97", "all codes of treatment", "commercial insurance, Medicaid"),
    ],
)
def test_codes_and_payers_of_a_rule_in_words(rule, codes, payers):
    assert codes_in_words(K.rules[rule], K) == codes
    assert payers_in_words(K.rules[rule]) == payers


def test_the_denial_page_has_the_facts_beside_its_code_and_leads_to_the_ledger(owner, sessions, denied):
    with sessions.system() as session:
        denial = session.scalars(select(Denial).where(Denial.code == "97140")).one()
    page = owner.get(f"/denials/{denial.public_id}").text
    assert "Both are 97140." in page
    assert f"/thresholds/{build.VISIT.year}" in page
