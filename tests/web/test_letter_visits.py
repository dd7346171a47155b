"""Several visits of a patient in one letter: offered on the letter page, drafted from the queue, decided line by line."""

import re

import pytest

from tests import build
from tests.episodes import episode, visit_days
from tests.forms import fields_of, send
from tests.web.test_letter_page import make_ready, sign, text_of
from tracker.db import transaction
from tracker.models import Appeal, AppealDenial, Attachment, Denial, Outcome, Practice


@pytest.fixture
def alice(signed_in, cast):
    return signed_in(cast.alice)


@pytest.fixture
def visits(sessions, cast) -> list[Denial]:
    with transaction(sessions.system()) as session:
        return episode(session, session.get_one(Practice, cast.eastside.id), 6)


@pytest.fixture
def letter(alice, visits) -> str:
    address = f"/denials/{visits[0].public_id}"
    return send(alice, address, f"{address}/appeal").location


def numbers_in(sessions) -> list[int]:
    with sessions.system() as session:
        links = session.query(AppealDenial.denial_id)
        return sorted(one.number for one in session.query(Denial).filter(Denial.id.in_(links)))


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_letter_page_offers_the_other_visits_with_their_dates_and_amounts(alice, letter):
    page = words(alice.get(letter).text)
    assert "5 other visits of this patient were denied for the same reason." in page
    for day in visit_days(6)[1:]:
        assert f"{day:%m/%d/%Y} 97110 97112 $148.20" in page


def test_saving_takes_no_visit_in(alice, letter, sessions, visits):
    send(alice, letter, letter, then="save")
    assert numbers_in(sessions) == [one.number for one in visits[:2]]


def test_one_button_takes_all_ticked_visits_in(alice, letter, sessions, visits):
    assert send(alice, letter, letter, then="include").status_code == 303
    assert numbers_in(sessions) == [one.number for one in visits]
    page = words(alice.get(letter).text)
    assert "6 visits, $889.20 denied." in page
    assert "other visits of this patient" not in page


def test_an_unticked_visit_stays_out_and_what_was_typed_is_kept(alice, letter, sessions, visits):
    ticked = [visits[2].public_id, visits[6].public_id]
    changes = {"visits-chosen": ticked, "p-comment": "Steady gains.", "then": "include"}
    assert send(alice, letter, letter, **changes).status_code == 303
    assert numbers_in(sessions) == [one.number for one in (*visits[:4], *visits[6:8])]
    assert "Steady gains." in alice.get(letter).text


def test_including_nothing_is_an_error_that_keeps_what_was_typed(alice, letter):
    answer = send(alice, letter, letter, **{"visits-chosen": [], "then": "include", "p-comment": "Typed and kept."})
    assert answer.status_code == 422
    assert "Tick at least one visit" in answer.text
    assert "Typed and kept." in answer.text


def test_a_visit_of_another_patient_cannot_be_slipped_in(alice, letter, sessions, cast, visits):
    with transaction(sessions.system()) as session:
        stranger = build.denied_line(session, session.get_one(Practice, cast.eastside.id))
        elsewhere = build.denied_line(session, session.get_one(Practice, cast.lakeview.id))
    for foreign in (stranger, elsewhere):
        answer = send(alice, letter, letter, **{"visits-chosen": [foreign.public_id], "then": "include"})
        assert answer.status_code == 422
        assert "Choose visits from the list" in answer.text
    assert numbers_in(sessions) == [one.number for one in visits[:2]]


def test_a_colleague_who_signed_meanwhile_keeps_the_letter_as_it_is(alice, letter, sessions, visits):
    form = fields_of(alice.get(letter).text, letter)
    make_ready(alice, letter)
    assert sign(alice, letter).status_code == 303
    answer = alice.post(letter, data={**form, "then": "include", "visits-chosen": [visits[2].public_id]})
    assert answer.status_code in {409, 422}
    assert numbers_in(sessions) == [one.number for one in visits[:2]]


