"""The pages of letter templates: changed, tried, copied, taken back; what signed letters keep."""

import pypdfium2
import pytest
from sqlalchemy import func, select

from tests.forms import fields_of, send
from tests.letters.hostile import ENDLESS, EXPRESSIONS, MARKUP, body_of
from tests.letters.reading import accessibility_failures
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE, make_ready, newest, sign
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.letters.catalog import templates
from tracker.letters.own_template import shipped_text
from tracker.models import Appeal, Event, Letter, OwnTemplate, Practice, TemplateEdition

WORDS = "Please pay what the minutes show."


@pytest.fixture
def lead(signed_in, cast, become):
    become(cast.alice, Role.LEAD)
    return signed_in(cast.alice)


@pytest.fixture
def place(cast):
    """The address of the letter on medical necessity of Eastside PT."""
    return f"/templates/{cast.eastside.public_id}/L01"


@pytest.fixture
def denied(sessions, cast):
    with transaction(sessions.system()) as session:
        session.get_one(Practice, cast.eastside.id).address = "410 Alder Street, Springfield, IL 62701"
        return make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=NOTE)


@pytest.fixture
def letter(lead, denied):
    return send(lead, f"/denials/{denied.public_id}", f"/denials/{denied.public_id}/appeal").location


def save(client, place, **changes: str):
    return send(client, place, place, **changes)


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def count(sessions, model) -> int:
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(model))


# ---- the list ----


def test_every_shipped_letter_is_listed_with_what_it_answers(lead):
    page = lead.get("/templates").text
    for template in templates().values():
        assert template.title.replace("'", "&#39;") in page
    assert "The payer says that the service was not medically necessary" in page
    assert "Level 2, Original Medicare Part B" in page
    assert page.count("As shipped</td>") == len(templates())


def test_a_changed_letter_says_who_changed_it_and_how_often_it_was_used(lead, place, letter):
    assert save(lead, place, **{"p-ask": WORDS}).status_code == 303
    row = lead.get("/templates").text.split(f'href="{place}"')[1].split("</tr>")[0]
    assert "Version 1" in row
    assert "Alice, 11/23/2026" in row
    assert 'data-l="Letters">1<' in row


# ---- changing ----


def test_a_saved_text_is_what_drafts_say_from_then_on(lead, place, letter):
    assert WORDS not in lead.get(letter).text
    answer = save(lead, place, **{"p-ask": WORDS})
    assert answer.status_code == 303
    assert "Version 1 saved. Drafts and new letters use it." in lead.get(place).text
    assert WORDS in lead.get(letter).text
    assert WORDS in lead.get(letter.replace("/letter", "/letter/preview")).text


def test_saving_the_text_in_use_makes_no_version(lead, place, sessions):
    save(lead, place)
    assert "Nothing was changed." in lead.get(place).text
    assert count(sessions, TemplateEdition) == 0


def test_an_unknown_name_is_refused_with_its_line_and_nothing_is_lost(lead, place, sessions):
    typed = "A first line.\n\nDear {{ payer_name }}"
    answer = save(lead, place, **{"p-ask": typed})
    assert answer.status_code == 422
    assert "What we ask, line 3: There is no &#34;payer_name&#34;. Use payer.name" in answer.text
    assert fields_of(answer.text, place)["p-ask"] == [typed]
    assert count(sessions, OwnTemplate) == 0


@pytest.mark.parametrize("inside", [EXPRESSIONS[0], EXPRESSIONS[11], MARKUP[0], MARKUP[11], ENDLESS["loops"]])
def test_a_hostile_text_is_not_saved(lead, place, sessions, inside):
    answer = save(lead, place, body=body_of(inside))
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert count(sessions, OwnTemplate) == 0


def test_two_people_who_change_a_template_get_both_texts(lead, place, signed_in, cast, become):
    become(cast.bob, Role.OWNER)
    bob = signed_in(cast.bob)
    seen = fields_of(bob.get(place).text, place)
    save(lead, place, **{"p-ask": WORDS})
    answer = bob.post(place, data=seen | {"p-ask": ["Bob asks for payment."]})
    assert answer.status_code == 409
    assert "Alice saved this template while you had it open" in answer.text
    assert "Bob asks for payment." in answer.text.split("<textarea")[0]
    assert f"</span>{WORDS}</ins>" in answer.text
    sent = fields_of(answer.text, place)
    assert sent["p-ask"] == ["Bob asks for payment."]
    assert bob.post(place, data=sent).status_code == 303
    assert "Version 2" in bob.get(place).text


def test_what_is_typed_on_windows_makes_no_difference(lead, place, sessions):
    shipped = shipped_text("L01")
    save(lead, place, body=shipped.body.replace("\n", "\r\n") + "\r\n")
    assert count(sessions, TemplateEdition) == 0


# ---- trying ----


def _try(client, place, kind="preview", **changes: str):
    fields = fields_of(client.get(place).text, place) | changes
    return client.post(f"{place}/{kind}", data=fields)


