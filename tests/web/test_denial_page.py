import re
from datetime import date

import pytest

from tests import build, edi
from tests.forms import fields_of, send
from tracker.db import transaction
from tracker.knowledge import load
from tracker.models import Appeal, Claim, Denial, Event, Note, Outcome, Patient, Payer, Practice, Submission, Suggestion
from tracker.services.diagnosing import diagnose_claims
from tracker.services.importing import import_now

NOTE = """S: L knee pain 4/10, improved stairs, still needs rail.
O: LEFS 38/80, was 27/80 at eval.
97140 manual therapy 15 min. 97530 therapeutic activities 30 min.
Total timed minutes 45.
A: Pt tolerated treatment well. Continue POC."""


@pytest.fixture
def denied(sessions, cast):
    """Three units of 97530 denied as too many beside a paid line; the note has minutes for two."""
    with transaction(sessions.system()) as session:
        return make_denial(session, cast.eastside)


def make_denial(session, practice, carc="151", remarks=("N362",), *, note=NOTE, kind="medicare_b") -> Denial:
    payer = build.payer(session, "Prairie Medicare Part B", kind=kind, appeal_address="PO Box 5500\nFargo, ND")
    patient = build.patient(session, practice, "Okafor", first_name="Nkechi")
    claim = build.claim(session, practice, patient, payer, payer_claim_number="2226181004470")
    answer = build.claim_payment(session, build.remittance(session, practice, payer), claim, paid_cents=2_906)
    paid = build.claim_line(session, claim, "97140", line=1, units=1, charge_cents=5_918, diagnosis_pointers="1")
    build.adjustment(
        session, build.service_payment(session, answer, paid, paid_cents=2_906, line_class="paid"), "CO", "45", 3_012
    )  # fmt: skip
    line = build.claim_line(session, claim, "97530", line=2, units=3, charge_cents=14_700, diagnosis_pointers="1")
    service = build.service_payment(session, answer, line, policy="L34049")
    build.adjustment(session, service, "CO", carc, 14_700)
    for code in remarks:
        build.remark(session, service, code)
    denial = build.denial(session, line, carc=carc, remarks=" ".join(remarks))
    if note:
        build.link(session, build.note(session, patient, note), claim)
    diagnose_claims(session, practice.id, [claim.id], load(), build.TODAY)
    return session.get_one(Denial, (practice.id, denial.id), populate_existing=True)


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


def stored(sessions, denial) -> Denial:
    with sessions.system() as session:
        return session.get_one(Denial, (denial.practice_id, denial.id))


def reasons(sessions, denial) -> list[list[dict[str, str]]]:
    with sessions.system() as session:
        return [cause.reasons for cause in session.query(Suggestion).filter_by(denial_id=denial.id, ruled_out=False)]


def address(denial, part: str = "") -> str:
    return f"/denials/{denial.public_id}{part}"


def test_the_page_says_in_our_words_what_the_payer_said(alice, denied):
    page = alice.get(address(denied)).text
    assert load().carc["151"].meaning in page
    assert load().rarc["N362"].meaning.lower() in page.lower()
    assert "the patient may not be billed" in page
    assert "L34049" in page
    assert load().codes["97530"].meaning in page


def test_denied_lines_are_marked_and_counted(alice, denied):
    page = alice.get(address(denied)).text
    assert "denied 1 of 2 lines" in re.sub(r"\s+", " ", page)
    assert page.count('<tr class="denied">') == 1
    assert "$147.00" in page


def test_every_quote_stands_word_for_word_in_the_note_and_leads_to_its_mark(alice, denied):
    page = alice.get(address(denied)).text
    quotes = re.findall(r"<blockquote>“(.*?)”</blockquote><a href=\"#([^\"]+)\"", page, re.DOTALL)
    assert quotes
    for words, anchor in quotes:
        assert words in NOTE
        assert f'<mark id="{anchor}">' in page


def test_a_cause_is_picked_with_who_and_when_and_the_choice_outlives_a_new_look(alice, denied, sessions, cast):
    with sessions.system() as session:
        causes = session.query(Suggestion).filter_by(denial_id=denied.id, ruled_out=False).all()
    second = max(causes, key=lambda cause: cause.rank).root_cause
    answer = send(alice, address(denied), address(denied, "/cause"), **{"cause-cause": second})
    assert answer.status_code == 303
    with transaction(sessions.system()) as session:
        diagnose_claims(session, denied.practice_id, [denied.claim_id], load(), build.TODAY)
    after = stored(sessions, denied)
    assert (after.root_cause, after.cause_chosen_by_id) == (second, cast.alice.id)
    assert "Picked by Alice" in alice.get(address(denied)).text


