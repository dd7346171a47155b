"""Many files as one ZIP, given out while it is written: no more than one file is in memory at a time."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple


class ZipEntry(NamedTuple):
    """A file of a ZIP: its name, its bytes, and when it was made."""

    name: str
    content: bytes
    made_at: datetime


class _Written(io.RawIOBase):
    """What the ZIP's writer wrote since it was last asked. It cannot be gone back in, so the writer does not try."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, data: Any, /) -> int:
        """Take some bytes."""
        self._chunks.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written, and forget it."""
        taken, self._chunks = b"".join(self._chunks), []
        return taken


def zip_stream(files: Iterable[ZipEntry]) -> Iterator[bytes]:
    """Yield a ZIP of the files, one chunk for each; they are kept as they are, since PDFs are packed already.

    Names are taken as they come and must differ.
    """
    written = _Written()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as packed:
        for file in files:
            entry = zipfile.ZipInfo(file.name, file.made_at.timetuple()[:6])
            entry.external_attr = 0o600 << 16  # whoever unpacks it reads it, nobody else
            packed.writestr(entry, file.content)
            yield written.take()
    yield written.take()
