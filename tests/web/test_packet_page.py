"""The packet page: order, pages, files, records offered by themselves, parts; read back from the signed PDF."""

# ruff: noqa: F811  # fixtures of the letter page are asked for by their names

import io
from datetime import date

import pytest

from tests import build
from tests.forms import fields_of, send
from tests.letters.drawing import drawn, words
from tests.letters.reading import bookmarks, page_texts
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE, alice, denied, letter, make_ready, newest, sign  # noqa: F401  # fixtures
from tracker.db import transaction
from tracker.models import Attachment, Authorization, Claim, Denial, Event, Letter, PayerProfile, Submission

CHART = drawn(*(words(f"chart page {number}") for number in range(1, 8)))


@pytest.fixture
def packet(letter):
    """The address of the packet page."""
    return letter.replace("/letter", "/packet")


def add(client, packet, content=CHART, title="Signed plan of care"):
    """Add a file; returns the answer."""
    fields = fields_of(client.get(packet).text, f"{packet}/add")
    return client.post(
        f"{packet}/add", data=fields | {"file-title": title, "file-file": (io.BytesIO(content), "a.pdf")}
    )


def do(client, packet, source, then, **more):
    """Press a button of one exhibit."""
    token = build.csrf_token(client.get(packet))
    version = more.pop("version", None) or fields_of(client.get(packet).text, packet)["version"][0]
    data = {"csrf_token": token, "version": version, "source": source, "then": then, **more}
    return client.post(packet, data=data)


def uploaded(sessions) -> str:
    with sessions.system() as session:
        return session.query(Attachment).filter_by(kind="exhibit").order_by(Attachment.id.desc()).first().public_id


def titles(client, packet) -> list[str]:
    return [part.split("</h3>")[0] for part in client.get(packet).text.split("<h3>")[1:]]


def signed_pdf(client, letter) -> bytes:
    answer = sign(client, letter)
    assert answer.status_code == 303
    return client.get(letter.replace("/letter", "/packet.pdf")).data


def test_exhibits_stand_in_order_with_labels_pages_and_the_whole(alice, packet):
    add(alice, packet)
    page = alice.get(packet).text
    assert titles(alice, packet)[:3] == [
        "Exhibit A: Remittance extract of the denied lines",
        "Exhibit B: Daily note of September 14, 2026",
        "Exhibit C: Signed plan of care",
    ]
    assert "7 pages" in page
    assert "In all, with the index" in page


def test_what_was_arranged_is_what_is_signed(alice, packet, letter, sessions):
    make_ready(alice, letter)
    add(alice, packet)
    source = uploaded(sessions)
    assert do(alice, packet, source, "up").status_code == 303
    do(alice, packet, source, "drop", pages="2-4, 7")
    do(alice, packet, source, "turn", pages="5")
    assert titles(alice, packet)[1] == "Exhibit B: Signed plan of care"
    assert "3 of 7 pages, without 2-4, 7" in alice.get(packet).text
    pdf = signed_pdf(alice, letter)
    texts = page_texts(pdf)
    chart = [text for text in texts if "Exhibit B, " in text and "of 3" in text]
    assert [f"chart page {page}" in text for page, text in zip((1, 5, 6), chart, strict=True)] == [True] * 3
    assert bookmarks(pdf) == [
        "Letter", "Index of exhibits", "Exhibit A: Remittance extract of the denied lines",
        "Exhibit B: Signed plan of care", "Exhibit C: Daily note of September 14, 2026",
    ]  # fmt: skip
    assert "Exhibit B Signed plan of care" in " ".join(texts[:3])
    with sessions.system() as session:
        kept = session.query(Attachment).filter_by(kind="exhibit").one()
        assert kept.content == CHART


def test_pages_as_they_came_can_be_had_back(alice, packet, sessions):
    add(alice, packet)
    source = uploaded(sessions)
    do(alice, packet, source, "drop", pages="1")
    do(alice, packet, source, "turn", pages="2-3")
    assert "Turned: 2-3" in alice.get(packet).text
    do(alice, packet, source, "whole")
    assert "without" not in alice.get(packet).text


@pytest.mark.parametrize(
    ("then", "pages", "why"),
    [
        ("drop", "8", "“8” is not in this exhibit, which has pages 1 to 7"),
        ("turn", "all", "“all” is no page or range"),
        ("drop", "1-7", "That would drop every page. Leave the exhibit out instead"),
    ],
)
def test_pages_that_cannot_be_are_named_and_nothing_changes(alice, packet, sessions, denied, then, pages, why):
    add(alice, packet)
    before = newest(sessions, denied).exhibits
    answer = do(alice, packet, uploaded(sessions), then, pages=pages)
    assert answer.status_code == 422
    assert why in answer.text
    assert f'value="{pages}"' in answer.text
    assert newest(sessions, denied).exhibits == before


def test_an_exhibit_left_out_can_be_taken_in_again(alice, packet):
    do(alice, packet, "remittance", "leave")
    assert titles(alice, packet)[:2] == [
        "Remittance extract of the denied lines",
        "Exhibit A: Daily note of September 14, 2026",
    ]
    do(alice, packet, "remittance", "use")
    assert titles(alice, packet)[0] == "Exhibit A: Remittance extract of the denied lines"


