import hashlib
import io
import re
from datetime import date

import pikepdf
import pypdfium2
import pytest

from tests import build
from tests.forms import fields_of, send
from tests.web.test_denial_page import make_denial
from tracker.db import transaction
from tracker.domain.deadlines import clock
from tracker.knowledge import load
from tracker.letters.catalog import templates
from tracker.letters.draft import draft
from tracker.letters.facts_json import from_json
from tracker.letters.words import long_date
from tracker.models import Appeal, AppealDenial, Attachment, Authorization, Denial, Letter, Note, Practice

NOTE = """S: L knee pain 4/10, still needs rail.
O: Tactile cues for quad timing on step-down; graded height 4 to 6 in.
97140 manual therapy 15 min. 97530 therapeutic activities 38 min.
Total timed minutes 53."""


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).address = "410 Alder Street, Springfield, IL 62701"
        return make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=NOTE)


@pytest.fixture
def letter(alice, denied, sessions):
    """The address of the letter page of an opened appeal."""
    answer = send(alice, f"/denials/{denied.public_id}", f"/denials/{denied.public_id}/appeal")
    assert answer.status_code == 303
    return answer.location


def newest(sessions, denied) -> Letter:
    with sessions.system() as session:
        return (
            session.query(Letter)
            .join(AppealDenial, AppealDenial.appeal_id == Letter.appeal_id)
            .filter(AppealDenial.denial_id == denied.id)
            .order_by(Letter.edition.desc())
            .first()
        )


def make_ready(alice, letter) -> None:
    """Quote the skilled part of the note, which the letter on medical necessity asks for."""
    changes = {"then": "quote", "quote-first": "2", "quote-about": "skill"}
    assert send(alice, letter, letter, **changes).status_code == 303


def sign(alice, letter, **changes: str):
    address = letter.replace("/letter", "/sign")
    return send(alice, address, address, **changes)


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_the_letter_that_answers_the_code_is_chosen_and_says_why(alice, letter, sessions, denied):
    assert newest(sessions, denied).template == "L01"
    page = alice.get(letter).text
    assert "Chosen because: the payer says that the service was not medically necessary" in page


def test_the_last_day_stands_in_the_letter_with_every_day_it_was_counted_by(alice, letter, denied, sessions):
    with transaction(sessions.system()) as session:
        denial = session.query(Denial).filter_by(id=denied.id).one()
        due = clock(load().clocks["MCR_B_L1"], denial.notice_on).legal
        denial.clock_rule, denial.file_by_legal = "MCR_B_L1", due
    make_ready(alice, letter)
    words = " ".join(text_of(alice.get(f"{letter}.pdf").data).split())
    assert f"due {long_date(due)} (120 days from the remittance date, with 5 days presumed for receipt" in words


def test_a_last_day_that_no_rule_counts_stands_without_words_on_the_count(alice, letter, denied, sessions):
    with transaction(sessions.system()) as session:
        denial = session.query(Denial).filter_by(id=denied.id).one()
        denial.clock_rule, denial.file_by_legal = "MCR_B_L1", date(2027, 4, 1)  # as after a change of the rule
    assert re.search(r"due April 1, 2027\s*</td>", alice.get(f"{letter}/preview").text)


def test_a_day_the_payer_has_to_answer_by_is_not_ours_to_file_by(alice, letter, denied, sessions):
    with transaction(sessions.system()) as session:
        session.query(Denial).filter_by(id=denied.id).one().clock = "reply_due"
    words = alice.get(f"{letter}/preview").text
    assert re.search(r"<th scope=\"row\">Request</th><td>Redetermination</td>", words)


def test_opening_twice_gives_the_same_appeal(alice, letter, denied, sessions):
    token = build.csrf_token(alice.get(letter))
    answer = alice.post(f"/denials/{denied.public_id}/appeal", data={"csrf_token": token})
    assert answer.location == letter
    with sessions.system() as session:
        assert session.query(Appeal).count() == 1


def test_lines_denied_for_the_same_reason_go_into_one_appeal(alice, denied, sessions):
    with transaction(sessions.system()) as session:
        first = session.get_one(Denial, (denied.practice_id, denied.id))
        claim = session.get_one(build.Claim, (denied.practice_id, denied.claim_id))
        same = build.denial(session, build.claim_line(session, claim, "97110", line=3), carc="50")
        other = build.denial(session, build.claim_line(session, claim, "97112", line=4), carc="16")
    send(alice, f"/denials/{first.public_id}", f"/denials/{first.public_id}/appeal")
    with sessions.system() as session:
        joined = {row.denial_id for row in session.query(AppealDenial)}
    assert joined == {first.id, same.id}
    assert other.id not in joined


