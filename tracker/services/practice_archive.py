"""The ZIP of an export: every file in it has its SHA-256 in the manifest; with a passphrase it is encrypted.

Encryption is AES-256 as WinZip, 7-Zip and macOS archivers know it (WinZip AE-2), so that no program of ours is needed to
open it. Names of files are not encrypted in a ZIP: they hold numbers, never a name.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, NamedTuple

MANIFEST = "manifest.json"
LEAST_PASSPHRASE = 15
"""Characters: the ZIP format derives its key with few rounds, so the passphrase has to carry the weight."""

_MOST_MANIFEST = 200_000_000
_CHUNK = 1 << 20
_MOST_TIMES = 100
"""How many times its own size an archive may unpack to (security.md C-27)."""


def _pyzipper() -> Any:
    """Return the library of encrypted archives: few starts of the tracker need it, and each would wait for it."""
    import pyzipper

    return pyzipper


class ArchiveProblem(Exception):  # noqa: N818  # says what is wrong and what to do
    """Raised for a file that is no whole, unchanged export. The message says what to do; nothing was written."""


class Member(NamedTuple):
    """A file of the archive as the manifest tells of it."""

    sha256: str
    bytes: int


class ArchiveWriter:
    """Writes the files of an export one after the other, and the manifest last. The file below need not seek."""

    def __init__(self, file: BinaryIO, passphrase: str = "") -> None:
        encryption = _pyzipper().WZ_AES if passphrase else None
        self._zip = _pyzipper().AESZipFile(file, "w", compression=zipfile.ZIP_DEFLATED, encryption=encryption)
        if passphrase:
            self._zip.setpassword(passphrase.encode())
        self.members: dict[str, Member] = {}

    @contextmanager
    def member(self, name: str) -> Iterator["MemberWriter"]:
        """Open a file of the archive for writing; one at a time."""
        with self._zip.open(name, "w", force_zip64=True) as out:
            writer = MemberWriter(out)
            yield writer
        self.members[name] = Member(writer.hash.hexdigest(), writer.size)

    def put(self, name: str, content: bytes) -> None:
        """Write a whole file."""
        with self.member(name) as out:
            out.write(content)

    def abandon(self) -> None:
        """Let go of what was begun; what lies in the file below is no archive."""
        self._zip.close()

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest with the hash of every file, and the end of the ZIP."""
        files = {name: member._asdict() for name, member in self.members.items()}
        text = json.dumps({**manifest, "files": files}, indent=1, ensure_ascii=False)
        self._zip.writestr(MANIFEST, text.encode())
        self._zip.close()


class MemberWriter(io.RawIOBase):
    """Passes bytes on and keeps their hash and number."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self.hash, self.size = out, hashlib.sha256(), 0

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def write(self, data: Any, /) -> int:
        """Take some bytes."""
        self._out.write(data)
        self.hash.update(data)
        self.size += len(data)
        return len(data)

    def text(self, words: str) -> None:
        """Write text as UTF-8."""
        self.write(words.encode())


class ArchiveReader:
    """Reads an export. ``check`` reads all of it once; after it, nothing that is read can be another file."""

    def __init__(self, file: BinaryIO, passphrase: str = "") -> None:
        """Read the manifest. Raises ArchiveProblem."""
        try:
            self._zip = _pyzipper().AESZipFile(file)
            if passphrase:
                self._zip.setpassword(passphrase.encode())
            self.manifest: dict[str, Any] = json.loads(self._whole(MANIFEST, _MOST_MANIFEST))
            self.members = {name: Member(**told) for name, told in self.manifest["files"].items()}
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile, _pyzipper().BadZipFile):
            raise ArchiveProblem(
                "This is no whole export of a practice: it was cut, or it is another kind of file. Copy it here again."
            ) from None

    @property
    def is_encrypted(self) -> bool:
        """Whether every file of the archive is encrypted."""
        return all(info.flag_bits & 1 for info in self._zip.infolist())

    def check(self) -> None:
        """Raise ArchiveProblem unless the archive holds exactly the files of its manifest, each unchanged."""
        names = self._zip.namelist()
        if sorted(names) != sorted([*self.members, MANIFEST]):
            raise ArchiveProblem("Files were added to the export or taken out of it. Use the file as it was made.")
        packed = sum(info.compress_size for info in self._zip.infolist())
        if sum(member.bytes for member in self.members.values()) > _MOST_TIMES * packed:
            raise ArchiveProblem(
                f"The export would unpack to over {_MOST_TIMES} times its size. No export of ours does."
            )
        for name in self.members:
            with self.open(name) as file:
                while file.read(_CHUNK):
                    pass

    def read(self, name: str) -> bytes:
        """Return a file of the archive. Raises ArchiveProblem when it is not as the manifest tells."""
        with self.open(name) as file:
            return file.read()

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file of the archive; reading it to its end raises ArchiveProblem when it was changed."""
        if name not in self.members:
            raise ArchiveProblem(f"{name} is missing in the export. Use the file as it was made.")
        with self._opened(name) as file, io.BufferedReader(_CheckedReader(file, name, self.members[name])) as checked:
            yield checked

    def _whole(self, name: str, most: int) -> bytes:
        with self._opened(name) as file:
            data: bytes = file.read(most)
        return data

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as file:
                yield file
        except RuntimeError as problem:  # what the ZIP library raises for a passphrase
            if isinstance(problem, RecursionError | NotImplementedError):
                raise
            words = "The passphrase is not the right one" if self._zip.pwd else "The export needs its passphrase"
            raise ArchiveProblem(f"{words}. Give the one it was made with.") from None


class _CheckedReader(io.RawIOBase):
    """Reads a member, no further than the manifest says, and compares hash and length at the end."""

    def __init__(self, file: IO[bytes], name: str, told: Member) -> None:
        self._file, self._name, self._told = file, name, told
        self._hash, self._size = hashlib.sha256(), 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer; 0 at the end. Raises ArchiveProblem."""
        try:
            data = self._file.read(min(len(buffer), _CHUNK))
        except (zipfile.BadZipFile, _pyzipper().BadZipFile, zlib.error, EOFError):
            raise self._changed() from None
        self._size += len(data)
        self._hash.update(data)
        if self._size > self._told.bytes or (not data and self._hash.hexdigest() != self._told.sha256):
            raise self._changed()
        buffer[: len(data)] = data
        return len(data)

    def _changed(self) -> ArchiveProblem:
        return ArchiveProblem(f"{self._name} was changed after the export was made. Use the file as it was made.")
