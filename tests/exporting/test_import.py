"""A practice goes from one installation to another and back, whole, once, or not at all."""

import io
import json
import zipfile

import pytest
from sqlalchemy import func, select

from tests import build
from tests.build import NOW, TODAY
from tests.exporting.conftest import CANARY, PDF, exported, fill, taken_in
from tracker.db import keyring_for, transaction
from tracker.knowledge import load
from tracker.letters.own_template import shipped_text
from tracker.models import (
    Appeal,
    Attachment,
    Base,
    Denial,
    Event,
    Letter,
    Membership,
    Note,
    OwnTemplate,
    Patient,
    Payer,
    Practice,
    TemplateEdition,
    User,
)
from tracker.reports.insight_tables import PANELS
from tracker.reports.insights import insights, last_months
from tracker.reports.queue_conditions import Viewer
from tracker.services.patient_keys import PatientKeys
from tracker.services.practice_archive import MANIFEST, ArchiveProblem, ArchiveReader
from tracker.services.practice_tables import owned_tables


def lines(content: bytes, table: str) -> list[dict]:
    with io.BytesIO(content) as file, zipfile.ZipFile(file) as archive:
        return [json.loads(line) for line in archive.read(f"data/{table}.jsonl").splitlines()]


def repacked(content: bytes, change) -> bytes:
    """The archive with some files changed; the manifest stays as it was unless ``change`` takes it too."""
    out = io.BytesIO()
    with io.BytesIO(content) as file, zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name, data in change({name: old.read(name) for name in old.namelist()}).items():
            new.writestr(name, data)
    return out.getvalue()


def everything(sessions) -> dict[str, int]:
    with sessions.system() as session:
        tables = Base.metadata.sorted_tables
        return {each.name: session.scalar(select(func.count()).select_from(each)) for each in tables}


def own(content: bytes, table: str) -> list[dict]:
    """The rows of a table without the trace that taking in leaves."""
    return [row for row in lines(content, table) if row.get("kind") != "taken_in"]


def test_there_and_back_again_every_row_is_the_same(sessions, here, export, elsewhere, tmp_path):
    there = taken_in(elsewhere, export)
    again = exported(elsewhere, tmp_path, there.practice.id)
    with transaction(sessions.system()) as session:  # here it is another name now: the old one is still there
        session.get_one(Practice, here.practice.id).npi = None
    back = taken_in(sessions, again, name="Eastside back")
    last = exported(sessions, tmp_path, back.practice.id)
    for table in owned_tables():
        assert own(again, table.name) == lines(export, table.name), table.name
        assert len(own(last, table.name)) == len(lines(export, table.name)), table.name
    for table in ("users", "payers"):
        assert lines(again, table) == lines(export, table)
    assert hashes(again) == hashes(export)


def hashes(content: bytes) -> dict[str, str]:
    with io.BytesIO(content) as file:
        members = ArchiveReader(file).members
    kinds = ("letters/", "attachments/", "originals/", "pictures/", "notes/")
    return {name: member.sha256 for name, member in members.items() if name.startswith(kinds)}


def test_beside_practices_with_the_same_ids_nothing_points_to_a_stranger(sessions, here, export, tmp_path):
    """The practice comes in beside itself: every id that is taken becomes another one, everywhere."""
    with transaction(sessions.system()) as session:
        session.get_one(Practice, here.practice.id).npi = None
    came = taken_in(sessions, export, name="Eastside copy")
    with sessions.system() as session:
        assert came.practice.id != here.practice.id
        letter = session.scalar(select(Letter).where(Letter.practice_id == came.practice.id))
        note = session.scalar(select(Note).where(Note.practice_id == came.practice.id))
        assert letter.exhibits == [{"source": note.public_id}]
        assert session.scalar(select(func.count()).select_from(Note).where(Note.public_id == note.public_id)) == 1
        event = session.scalar(select(Event).where(Event.practice_id == came.practice.id, Event.kind == "owner"))
        assert event.details["changes"]["owner_id"] == [here.alice, here.bob]
        levels = session.execute(
            select(Appeal.number, Appeal.previous_id.is_not(None))
            .where(Appeal.practice_id == came.practice.id)
            .order_by(Appeal.number)
        ).all()
        assert [tuple(row) for row in levels] == [(301, False), (302, True)]


def test_it_has_keys_of_its_own_and_its_patients_are_found(export, elsewhere):
    came = taken_in(elsewhere, export)
    with elsewhere.system() as session:
        assert keyring_for(session).newest_version(came.practice.id) == 1
        keys = PatientKeys(session, came.practice.id)
        found = session.scalar(select(Patient).where(Patient.name_key == keys.name("Quill", "Nora")))
        assert found.last_name == "Quill"
        assert session.scalar(select(Attachment.content)) == PDF


