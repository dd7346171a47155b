"""Protected notes: one place keeps them from every query that does not say it may show them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.orm import aliased

import tracker
from tests import build
from tests.build import NOW, VISIT
from tests.web.test_denial_page import make_denial
from tests.web.test_letter_page import NOTE
from tracker.db import transaction
from tracker.domain.protection import Protection
from tracker.knowledge import load
from tracker.letters.note_page import NotePage, note_html
from tracker.models import Attachment, Event, Note, NoteLink, Suggestion
from tracker.models.protection import regardless, with_protected
from tracker.services.cases import stored_cases
from tracker.services.diagnosing import diagnose_claims
from tracker.services.linking import link_claims, link_note
from tracker.services.notes import LooksProtected, NewNote, NoteError, add_note
from tracker.services.protected_notes import (
    NewConsent,
    ProtectionProblem,
    add_consent,
    hidden_of_patient,
    require_consent,
    set_protection,
)

SECRET = "Feels hopeless since the divorce"


@pytest.fixture
def visit(sessions, cast):
    """A denied claim of a patient with an ordinary note and a psychotherapy note, both linked by a person."""
    with transaction(sessions.system()) as session:
        patient = build.patient(session, cast.eastside)
        claim = build.claim(session, cast.eastside, patient)
        denial = build.denial(session, build.claim_line(session, claim))
        ordinary = build.note(session, patient, "S: Walks 40 feet.")
        secret = build.note(session, patient, SECRET, protection="psychotherapy")
        for note in (ordinary, secret):
            build.link(session, note, claim, by_hand=True)
    return {"patient": patient, "claim": claim, "denial": denial, "secret": secret, "ordinary": ordinary}


QUERIES = {
    "whole notes": lambda secret: select(Note.id, Note),
    "columns": lambda secret: select(Note.id, Note.text),
    "a note by its key": lambda secret: select(Note.id).where(Note.id == secret.id),
    "through its links": lambda secret: select(Note.id).join(
        NoteLink, and_(NoteLink.practice_id == Note.practice_id, NoteLink.note_id == Note.id)
    ),
    "as a joined part": lambda secret: (
        select(Note.id, Note.text)
        .select_from(NoteLink)
        .join(Note, and_(NoteLink.practice_id == Note.practice_id, NoteLink.note_id == Note.id))
    ),
}


@pytest.mark.parametrize("words", QUERIES)
@pytest.mark.parametrize("who", ["the system", "a person without leave", "a person with leave"])
def test_no_query_finds_a_protected_note_unless_it_says_so(sessions, cast, visit, words, who):
    place, query = cast.eastside.id, QUERIES[words](visit["secret"])
    makers = {
        "the system": sessions.system,
        "a person without leave": lambda: sessions.reading([place]),
        "a person with leave": lambda: sessions.reading([place], [place]),
    }
    with makers[who]() as session:
        assert visit["secret"].id not in {row[0] for row in session.execute(query)}
        shown = {row[0] for row in session.execute(with_protected(query))}
        assert (visit["secret"].id in shown) is (who == "a person with leave")
        assert visit["secret"].id in {row[0] for row in session.execute(regardless(query))}


def test_counts_aliases_gets_and_changes_pass_by_it_too(sessions, cast, visit):
    place, other = cast.eastside.id, aliased(Note)
    with sessions.writing([place], [place]) as session:
        assert session.scalar(select(func.count()).select_from(Note)) == 1
        assert session.scalar(select(func.count(other.id))) == 1
        assert session.get(Note, (place, visit["secret"].id)) is None
        assert session.scalar(select(exists().where(Note.id == visit["secret"].id))) is False
        session.execute(update(Note).values(author="Somebody").execution_options(synchronize_session=False))
        authors = session.execute(regardless(select(Note.id, Note.author))).all()
        assert dict(map(tuple, authors))[visit["secret"].id] == ""


def test_leave_in_one_practice_opens_no_note_of_another(sessions, cast, visit):
    places = [cast.eastside.id, cast.lakeview.id]
    with sessions.reading(places, [cast.lakeview.id]) as session:
        assert visit["secret"].id not in set(session.scalars(with_protected(select(Note.id))))


def test_a_file_made_with_a_protected_note_is_there_for_people_with_leave_alone(sessions, cast):
    place = cast.eastside.id
    with transaction(sessions.system()) as session:
        session.add(
            Attachment(
                practice_id=place, kind="packet", title="Packet", content_type="application/pdf", content=b"%PDF",
                content_hash="0" * 64, added_at=NOW, protected=True,
            )
        )  # fmt: skip
    count = select(func.count()).select_from(Attachment)
    with sessions.reading([place]) as without, sessions.reading([place], [place]) as with_leave:
        assert (without.scalar(count), with_leave.scalar(count)) == (0, 1)


def test_only_named_modules_may_ask_for_protected_notes():
    root, known = Path(tracker.__file__).parent, set()
    for path in root.rglob("*.py"):
        text = path.read_text()
        if "with_protected(" in text or "regardless(" in text or "execution_options(protected_notes" in text:
            known.add(path.relative_to(root).as_posix())
    assert known == {
        "models/protection.py",
        "reports/denial_notes.py",
        "services/exhibit_notes.py",
        "services/merging_patients.py",
        "services/notes.py",
        "services/protected_notes.py",
        "services/storage.py",
        "services/undoing_imports.py",
    }


def test_diagnosing_does_not_read_it_whoever_asks(sessions, cast, visit):
    place = cast.eastside.id
    for make in (sessions.system, lambda: sessions.writing([place], [place])):
        with transaction(make()) as session:
            found = stored_cases(session, place, [visit["claim"].id], VISIT)
            texts = [note.text for case in found.values() for note in case.case.notes]
            assert texts == ["S: Walks 40 feet."]


def test_a_note_that_becomes_protected_takes_its_quotes_with_it(sessions, cast):
    place = cast.eastside.id
    with transaction(sessions.system()) as session:
        denial = make_denial(session, cast.eastside, carc="50", remarks=("N115",), note=NOTE)
        note = session.scalars(select(Note)).one()
        diagnose_claims(session, place, [denial.claim_id], load(), VISIT)
        assert quotes(session, note)
        set_protection(session, note, Protection.PSYCHOTHERAPY, NOW, cast.alice.id)
        diagnose_claims(session, place, [denial.claim_id], load(), VISIT)
        assert quotes(session, note) == []
        event = session.scalars(select(Event).where(Event.kind == "note_protection")).one()
        assert (event.details["before"], event.details["after"]) == ("ordinary", "psychotherapy")


def quotes(session, note) -> list[str]:
    rows = session.scalars(select(Suggestion)).all()
    return [one["quote"] for row in rows for one in (*row.evidence, *row.against) if one["note"] == note.public_id]


def test_it_links_itself_to_no_claim(sessions, cast, visit):
    with transaction(sessions.system()) as session:
        note = build.note(session, visit["patient"], "Another session", protection="part2")
        assert link_claims(session, cast.eastside.id, [visit["claim"].id]) == 0
        link_note(session, note)
        assert session.scalar(select(func.count()).where(NoteLink.note_id == note.id)) == 0


def test_a_patient_with_nothing_but_a_protected_note_counts_one_hidden(sessions, cast, visit):
    with sessions.reading([cast.eastside.id]) as session:
        assert hidden_of_patient(session, cast.eastside.id, visit["patient"].id) == 1


# ---- adding ----


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PSYCHOTHERAPY NOTE\nClient spoke of her father.", "PSYCHOTHERAPY NOTE"),
        ("Process Notes: dreams again", "Process Notes"),
        ("These records are protected by 42 CFR Part 2.", "42 CFR Part 2"),
        ("Protected under federal law for substance use treatment records", "federal law"),
    ],
)
def test_words_that_speak_of_a_protected_kind_ask_and_save_nothing(session, cast, text, words):
    patient = build.patient(session, cast.eastside)
    with pytest.raises(LooksProtected, match=words):
        add_note(session, patient, NewNote(text, VISIT), NOW, cast.alice.id)
    assert session.scalar(regardless(select(func.count()).select_from(Note))) == 0
    for chosen in ("ordinary", "part2"):
        day = VISIT if chosen == "part2" else VISIT + timedelta(days=1)
        added = add_note(session, patient, NewNote(text, day, protection=chosen), NOW, cast.alice.id)
        assert added.note.protection == chosen


@pytest.mark.parametrize(
    "text",
    [
        "No psychotherapy note was made today.",
        "Pt. states he sees a psychotherapist. Part 2 of the exercise program next visit.",
        "Manual therapy, 42 min.",
    ],
)
def test_ordinary_words_ask_nothing(session, cast, text):
    patient = build.patient(session, cast.eastside)
    assert add_note(session, patient, NewNote(text, VISIT), NOW, cast.alice.id).note.protection == "ordinary"


def test_the_same_text_is_not_kept_a_second_time_as_another_kind(session, cast):
    patient = build.patient(session, cast.eastside)
    add_note(session, patient, NewNote(SECRET, VISIT, protection="psychotherapy"), NOW, cast.alice.id)
    with pytest.raises(NoteError, match="another kind"):
        add_note(session, patient, NewNote(SECRET, VISIT), NOW, cast.bob.id)
    again = add_note(session, patient, NewNote(SECRET, VISIT, protection="psychotherapy"), NOW, cast.bob.id)
    assert not again.is_new


# ---- the authorization ----

DAY = NOW.date()


@pytest.mark.parametrize(
    ("until", "today", "why"),
    [(None, DAY, ""), (DAY, DAY, ""), (DAY, DAY + timedelta(days=1), "run out")],
)
def test_an_authorization_holds_until_its_last_day(session, cast, visit, until, today, why):
    note = session.scalars(regardless(select(Note).where(Note.id == visit["secret"].id))).one()
    with pytest.raises(ProtectionProblem, match="Add the patient's authorization"):
        require_consent(session, note, today)
    new = NewConsent(date(2026, 1, 2), until, "This note, for Harbor Health", "Cabinet 4", None)
    add_consent(session, note, new, NOW, cast.alice.id)
    if why:
        with pytest.raises(ProtectionProblem, match=why):
            require_consent(session, note, today)
    else:
        require_consent(session, note, today)


def test_an_authorization_must_be_somewhere(session, visit, cast):
    note = session.scalars(regardless(select(Note).where(Note.id == visit["secret"].id))).one()
    with pytest.raises(ProtectionProblem, match="signed paper"):
        add_consent(session, note, NewConsent(date(2026, 1, 2), None, "All", "", None), NOW, cast.alice.id)


def test_the_cover_page_carries_the_notice_and_what_the_authorization_covers():
    plain = NotePage("Eastside PT", "Nora Quill", "Other document", SECRET)
    assert "42 CFR" not in note_html(plain)
    from tracker.domain.protection import notice_of

    page = note_html(
        NotePage(
            "Eastside PT", "Nora Quill", "Other document", SECRET, notice=notice_of("part2"), consent="It covers: <all>"
        )
    )
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in page
    assert "It covers: &lt;all&gt;" in page
    assert page.index("prohibits") < page.index(SECRET)