def test_somebody_else_was_quicker_and_nothing_is_overwritten(alice, packet, sessions, denied):
    old = fields_of(alice.get(packet).text, packet)["version"][0]
    do(alice, packet, "remittance", "leave")
    kept = newest(sessions, denied).exhibits
    answer = do(alice, packet, "remittance", "use", version=old)
    assert answer.status_code == 409
    assert "Somebody else saved this letter" in answer.text
    assert newest(sessions, denied).exhibits == kept


def test_saving_the_letter_keeps_how_the_packet_is_arranged(alice, packet, letter, sessions, denied):
    add(alice, packet)
    source = uploaded(sessions)
    do(alice, packet, source, "up")
    do(alice, packet, source, "drop", pages="7")
    before = newest(sessions, denied).exhibits
    send(alice, letter, letter, **{"p-comment": "One more sentence."})
    assert newest(sessions, denied).exhibits == before


def test_a_file_added_by_mistake_is_deleted(alice, packet, sessions):
    add(alice, packet)
    do(alice, packet, uploaded(sessions), "remove")
    assert "Signed plan of care</h3>" not in alice.get(packet).text
    with sessions.system() as session:
        assert session.query(Attachment).filter_by(kind="exhibit").count() == 0
        assert session.query(Event).filter_by(kind="exhibit_removed").count() == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"MZ a program", "it is no PDF, PNG, JPG or TIF"), (CHART[:300], "the PDF stops in the middle")],
)
def test_a_file_that_cannot_go_in_is_refused_with_a_way_out(alice, packet, content, why):
    answer = add(alice, packet, content)
    assert answer.status_code == 422
    assert why in answer.text


def test_another_patient_on_a_page_is_warned_of_until_the_page_is_dropped(alice, packet, sessions, cast):
    with transaction(sessions.system()) as session:
        build.patient(session, cast.eastside, "Quill", first_name="Tobias")
    add(alice, packet, drawn(words("Okafor, Nkechi"), words("Patient: QUILL, TOBIAS")))
    assert "Tobias Quill, another patient, is named on page 2" in alice.get(packet).text
    do(alice, packet, uploaded(sessions), "drop", pages="2")
    page = alice.get(packet).text
    assert "another patient, is named" not in page
    assert "Nkechi Okafor, another" not in page


def test_a_patient_of_another_practice_is_not_named(alice, packet, sessions, cast):
    with transaction(sessions.system()) as session:
        build.patient(session, cast.lakeview, "Quill", first_name="Tobias")
    add(alice, packet, drawn(words("Patient: QUILL, TOBIAS")))
    assert "another patient" not in alice.get(packet).text.split("Exhibits in their order")[1].split("Whole packet")[0]


def test_pictures_of_pages_are_given_to_those_who_may_see_them_and_kept_by_no_browser(
    alice, packet, sessions, signed_in, cast
):
    add(alice, packet)
    address = f"{packet}/{uploaded(sessions)}/2.jpg"
    answer = alice.get(address)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xff\xd8\xff")
    assert alice.get(f"{packet}/remittance/1.jpg").status_code == 200
    assert alice.get(f"{packet}/remittance/9.jpg").status_code == 404
    assert alice.get(f"{packet}/nothing/1.jpg").status_code == 404
    charlie = signed_in(cast.charlie)
    for part in ("", f"/{uploaded(sessions)}/2.jpg", "/part-1.pdf"):
        assert charlie.get(packet + part).status_code == 404


def test_the_plan_the_letter_names_comes_by_itself_and_other_days_stay_out(alice, packet, sessions, denied):
    with transaction(sessions.system()) as session:
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
        patient = session.get_one(build.Patient, (denied.practice_id, claim.patient_id))
        build.note(session, patient, "Old plan.", service_date=date(2024, 1, 5), kind="plan_of_care")
        build.note(session, patient, "Plan of care.", service_date=date(2026, 8, 3), kind="plan_of_care")
        build.note(session, patient, "Talked.", service_date=date(2026, 9, 8), kind="other")
        build.note(session, patient, "Later plan.", service_date=date(2026, 10, 1), kind="plan_of_care")
        other = build.note(session, patient, "Another day.", service_date=date(2026, 9, 7))
        link = build.link(session, other, claim)
        assert not link.by_hand
    shown = titles(alice, packet)
    assert "Exhibit B: Plan of care of August 3, 2026" in shown
    assert "Daily note of September 7, 2026" in shown  # offered and left out
    assert not [title for title in shown if "2024" in title or "October" in title or "Other" in title]


