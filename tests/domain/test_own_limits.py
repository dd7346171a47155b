"""What a practice agreed itself, in place of the usual limit."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.deadlines import clock, send_by
from tracker.domain.own_limits import FILED_WHEN, UNITS, OwnLimit, kept_limit, own_rule, read_limit
from tracker.knowledge import load

USUAL = load().clocks["MCR_B_L1"]
TODAY = date(2026, 11, 23)


def limit(length=90, unit="days", counted_from="", filed_when="", checked_on=None, rule_id=""):
    return OwnLimit(length, unit, counted_from, filed_when, "Agreement, section 6", checked_on, 7, rule_id)


def test_own_days_are_counted_without_presumption_or_roll():
    found = clock(own_rule("appeal", 1, limit(), USUAL, TODAY), date(2026, 4, 5))
    assert (found.safe, found.legal) == (date(2026, 7, 2), date(2026, 7, 4))
    assert found.rule.source == "Agreement, section 6"


@pytest.mark.parametrize(
    ("length", "unit", "legal"),
    [(10, "days", date(2026, 12, 3)), (10, "business_days", date(2026, 12, 8)), (1, "months", date(2026, 12, 23))],
)
def test_a_limit_is_counted_in_its_unit(length, unit, legal):
    rule = own_rule("appeal", 1, limit(length, unit), None, TODAY)
    assert clock(rule, TODAY).legal == legal  # Thanksgiving on 11/26


def test_what_is_left_open_is_as_usual():
    rule = own_rule("appeal", 1, limit(), USUAL, TODAY)
    assert (rule.counted_from, rule.filed_when, rule.step) == (USUAL.counted_from, "received", USUAL.step)
    own = own_rule("appeal", 1, limit(counted_from="the denial letter", filed_when="postmarked"), USUAL, TODAY)
    due = clock(own, date(2026, 4, 1))
    assert "from the denial letter" in due.words
    assert send_by(due, "mail") == due.safe


def test_where_nothing_is_usual_the_remittance_or_the_service_starts_it():
    assert own_rule("appeal", 3, limit(), None, TODAY).counted_from == "the remittance date"
    assert own_rule("claim_filing", 0, limit(), None, TODAY).counted_from == "the date of service"


def test_a_check_holds_for_the_rule_that_was_looked_at():
    seen = limit(None, checked_on=TODAY, rule_id="MCR_B_L1")
    assert seen.checks(USUAL)
    assert not seen.checks(load().clocks["MCR_B_L2"])
    assert not limit(None, rule_id="MCR_B_L1").checks(USUAL)


@given(
    st.builds(
        OwnLimit, st.none() | st.integers(0, 1500), st.sampled_from(sorted(UNITS)), st.text(),
        st.sampled_from(["", *FILED_WHEN]), st.text(), st.none() | st.dates(), st.none() | st.integers(1), st.text(),
    )
)  # fmt: skip
def test_a_limit_comes_back_as_it_was_kept(own):
    assert read_limit(json.loads(json.dumps(kept_limit(own)))) == own
