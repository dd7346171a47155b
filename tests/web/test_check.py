"""Check a claim before it goes out: stored, uploaded or typed; nothing is stored by it."""

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests import build
from tests.diagnosis.short_cases import case_file
from tests.forms import fields_of
from tracker.db import transaction
from tracker.models import Base, Claim, PayerProfile, RuleSwitch

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def unsent(sessions, cast):
    """A Medicare claim nobody answered, without its GP."""
    with transaction(sessions.system()) as session:
        claim = build.claim(session, cast.eastside, None, build.payer(session, "Medicare", "medicare_b"))
        build.claim_line(session, claim, "97140", modifiers="", line=1)
    return claim


def rows(sessions) -> dict[str, int]:
    """Rows of every table but the audit log, where looking leaves its entry."""
    tables = [table for table in Base.metadata.sorted_tables if not table.name.startswith("audit_")]
    with sessions.system() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def upload(client, content: bytes, name: str = "claims.837"):
    fields = fields_of(client.get("/check").text, "/check/file")
    return client.post("/check/file", data={**fields, "file-file": (io.BytesIO(content), name)})


def type_in(client, **typed: str):
    fields = fields_of(client.get("/check").text, "/check/typed")
    return client.post("/check/typed", data=fields | {f"claim-{name}": value for name, value in typed.items()})


TYPED = {"payer_name": "Medicare", "payer_kind": "medicare_b", "service_date": "11/20/2026", "lines": "97110 GP x2"}


def test_a_stored_claim_without_an_answer_is_offered_and_checked(alice, unsent):
    assert f'href="/check/claims/{unsent.public_id}"' in alice.get("/check").text
    page = alice.get(f"/check/claims/{unsent.public_id}").text
    assert 'href="/rules/CLM_DISCIPLINE_MODIFIER"' in page
    assert "To mend" in page


def test_an_answered_claim_is_not_offered(alice, sessions, cast, unsent):
    with transaction(sessions.system()) as session:
        claim = session.scalars(select(Claim)).one()
        build.claim_payment(session, build.remittance(session, cast.eastside), claim)
    assert "Every claim on file has an answer" in alice.get("/check").text


def test_an_uploaded_case_is_checked_and_forgotten(alice, sessions, cast):
    case = case_file({"payer": "medicare_b", "lines": ["97140 x1"], "note": "Manual 15 min. Timed 15, total 15."})
    before = rows(sessions)
    page = upload(alice, json.dumps(case | {"remittance": None}).encode(), "case.json")
    assert page.status_code == 200
    assert "CLM_DISCIPLINE_MODIFIER" in page.text
    assert rows(sessions) == before


def test_the_claims_of_an_837p_are_checked_and_forgotten(alice, sessions, cast):
    before = rows(sessions)
    page = upload(alice, (SAMPLES / "medicare_kx.837").read_bytes())
    assert page.status_code == 200
    assert "what a note has to show was not checked" in page.text
    assert rows(sessions) == before


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b'{"schema": "other"}', b"ISA*00*cut"])
def test_a_file_that_cannot_be_read_is_refused_in_words(alice, content):
    page = upload(alice, content, "claim.txt")
    assert page.status_code == 422
    assert "There is a problem" in page.text


def test_no_file_is_asked_for(alice):
    fields = fields_of(alice.get("/check").text, "/check/file")
    page = alice.post("/check/file", data=fields)
    assert page.status_code == 422
    assert "Choose an 837P file or a case file" in page.text


def test_a_typed_claim_is_checked_with_its_note(alice, sessions):
    before = rows(sessions)
    page = type_in(alice, **TYPED | {"lines": "97110 GP x4", "note": "Ther ex 20 min. Timed 20, total 20."})
    assert page.status_code == 200
    assert "TIME_UNITS_EXCEED_CMS" in page.text
    assert "Ther ex 20 min" in page.text
    assert rows(sessions) == before


def test_a_clean_claim_is_no_promise(alice):
    page = type_in(alice, **TYPED | {"diagnoses": "M54.51"}).text
    assert "what a note has to show was not checked" in page
    assert "no promise of payment" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lines": ""}, "Enter at least one line"),
        ({"lines": "97110 GP x2\n9711"}, "Line 2: Line code must start with five characters"),
        ({"service_date": "soon"}, "Service date must be a date"),
        ({"payer_name": ""}, "Enter the payer"),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(alice, changes, said):
    page = type_in(alice, **TYPED | {"note": "kept words"} | changes)
    assert page.status_code == 422
    assert said in page.text
    assert "kept words" in page.text


def test_what_the_practice_set_for_the_payer_counts(alice, sessions, cast):
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "Harbor Health")
        own = {"practice_id": cast.eastside.id, "payer_id": payer.id}
        session.add(PayerProfile(**own, requires_discipline_modifier=True, habits={"accepts_97014": False}))
    typed = TYPED | {"payer_name": "harbor health", "payer_kind": "commercial", "lines": "97014 x1"}
    page = type_in(alice, **typed).text
    assert "CLM_DISCIPLINE_MODIFIER" in page
    assert "CODE_NOT_PAYABLE_STATUS" in page


def test_a_rule_the_practice_does_without_is_not_used(alice, sessions, cast, unsent):
    with transaction(sessions.system()) as session:
        switched = {"rule_id": "CLM_DISCIPLINE_MODIFIER", "is_on": False, "changed_by_id": cast.alice.id}
        session.add(RuleSwitch(practice_id=cast.eastside.id, **switched, changed_at=build.NOW))
    assert "CLM_DISCIPLINE_MODIFIER" not in alice.get(f"/check/claims/{unsent.public_id}").text


def test_another_practice_can_check_nothing_of_it(signed_in, cast, unsent, alice):
    charlie = signed_in(cast.charlie)
    assert charlie.get(f"/check/claims/{unsent.public_id}").status_code == 404
    assert unsent.public_id not in charlie.get("/check").text
    fields = fields_of(charlie.get("/check").text, "/check/typed")
    data = fields | {f"claim-{name}": value for name, value in TYPED.items()}
    assert charlie.post("/check/typed", data=data | {"claim-practice": cast.eastside.public_id}).status_code == 422


def test_the_limit_of_the_payer_the_practice_named_counts(alice, sessions, cast):
    typed = TYPED | {"payer_name": "Harbor Advantage", "payer_kind": "medicare_advantage", "service_date": "07/01/2026"}
    assert "CLM_TIMELY_FILING" not in type_in(alice, **typed).text
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "Harbor Advantage", "medicare_advantage")
        session.add(PayerProfile(practice_id=cast.eastside.id, payer_id=payer.id, named="unitedhealthcare"))
    page = type_in(alice, **typed).text
    assert "CLM_TIMELY_FILING" in page
    assert "the limit ran to 09/29/2026" in page