def test_not_this_puts_the_next_cause_first(alice, denied, sessions):
    first = stored(sessions, denied).root_cause
    send(alice, address(denied), address(denied, "/not-this"), **{"reject-cause": first})
    assert stored(sessions, denied).root_cause != first
    assert "Ruled out by Alice" in alice.get(address(denied)).text


def test_any_cause_of_the_taxonomy_can_be_picked(alice, denied, sessions):
    send(alice, address(denied), address(denied, "/cause"), **{"cause-cause": "pay_payer_error"})
    assert stored(sessions, denied).root_cause == "pay_payer_error"
    assert load().root_causes["pay_payer_error"].title in alice.get(address(denied)).text


def test_without_a_note_the_page_asks_for_it(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note="")
    assert "Add the note to see likely causes" in alice.get(address(denial)).text


def test_a_pasted_note_is_linked_and_causes_are_looked_for_again(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, note="")
    fields = {"note-text": NOTE, "note-service_date": "09/14/2026", "note-kind": "daily", "note-discipline": "PT"}
    assert send(alice, address(denial), address(denial, "/notes"), **fields).status_code == 303
    page = alice.get(address(denial)).text
    assert "Note added" in page
    assert "still needs rail" in page
    assert stored(sessions, denial).root_cause == "unt_exceed_minutes"


def test_the_same_note_is_kept_once(alice, denied, sessions):
    fields = {"note-text": NOTE.replace("\n", "\r\n") + "  \n", "note-service_date": "9/14/26"}
    send(alice, address(denied), address(denied, "/notes"), **fields)
    send(alice, address(denied), address(denied, "/notes"), **fields)
    with sessions.system() as session:
        assert session.query(Note).filter_by(patient_id=denied.patient_id).count() <= 2


def test_a_note_without_text_or_date_is_refused_and_nothing_typed_is_lost(alice, denied):
    answer = send(
        alice, address(denied), address(denied, "/notes"), **{"note-service_date": "", "note-author": "J. Cole"}
    )
    assert answer.status_code == 422
    assert "Enter the date of service of the note" in answer.text
    assert "J. Cole" in answer.text
    assert "<title>Error: " in answer.text


def test_a_note_taken_away_does_not_come_back_by_itself(alice, denied, sessions):
    with sessions.system() as session:
        note = session.query(Note).filter_by(patient_id=denied.patient_id).one()
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
    send(alice, address(denied), f"/notes/{note.public_id}/unlink", claim=claim.public_id)
    assert "still needs rail" not in alice.get(address(denied)).text
    from tracker.services.linking import link_claims

    with transaction(sessions.system()) as session:
        assert link_claims(session, denied.practice_id, [denied.claim_id]) == 0
    send(alice, address(denied), "/notes/link", note=note.public_id, claim=claim.public_id)
    assert "still needs rail" in alice.get(address(denied)).text


@pytest.mark.parametrize(
    ("action", "fields", "name", "value"),
    [
        ("/snooze", {"snooze-until": "12/01/2026"}, "snoozed_to", date(2026, 12, 1)),
        ("/deadline", {"deadline-file_by": "12-15-2026"}, "file_by_safe", date(2026, 12, 15)),
        ("/status", {"status-status": "needs_note"}, "status", "needs_note"),
        ("/close", {"close-reason": "written_off", "close-why": "Too late"}, "close_reason", "written_off"),
    ],
)
def test_a_change_is_made_logged_and_undone(alice, denied, sessions, action, fields, name, value):
    before = getattr(stored(sessions, denied), name)
    assert send(alice, address(denied), address(denied, action), **fields).status_code == 303
    assert getattr(stored(sessions, denied), name) == value
    page = alice.get(address(denied)).text
    event = re.search(r'name="event" value="(\d+)"', page)
    assert event
    assert send(alice, address(denied), "/undo", event=event[1]).status_code == 303
    assert getattr(stored(sessions, denied), name) == before
    with sessions.system() as session:
        kinds = [row.kind for row in session.query(Event).filter_by(subject_id=denied.id)]
    assert "undone" in kinds


def test_a_comment_is_kept_and_an_empty_one_refused(alice, denied):
    assert send(alice, address(denied), address(denied, "/comment")).status_code == 422
    send(alice, address(denied), address(denied, "/comment"), **{"comment-text": "Called, spoke to <Kim>."})
    assert "Called, spoke to &lt;Kim&gt;." in alice.get(address(denied)).text


