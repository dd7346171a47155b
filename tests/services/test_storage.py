"""The room of a practice: what counts, and what is refused once it is taken."""

import pytest
from sqlalchemy import update

from tests import build
from tracker.models import Attachment, Note
from tracker.services.storage import NoRoom, Room, require_room, room_of

MB = 1_000_000


@pytest.fixture
def keep(session, cast):
    def keep(practice, size):
        row = Attachment(
            practice_id=practice.id, kind="exhibit", title="Plan", content_type="application/pdf", content=b"x" * size,
            content_hash="", added_at=build.NOW,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row

    return keep


def test_files_and_notes_of_the_practice_count_and_those_of_others_do_not(session, cast, keep):
    keep(cast.eastside, 400_000)
    keep(cast.lakeview, 3 * MB)
    note = build.note(session, build.patient(session, cast.eastside), "Ther ex " * 10_000)
    used = room_of(session, cast.eastside, 1).used
    assert 480_000 < used < 482_000
    session.execute(update(Note).where(Note.id == note.id).values(protection="psychotherapy"))
    session.execute(update(Attachment).values(protected=True))
    assert room_of(session, cast.eastside, 1).used == used  # whoever may not read it


def test_what_does_not_fit_is_refused_with_the_figures_and_what_to_do(session, cast, keep):
    keep(cast.eastside, 700_000)
    require_room(session, cast.eastside, 299_000, 1)
    with pytest.raises(NoRoom, match=r"Eastside PT keeps 0\.7 MB of the 1\.0 MB .* this file has 0\.4 MB\. Nothing"):
        require_room(session, cast.eastside, 400_000, 1)
    require_room(session, cast.lakeview, 400_000, 1)


def test_at_nine_tenths_a_room_is_nearly_full():
    assert not Room(899_999, MB).is_nearly_full
    assert Room(900_000, MB).is_nearly_full


def test_a_practice_with_a_room_of_its_own_goes_by_that(session, cast):
    build.note(session, build.patient(session, cast.eastside), "x" * 700_000)
    cast.eastside.room_mb = 2
    require_room(session, cast.eastside, 1_200_000, 1)
    assert room_of(session, cast.eastside, 1).most == 2_000_000
    with pytest.raises(NoRoom, match=r"of the 2\.0 MB it has room for"):
        require_room(session, cast.eastside, 1_400_000, 1)
    cast.eastside.room_mb = None
    with pytest.raises(NoRoom, match=r"of the 1\.0 MB it has room for"):
        require_room(session, cast.eastside, 400_000, 1)
