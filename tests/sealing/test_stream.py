"""A sealed file comes back whole, or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sealing import stream
from tracker.sealing.cipher import SealBroken
from tracker.sealing.stream import SealedReader, SealingWriter, read_stream_head

KEY = b"\x05" * 32
HEAD = {"made_at": "2026-11-23", "format": 1}


@pytest.fixture(autouse=True, scope="module")
def small_segments():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "_SEGMENT", 16)
        yield


def sealed(*parts: bytes) -> bytes:
    file = io.BytesIO()
    with SealingWriter(file, KEY, HEAD) as writer:
        for part in parts:
            writer.write(part)
    return file.getvalue()


def opened(data: bytes, key: bytes = KEY) -> bytes:
    return SealedReader(io.BytesIO(data), key).readall()


@given(st.lists(st.binary(max_size=50), max_size=6))
def test_what_was_written_in_parts_is_read_whole(parts):
    data = sealed(*parts)
    assert opened(data) == b"".join(parts)
    assert read_stream_head(io.BytesIO(data)) == HEAD


@given(st.binary(max_size=100), st.data())
def test_a_cut_file_is_noticed(plain, data):
    whole = sealed(plain)
    with pytest.raises(SealBroken):
        opened(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(st.binary(max_size=100), st.data())
def test_a_changed_byte_is_noticed(plain, data):
    whole = bytearray(sealed(plain))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1
    with pytest.raises(SealBroken):
        opened(bytes(whole))


def test_segments_in_another_order_or_from_another_file_are_noticed():
    def parts(data: bytes) -> tuple[bytes, list[bytes]]:
        start = len(sealed()) - 4 - 12 - 16
        rest, found = data[start:], []
        while rest:
            length = 4 + 12 + int.from_bytes(rest[:4], "big")
            found.append(rest[:length])
            rest = rest[length:]
        return data[:start], found

    head, mine = parts(sealed(b"a" * 40))
    _, others = parts(sealed(b"b" * 40))
    assert opened(head + b"".join(mine)) == b"a" * 40
    for forged in ([mine[1], mine[0], mine[2]], [mine[0], others[1], mine[2]][:2], mine[:2], [*mine, mine[2]][:1]):
        with pytest.raises(SealBroken):
            opened(head + b"".join(forged))


def test_another_key_opens_nothing():
    with pytest.raises(SealBroken, match="another key"):
        opened(sealed(b"plain"), b"\x06" * 32)


@given(st.binary(max_size=60))
def test_another_kind_of_file_is_refused(noise):
    with pytest.raises(SealBroken):
        opened(noise)
