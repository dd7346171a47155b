"""What speaks for a cause is kept apart from what speaks against it, each quote once, beside the rule that found it."""

import pytest

from tests import build
from tests.web.test_denial_page import NOTE, make_denial
from tracker.diagnosis.findings import ReasonKind, reasons
from tracker.knowledge import load
from tracker.models import Findings, Suggestion
from tracker.reports.denial_page import denial_page


@pytest.fixture
def denial(session):
    return make_denial(session, build.practice(session))


def page(session, denial):
    session.flush()
    return denial_page(session, denial, load(), build.TODAY)


def put(session, denial, cause: str, *findings: tuple[str, str, str, list], also=(), **fields) -> None:
    """Store one suggestion with its findings (rule, result, reason, quotes) in place of what the checker found."""
    for model in (Suggestion, Findings):
        session.query(model).filter_by(denial_id=denial.id).delete()
    own = {"practice_id": denial.practice_id, "denial_id": denial.id, "knowledge_version": "1"}
    for rule, result, reason, quotes in findings:
        build.finding(session, denial, rule, result, reason, quotes)
    told = reasons(*((ReasonKind.FINDING, reason) for _, result, reason, _ in findings if result != "passed"), *also)
    failed = [rule for rule, result, *_ in findings if result != "passed"]
    session.add(
        Suggestion(
            **own, rank=1, root_cause=cause, path="appeal", strength="likely", rules=failed,
            reasons=[each._asdict() for each in told], **fields,
        )
    )  # fmt: skip


def quote(session, denial, words: str) -> dict:
    [note] = session.query(build.Note).filter_by(patient_id=denial.patient_id)
    start = NOTE.index(words)
    return {"note": note.public_id, "start": start, "end": start + len(words), "quote": words}


def rule_of(cause: str, *, rules_out: bool = True):
    return next(rule for rule in load().rules.values() if cause in rule.root_causes and rule.rules_out == rules_out)


def test_reasons_are_sorted_into_for_against_and_the_path(session, denial):
    rule = rule_of("unt_exceed_minutes")
    also = [
        (ReasonKind.AGAINST, "Something held."),
        (ReasonKind.CODES, "Codes 151 and N362 can mean this."),
        (ReasonKind.CHOICES, "Billers accepted this cause once."),
        (ReasonKind.WAY, "N1: the payer takes no appeal."),
    ]
    put(session, denial, "unt_exceed_minutes", (rule.id, "failed", "Too many.", []), also=also)
    [cause] = page(session, denial).causes.standing
    assert [item.words for item in cause.supports] == ["Too many.", "Codes 151 and N362 can mean this."]
    assert cause.path_why == "N1: the payer takes no appeal."


def test_a_rule_that_is_kept_speaks_against_its_cause_with_its_quote(session, denial):
    kept = rule_of("unt_exceed_minutes")
    total = quote(session, denial, "Total timed minutes 45.")
    put(
        session, denial, "unt_exceed_minutes",
        ("OTHER_RULE", "failed", "Too many.", []), (kept.id, "passed", "The total carries them.", [total]),
        against=[total],
    )  # fmt: skip
    [cause] = page(session, denial).causes.standing
    assert [(item.words, [each.quote for each in item.quotes]) for item in cause.against] == [
        ("The total carries them.", ["Total timed minutes 45."])
    ]


def test_each_quote_stands_once_beside_the_rule_that_found_it(session, denial):
    rule = rule_of("unt_exceed_minutes")
    first, second = quote(session, denial, "LEFS 38/80"), quote(session, denial, "Continue POC.")
    put(
        session, denial, "unt_exceed_minutes", (rule.id, "failed", "Too many.", [first]),
        evidence=[first, second],
    )  # fmt: skip
    [cause] = page(session, denial).causes.standing
    assert [(item.words, [each.quote for each in item.quotes]) for item in cause.supports] == [
        ("Too many.", ["LEFS 38/80"]),
        ("The note says", ["Continue POC."]),
    ]


def test_a_quote_of_a_note_that_was_taken_away_is_not_shown(session, denial):
    rule = rule_of("unt_exceed_minutes")
    gone = quote(session, denial, "LEFS 38/80") | {"note": "taken-away"}
    put(
        session, denial, "unt_exceed_minutes", (rule.id, "failed", "Too many.", [gone]),
        evidence=[gone],
    )  # fmt: skip
    [cause] = page(session, denial).causes.standing
    assert [item.quotes for item in cause.supports] == [()]


def test_quotes_of_several_notes_name_the_note(session, denial):
    claim = session.get_one(build.Claim, (denial.practice_id, denial.claim_id))
    patient = session.get_one(build.Patient, (denial.practice_id, denial.patient_id))
    plan = build.note(session, patient, "Plan of care: twice a week.", kind="plan_of_care", service_date=build.VISIT)
    build.link(session, plan, claim)
    words = {"note": plan.public_id, "start": 0, "end": 12, "quote": "Plan of care"}
    rule = rule_of("unt_exceed_minutes")
    put(
        session, denial, "unt_exceed_minutes", (rule.id, "failed", "Too many.", [words]),
        evidence=[words],
    )  # fmt: skip
    shown = page(session, denial)
    [place] = shown.causes.standing[0].supports[0].quotes
    assert (place.note_number, place.anchor, place.note_line) == (2, "note2-mark1", 1)
    assert shown.notes[1].note.public_id == plan.public_id


@pytest.mark.parametrize(
    ("basis", "words"), [("content", "Not found in the note"), ("record", "Not found"), ("fact", "Not on file")]
)
def test_what_is_not_shown_says_where_it_was_looked_for(session, denial, basis, words):
    rule = next(each for each in load().rules.values() if each.basis == basis)
    put(
        session, denial, rule.root_causes[0], (rule.id, "not_shown", "It is not shown.", []),
    )  # fmt: skip
    [cause] = page(session, denial).causes.standing
    assert [(item.words, item.absent) for item in cause.supports] == [("It is not shown.", words)]