def test_the_page_says_whose_date_the_letters_is(alice, letter, sessions, visits):
    with transaction(sessions.system()) as session:
        first = session.get_one(Denial, (visits[4].practice_id, visits[4].id))
        first.file_by_safe = build.TODAY.replace(day=30)
    send(alice, letter, letter, then="include")
    said = f"File by Mon, Nov 30, 2026, the first date of its denials: D-{first.number}, visit of 08/07/2026"
    assert said in words(alice.get(letter).text)
    assert said in words(alice.get(letter.removesuffix("/letter")).text)


def test_the_signed_packet_holds_every_visit_and_each_note_once(alice, letter, sessions, visits):
    send(alice, letter, letter, then="include")
    make_ready(alice, letter)
    assert sign(alice, letter).status_code == 303
    with sessions.system() as session:
        packet = session.query(Attachment).filter_by(kind="packet").one()
        statuses = {one.status for one in session.query(Denial)}
    text = text_of(packet.content)
    for number, day in enumerate(visit_days(6)):
        assert text.count(f"still needs rail on stairs, visit {number + 1}.") == 1
        assert f"{day:%m/%d/%Y} 22262{number:08}" in words(text)
    assert "missing]" not in text
    assert statuses == {"ready_to_send"}


def test_a_visit_leaves_the_letter_when_its_lines_are_unticked(alice, letter, sessions, visits):
    send(alice, letter, letter, then="include")
    send(alice, letter, letter, denial=[one.public_id for one in visits[2:]], then="save")
    assert numbers_in(sessions) == [one.number for one in visits[2:]]
    assert "1 other visit of this patient was denied" in words(alice.get(letter).text)


# ---- from the queue ----


def draft_one(client, *denials: Denial):
    token = build.csrf_token(client.get("/queue"))
    chosen = {"csrf_token": token, "denial": [one.public_id for one in denials]}
    return client.post("/queue/draft-one-letter", data=chosen)


def test_selected_rows_of_one_patient_become_one_letter(alice, sessions, visits):
    answer = draft_one(alice, *visits[:6])
    assert answer.status_code == 303
    assert answer.location.endswith("/letter")
    assert numbers_in(sessions) == [one.number for one in visits[:6]]
    assert "3 visits" in words(alice.get(answer.location).text)


def test_rows_of_two_patients_are_refused_by_name(alice, sessions, cast, visits):
    with transaction(sessions.system()) as session:
        stranger = build.denied_line(session, session.get_one(Practice, cast.eastside.id))
    page = words(alice.get(draft_one(alice, visits[0], stranger).location).text)
    assert "A letter is about one patient." in page
    assert f"D-{visits[0].number} and D-{stranger.number} are of different patients. Nothing was drafted." in page
    assert numbers_in(sessions) == []


def test_rows_of_another_practice_are_not_there(signed_in, cast, sessions, visits):
    charlie = signed_in(cast.charlie)
    page = words(charlie.get(draft_one(charlie, *visits[:4]).location).text)
    assert "Select at least one open denial. Nothing was drafted." in page
    assert numbers_in(sessions) == []


def test_no_row_selected_drafts_nothing(alice):
    assert "Select at least one open denial" in alice.get(draft_one(alice).location).text


# ---- the decision ----


def test_only_lines_that_are_not_decided_are_asked_for(alice, sessions, visits):
    letter = draft_one(alice, *visits[:4]).location
    appeal = letter.removesuffix("/letter")
    with transaction(sessions.system()) as session:
        row = session.query(Appeal).one()
        row.status, row.sent_on = "sent", build.TODAY
        session.add(
            Outcome(
                practice_id=row.practice_id, appeal_id=row.id, denial_id=visits[0].id, result="overturned",
                amount_cents=9_800, decided_on=build.TODAY, recorded_at=build.NOW,
            )
        )  # fmt: skip
    page = alice.get(appeal).text
    assert f"D-{visits[0].number}, 97110" not in words(page)
    changes = {f"decision-lines-{place}-result": "upheld" for place in range(3)}
    assert send(alice, appeal, f"{appeal}/decision", **changes).status_code == 303
    with sessions.system() as session:
        assert session.query(Appeal).one().status == "decided"
        assert sorted(one.result for one in session.query(Outcome)) == ["overturned", "upheld", "upheld", "upheld"]
