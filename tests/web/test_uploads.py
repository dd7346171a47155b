"""What people upload: bombs, polyglots, wrong names. Each gets words, none a fault, and this process does not grow."""

import io
import resource
import struct
import zlib

import pytest
from sqlalchemy import func, select

from tests import build
from tests.edi import claim, line, remit
from tests.letters.drawing import drawn, words
from tests.letters.test_archives import locked, zipped
from tests.web.test_imports import drop  # noqa: F401  # fixture
from tests.web.test_letter_page import alice, denied, letter  # noqa: F401  # fixtures
from tests.web.test_packet_page import add
from tracker.models import Attachment, Denial, ImportFile

# ruff: noqa: F811  # fixtures are asked for by their names

DENIED = claim("A1", line("97110", 90, 0, "CO-50:90"))
OTHER = claim("A2", line("97112", 80, 0, "CO-97:80"))


@pytest.fixture
def packet(letter):
    return letter.replace("/letter", "/packet")


def png_bomb() -> bytes:
    """A picture of 50,000 by 50,000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 4000)) + chunk(b"IEND", b"")
    )


def pdf_loop() -> bytes:
    """A PDF whose page tree is its own child."""
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
    return body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def kept(sessions, model) -> int:
    with sessions.system() as session:
        return session.scalar(select(func.count()).select_from(model))


# ---- archives of remittances ----


def test_a_zip_of_remittances_is_several_files(alice, drop, sessions):
    answer = drop(("today.zip", zipped(("../x.835", remit(DENIED)), ("y", remit(OTHER, trace="EFT2")))))
    page = alice.get(answer.location).text
    assert "A1" in page
    assert "A2" in page
    assert "today.zip, file 1" in page or kept(sessions, ImportFile) == 2
    token = build.csrf_token(alice.get(answer.location))
    ticked = [part.split('"')[0] for part in page.split('name="log" value="')[1:]]
    alice.post(f"{answer.location}/log", data={"csrf_token": token, "log": ticked})
    assert kept(sessions, Denial) == 2


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("bomb.zip", lambda: zipped(("a.835", b"0" * 150_000_000)), "more than 100 times its size"),
        ("locked.zip", locked, "password protected"),
        ("letter.docx", lambda: zipped(("word/document.xml", b"<w:document/>")), "web page or XML file"),
        ("claims.xml", lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "XML file"),
        ("a.pdf", lambda: b"%PDF-1.7\n" + remit(DENIED), "It looks like a PDF"),
        ("wide.835", lambda: remit(DENIED).replace(b"LX*1", b"LX" + b"*1" * 300), "more than 200"),
        ("long.835", lambda: remit(DENIED).replace(b"LX*1", b"LX*" + b"1" * 70_000), "longer than 64 kB"),
    ],
)
def test_what_cannot_be_imported_says_why_and_nothing_is_kept(drop, sessions, name, content, why):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent = content()
    mid = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = drop((name, sent))
    assert answer.status_code == 422
    assert why in " ".join(answer.text.split())
    assert kept(sessions, ImportFile) == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(before, mid) < 60_000  # kB


# ---- papers ----


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (png_bomb, "pixels"),
        (pdf_loop, "damaged"),
        (lambda: b"<html><script>alert(1)</script>", "no PDF, PNG, JPG or TIF"),
        (lambda: b"MZ\x90\x00 a program", "no PDF, PNG, JPG or TIF"),
    ],
    ids=["pixel bomb", "loop", "page", "program"],
)
def test_a_paper_that_is_none_is_refused_in_words(alice, packet, sessions, content, why):
    answer = add(alice, packet, content())
    assert answer.status_code == 422
    assert why in answer.text
    assert kept(sessions, Attachment) == 0


def test_a_paper_whose_name_says_something_else_is_refused(alice, packet, sessions):
    from tests.forms import fields_of

    fields = fields_of(alice.get(packet).text, f"{packet}/add")
    chart = drawn(words("page 1"))
    for name in ("chart.html", "chart.png", "chart"):
        file = (io.BytesIO(chart), name)
        answer = alice.post(f"{packet}/add", data=fields | {"file-title": "Signed plan of care", "file-file": file})
        assert answer.status_code == 422, name
        assert "name must end as what is in it" in answer.text
    assert kept(sessions, Attachment) == 0


# ---- bodies ----


class Endless(io.RawIOBase):
    """A body of a gigabyte that counts what is read of it."""

    size = 1_000_000_000
    read_bytes = at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        buffer[:] = b"0" * len(buffer)
        self.read_bytes += len(buffer)
        return len(buffer)

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = self.size if whence == 2 else offset
        return self.at

    def tell(self) -> int:
        return self.at


@pytest.mark.parametrize("path", ["/import", "/settings/looks"])
def test_a_body_that_is_too_long_is_refused_unread(alice, path):
    body = Endless()
    answer = alice.post(
        path, input_stream=body, content_length=Endless.size, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "The file is too big" in answer.text
    assert body.read_bytes < 1_000_000


def test_who_is_not_signed_in_has_no_body_read(client):
    body = Endless()
    answer = client.post(
        "/import", input_stream=body, content_length=1000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 303
    assert body.read_bytes == 0
