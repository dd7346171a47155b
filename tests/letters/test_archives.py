"""ZIP archives from outside: taken apart in a child process, bombs and oddities refused in words."""

import io
import random
import resource
import stat
import struct
import zipfile

import pytest

from tracker.letters.archives import ArchiveProblem, files_in, is_archive


def zipped(*members) -> bytes:
    """A ZIP of (name, bytes)."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return written.getvalue()


def repeating(size: int) -> bytes:
    """So many bytes that are pressed to a fiftieth or so: as ordinary files are, not as bombs."""
    piece = random.Random(4).randbytes(800) + bytes(31_968)
    return (piece * (size // len(piece) + 1))[:size]


def locked() -> bytes:
    """A ZIP whose member says that it is encrypted, in both of its headers."""
    content = bytearray(zipped(("a.835", b"ISA")))
    for marker, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(marker) + at
        content[place : place + 2] = struct.pack("<H", 1)
    return bytes(content)


def link() -> bytes:
    member = zipfile.ZipInfo("passwd")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped((member, b"/etc/passwd"))


def lying() -> bytes:
    """A bomb whose headers say that it unpacks to 10 bytes."""
    content = bytearray(zipped(("a.835", b"0" * 150_000_000)))
    for marker, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(marker) + at
        content[place : place + 4] = struct.pack("<I", 10)
    return bytes(content)


def test_the_files_come_out_in_their_order_and_names_lead_nowhere():
    content = zipped(("../../etc/cron.d/x", b"one"), ("b/", b""), ("C:\\x\\y.835", b"two"), ("empty.835", b""))
    assert is_archive(content)
    assert files_in(content) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: zipped(("a.835", b"0" * 120_000_000)), "more than 100 times its size"),
        (lambda: zipped(*((f"{n}", repeating(70_000_000)) for n in range(3))), "more than 200 MB"),
        (lambda: zipped(*((f"{n}", b"x") for n in range(1001))), "1,001 files, more than 1,000"),
        (lambda: zipped(("inner.zip", zipped(("a", b"x")))), "another archive"),
        (locked, "password protected"),
        (link, "a link"),
        (lambda: zipped(("a.835", b"ISA" * 5000))[:-60], "damaged"),
        (zipped, "no files"),
    ],
    ids=["ratio", "total", "members", "nested", "locked", "link", "cut off", "empty"],
)
def test_what_cannot_be_taken_apart_is_refused_in_words(make, why):
    with pytest.raises(ArchiveProblem, match=why):
        files_in(make())


def test_archives_just_under_the_limit_come_out_whole_one_after_the_other():
    content = repeating(199_000_000)
    archive = zipped(("a.835", content))
    for _ in range(3):
        assert files_in(archive) == [content]


def test_a_bomb_that_lies_of_its_size_does_not_grow_this_process():
    bomb = lying()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ArchiveProblem):
        files_in(bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kB