def test_the_numbers_of_queue_and_insights_are_the_same(sessions, here, export, elsewhere):
    came = taken_in(elsewhere, export)
    assert numbers(sessions, here.practice.id) == numbers(elsewhere, came.practice.id)


def numbers(sessions, practice_id):
    with sessions.reading({practice_id}) as session:
        found = insights(session, last_months(TODAY, 12), (), Viewer(0, TODAY, NOW), load().root_causes)
        tiles = found.missed, found.overturned, found.pending_appeals, found.cohort, found.data_through
        return tiles, {name: panel.table(found) for name, panel in PANELS.items()}


def test_people_new_here_cannot_sign_in_and_stand_beside_what_they_did(export, elsewhere):
    taken_in(elsewhere, export)
    with elsewhere.system() as session:
        people = session.scalars(select(User)).all()
        assert sorted((one.login, one.is_active, one.password_hash) for one in people) == [
            ("alice", False, ""), ("bob", False, ""),
        ]  # fmt: skip
        event = session.scalar(select(Event).where(Event.kind == "owner"))
        assert session.get_one(User, event.user_id).name == "Alice"


@pytest.mark.parametrize("keep_roles", [False, True])
def test_somebody_of_the_same_name_gets_in_only_when_that_is_said(export, elsewhere, keep_roles):
    with transaction(elsewhere.system()) as session:
        alice = build.user(session, "Alice")
    came = taken_in(elsewhere, export, keep_roles=keep_roles)
    with elsewhere.system() as session:
        assert (session.get(Membership, (alice.id, came.practice.id)) is not None) is keep_roles
        assert session.scalar(select(func.count()).select_from(User)) == 2


def test_payers_known_here_are_not_doubled(export, elsewhere):
    with transaction(elsewhere.system()) as session:
        known = build.payer(session, "HARBOR HEALTH").id
    came = taken_in(elsewhere, export)
    with elsewhere.system() as session:
        used = set(session.scalars(select(Denial.payer_id).where(Denial.practice_id == came.practice.id)))
        assert known in used
        assert session.scalar(select(func.count()).select_from(Payer)) == 2


def test_the_same_file_comes_in_once(export, elsewhere):
    taken_in(elsewhere, export)
    before = everything(elsewhere)
    with pytest.raises(ArchiveProblem, match="taken in before: it is the practice Eastside PT"):
        taken_in(elsewhere, export)
    assert everything(elsewhere) == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"name": "EASTSIDE PT"}, "There is a practice named Eastside PT"), ({"npi": "1000000004"}, "the same NPI")],
)
def test_a_name_or_npi_that_is_taken_is_said(export, elsewhere, fields, words):
    with transaction(elsewhere.system()) as session:
        build.practice(session, **{"name": "Another", **fields})
    with pytest.raises(ArchiveProblem, match=words):
        taken_in(elsewhere, export)


def cut(content):
    return content[: len(content) // 2]


def one_cent_more(content):
    def change(files):
        return files | {
            "data/denials.jsonl": files["data/denials.jsonl"].replace(b'"amount_cents":9000', b'"amount_cents":9001')
        }

    return repacked(content, change)


def a_letter_less(content):
    return repacked(
        content, lambda files: {name: data for name, data in files.items() if not name.startswith("letters")}
    )


def a_file_more(content):
    return repacked(content, lambda files: files | {"data/extra.jsonl": b"{}"})


def of_tomorrow(content):
    return with_manifest(content, schema=99)


def of_a_newer_database(content):
    return with_manifest(content, revision="9999")


def of_something_else(content):
    return with_manifest(content, format="holiday pictures")


def with_manifest(content, **fields):
    def change(files):
        return files | {MANIFEST: json.dumps(json.loads(files[MANIFEST]) | fields).encode()}

    return repacked(content, change)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut, "no whole export"),
        (lambda _content: b"no ZIP at all", "no whole export"),
        (one_cent_more, "denials.jsonl was changed"),
        (a_letter_less, "added to the export or taken out"),
        (a_file_more, "added to the export or taken out"),
        (of_tomorrow, "A newer version"),
        (of_a_newer_database, "A newer version"),
        (of_something_else, "not an export of a practice"),
    ],
)
def test_a_spoiled_file_is_refused_and_nothing_is_written(sessions, export, spoil, words):
    before = everything(sessions)
    with pytest.raises(ArchiveProblem, match=words):
        taken_in(sessions, spoil(export), name="Another")
    assert everything(sessions) == before


