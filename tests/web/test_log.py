"""Logging a denial by hand: what is typed becomes a claim, a line, a denial with a clock and causes."""

import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests import build
from tests.letters.drawing import picture
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Appeal, Claim, ClaimLine, Denial, Patient, Payer

TYPED = {
    "payer": "Harbor Health HMO", "patient": "Okafor, Nina", "claim_number": "EPT-900", "service_date": "09/14/2026",
    "denied_on": "10/05/2026", "line": "97110 GP KX x2", "amount": "$1,148.20", "reason": "CO-50 N115",
}  # fmt: skip


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def log(client, cast, do="log", **changed):
    token = build.csrf_token(client.get("/denials/new"))
    form = {"csrf_token": token, "practice": cast.eastside.public_id, "do": do} | TYPED | changed
    return client.post("/denials/new", data=form)


def only_denial(sessions, cast):
    with sessions.reading({cast.eastside.id}) as session:
        return session.scalars(select(Denial)).one()


def test_what_was_typed_is_stored(alice, cast, sessions):
    answer = log(alice, cast)
    denial = only_denial(sessions, cast)
    assert answer.headers["Location"] == f"/denials/{denial.public_id}"
    with sessions.reading({cast.eastside.id}) as session:
        claim, line = session.scalars(select(Claim)).one(), session.scalars(select(ClaimLine)).one()
        patient, payer = session.scalars(select(Patient)).one(), session.scalars(select(Payer)).one()
    assert (denial.group_code, denial.carc, denial.remarks, denial.source) == ("CO", "50", "N115", "hand")
    assert (denial.amount_cents, denial.code, denial.service_date) == (114_820, "97110", date(2026, 9, 14))
    assert (denial.denied_on, denial.status, denial.is_open) == (date(2026, 10, 5), "new", True)
    assert (line.code, line.modifiers, line.units, line.first_remit_on) == ("97110", "GP KX", 2.0, None)
    assert (claim.control_number, claim.source, claim.patient_id) == ("EPT-900", "hand", patient.id)
    assert (patient.last_name, patient.first_name, payer.name, payer.kind) == (
        "Okafor",
        "Nina",
        "Harbor Health HMO",
        "commercial",
    )
    assert denial.number == 1001


def test_the_clock_is_that_of_the_payers_rule(alice, cast, sessions):
    log(alice, cast, payer="Medicare Part B")
    denial = only_denial(sessions, cast)
    rule = load().clock_rule("medicare_b", on=date(2026, 10, 5))
    assert rule.days == 120
    assert denial.clock_rule == rule.id
    assert denial.file_by_safe <= date(2026, 10, 5) + timedelta(days=120) <= denial.file_by_legal


def test_a_typed_date_replaces_the_rules(alice, cast, sessions):
    log(alice, cast, file_by="12/15/2026")
    denial = only_denial(sessions, cast)
    assert (denial.file_by_safe, denial.file_by_legal, denial.clock_rule) == (
        date(2026, 12, 15),
        date(2026, 12, 15),
        "by_hand",
    )


def test_the_causes_are_looked_for_at_once(alice, cast, sessions):
    log(alice, cast, reason="CO-197", line="97110 GP")
    assert only_denial(sessions, cast).root_cause


def test_a_line_left_empty_means_the_whole_claim(alice, cast, sessions):
    log(alice, cast, line="")
    denial = only_denial(sessions, cast)
    assert (denial.claim_line_id, denial.code) == (None, "")


