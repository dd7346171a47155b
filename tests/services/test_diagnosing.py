import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import build
from tracker.diagnosis import as_json, diagnose
from tracker.importers.case_file import case_as_json, read_case
from tracker.knowledge import load
from tracker.models import Authorization, Claim, Denial, Findings, Practice, Provider, Submission, Suggestion
from tracker.services.cases import case_from_rows
from tracker.services.deciding import choose_cause, reject_cause
from tracker.services.diagnosing import diagnose_claims

NOTE = "97140 manual therapy 15 min. 97530 therapeutic activities 30 min.\nTotal timed minutes 45.\nSigned J. Cole PT"


@pytest.fixture
def eastside(session: Session) -> Practice:
    return build.practice(session)


def denied_claim(
    session: Session, practice: Practice, carc: str = "151", remarks: tuple[str, ...] = ("N362",)
) -> Claim:
    payer, patient = build.payer(session, kind="medicare_b"), build.patient(session, practice)
    known = select(Provider).where(Provider.practice_id == practice.id, Provider.npi == "1234567893")
    clinician = session.scalar(known) or build.provider(session, practice, credential="PT, DPT", npi="1234567893")
    claim = build.claim(
        session, practice, patient, payer, rendering_provider_id=clinician.id, referring_name="A. Ruiz MD",
        referring_npi="1234567893",
    )  # fmt: skip
    answer = build.claim_payment(session, build.remittance(session, practice, payer), claim)
    for number, (code, units) in enumerate((("97140", 1), ("97530", 3)), 1):
        line = build.claim_line(session, claim, code, line=number, units=units, diagnosis_pointers="1")
        service = build.service_payment(session, answer, line)
        build.adjustment(session, service, "CO", carc, line.charge_cents)
        for remark in remarks:
            build.remark(session, service, remark)
        build.denial(session, line, carc=carc, remarks=" ".join(remarks))
    build.link(session, build.note(session, patient, NOTE), claim)
    return claim


def look(session: Session, claim: Claim) -> list[Denial]:
    diagnose_claims(session, claim.practice_id, [claim.id], load(), build.TODAY)
    query = select(Denial).where(Denial.claim_id == claim.id).order_by(Denial.number)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def of(session: Session, denial: Denial, *, ruled_out: bool = False) -> list[Suggestion]:
    query = select(Suggestion).where(Suggestion.denial_id == denial.id, Suggestion.ruled_out.is_(ruled_out))
    return list(session.scalars(query.order_by(Suggestion.rank)))


@pytest.mark.parametrize(
    ("carc", "remarks"), [("151", ("N362",)), ("197", ()), ("97", ()), ("29", ()), ("16", ("MA130",))]
)
def test_stored_records_and_their_case_file_give_the_same_findings(session, eastside, carc, remarks):
    claim = denied_claim(session, eastside, carc, remarks)
    own = {"practice_id": eastside.id}
    session.add(Authorization(**own, patient_id=claim.patient_id, number="AUTH-1", visits_allowed=12, codes="97140"))
    session.add(Submission(**own, claim_id=claim.id, sent_on=build.VISIT, proof="277CA accepted"))
    session.flush()
    case = case_from_rows(session, eastside.id, claim.id, build.TODAY)
    from_file = read_case(json.dumps(case_as_json(case)).encode())
    assert from_file == case
    by_rows, by_file = diagnose(case, load()), diagnose(from_file, load())
    assert by_rows == by_file
    assert as_json(case.case_id, by_rows)
    for denial, line in zip(look(session, claim), by_rows, strict=True):
        saved = [(row.root_cause, row.path, row.strength) for row in of(session, denial)]
        assert saved == [(each.root_cause, each.path, str(each.strength)) for each in line.suggestions]
        stored = session.scalars(select(Findings).where(Findings.denial_id == denial.id)).one().all
        assert [(each.rule_id, each.result, each.reason) for each in stored] == [
            (each.rule_id, str(each.result), each.reason) for each in line.findings
        ]


