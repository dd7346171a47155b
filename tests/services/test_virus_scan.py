"""Files are shown to a clamd by its own protocol; what it finds, and its silence, are said in words."""

import io

import pytest

from tests.clamd import EICAR, clamd
from tracker.services.virus_scan import ScanRefused, scan


def test_a_clean_file_is_looked_at_whole_and_can_be_read_again():
    content = bytes(range(256)) * 1000  # several chunks
    file = io.BytesIO(content)
    file.read(10)
    with clamd() as server:
        scan(server.address, file)
    assert server.seen == [content]
    assert file.read() == content


def test_a_socket_file_does_as_well_as_a_port(tmp_path):
    with clamd(tmp_path / "clamd.sock") as server:
        scan(server.address, io.BytesIO(b"a note"))
    assert server.seen == [b"a note"]


def test_what_was_found_is_named():
    with clamd() as server, pytest.raises(ScanRefused, match="found Eicar-Test-Signature in this file"):
        scan(server.address, io.BytesIO(b"before " + EICAR))


def test_a_file_over_the_limit_of_the_scanner_is_refused_as_that():
    with clamd() as server:
        server.most = 100_000
        with pytest.raises(ScanRefused, match="bigger than the virus scanner takes"):
            scan(server.address, io.BytesIO(b"x" * 5_000_000))


def test_nobody_there_refuses_the_file_in_words(tmp_path):
    with clamd() as server:
        pass
    for address in (server.address, str(tmp_path / "no.sock")):
        with pytest.raises(ScanRefused, match="cannot be reached, so the file was not kept"):
            scan(address, io.BytesIO(b"a note"))


def test_an_answer_that_is_none_lets_nothing_through():
    with clamd() as server:
        for answer in (b"COMMAND READ TIMED OUT", b"stream: Can't allocate memory ERROR", b"stream: FOUND OK ERROR"):
            server.answer = answer
            with pytest.raises(ScanRefused, match="cannot be reached"):
                scan(server.address, io.BytesIO(b"a note"))


def test_without_an_address_nothing_is_asked():
    scan("", io.BytesIO(EICAR))
