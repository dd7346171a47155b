"""What a person types for one letter becomes facts."""

from datetime import date, time

import pytest

from tracker.letters.catalog import sample, templates
from tracker.letters.facts import FilingEvent
from tracker.letters.problems import TemplateProblem
from tracker.letters.typed import on_file, read_groups, with_typed


def test_typed_text_becomes_facts_of_their_kind(necessity):
    typed = {
        "appeal.reference": "REF 7",
        "authorization.valid_from": "2026-06-01",
        "authorization.visits_allowed": "12",
        "authorization.codes": "97110, 97140",
        "prompt_pay.interest_cents": "1250",
        "sessions.0.start": "09:05:00",
    }
    facts = with_typed(necessity, typed)
    assert facts.appeal.reference == "REF 7"
    assert facts.appeal.due == necessity.appeal.due
    assert (facts.authorization.valid_from, facts.authorization.visits_allowed) == (date(2026, 6, 1), 12)
    assert facts.authorization.codes == ("97110", "97140")
    assert facts.prompt_pay.interest_cents == 1250
    assert facts.sessions[0].start == time(9, 5)


def test_typed_rows_stand_in_order_and_empty_ones_are_no_rows(necessity):
    typed = {"calls.2.reference": "C-3", "calls.0.said": "No approval needed", "calls.0.on": "2026-06-02"}
    calls = with_typed(necessity, typed).calls
    assert [(call.on, call.said, call.reference) for call in calls] == [
        (date(2026, 6, 2), "No approval needed", ""),
        (None, "", "C-3"),
    ]


def test_typed_rows_come_after_those_on_record(filing):
    typed = {"events.0.on": "2026-04-25", "events.0.what": "Portal message"}
    assert with_typed(filing, typed).events == (*filing.events, FilingEvent(date(2026, 4, 25), "Portal message"))


def test_what_is_no_fact_any_more_is_left_out(necessity):
    assert with_typed(necessity, {"gone.field": "x", "appeal.gone": "y", "policy.read_on": "no date"}) == necessity


def test_what_is_on_file_is_said_in_words():
    facts = sample("l03_authorization").facts
    paths = ("authorization.number", "authorization.valid_to", "authorization.codes", "authorization.visits_used")
    assert [on_file(facts, path) for path in paths] == ["PA-448120", "11/30/2026", "97530, 97140 and 97110", "3"]
    assert [on_file(facts, path) for path in ("calls.0.on", "policy.number", "eligibility.checked_on")] == ["", "", ""]


def test_a_letter_that_asks_for_an_unknown_fact_is_refused():
    with pytest.raises(TemplateProblem, match=r"the facts know no authorization\.colour"):
        read_groups([{"title": "A", "path": "authorization", "fields": [{"name": "colour", "label": "Colour"}]}])


def test_every_kind_of_fact_has_its_kind_of_field():
    kinds = {fact.path: fact.kind for group in templates()["L05"].typed for fact in group.facts}
    assert kinds["appeal.reference"] == "text"
    assert kinds["filing.exception"] == "choice"
    assert kinds["filing.exception_on"] == "date"
    (row, _) = read_groups([{"title": "Rate", "path": "rates", "rows": 2, "fields": [
        {"name": "line", "label": "Line"}, {"name": "contract_cents", "label": "Rate"}]}])  # fmt: skip
    assert [(fact.path, fact.kind) for fact in row.facts] == [
        ("rates.0.line", "count"), ("rates.0.contract_cents", "amount"),
    ]  # fmt: skip