def test_check_25_a_gap_blocks_signing_and_is_named(alice, letter, sessions, denied):
    page = alice.get(letter).text
    assert "Add what the therapist did that an aide could not" in page
    answer = send(alice, letter, letter, then="sign")
    assert answer.location == f"{letter}#gaps"
    assert alice.get(letter.replace("/letter", "/sign")).status_code == 303
    token = build.csrf_token(alice.get(letter))
    fields = {"csrf_token": token, "name": "Dana", "version": str(newest(sessions, denied).version)}
    assert alice.post(letter.replace("/letter", "/sign"), data=fields).status_code == 409
    assert newest(sessions, denied).signed_at is None


def test_a_quote_is_inserted_word_for_word_with_its_place(alice, letter, sessions, denied):
    make_ready(alice, letter)
    preview = alice.get(f"{letter}/preview").text
    assert "Tactile cues for quad timing on step-down; graded height 4 to 6 in." in preview
    assert "daily note 09/14/2026, line 2" in preview
    quote = newest(sessions, denied).fields["quotes"][-1]
    assert NOTE[quote["start"] : quote["end"]] == NOTE.split("\n")[1]


def test_lines_the_note_does_not_have_cannot_be_quoted(alice, letter):
    answer = send(alice, letter, letter, **{"then": "quote", "quote-first": "99", "p-comment": "Typed and kept."})
    assert answer.status_code == 422
    assert "Choose lines that the note has" in answer.text
    assert "Typed and kept." in answer.text


def test_what_is_typed_is_saved_and_shown_in_the_preview(alice, letter, sessions, denied):
    send(alice, letter, letter, **{"p-comment": "Together they show <b>progress</b>."})
    assert newest(sessions, denied).fields["paragraphs"] == {"comment": "Together they show <b>progress</b>."}
    assert "Together they show &lt;b&gt;progress&lt;/b&gt;." in alice.get(f"{letter}/preview").text


def test_a_typed_fact_is_saved_and_printed_and_a_wrong_date_is_named(alice, letter, sessions, denied):
    send(alice, letter, letter, then="template", template="L11")
    answer = send(alice, letter, letter, **{"f-request-requested_on": "soon"})
    assert answer.status_code == 422
    assert 'href="#f-request-requested_on"' in answer.text
    assert "Date of the records request must be a date like 11/29/2026" in answer.text
    send(alice, letter, letter, **{"f-request-requested_on": "9/20/2026", "f-request-reference": "ADR 5"})
    assert newest(sessions, denied).fields["facts"] == {
        "request.requested_on": "2026-09-20",
        "request.reference": "ADR 5",
    }
    assert "You asked for records on September 20, 2026 (reference ADR 5)" in alice.get(f"{letter}/preview").text
    assert 'value="09/20/2026"' in alice.get(letter).text


def test_an_empty_field_says_what_the_letter_takes_from_the_records(alice, letter, denied, sessions):
    with transaction(sessions.system()) as session:
        claim = session.get_one(build.Claim, (denied.practice_id, denied.claim_id))
        session.add(
            Authorization(practice_id=denied.practice_id, patient_id=claim.patient_id, number="PA-77", codes="97530")
        )
    send(alice, letter, letter, then="template", template="L03")
    assert "On file: PA-77. Type here to say otherwise in this letter" in alice.get(letter).text
    send(alice, letter, letter, **{"f-authorization-number": "PA-78"})
    page = alice.get(letter).text
    assert "On file: PA-77" not in page
    assert "On file: 97530" in page
    assert "Approval PA-78" in alice.get(f"{letter}/preview").text


def test_a_gap_leads_to_the_field_where_the_fact_is_typed_and_typing_closes_it(alice, letter):
    send(alice, letter, letter, then="template", template="L03")
    assert '<a href="#f-authorization-ground">Choose why the denial' in alice.get(letter).text
    answer = send(alice, letter, letter, **{"f-authorization-visits_allowed": "a dozen"})
    assert "Visits approved must be a whole number" in answer.text
    send(
        alice, letter, letter,
        **{
            "f-authorization-ground": "not_required", "f-authorization-ground_on": "9/1/2026",
            "f-calls-0-on": "9/1/2026", "f-calls-0-reference": "C-77", "f-calls-0-said": "No approval needed",
        },
    )  # fmt: skip
    page, preview = alice.get(letter).text, alice.get(f"{letter}/preview").text
    assert 'href="#f-authorization-ground"' not in page
    assert "When we checked on September 1, 2026, you asked for no approval" in " ".join(preview.split())
    assert "C-77" in preview