def test_records_are_offered_and_the_proof_of_filing_lists_each_receipt(alice, packet, letter, sessions, denied):
    with transaction(sessions.system()) as session:
        claim = session.get_one(Claim, (denied.practice_id, denied.claim_id))
        own = {"practice_id": claim.practice_id, "claim_id": claim.id}
        session.add(Authorization(patient_id=claim.patient_id, number="AUTH-77", visits_allowed=12, **own))
        session.add(Submission(sent_on=date(2026, 9, 16), receipt="277CA", proof="A2 accepted", batch="12/34", **own))
        session.add(Submission(sent_on=date(2026, 9, 15), **own))
    assert {"Authorization on record", "Proof of timely filing"} <= set(titles(alice, packet))
    do(alice, packet, "record-receipt", "use")
    do(alice, packet, "record-authorization", "use")
    make_ready(alice, letter)
    text = " ".join(page_texts(signed_pdf(alice, letter)))
    assert "September 16, 2026 277CA A2 accepted 12/34 typed by the practice" in text
    assert "September 15, 2026" not in text
    assert "AUTH-77" in text


def test_decision_and_proof_of_the_level_below_are_offered(alice, sessions, cast):
    with transaction(sessions.system()) as session:
        first = make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=NOTE)
        below = build.appeal(session, first)
        for kind in ("proof", "decision"):
            session.add(
                Attachment(
                    practice_id=below.practice_id, appeal_id=below.id, kind=kind, title=f"The {kind}", content=CHART,
                    content_type="application/pdf", content_hash=f"{kind}", added_at=below.opened_at,
                )
            )  # fmt: skip
        above = build.appeal(
            session, session.get_one(Denial, (first.practice_id, first.id)), level=2, previous_id=below.id
        )
        session.add(
            Letter(
                practice_id=above.practice_id, appeal_id=above.id, template="L01", saved_at=above.opened_at,
                letter_date=above.opened_at.date(), fields={"paragraphs": {}, "quotes": [], "facts": {}},
            )
        )  # fmt: skip
        address = f"/appeals/{above.public_id}/packet"
    shown = titles(alice, address)
    assert any(title.endswith(": The decision") for title in shown)
    assert any(title.endswith(": The proof") for title in shown)


def test_a_signed_packet_is_read_only_and_comes_in_parts_where_the_payer_takes_no_more(
    alice,
    packet,
    letter,
    sessions,
    denied,
):
    make_ready(alice, letter)
    add(alice, packet)
    pdf = signed_pdf(alice, letter)
    page = alice.get(packet).text
    assert "The packet is signed and locked" in page
    assert "Exhibit C: Signed plan of care" in page
    assert 'name="then"' not in page
    assert "Download part" not in page
    with transaction(sessions.system()) as session:
        denial = session.get_one(Denial, (denied.practice_id, denied.id))
        session.add(
            PayerProfile(practice_id=denial.practice_id, payer_id=denial.payer_id, packet_file_pages=8, packet_files=1)
        )
    page = alice.get(packet).text
    assert "Download part 1 of 2" in page
    assert "The packet makes 2 files, and this payer takes 1" in page
    parts = [page_texts(alice.get(f"{packet}/part-{number}.pdf").data) for number in (1, 2)]
    assert [text for texts in parts for text in texts[1:]] == page_texts(pdf)
    assert alice.get(f"{packet}/part-3.pdf").status_code == 404


def test_a_signed_letter_names_what_was_enclosed_alone_and_leads_on_to_sending(alice, packet, letter, sessions):
    make_ready(alice, letter)
    add(alice, packet)
    do(alice, packet, uploaded(sessions), "leave")
    assert "Signed plan of care" in alice.get(letter).text
    signed_pdf(alice, letter)
    page = alice.get(letter).text
    assert "<span>Daily note of September 14, 2026</span>" in page
    assert "<span>Signed plan of care</span>" not in page
    assert f'<a href="{letter.removesuffix("/letter")}">record it as sent</a>' in page


def test_a_signed_packet_cannot_be_changed_by_an_old_page(alice, packet, letter, sessions, denied):
    make_ready(alice, letter)
    token, version = build.csrf_token(alice.get(packet)), fields_of(alice.get(packet).text, packet)["version"][0]
    add_fields = fields_of(alice.get(packet).text, f"{packet}/add")
    signed_pdf(alice, letter)
    kept = newest(sessions, denied).exhibits
    alice.post(packet, data={"csrf_token": token, "version": version, "source": "remittance", "then": "leave"})
    assert "signed and locked" in alice.get(packet).text
    assert newest(sessions, denied).exhibits == kept
    alice.post(f"{packet}/add", data=add_fields | {"file-file": (io.BytesIO(CHART), "a.pdf")})
    with sessions.system() as session:
        assert session.query(Attachment).filter_by(kind="exhibit").count() == 0


def test_a_new_version_starts_with_the_packet_as_it_was(alice, packet, letter, sessions):
    make_ready(alice, letter)
    add(alice, packet)
    source = uploaded(sessions)
    do(alice, packet, source, "up")
    do(alice, packet, source, "drop", pages="7")
    signed_pdf(alice, letter)
    token = build.csrf_token(alice.get(letter))
    alice.post(letter.replace("/letter", "/new-version"), data={"csrf_token": token})
    assert titles(alice, packet)[1] == "Exhibit B: Signed plan of care"
    assert "6 of 7 pages" in alice.get(packet).text
    do(alice, packet, source, "remove")  # the signed version names it
    with sessions.system() as session:
        assert session.query(Attachment).filter_by(kind="exhibit").count() == 1
