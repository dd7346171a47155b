"""Many files as one ZIP, written while it is read."""

import io
import zipfile
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as some

from tracker.letters.zip_stream import ZipEntry, zip_stream

MADE_AT = datetime(2026, 11, 23, 15, 0, 4, tzinfo=UTC)


@given(some.lists(some.binary(max_size=5000), max_size=6))
def test_what_went_in_comes_out(contents):
    entries = [ZipEntry(f"appeal-A-{number}.pdf", content, MADE_AT) for number, content in enumerate(contents)]
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(entries)))) as opened:
        assert opened.testzip() is None
        assert [opened.read(name) for name in opened.namelist()] == contents
        assert all(each.date_time == (2026, 11, 23, 15, 0, 4) for each in opened.infolist())


def test_the_first_file_is_given_out_before_the_second_is_asked_for():
    asked = []

    def entries():
        for name in ("a.pdf", "b.pdf"):
            asked.append(name)
            yield ZipEntry(name, name.encode() * 1000, MADE_AT)

    stream = zip_stream(entries())
    assert b"a.pdf" * 1000 in next(stream)
    assert asked == ["a.pdf"]