def test_a_denial_takes_cause_strength_and_path_of_the_best_suggestion(session, eastside):
    denial = look(session, denied_claim(session, eastside))[1]
    best = of(session, denial)[0]
    assert denial.root_cause == best.root_cause == "unt_exceed_minutes"
    assert (denial.strength, denial.path) == (best.strength, best.path)


def test_quotes_are_kept_with_the_note_they_stand_in(session, eastside):
    denial = look(session, denied_claim(session, eastside))[1]
    note = session.scalars(select(build.Note)).one()
    quotes = of(session, denial)[0].evidence
    assert quotes
    for quote in quotes:
        assert quote["note"] == note.public_id
        assert note.text[quote["start"] : quote["end"]] == quote["quote"]


def test_looking_again_replaces_and_never_doubles(session, eastside):
    claim = denied_claim(session, eastside)
    first = [(row.root_cause, row.rank) for denial in look(session, claim) for row in of(session, denial)]
    again = [(row.root_cause, row.rank) for denial in look(session, claim) for row in of(session, denial)]
    assert again == first


def test_a_persons_choice_is_never_overwritten(session, eastside):
    practice_user = build.user(session, "alice", eastside)
    claim = denied_claim(session, eastside)
    denial = look(session, claim)[1]
    choose_cause(session, denial, "pay_payer_error", "appeal", build.NOW, practice_user.id)
    denial = look(session, claim)[1]
    assert (denial.root_cause, denial.path, denial.cause_chosen_by_id) == (
        "pay_payer_error",
        "appeal",
        practice_user.id,
    )


def test_a_rejected_cause_stays_rejected_and_the_next_stands(session, eastside):
    practice_user = build.user(session, "alice", eastside)
    claim = denied_claim(session, eastside)
    denial = look(session, claim)[1]
    first, second, *_ = [row.root_cause for row in of(session, denial)] + ["", ""]
    reject_cause(session, denial, first, "", build.NOW, practice_user.id)
    denial = look(session, claim)[1]
    assert denial.root_cause == second
    assert first in {row.root_cause for row in of(session, denial)}


def test_a_claim_denied_as_a_whole_is_diagnosed_by_its_first_line(session, eastside):
    payer, patient = build.payer(session), build.patient(session, eastside)
    claim = build.claim(session, eastside, patient, payer)
    line = build.claim_line(session, claim, line=1, diagnosis_pointers="1")
    answer = build.claim_payment(session, build.remittance(session, eastside, payer), claim, status="4")
    session.add(
        build.Adjustment(
            practice_id=eastside.id, claim_payment_id=answer.id, group_code="CO", carc="197", amount_cents=9_000,
            adjustment_class="denial",
        )
    )  # fmt: skip
    denial = build.denial(session, line, carc="197")
    denial.claim_line_id = None
    session.flush()
    [denial] = look(session, claim)
    assert denial.root_cause == "auth_absent"


def test_claims_of_another_practice_are_left_alone(session, eastside):
    claim = denied_claim(session, eastside)
    lakeview = build.practice(session, "Lakeview Hand Therapy")
    assert diagnose_claims(session, lakeview.id, [claim.id], load(), build.TODAY) == 0
    assert session.scalars(select(Suggestion)).all() == []


def test_choices_made_for_one_payer_are_told_with_its_next_denials(session, eastside):
    alice = build.user(session, "alice", eastside)
    first, second = denied_claim(session, eastside, "97", ()), denied_claim(session, eastside, "97", ())
    cause = of(session, look(session, first)[0])[0].root_cause
    choose_cause(session, look(session, first)[0], cause, "appeal", build.NOW, alice.id)

    of_same_payer = of(session, look(session, first)[0])[0]
    of_another = of(session, look(session, second)[0])[0]

    told = "With this payer billers accepted this cause once and rejected it 0 times."
    assert told in [reason["words"] for reason in of_same_payer.reasons if reason["kind"] == "choices"]
    assert told not in [reason["words"] for reason in of_another.reasons]