def test_a_known_claim_is_taken_with_its_line(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        person = build.patient(session, cast.eastside, "Okafor", first_name="Nina")
        claim = build.claim(session, cast.eastside, person, control_number="ept-900")
        line = build.claim_line(session, claim, "97110")
    log(alice, cast)
    denial = only_denial(sessions, cast)
    assert (denial.claim_id, denial.claim_line_id, denial.payer_id) == (claim.id, line.id, claim.payer_id)
    assert denial.billed_cents == line.charge_cents


def test_two_patients_of_one_name_are_not_taken_for_each_other(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        for _ in range(2):
            build.patient(session, cast.eastside, "Okafor", first_name="Nina")
    page = log(alice, cast)
    assert (page.status_code, "Several patients have this name" in page.text) == (422, True)
    assert 'name="birth_date"' in page.text
    with transaction(sessions.system()) as session:
        other = session.scalars(select(Patient).order_by(Patient.id)).all()[1]
        other.birth_date = date(1990, 1, 1)
    assert log(alice, cast, birth_date="01/01/1990").status_code == 303
    assert only_denial(sessions, cast).patient_id == other.id


def test_a_birth_date_that_nobody_of_the_name_has_makes_a_new_patient(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        build.patient(session, cast.eastside, "Okafor", first_name="Nina")
    log(alice, cast, birth_date="01/01/1990")
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalar(select(func.count()).select_from(Patient)) == 2


def test_a_claim_number_of_another_patient_is_a_contradiction(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        build.claim(session, cast.eastside, build.patient(session, cast.eastside, "Quill"), control_number="EPT-900")
    page = log(alice, cast)
    assert page.status_code == 422
    assert "This claim number belongs to another patient. Check both" in page.text
    assert "Quill" not in page.text
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalars(select(Denial)).all() == []


def test_the_same_denial_is_warned_of_and_can_be_logged_anyway(alice, cast, sessions):
    log(alice, cast)
    page = log(alice, cast, claim_number="EPT-901")
    assert page.status_code == 422
    assert "This looks like D-1001." in page.text
    anyway = re.search(r'name="anyway"[^>]*value="(\d+)"', page.text)[1]
    assert log(alice, cast, claim_number="EPT-901", anyway=anyway).status_code == 303
    with sessions.reading({cast.eastside.id}) as session:
        assert sorted(session.scalars(select(Denial.number))) == [1001, 1002]


def test_another_practices_denial_is_no_duplicate(signed_in, cast, sessions):
    log(signed_in(cast.alice), cast)
    charlie = signed_in(cast.charlie)
    assert log(charlie, cast, practice=cast.lakeview.public_id).status_code == 303


def test_nobody_logs_for_a_practice_of_others(alice, cast, sessions):
    assert log(alice, cast, practice=cast.lakeview.public_id).status_code == 422
    with sessions.reading({cast.eastside.id, cast.lakeview.id}) as session:
        assert session.scalars(select(Denial)).all() == []


def test_add_another_keeps_practice_payer_and_date_and_no_name(alice, cast, sessions):
    location = log(alice, cast, do="another").headers["Location"]
    assert not re.search("okafor|nina|EPT-900", location, re.IGNORECASE)
    page = alice.get(location).text
    assert 'value="Harbor Health HMO"' in page
    assert 'value="10/05/2026"' in page
    assert "Okafor" not in page


def test_log_and_draft_opens_the_letter(alice, cast, sessions):
    location = log(alice, cast, do="draft").headers["Location"]
    assert re.fullmatch(r"/appeals/[\w-]{22}/letter", location)
    assert alice.get(location).status_code == 200


def test_where_no_appeal_is_possible_the_denial_opens_and_says_why(alice, cast, sessions):
    answer = log(alice, cast, do="draft", reason="CO-16 MA130", payer="Medicare Part B")
    assert answer.headers["Location"] == f"/denials/{only_denial(sessions, cast).public_id}"
    assert "MA130" in alice.get(answer.headers["Location"]).text


def test_the_active_filter_fills_the_form(alice, cast, sessions):
    log(alice, cast)
    with sessions.reading(()) as session:
        payer = session.scalars(select(Payer)).one()
    page = alice.get(f"/denials/new?payer={payer.public_id}&code=CO-50&view=mine").text
    assert 'value="Harbor Health HMO"' in page
    assert 'value="CO-50"' in page
    assert load().carc["50"].meaning in page


# ---- what is wrong is said in the words of the field ----


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("payer", "", "Enter the payer"),
        ("patient", "Nina Okafor", "Enter last name and first name with a comma between, like Okafor, Nina"),
        ("service_date", "", "Enter the service date"),
        ("service_date", "2026-13-40", "Service date must be a date like 11/29/2026"),
        ("service_date", "12/30/2026", "Service date must be in the past"),
        ("denied_on", "12/30/2026", "Denial date must be today or in the past"),
        ("denied_on", "09/13/2026", "Denial date must not be before the service date"),
        ("amount", "one forty eight", "Enter the denied amount in dollars, like 148.20"),
        ("amount", "0", "Enter the denied amount in dollars, like 148.20"),
        ("amount", "-5", "Enter the denied amount in dollars, like 148.20"),
        ("amount", "1,48.20", "Enter the denied amount in dollars, like 148.20"),
        ("reason", "50", "Add the group in front of the number, like CO-50"),
        ("reason", "CO-9999", "CO-9999 is not in the code list. Check the remittance"),
        ("reason", "CO-16 N9999", "N9999 is not in the list of remark codes. Check the remittance"),
        ("reason", "denied", "Reason code must be a group and a number, like CO-50"),
        ("line", "971", "Line code must start with five characters, like 97110 GP"),
        ("line", "97110 GPKX", "After the code, enter up to four modifiers of two characters, and units like x2"),
    ],
)
def test_a_wrong_field(alice, cast, sessions, field, typed, message):
    page = log(alice, cast, **{field: typed})
    assert page.status_code == 422
    assert "<title>Error: Log a denial" in page.text
    assert page.text.count(message) == 2, "in the summary and beside the field"
    assert f'<a href="#{field}">{message}</a>' in page.text
    assert "Okafor" in page.text, "what was typed is kept"
    with sessions.reading({cast.eastside.id}) as session:
        assert session.scalars(select(Denial)).all() == []


@pytest.mark.parametrize("amount", ["148.2", "148.20", "$148.20", " 148.20 "])
def test_an_amount_is_read_as_people_write_it(alice, cast, sessions, amount):
    log(alice, cast, amount=amount)
    assert only_denial(sessions, cast).amount_cents == 14_820


@pytest.mark.parametrize("reason", ["CO-50", "co50", "Co-50"])
def test_a_reason_is_read_as_people_write_it(alice, cast, sessions, reason):
    log(alice, cast, reason=reason)
    assert (only_denial(sessions, cast).group_code, only_denial(sessions, cast).carc) == ("CO", "50")


# ---- the part that follows what is typed ----


def test_the_facts_show_meaning_and_deadline(alice, cast):
    page = alice.get(
        "/denials/new/facts?reason=CO-16+MA130&payer=Medicare+Part+B&denied_on=10/05/2026&service_date=09/14/2026"
    ).text
    assert load().carc["16"].meaning in page
    assert load().rarc["MA130"].meaning in page
    assert "File by" in page
    assert "<html" not in page


def test_the_facts_say_when_a_code_is_no_denial(alice, cast):
    assert "the patient&#39;s share, not a denial" in alice.get("/denials/new/facts?reason=PR-1").text


@pytest.mark.parametrize(
    "query", ["", "reason=nonsense", "reason=CO-50&denied_on=x", "reason=CO-50&payer=x&practice=nobody"]
)
def test_the_facts_bear_anything(alice, cast, query):
    assert alice.get(f"/denials/new/facts?{query}").status_code == 200


def test_the_paper_it_was_logged_from_is_kept_and_shown(alice, cast, sessions):
    scan = picture("JPEG")
    log(alice, cast, file=(io.BytesIO(scan), "eob.jpg"))
    page = alice.get(f"/denials/{only_denial(sessions, cast).public_id}").text
    [paper] = set(re.findall(r'href="(/papers/[^"]+)"', page))
    assert "EOB or denial letter" in page
    assert alice.get(paper).data == scan


def test_a_paper_that_cannot_be_read_is_refused_and_nothing_typed_is_lost(alice, cast, sessions):
    answer = log(alice, cast, file=(io.BytesIO(b"MZ"), "eob.exe"))
    assert answer.status_code == 422
    assert "it is no PDF, PNG, JPG or TIF" in answer.text
    assert 'value="EPT-900"' in answer.text
    with sessions.system() as session:
        assert session.scalar(select(func.count()).select_from(Denial)) == 0


def test_the_scan_goes_into_the_packet_in_place_of_the_remittance_extract(alice, cast, sessions):
    log(alice, cast, do="draft", file=(io.BytesIO(picture("PNG")), "eob.png"))
    with sessions.system() as session:
        appeal = session.scalars(select(Appeal)).one()
    page = alice.get(f"/appeals/{appeal.public_id}/packet").text
    assert "EOB or denial letter" in page
    assert "Remittance extract" not in page.split('class="exhibits"')[1].split("</ol>")[0]