def test_the_preview_shows_invented_people_and_keeps_nothing(lead, place, sessions):
    answer = _try(lead, place, **{"p-ask": WORDS})
    assert answer.status_code == 200
    assert WORDS in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-same-origin; default-src 'none'")
    assert count(sessions, OwnTemplate) == 0


def test_the_preview_as_pdf_is_accessible(lead, place):
    answer = _try(lead, place, "preview.pdf", **{"p-ask": WORDS})
    assert answer.content_type == "application/pdf"
    assert WORDS in text_of(answer.data)
    assert accessibility_failures(answer.data) == []


def test_a_template_is_tried_on_a_denial_and_leaves_no_appeal_behind(lead, place, denied, sessions):
    answer = _try(lead, place, denial=f"D-{denied.number}", **{"p-ask": WORDS})
    assert "Nkechi Okafor" in answer.text
    assert "Prairie Medicare Part B" in answer.text
    assert WORDS in answer.text
    assert count(sessions, Appeal) == count(sessions, Letter) == 0


def test_a_denial_that_is_not_there_or_of_another_practice_is_not_found(lead, place, cast, sessions):
    with transaction(sessions.system()) as session:
        foreign = make_denial(session, cast.lakeview).number
    for number in (f"D-{foreign}", "D-99999", "somebody", "D-1; drop"):
        answer = _try(lead, place, denial=number)
        assert answer.status_code == 422
        assert "Eastside PT has no denial" in answer.text


@pytest.mark.parametrize("inside", [EXPRESSIONS[0], MARKUP[0], ENDLESS["joined"]])
@pytest.mark.parametrize("kind", ["preview", "preview.pdf"])
def test_a_hostile_text_is_not_shown(lead, place, inside, kind):
    answer = _try(lead, place, kind, body=body_of(inside))
    assert answer.status_code == 422
    assert "The letter cannot be shown with this text" in answer.text


# ---- versions ----


def test_earlier_texts_come_back_and_none_is_lost(lead, place):
    save(lead, place, **{"p-ask": WORDS})
    save(lead, place, **{"p-ask": "Pay."})
    page = lead.get(f"{place}/versions").text
    assert page.index("Version 2") < page.index("Version 1")
    assert "In use" in page.split("Version 1")[0]
    assert send(lead, f"{place}/versions", f"{place}/restore", edition="1").status_code == 303
    assert fields_of(lead.get(place).text, place)["p-ask"] == [WORDS]
    assert "Version 3" in lead.get(f"{place}/versions").text
    assert send(lead, place, f"{place}/restore", edition="0").status_code == 303
    page = lead.get(place).text
    assert fields_of(page, place)["p-ask"] == [shipped_text("L01").paragraphs["ask"]]
    assert "The shipped text, Alice, 11/23/2026" in page
    assert "Restore the shipped text" not in page


def test_texts_are_compared_line_by_line(lead, place):
    save(lead, place, **{"p-ask": WORDS})
    page = lead.get(f"{place}/compare").text
    assert "Shipped text and version 1 of Medical necessity" in page
    assert f"</span>{WORDS}</ins>" in page
    assert "<del>" in page
    assert "Nothing differs" in lead.get(f"{place}/compare?from=1&to=1").text
    assert lead.get(f"{place}/compare?from=7").status_code == 404


def test_a_restore_after_somebody_elses_save_is_refused(lead, place):
    save(lead, place, **{"p-ask": WORDS})
    sent = fields_of(lead.get(f"{place}").text, f"{place}/restore")
    save(lead, place, **{"p-ask": "Pay."})
    assert lead.post(f"{place}/restore", data=sent).status_code == 409
    assert fields_of(lead.get(place).text, place)["p-ask"] == ["Pay."]


def test_a_signed_letter_keeps_the_text_it_was_signed_with(lead, place, letter, sessions, denied):
    save(lead, place, **{"p-ask": WORDS})
    make_ready(lead, letter)
    assert sign(lead, letter).status_code == 303
    signed = newest(sessions, denied)
    with sessions.system() as session:
        assert session.scalars(select(TemplateEdition.hash)).one() == signed.template_hash
    save(lead, place, **{"p-ask": "Pay."})
    preview = letter.replace("/letter", "/letter/preview")
    assert WORDS in lead.get(preview).text
    page = lead.get(f"{place}/versions").text
    assert page.split("Version 1")[1].split('data-l="Signed letters">')[1].startswith("1<")
    send(lead, place, f"{place}/restore", edition="0")
    assert WORDS in lead.get(preview).text


def test_a_letter_signed_with_the_shipped_text_keeps_it(lead, place, letter):
    make_ready(lead, letter)
    sign(lead, letter)
    save(lead, place, **{"p-ask": WORDS})
    assert WORDS not in lead.get(letter.replace("/letter", "/letter/preview")).text