def forged(archive, table, fields):
    """An archive whose manifest fits what was changed in it: only the rows themselves give it away."""
    from hashlib import sha256

    def change(files):
        name = f"data/{table}.jsonl"
        rows = [json.loads(line) | fields for line in files[name].splitlines()]
        data = "".join(json.dumps(row) + "\n" for row in rows).encode()
        manifest = json.loads(files[MANIFEST])
        manifest["files"][name] = {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
        return files | {name: data, MANIFEST: json.dumps(manifest).encode()}

    return repacked(archive, change)


@pytest.mark.parametrize(
    ("table", "fields", "words"),
    [
        ("denials", {"practice_id": 4711}, "another practice's"),
        ("denials", {"claim_id": 4711}, "does not fit the others"),
        ("denials", {"payer_id": 4711}, "names a payer_id that is not in the export"),
        ("denials", {"amount_cents": "1 OR 1"}, "amount_cents is not what it should be"),
        ("denials", {"denied_on": "yesterday"}, "line 1"),
        ("denials", {"carc": "x" * 99}, "carc is too long"),
        ("denials", {"status_of_tomorrow": 1}, "does not know"),
        ("attachments", {"content": "../../etc/passwd"}, "missing in the export"),
    ],
)
def test_rows_that_do_not_fit_are_refused_whole(export, elsewhere, table, fields, words):
    before = everything(elsewhere)
    with pytest.raises(ArchiveProblem, match=words):
        taken_in(elsewhere, forged(export, table, fields))
    assert everything(elsewhere) == before


def test_an_older_export_without_a_column_that_came_later_is_understood(export, elsewhere):
    def change(files):
        rows = [json.loads(line) for line in files["data/practices.jsonl"].splitlines()]
        rows[0].pop("keep_files_months")
        rows[0].pop("own_names_only")
        return files | {"data/practices.jsonl": json.dumps(rows[0]).encode()}

    from hashlib import sha256

    def honest(files):
        files = change(files)
        manifest = json.loads(files[MANIFEST]) | {"revision": "0004"}
        data = files["data/practices.jsonl"]
        manifest["files"]["data/practices.jsonl"] = {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
        return files | {MANIFEST: json.dumps(manifest).encode()}

    came = taken_in(elsewhere, repacked(export, honest))
    assert (came.practice.keep_files_months, came.practice.own_names_only) == (None, False)


@pytest.mark.parametrize(("body", "is_taken"), [(None, True), ("{{ ''.__class__.__mro__ }}", False)])
def test_a_letter_template_is_taken_in_only_as_it_could_be_saved_here(
    sessions, here, elsewhere, tmp_path, body, is_taken
):
    text = shipped_text("L01")
    with transaction(sessions.system()) as session:
        row = OwnTemplate(
            practice_id=here.practice.id, template="L01", based_on="L01", edition=1, changed_at=NOW,
            changed_by_id=here.alice,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(
            TemplateEdition(
                practice_id=here.practice.id, own_template_id=row.id, number=1, body=body or text.body,
                paragraphs=dict(text.paragraphs), hash="0" * 64, saved_at=NOW, saved_by_id=here.alice,
            )
        )  # fmt: skip
    content = exported(sessions, tmp_path, here.practice.id)
    if is_taken:
        assert taken_in(elsewhere, content).rows["template_editions"] == 1
        return
    before = everything(elsewhere)
    with pytest.raises(ArchiveProblem, match="template L01"):
        taken_in(elsewhere, content)
    assert everything(elsewhere) == before


def test_nothing_of_the_other_practice_arrives(export, elsewhere):
    taken_in(elsewhere, export)
    with elsewhere.system() as session:
        assert CANARY not in session.scalars(select(Patient.last_name)).all()
        assert session.scalar(select(func.count()).select_from(Practice)) == 1


def test_two_practices_of_one_installation_share_their_payers_elsewhere(sessions, elsewhere, tmp_path):
    with transaction(sessions.system()) as session:
        here = fill(session)
        lakeview = session.scalar(select(Practice.id).where(Practice.name == "Lakeview Hand Therapy"))
        shared = session.scalar(select(Denial.payer_id).where(Denial.practice_id == here.practice.id))
        place = session.get_one(Practice, lakeview)
        build.claim(session, place, None, session.get_one(Payer, shared))
    for practice_id in (here.practice.id, lakeview):
        taken_in(elsewhere, exported(sessions, tmp_path, practice_id))
    with elsewhere.system() as session:
        assert len(session.scalars(select(Payer.id).where(Payer.id == shared)).all()) == 1
        assert session.scalar(select(func.count()).select_from(Payer)) == 2