def test_the_second_of_two_writers_keeps_their_text_and_sees_the_other(alice, letter, signed_in, cast):
    opened = fields_of(alice.get(letter).text, letter)
    send(signed_in(cast.bob), letter, letter, **{"p-comment": "What Bob wrote."})
    answer = alice.post(letter, data=opened | {"p-comment": "What Alice wrote."})
    assert answer.status_code == 409
    assert "Bob saved this letter" in answer.text
    assert "What Alice wrote." in answer.text
    assert "What Bob wrote." in answer.text


def test_the_preview_is_the_html_of_the_pdf(alice, letter, sessions, denied):
    make_ready(alice, letter)
    preview = alice.get(f"{letter}/preview")
    policy = preview.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-inline" not in policy
    assert " style=" not in preview.text
    sheet = re.search(r'href="([^"]+letter\.css)"', preview.text)
    assert sheet
    assert alice.get(sheet[1]).content_type.startswith("text/css")
    shown = re.sub(r"<[^>]+>", " ", preview.text.split("<main>")[1])
    words = re.findall(r"[A-Za-z]{4,}", shown)
    printed = set(re.findall(r"[A-Za-z]{4,}", text_of(alice.get(letter + ".pdf").data)))
    missing = [word for word in words if word not in printed]
    assert len(missing) <= len(words) // 50, missing  # words broken at line ends


def test_signing_locks_the_letter_and_keeps_packet_hash_template_and_facts(alice, letter, sessions, denied):
    make_ready(alice, letter)
    assert send(alice, letter, letter, then="sign").location == letter.replace("/letter", "/sign")
    assert sign(alice, letter).status_code == 303
    row = newest(sessions, denied)
    with sessions.system() as session:
        packet = session.get_one(Attachment, (row.practice_id, row.packet_id))
        assert session.get_one(Denial, (denied.practice_id, denied.id)).status == "ready_to_send"
    assert row.signed_at is not None
    assert row.pdf_hash == packet.content_hash == hashlib.sha256(packet.content).hexdigest()
    assert row.template_hash == templates()["L01"].hash
    assert draft(templates()["L01"], from_json(row.facts), row.fields["paragraphs"]).ready


def test_the_packet_holds_letter_remittance_and_note_with_their_labels(alice, letter):
    make_ready(alice, letter)
    sign(alice, letter)
    answer = alice.get(letter.replace("/letter", "/packet.pdf"))
    assert "Okafor" not in answer.headers["Content-Disposition"]
    text = text_of(answer.data)
    for words in ("Exhibit A", "Exhibit B", "Remittance extract", "graded height 4 to 6 in", "Dana Whitfield"):
        assert words in text
    for leftover in ("missing]", "None", "nan", "{{", "{%"):
        assert leftover not in text
    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert "Okafor" not in str(document.docinfo.get("/Title", ""))
        assert len(document.pages) >= 3


def test_a_signed_letter_cannot_be_changed_but_a_new_version_can(alice, letter, sessions, denied):
    make_ready(alice, letter)
    opened = fields_of(alice.get(letter).text, letter)
    sign(alice, letter)
    first = newest(sessions, denied)
    alice.post(letter, data=opened | {"p-comment": "Too late."})
    assert newest(sessions, denied).fields == first.fields
    send(alice, letter, letter.replace("/letter", "/new-version"))
    second = newest(sessions, denied)
    assert (second.edition, second.signed_at) == (2, None)
    send(alice, letter, letter, **{"p-comment": "In time."})
    with sessions.system() as session:
        kept = session.get_one(Letter, (first.practice_id, first.id))
        assert (kept.fields, kept.pdf_hash, kept.packet_id) == (first.fields, first.pdf_hash, first.packet_id)


def test_a_signed_letter_shows_the_facts_it_was_signed_with(alice, letter, sessions, denied):
    make_ready(alice, letter)
    sign(alice, letter)
    with transaction(sessions.system()) as session:
        session.get_one(Practice, denied.practice_id).address = "1 Moved Street"
        session.query(Note).one().text = "Another text altogether"
    preview = alice.get(f"{letter}/preview").text
    assert "410 Alder Street" in preview
    assert "Tactile cues" in preview


