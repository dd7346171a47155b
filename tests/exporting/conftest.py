"""A practice with something in every table, its export, and another installation."""

import io
from datetime import date
from typing import NamedTuple

import pytest

from tests import build
from tests.build import NOW
from tests.databases import MASTER
from tracker.db import SessionMaker, transaction
from tracker.db_upgrade import head
from tracker.models import Attachment, Event, Letter, PayerProfile, Picture, Practice, RawFile
from tracker.reports.practice_export import export_practice
from tracker.services.backing_up import frozen
from tracker.services.practice_archive import ArchiveReader
from tracker.services.practice_import import Wishes, import_practice
from tracker.services.practice_rows_in import packed_original

PDF = b"%PDF-1.7 a letter as it was sent"
ORIGINAL = b"ISA*00*an 835 as it came~"
CANARY = "Zanzibarowa"
FORMULA = '=HYPERLINK("http://example.org")'


class Here(NamedTuple):
    """The practice that leaves, of one of two practices."""

    practice: Practice
    alice: int
    bob: int


def fill(session) -> Here:
    """Eastside with a denial, an appeal with a signed letter, a note, files and acts; Lakeview with a canary."""
    cast = build.cast(session)
    eastside = cast.eastside
    denial = build.denied_line(session, eastside, owner_id=cast.bob.id)
    appeal = build.appeal(session, denial)
    build.appeal(session, build.denied_line(session, eastside), previous_id=appeal.id)
    earlier = build.patient(session, eastside, "Stored twice")
    patient = build.patient(session, eastside, FORMULA)
    earlier.merged_into_id = patient.id
    note = build.note(session, patient, "S: Ünterarm, 3 x 10\nA: better", service_date=date(2026, 9, 14))
    session.add(PayerProfile(practice_id=eastside.id, payer_id=denial.payer_id, named="harbor", limits={}, habits={}))
    packet = Attachment(
        practice_id=eastside.id, appeal_id=appeal.id, kind="packet", title="Packet", content_type="application/pdf",
        content=PDF, content_hash="0" * 64, added_at=NOW,
    )  # fmt: skip
    session.add(packet)
    session.flush()
    stored = build.import_file(session, eastside)
    session.add_all(
        [
            Letter(
                practice_id=eastside.id, appeal_id=appeal.id, template="L01", letter_date=date(2026, 11, 1),
                saved_at=NOW, packet_id=packet.id, exhibits=[{"source": note.public_id}],
            ),
            RawFile(practice_id=eastside.id, import_id=stored.id, content=packed_original(ORIGINAL)),
            Picture(practice_id=eastside.id, content_hash="1" * 64, content=b"\x89PNG picture", added_at=NOW),
            Event(
                practice_id=eastside.id, at=NOW, user_id=cast.alice.id, kind="owner", subject_kind="denial",
                subject_id=denial.id, details={"changes": {"owner_id": [cast.alice.id, cast.bob.id]}},
            ),
        ]
    )  # fmt: skip
    build.note(session, build.patient(session, cast.lakeview, CANARY), f"S: {CANARY} must never leave")
    return Here(eastside, cast.alice.id, cast.bob.id)


def exported(sessions, folder, practice_id, passphrase="", **how) -> bytes:
    out = io.BytesIO()
    with frozen(sessions.engine, folder, MASTER) as connection:
        export_practice(connection, practice_id, out, revision=head(), now=NOW, passphrase=passphrase, **how)
    return out.getvalue()


def taken_in(sessions, content: bytes, passphrase="", **wishes):
    with io.BytesIO(content) as file, transaction(sessions.system()) as session:
        return import_practice(session, ArchiveReader(file, passphrase), NOW, Wishes(**wishes))


@pytest.fixture
def here(sessions):
    with transaction(sessions.system()) as session:
        return fill(session)


@pytest.fixture
def export(sessions, here, tmp_path) -> bytes:
    return exported(sessions, tmp_path, here.practice.id)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def elsewhere(request, tmp_path_factory):
    """Another installation, of either kind."""
    with request.getfixturevalue(f"{request.param}_template").copy(tmp_path_factory.mktemp("elsewhere")) as engine:
        yield SessionMaker(engine)
