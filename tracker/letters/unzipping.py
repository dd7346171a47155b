"""In the child process: takes a ZIP archive apart, counting every byte as it comes."""

import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from tracker.letters.limited import Answer, Refusal

MAX_MEMBERS = 1000
MAX_BYTES = 200_000_000
MAX_RATIO = 100
_FREE = 1_000_000  # a file this small may be pressed harder: a remittance of one claim repeats itself
_PIECE = 1 << 16
_LOCKED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def unzip(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """Return the members' bytes in their order. Raises Refusal with words for a person."""
    try:
        with zipfile.ZipFile(BytesIO(blobs[0])) as archive:
            found = [content for content in _contents(archive) if content and not content.isspace()]
    except _DAMAGED:
        raise Refusal("broken", "the archive is damaged and cannot be read") from None
    if not found:
        raise Refusal("empty", "the archive holds no files")
    return Answer({}, found)


def _contents(archive: zipfile.ZipFile) -> Iterator[bytes]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise Refusal("too_long", f"the archive holds {len(members):,} files, more than {MAX_MEMBERS:,}")
    total = 0
    for member in members:
        if member.is_dir():
            continue
        _refuse_strange(member)
        content = _read(archive, member, MAX_BYTES - total)
        total += len(content)
        if content.startswith(b"PK\x03\x04"):
            raise Refusal("type", "the archive holds another archive")
        yield content


def _refuse_strange(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _LOCKED:
        raise Refusal("locked", "the archive is password protected")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refusal("type", "the archive holds a link in place of a file")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    """Return one member, read piece by piece: what its header says of its size is not believed."""
    content, size = BytesIO(), 0
    most = max(_FREE, member.compress_size * MAX_RATIO)
    with archive.open(member) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > room:
                raise Refusal("too_big", f"the archive unpacks to more than {MAX_BYTES // 1_000_000} MB")
            if size > most:
                raise Refusal("too_big", f"a file of the archive unpacks to more than {MAX_RATIO} times its size")
            content.write(piece)
    return content.getvalue()