def test_the_packet_of_an_own_text_says_it(lead, place, letter):
    save(lead, place, **{"p-ask": WORDS})
    make_ready(lead, letter)
    sign(lead, letter)
    assert WORDS in text_of(lead.get(letter.replace("/letter", "/packet.pdf")).data)


# ---- copies ----


def test_a_copy_is_a_letter_of_its_own(lead, place, letter, cast):
    answer = send(lead, place, f"{place}/copy", title="Necessity, short")
    copied = answer.location
    assert copied == f"/templates/{cast.eastside.public_id}/P01"
    assert "Made from Medical necessity: skilled need (L01)" in lead.get(copied).text
    save(lead, copied, **{"p-ask": WORDS})
    assert WORDS not in lead.get(letter).text
    assert "Necessity, short" in lead.get(letter).text
    assert send(lead, letter, letter, template="P01", then="template").status_code == 303
    assert WORDS in lead.get(letter).text


def test_a_copy_needs_a_name_no_other_letter_has(lead, place):
    assert "Enter a name for the copy" in send(lead, place, f"{place}/copy", title=" ").text
    answer = send(lead, place, f"{place}/copy", title="units AND daily limits")
    assert answer.status_code == 422
    assert "There is a letter with this name" in answer.text


def test_a_copy_is_no_longer_offered_when_told_so(lead, place, letter, cast):
    copied = send(lead, place, f"{place}/copy", title="Necessity, short").location
    assert send(lead, copied, f"{copied}/offer").status_code == 303
    assert "Necessity, short" not in lead.get(letter).text
    assert "Not offered" in lead.get("/templates").text
    send(lead, copied, f"{copied}/offer")
    assert "Necessity, short" in lead.get(letter).text


def test_a_copy_goes_back_to_the_shipped_text_as_a_new_version(lead, place):
    copied = send(lead, place, f"{place}/copy", title="Necessity, short").location
    save(lead, copied, **{"p-ask": WORDS})
    assert send(lead, copied, f"{copied}/restore").status_code == 303
    assert "Version 3" in lead.get(copied).text
    assert fields_of(lead.get(copied).text, copied)["p-ask"] == [shipped_text("L01").paragraphs["ask"]]


# ---- who may ----


def test_a_biller_reads_templates_and_changes_none(signed_in, cast, place, sessions):
    bob = signed_in(cast.bob)
    page = bob.get(place)
    assert page.status_code == 200
    assert "An owner or a lead of Eastside PT can change letter templates" in page.text
    assert ">Save<" not in page.text
    sent = fields_of(page.text, place) | {"p-ask": WORDS, "title": "Mine", "edition": "0", "state": "off"}
    for end in ("", "/copy", "/restore", "/offer", "/preview", "/preview.pdf"):
        assert bob.post(place + end, data=sent).status_code == 403
    assert count(sessions, OwnTemplate) == 0


def test_templates_of_another_practice_are_not_found(lead, place, signed_in, cast, become):
    save(lead, place, **{"p-ask": WORDS})
    become(cast.charlie, Role.OWNER)
    charlie = signed_in(cast.charlie)
    own = f"/templates/{cast.lakeview.public_id}/L01"
    sent = fields_of(charlie.get(own).text, own) | {"title": "Mine", "edition": "1", "state": "off"}
    assert sent["p-ask"] == [shipped_text("L01").paragraphs["ask"]]
    for end in ("", "/versions", "/compare", "/preview"):
        assert charlie.get(place + end).status_code == 404
    for end in ("", "/copy", "/restore", "/offer", "/preview", "/preview.pdf"):
        assert charlie.post(place + end, data=sent).status_code == 404
    assert charlie.get(f"/templates?practice={cast.eastside.public_id}").status_code == 404
    assert charlie.get(f"/templates/{cast.lakeview.public_id}/L99").status_code == 404
    assert charlie.get(f"{own}/versions").status_code == 404


def test_what_was_done_to_templates_is_logged(lead, place, sessions, cast):
    save(lead, place, **{"p-ask": WORDS})
    copied = send(lead, place, f"{place}/copy", title="Necessity, short").location
    send(lead, copied, f"{copied}/offer")
    send(lead, place, f"{place}/restore")
    with sessions.system() as session:
        logged = session.execute(
            select(Event.kind, Event.user_id).where(Event.subject_kind == "template").order_by(Event.id)
        )
        assert [tuple(row) for row in logged] == [
            (kind, cast.alice.id)
            for kind in ("template_saved", "template_copied", "template_offered", "template_restored")
        ]


def test_a_text_that_does_not_fit_a_letter_says_so_on_its_page(lead, place, letter):
    body = shipped_text("L01").body.replace('{{ paragraph("ask") }}', "<p>{{ measures[0].score }}</p>")
    assert save(lead, place, body=body).status_code == 303
    answer = lead.get(letter)
    assert answer.status_code == 503
    assert "The letter cannot be shown" in answer.text
    assert "does not fit these facts" in answer.text
    assert "take the shipped text back, under Templates" in answer.text