def test_a_letter_changed_after_the_signing_page_was_opened_is_not_signed(
    alice, letter, sessions, denied, signed_in, cast
):
    make_ready(alice, letter)
    address = letter.replace("/letter", "/sign")
    opened = fields_of(alice.get(address).text, address)
    send(signed_in(cast.bob), letter, letter, **{"p-comment": "One more sentence."})
    alice.post(address, data=opened)
    assert newest(sessions, denied).signed_at is None
    assert "changed after you opened the signing page" in alice.get(letter).text


def test_an_enclosure_left_out_is_not_in_the_packet_and_not_in_the_letter(alice, letter, sessions, denied):
    make_ready(alice, letter)
    send(alice, letter, letter, use="remittance")
    preview = alice.get(f"{letter}/preview").text
    assert "Daily note of September 14" not in preview
    assert "Attach the note of the denied visit" in alice.get(letter).text  # required: it blocks


def test_a_file_is_enclosed_under_the_name_the_letter_uses(alice, letter, sessions, denied):
    make_ready(alice, letter)
    pdf = alice.get(letter + ".pdf").data
    page = alice.get(letter).text
    fields = fields_of(page, letter) | {"then": "enclose", "file-title": "Signed plan of care"}
    answer = alice.post(letter, data=fields | {"file-file": (io.BytesIO(pdf), "scan.pdf")})
    assert answer.status_code == 303
    assert "Signed plan of care" in alice.get(f"{letter}/preview").text
    sign(alice, letter)
    assert "Exhibit C" in text_of(alice.get(letter.replace("/letter", "/packet.pdf")).data)


def test_a_file_that_is_no_paper_is_refused_with_the_reason(alice, letter):
    fields = fields_of(alice.get(letter).text, letter) | {"then": "enclose"}
    answer = alice.post(letter, data=fields | {"file-file": (io.BytesIO(b"MZ not a paper"), "virus.pdf")})
    assert answer.status_code == 422
    assert 'href="#file-file"' in answer.text


def test_another_letter_can_be_chosen(alice, letter, sessions, denied):
    send(alice, letter, letter, then="template", template="L11")
    assert newest(sessions, denied).template == "L11"
    assert "Records the payer asked for" in alice.get(letter).text


def test_a_denial_no_letter_answers_lets_a_person_choose(alice, sessions, cast):
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, carc="155", remarks=(), note="", kind="commercial")
    token = build.csrf_token(alice.get("/queue"))
    answer = alice.post(f"/denials/{denial.public_id}/appeal", data={"csrf_token": token})
    assert answer.location.endswith("/appeal")
    chosen = send(alice, answer.location, answer.location, template="L11")
    assert "/letter" in chosen.location


def test_appeals_are_listed_with_what_to_do_first(alice, letter, denied):
    page = alice.get("/appeals").text
    assert "A-301" in page
    assert "Draft" in page
    assert "$147.00" in page


def test_nobody_of_another_practice_sees_a_letter_or_a_packet(signed_in, cast, alice, letter):
    make_ready(alice, letter)
    sign(alice, letter)
    charlie = signed_in(cast.charlie)
    for part in ("/letter", "/letter/preview", "/letter.pdf", "/sign", "/packet.pdf"):
        assert charlie.get(letter.replace("/letter", part)).status_code == 404
    token = build.csrf_token(charlie.get("/queue"))
    for part in ("/letter", "/sign", "/new-version"):
        answer = charlie.post(letter.replace("/letter", part), data={"csrf_token": token, "name": "C", "version": "1"})
        assert answer.status_code == 404
    assert "A-301" not in charlie.get("/appeals").text


def test_a_form_sheet_is_left_out_until_it_is_ticked(alice, letter, sessions, denied):
    page = alice.get(letter).get_data(as_text=True)
    assert "Sheet with the fields of form CMS-20027" in page
    assert "sheet:cms_20027" not in fields_of(page, letter).get("use", [])
    use = [*fields_of(page, letter).get("use", []), "sheet:cms_20027"]
    assert send(alice, letter, letter, use=use).status_code == 303
    kept = {each["source"]: each["used"] for each in newest(sessions, denied).exhibits}
    assert kept["sheet:cms_20027"] is True
    assert "Sheet with the fields of form CMS-20027" in alice.get(f"{letter}/preview").get_data(as_text=True)


def test_a_form_is_printed_for_the_hand_and_only_one_that_fits(alice, letter, signed_in, cast):
    base = letter.removesuffix("/letter")
    answer = alice.get(f"{base}/sheets/cms_1696.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert alice.get(f"{base}/sheets/omha_100.pdf").status_code == 404
    assert signed_in(cast.charlie).get(f"{base}/sheets/cms_1696.pdf").status_code == 404
