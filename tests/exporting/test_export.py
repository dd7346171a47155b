"""An export holds everything of one practice, in formats that any program opens, and nothing of another practice."""

import csv
import io
import json
import zipfile

import pytest
from sqlalchemy import BigInteger, func, select

from tests import build
from tests.exporting.conftest import CANARY, FORMULA, ORIGINAL, PDF, exported
from tracker.db import transaction
from tracker.models import Attachment, Base, Note, Practice
from tracker.models.protection import with_protected
from tracker.services.practice_archive import MANIFEST, ArchiveProblem, ArchiveReader
from tracker.services.practice_tables import (
    LEFT_BEHIND,
    MEMBERSHIPS,
    PAYERS,
    PRACTICES,
    USERS,
    names_of,
    owned_tables,
)

PASSPHRASE = "five words that nobody guesses"


def opened(content: bytes) -> dict[str, bytes]:
    with io.BytesIO(content) as file, zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"csv/{name}.csv"].decode("utf-8-sig"))))


def test_every_table_is_exported_or_said_to_stay_behind():
    exported_names = {each.name for each in owned_tables()} | {PRACTICES, MEMBERSHIPS, PAYERS, USERS}
    assert not exported_names & LEFT_BEHIND.keys()
    assert exported_names | LEFT_BEHIND.keys() == set(Base.metadata.tables)


def test_every_id_in_a_row_is_known_to_be_of_a_row_a_person_or_a_payer():
    """A column with ids of users or payers that nobody translates would point to a stranger elsewhere."""
    no_key_but_own = {"practice_id", "subject_id", "reversed_by_id"}
    for each in owned_tables():
        keyed = {column.name for key in each.foreign_key_constraints for column in key.columns}
        ids = {c.name for c in each.c if c.name.endswith("_id") and isinstance(c.type, BigInteger)}
        assert ids <= keyed | set(names_of(each, PAYERS)) | no_key_but_own, each.name


def test_the_manifest_counts_the_rows_there_are(export, session, here):
    manifest = json.loads(opened(export)[MANIFEST])
    for each in owned_tables():
        there = session.scalar(select(func.count()).select_from(each).where(each.c.practice_id == here.practice.id))
        assert manifest["rows"][each.name] == there, each.name
    assert manifest["rows"]["denials"] == 2


def test_files_come_as_they_are_and_notes_as_text(export, session):
    files = opened(export)
    assert PDF in files.values()
    assert files["letters/A-301-1.pdf"] == PDF
    assert ORIGINAL in [content for name, content in files.items() if name.startswith("originals/")]
    [note] = [content.decode() for name, content in files.items() if name.startswith("notes/")]
    assert note == session.scalar(select(Note.text).where(Note.text_hash != "").order_by(Note.id))


def test_a_spreadsheet_shows_names_and_dollars_and_runs_no_formula(export):
    files = opened(export)
    [first, _] = table(files, "denials")
    assert (first["amount_cents"], first["amount_dollars"]) == ("9000", "90.00")
    assert (first["payer"], first["owner"], first["denied_on"]) == ("Harbor Health", "Bob", "2026-10-05")
    assert f"'{FORMULA}" in [row["last_name"] for row in table(files, "patients")]
    cells = [cell for name in files if name.startswith("csv/") for row in table_rows(files, name) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


def table_rows(files: dict[str, bytes], name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[name].decode("utf-8-sig"))))


def test_a_letter_says_where_its_pdf_is(export):
    [letter] = table(opened(export), "letters")
    assert letter["packet"] == "letters/A-301-1.pdf"


def test_nothing_of_another_practice_is_in_it(export):
    files = opened(export)
    assert not [name for name, content in files.items() if CANARY.encode() in content or CANARY in name]
    assert "charlie" not in files["data/users.jsonl"].decode()


def test_who_is_named_only_in_what_somebody_did_is_in_it(export):
    people = [json.loads(line) for line in opened(export)["data/users.jsonl"].splitlines()]
    assert sorted(row["login"] for row in people) == ["alice", "bob"]
    assert set(people[0]) == {"id", "public_id", "login", "name"}


def test_no_file_is_called_after_a_patient(export):
    assert not [name for name in opened(export) if "quill" in name.lower()]


@pytest.mark.parametrize("may_see", [False, True])
def test_protected_notes_are_in_it_only_for_somebody_who_may_read_them(sessions, here, tmp_path, may_see):
    with transaction(sessions.system()) as session:
        patient = build.patient(session, here.practice)
        note = build.note(session, patient, "Session 4: what was confided", protection="psychotherapy")
        build.link(session, note, build.claim(session, here.practice, patient))
        packet = session.scalar(with_protected(select(Attachment)).where(Attachment.kind == "packet"))
        packet.protected = True
    files = opened(exported(sessions, tmp_path, here.practice.id, with_protected=may_see))
    assert (b"what was confided" in b"".join(files.values())) is may_see
    assert (PDF in files.values()) is may_see
    assert len(files["data/note_links.jsonl"].splitlines()) == may_see
    [letter] = map(json.loads, files["data/letters.jsonl"].splitlines())
    assert (letter["packet_id"] is not None) is may_see
    left_out = json.loads(files[MANIFEST])["protected_left_out"]
    assert left_out == ({} if may_see else {"notes": 1, "attachments": 1})


def test_with_a_passphrase_nobody_else_reads_it(sessions, here, tmp_path):
    content = exported(sessions, tmp_path, here.practice.id, PASSPHRASE)
    assert b"Harbor Health" not in content
    for wrong in ("", "another passphrase of length"):
        with io.BytesIO(content) as file, pytest.raises(ArchiveProblem, match="passphrase"):
            ArchiveReader(file, wrong)
    with io.BytesIO(content) as file:
        archive = ArchiveReader(file, PASSPHRASE)
        archive.check()
        assert archive.read("letters/A-301-1.pdf") == PDF


def test_the_readme_names_every_folder(export):
    files = opened(export)
    said = files["README.txt"].decode()
    assert {name.partition("/")[0] for name in files} - {"README.txt"} <= set(said.replace("/", " ").split())


def test_the_practice_stays_as_it_was(export, session, here):
    assert session.get_one(Practice, here.practice.id).name == "Eastside PT"