def test_a_snooze_into_the_past_is_refused_with_the_reason(alice, denied):
    answer = send(alice, address(denied), address(denied, "/snooze"), **{"snooze-until": "01/05/2026"})
    assert answer.status_code == 422
    assert "Snooze date must be after today" in answer.text


def test_a_denial_that_is_not_snoozed_is_not_said_to_be_snoozed_no_longer(alice, denied):
    answer = send(alice, address(denied), address(denied, "/snooze"), **{"snooze-until": ""})
    assert answer.status_code == 422
    assert "Enter the snooze date, like 11/29/2026" in answer.text


def test_a_denial_is_closed_for_a_reason_that_somebody_chose(alice, denied, sessions):
    answer = send(alice, address(denied), address(denied, "/close"))
    assert answer.status_code == 422
    assert "Choose why the denial is closed" in answer.text
    assert stored(sessions, denied).is_open


def test_a_change_to_what_somebody_else_changed_meanwhile_is_refused(alice, denied, sessions, cast, signed_in):
    seen = stored(sessions, denied).version
    send(signed_in(cast.bob), address(denied), address(denied, "/status"), **{"status-status": "in_review"})
    fields = {"status-status": "needs_note", "status-version": str(seen)}
    assert send(alice, address(denied), address(denied, "/status"), **fields).status_code == 409
    assert stored(sessions, denied).status == "in_review"


def test_ma130_offers_a_new_claim_and_never_an_appeal(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, carc="16", remarks=("MA130",))
    page = alice.get(address(denial)).text
    assert "Send a new claim" in page
    assert "Draft appeal" not in page
    token = build.csrf_token(alice.get(address(denial)))
    assert alice.post(address(denial, "/appeal"), data={"csrf_token": token}).status_code == 303
    with sessions.system() as session:
        assert session.query(Appeal).count() == 0


def test_a_claim_sent_is_recorded_with_its_receipt(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, carc="16", remarks=("MA130",))
    fields = {"sent-sent_on": "11/20/2026", "sent-proof": "277CA accepted"}
    send(alice, address(denial), address(denial, "/claim-sent"), **fields)
    assert stored(sessions, denial).status == "corrected_claim_sent"
    with sessions.system() as session:
        [sent] = session.query(Submission).filter_by(claim_id=denial.claim_id)
    assert (sent.sent_on, sent.proof) == (date(2026, 11, 20), "277CA accepted")


def test_there_is_one_primary_button(alice, denied, cast, sessions):
    with transaction(sessions.system()) as session:
        barred = make_denial(session, cast.eastside, carc="16", remarks=("MA130",))
    for denial in (denied, barred):
        main = alice.get(address(denial)).text.split("<main", 1)[1]
        assert len(re.findall(r'class="btn p\b', main)) == 1


def test_nobody_of_another_practice_sees_or_changes_a_denial(signed_in, cast, denied, sessions):
    charlie = signed_in(cast.charlie)
    assert charlie.get(address(denied)).status_code == 404
    token = build.csrf_token(charlie.get("/queue"))
    for action in ("/status", "/cause", "/close", "/notes", "/appeal", "/reopen", "/claim-sent", "/comment"):
        assert charlie.post(address(denied, action), data={"csrf_token": token}).status_code == 404
    assert stored(sessions, denied).version == denied.version


def test_no_name_or_number_of_the_patient_is_in_title_or_address(alice, denied):
    page = alice.get(address(denied)).text
    title = re.search(r"<title>(.*?)</title>", page)
    assert title
    assert "Okafor" not in title[1]
    assert not [link for link in re.findall(r'(?:href|action)="([^"]*)"', page) if "Okafor" in link or "EPT" in link]


def test_the_place_in_the_queue_leads_to_the_next_denial_of_the_same_view(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        first = build.denied_line(session, cast.eastside, file_by_safe=date(2026, 12, 1))
        second = build.denied_line(session, cast.eastside, file_by_safe=date(2026, 12, 2))
        build.denied_line(session, cast.eastside, carc="16", file_by_safe=date(2026, 12, 3))
    page = alice.get(f"{address(first)}?code=CO-50").text
    assert "1 of 2" in page
    assert f'rel="next" href="{address(second)}?code=CO-50"' in page
    assert 'rel="prev"' not in page


def test_a_patients_and_a_claims_page_show_what_belongs_to_them(alice, denied, sessions, signed_in, cast):
    with sessions.system() as session:
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id))
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
    for page in (f"/patients/{patient.public_id}", f"/claims/{claim.public_id}"):
        assert f"D-{denied.number}" in alice.get(page).text
        assert signed_in(cast.charlie).get(page).status_code == 404


