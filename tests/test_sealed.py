"""What identifies a patient and what a note says stand in the database encrypted, each value tied to its row."""

from datetime import date

import pytest
from sqlalchemy import LargeBinary, inspect, select, text, type_coerce, update
from sqlalchemy.exc import StatementError

from tests import build
from tests.build import NOW
from tracker.db import make_engine, transaction, whole
from tracker.models import Base, Findings, Note, Patient, Search
from tracker.models.sealed import Sealed, sealed_columns
from tracker.sealing.cipher import SealBroken
from tracker.sealing.key_store import MasterKey

SECRET = "Zanzibarova"


@pytest.fixture
def patient(sessions, cast):
    with transaction(sessions.system()) as session:
        return build.patient(session, cast.eastside, SECRET, birth_date=date(1961, 4, 2), member_id="MEMBER-CANARY")


def raw(session, row, name):
    column = getattr(type(row), name)
    return session.scalar(select(type_coerce(column, LargeBinary)).where(type(row).id == row.id))


def test_a_patient_is_plain_in_memory_and_sealed_in_the_table(sessions, patient):
    with sessions.system() as session:
        stored = raw(session, patient, "last_name")
        assert SECRET.encode() not in bytes(stored)
        read = session.get_one(Patient, (patient.practice_id, patient.id))
        assert (read.last_name, read.birth_date, read.member_id) == (SECRET, date(1961, 4, 2), "MEMBER-CANARY")


def test_the_length_of_a_name_does_not_show(sessions, cast):
    with transaction(sessions.system()) as session:
        rows = [build.patient(session, cast.eastside, name) for name in ("Li", "Wolfeschlegelsteinhausen")]
        assert len({len(raw(session, row, "last_name")) for row in rows}) == 1


def test_a_value_put_into_another_row_is_refused(sessions, cast, patient):
    with transaction(sessions.system()) as session:
        other = build.patient(session, cast.eastside, "Quill")
        stolen = raw(session, patient, "last_name")
        table = Patient.__table__
        move = update(table).where(table.c.id == other.id).values(last_name=type_coerce(stolen, LargeBinary))
        session.connection().execute(move)
    with sessions.system() as session, pytest.raises(SealBroken, match="another row"):
        session.get_one(Patient, (other.practice_id, other.id))


def test_a_changed_value_is_refused(sessions, patient):
    with transaction(sessions.system()) as session:
        spoilt = bytearray(raw(session, patient, "last_name"))
        spoilt[-1] ^= 1
        table = Patient.__table__
        change = update(table).where(table.c.id == patient.id)
        session.connection().execute(change.values(last_name=type_coerce(bytes(spoilt), LargeBinary)))
    with sessions.system() as session, pytest.raises(SealBroken, match="does not open"):
        session.get_one(Patient, (patient.practice_id, patient.id))


def test_a_query_cannot_compare_a_sealed_column(sessions):
    with sessions.system() as session, pytest.raises(StatementError, match="never compared"):
        session.execute(select(Patient.id).where(Patient.last_name == SECRET))


def test_an_edit_is_sealed_for_the_same_row(sessions, patient):
    with transaction(sessions.system()) as session:
        session.get_one(Patient, (patient.practice_id, patient.id)).last_name = "Quillane"
    with sessions.system() as session:
        assert session.get_one(Patient, (patient.practice_id, patient.id)).last_name == "Quillane"


def test_json_and_words_of_a_person_are_sealed_too(sessions, cast):
    with transaction(sessions.system()) as session:
        denial = build.denied_line(session, cast.eastside)
        finding = Findings(
            practice_id=denial.practice_id, denial_id=denial.id, knowledge_version="v", kept=[{"quote": SECRET}]
        )  # fmt: skip
        search = Search(user_id=cast.alice.id, words=SECRET, expires_at=NOW)
        session.add_all([finding, search])
    with sessions.system() as session:
        for row, name in ((finding, "kept"), (search, "words")):
            assert SECRET.encode() not in bytes(raw(session, row, name))
        assert session.scalar(select(Findings.kept)) == [{"quote": SECRET}]
        assert session.scalar(select(Search.words)) == SECRET


def test_another_master_key_opens_nothing(engine, patient):
    stranger = make_engine(engine.url.render_as_string(hide_password=False), MasterKey(b"\x09" * 32))
    with whole(stranger).connect() as connection, pytest.raises(Exception, match="sealed with other keys"):
        connection.execute(select(Patient.last_name)).all()
    stranger.dispose()


def test_every_column_that_holds_words_about_people_is_sealed():
    """The list of security.md 5.3; a new table with free text is looked at here."""
    sealed = {kind.column for mapper in Base.registry.mappers for kind in sealed_columns(mapper.class_).values()}
    assert sealed >= {
        "patients.last_name", "patients.first_name", "patients.middle_name", "patients.birth_date",
        "patients.member_id", "notes.text", "attachments.content", "raw_files.content", "letters.fields",
        "letters.facts", "letter_texts.fields", "findings.kept", "suggestions.reasons",
        "suggestions.evidence", "suggestions.against", "events.details", "imports.filename", "imports.preview",
        "imports.skipped", "outcomes.reason", "cause_decisions.reason", "searches.words",
    }  # fmt: skip


def test_a_sealed_column_bears_its_own_name():
    for mapper in Base.registry.mappers:
        for column in mapper.local_table.columns:
            if isinstance(column.type, Sealed):
                assert column.type.column == f"{column.table.name}.{column.name}"


def test_nothing_of_a_patient_is_in_the_database_in_plain(sessions, cast, engine, patient):
    """The canary: every cell of every table is read as the database holds it."""
    with transaction(sessions.system()) as session:
        build.note(session, session.merge(patient), f"S: {SECRET} walked 200 ft")
        assert session.scalar(select(Note.text)).startswith("S: ")
    with whole(engine).connect() as connection:
        cells = [
            cell
            for name in inspect(engine).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))  # names of our own tables
            for cell in row
        ]
    seen = b"\n".join(bytes(c) if isinstance(c, (bytes, memoryview)) else str(c).encode() for c in cells)
    assert b"Eastside" in seen  # the practice's own name is plain: the walk has seen it
    for canary in (SECRET, SECRET.upper(), "MEMBER-CANARY", "1961-04-02", "walked 200 ft"):
        assert canary.encode() not in seen
