"""How files go wrong: bytes changed, cut off, left out, repeated, put in, moved."""

import random
from collections.abc import Callable


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Change some bytes of a file, in one to four of the ways in which files go wrong."""
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(_CHANGES)(bytearray(content), chance)
    return content


def _flip(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 8)):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randint(0, len(data))])


def _leave_out(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    del data[start : start + chance.randint(1, 60)]
    return bytes(data)


def _repeat(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    return bytes(data[:start] + data[start : start + chance.randint(1, 200)] * chance.randint(2, 40) + data[start:])


def _put_in(data: bytearray, chance: random.Random) -> bytes:
    odd = (
        b"~",
        b"*",
        b":",
        b"\x00",
        b"\xff\xfe",
        b"9" * 30,
        b"-1E9",
        b"NaN",
        b"\xe2\x80\xae",
        b"ISA*",
        b"SE*1*1~",
        b"<!--",
    )
    start = chance.randint(0, len(data))
    return bytes(data[:start] + chance.choice(odd) + data[start:])


def _other_segment(data: bytearray, chance: random.Random) -> bytes:
    parts = bytes(data).split(b"~")
    first, second = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[first], parts[second] = parts[second], parts[first]
    return b"~".join(parts)


_CHANGES: tuple[Callable[[bytearray, random.Random], bytes], ...] = (
    _flip, _cut, _leave_out, _repeat, _put_in, _other_segment,
)  # fmt: skip