def test_coverage_typed_on_the_claims_page_changes_the_likely_causes(alice, cast, sessions):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, carc="197", remarks=(), note="", kind="commercial")
        claim = session.get_one(Claim, (denial.practice_id, denial.claim_id))
    before = reasons(sessions, denial)
    assert stored(sessions, denial).root_cause == "auth_absent"
    fields = {
        "authorization-number": "AUTH-77", "authorization-valid_from": "09/01/2026",
        "authorization-valid_to": "09/30/2026", "authorization-visits_allowed": "12",
        "authorization-visits_used": "3", "authorization-codes": "97140 97530",
    }  # fmt: skip
    page = f"/claims/{claim.public_id}"
    assert send(alice, page, f"{page}/coverage", **fields).status_code == 303
    assert "AUTH-77" in alice.get(page).text
    assert reasons(sessions, denial) != before


def test_a_second_writer_of_coverage_is_told(alice, denied, sessions):
    with sessions.system() as session:
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id))
    page = f"/patients/{patient.public_id}"
    action = f"{page}/coverage"
    opened = fields_of(alice.get(page).text, action)
    send(alice, page, action, **{"plan-certified_by": "R. Halloran MD"})
    assert alice.post(action, data=opened | {"plan-certified_by": "Somebody else"}).status_code == 409
    assert "R. Halloran MD" in alice.get(page).text


def test_dates_out_of_order_are_refused_beside_their_field(alice, denied, sessions):
    with sessions.system() as session:
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id))
    page = f"/patients/{patient.public_id}"
    fields = {"authorization-valid_from": "10/01/2026", "authorization-valid_to": "09/01/2026"}
    answer = send(alice, page, f"{page}/coverage", **fields)
    assert answer.status_code == 422
    assert 'href="#authorization-valid_to"' in answer.text
    assert "Authorized to must be on or after authorized from" in answer.text


def test_facts_a_letter_needs_can_be_added_to_patient_and_claim(alice, denied, sessions):
    with sessions.system() as session:
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id))
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
    page = f"/patients/{patient.public_id}"
    fields = {"patient-last_name": "Okafor", "patient-member_id": "1EG4TE5MK73", "patient-birth_date": "3/9/1951"}
    send(alice, page, f"{page}/facts", **fields)
    page = f"/claims/{claim.public_id}"
    fields = {
        "claim-clinician_name": "J. Cole",
        "claim-clinician_npi": "1093800001",
    }
    send(alice, page, f"{page}/facts", **{"claim-payer_claim_number": "ICN-9"}, **fields)
    with sessions.system() as session:
        patient = session.get_one(Patient, (denied.practice_id, denied.patient_id))
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
        assert (patient.member_id, patient.birth_date) == ("1EG4TE5MK73", date(1951, 3, 9))
        assert claim.payer_claim_number == "ICN-9"
        assert claim.rendering_provider_id is not None


def test_money_taken_at_provider_level_stands_on_the_claim_it_names(alice, cast, sessions):
    paid = edi.claim("A1", edi.line("97110", 90, 42, "CO-45:48"))
    with transaction(sessions.system()) as session:
        practice = session.get_one(Practice, cast.eastside.id)
        data = edi.remit(paid, plb=[("WO:ICN1", 12.5), ("L6:ICN1", -0.31)])
        import_now(session, practice, "remit.835", data, build.NOW, load())
    with sessions.system() as session:
        claim = session.query(Claim).one()
        assert session.query(Denial).all() == []
    page = " ".join(re.sub(r"<[^>]+>", "", alice.get(f"/claims/{claim.public_id}").text).split())
    assert "10/05/2026, Overpayment recovered, taken from the payment (WO)$12.50" in page
    assert "10/05/2026, Interest, added to the payment (L6)$0.31" in page


def test_the_days_to_send_by_mail_and_fax_lie_before_the_safe_date(alice, denied, sessions):
    with transaction(sessions.system()) as session:
        row = session.get_one(Denial, (denied.practice_id, denied.id))
        row.file_by_safe, row.file_by_legal = date(2027, 1, 29), date(2027, 2, 3)
    page = " ".join(alice.get(f"/denials/{denied.public_id}").text.split())
    assert "To arrive in time: mail it by 01/22/2027, certified by 01/22/2027, fax it by 01/28/2027." in page
    assert "Not checked by you." in page


@pytest.mark.parametrize(
    ("safe", "legal", "said"),
    [
        (date(2026, 11, 20), date(2026, 11, 25), "The safe date has passed. The last day is Wed, Nov 25, 2026."),
        (date(2026, 11, 16), date(2026, 11, 20), "That day has passed."),
    ],
)
def test_between_the_safe_and_the_legal_date_nothing_is_missed(alice, denied, sessions, safe, legal, said):
    with transaction(sessions.system()) as session:
        row = session.get_one(Denial, (denied.practice_id, denied.id))
        row.file_by_safe, row.file_by_legal = safe, legal
    page = " ".join(alice.get(f"/denials/{denied.public_id}").text.split())
    assert said in page
    assert ("That day has passed" in page) == (legal < build.TODAY)
    assert "To arrive in time" not in page
    assert ("Last day 11/25" in page) == (legal > build.TODAY)


def test_what_is_at_stake_stands_with_the_practices_own_history_from_ten_decided_up(alice, denied, sessions, cast):
    def decided(count: int, result: str) -> None:
        with transaction(sessions.system()) as session:
            payer = session.get_one(Payer, denied.payer_id)
            practice = session.get_one(Practice, cast.eastside.id)
            for _ in range(count):
                line = build.claim_line(session, build.claim(session, practice, None, payer))
                row = build.denial(session, line, group_code=denied.group_code, carc=denied.carc)
                appeal = build.appeal(session, row, status="decided")
                session.add(
                    Outcome(
                        practice_id=practice.id, appeal_id=appeal.id, denial_id=row.id, result=result,
                        decided_on=build.TODAY, recorded_at=build.NOW,
                    )
                )  # fmt: skip

    decided(6, "overturned")
    decided(3, "upheld")
    page = " ".join(alice.get(address(denied)).text.split())
    assert "<b>$147.00 denied.</b>" in page
    assert "were overturned" not in page
    decided(1, "partly")
    page = " ".join(alice.get(address(denied)).text.split())
    [link] = re.findall(r'<a href="([^"]*only=decided[^"]*)">7 of 10</a>', page)
    assert "All 10 denials in this view" in alice.get(link.replace("&amp;", "&")).text


def own_comment(client, denied, text="Called, spoke to Kim."):
    """Write a comment; return what its form holds."""
    send(client, address(denied), address(denied, "/comment"), **{"comment-text": text})
    page = client.get(address(denied)).text
    return {"event": re.search(r'name="event" value="(\d+)">\s*<label class="vh" for="comment-', page)[1]}


def post_own(client, denied, **values):
    token = build.csrf_token(client.get(address(denied)))
    return client.post(address(denied, "/comment/own"), data={"csrf_token": token} | values, follow_redirects=True)


def test_a_comment_of_ones_own_is_changed_and_the_change_undone(alice, denied):
    held = own_comment(alice, denied)
    page = post_own(alice, denied, **held, **{"comment-text": "Called, spoke to Lou.", "do": "save"}).text
    assert "Comment changed." in page
    assert "spoke to Kim" not in page
    undone = undo_first(alice, page)
    assert "Called, spoke to Kim." in undone
    assert "spoke to Lou" not in undone


def test_a_comment_of_ones_own_is_removed_and_brought_back(alice, denied):
    held = own_comment(alice, denied)
    page = post_own(alice, denied, **held, **{"comment-text": "Called", "do": "remove"}).text
    assert "Comment removed." in page
    assert "spoke to Kim" not in page
    assert "Called, spoke to Kim." in undo_first(alice, page)


def undo_first(client, page: str) -> str:
    event = re.search(r'name="event" value="(\d+)"', page)[1]
    here = re.search(r'name="next" value="([^"]+)"', page)[1]
    data = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1], "event": event, "next": here}
    return client.post("/undo", data=data, follow_redirects=True).text


def test_a_comment_of_somebody_else_is_not_changed(alice, signed_in, cast, denied):
    held = own_comment(alice, denied)
    bob = signed_in(cast.bob)
    assert "Save comment" not in bob.get(address(denied)).text
    assert post_own(bob, denied, **held, **{"comment-text": "Mine now", "do": "save"}).status_code == 404
    assert "spoke to Kim" in alice.get(address(denied)).text


def test_the_page_says_whose_turn_it_is(alice, denied):
    assert re.search(r"data-turn>With: Biller, \d+ days", alice.get(address(denied)).text)
