"""Asking a clamd (ClamAV's daemon) about uploaded files, by its INSTREAM command (clamd(8)); security.md C-26.

The file goes as chunks, each behind its length in four bytes, then a length of zero. The answer is one line:
``stream: OK``, ``stream: <name> FOUND``, or an error.
"""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_CHUNK = 65_536
_SECONDS = 20.0  # for each step; clamd looks while it reads
_LONGEST_ANSWER = 4096
_END = b"\0"


class ScanRefused(Exception):  # noqa: N818  # something to choose anew or to tell, not a fault
    """Raised for a file that must not be kept; the message says what happened and what to do."""


class NobodyLooked(ScanRefused):
    """Raised when the scanner does not answer, or answers with a fault of its own: later it may look."""


def scan(address: str, file: IO[bytes]) -> None:
    """Let the clamd at ``host:port`` or at the path of a socket look at a file, from its start; leave it at its start.

    Without an address nothing is asked. Raises ScanRefused when something was found, and NobodyLooked when nobody
    could look.
    """
    if not address:
        return
    file.seek(0)
    try:
        with _connected(address) as clamd:
            answer = _asked(clamd, file)
    except OSError:
        raise NobodyLooked(_NOT_REACHED) from None
    file.seek(0)
    if answer.endswith("FOUND"):
        raise ScanRefused(f"The virus scanner found {_name_in(answer)} in this file, so it was not kept. {_CLEAN}")
    if not answer.endswith(" OK"):
        raise ScanRefused(_TOO_BIG) if "size limit" in answer else NobodyLooked(_NOT_REACHED)


_CLEAN = "Ask who sent it for a clean one"
_NOT_REACHED = (
    "The virus scanner cannot be reached, so the file was not kept. Add it again in some minutes, or tell who runs "
    "the tracker"
)
_TOO_BIG = (
    "The file is bigger than the virus scanner takes, so it was not kept. Choose a smaller one, or tell who runs the "
    "tracker (StreamMaxLength)"
)


def _connected(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    if port.isdigit() and host:
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS)
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    found.settimeout(_SECONDS)
    try:
        found.connect(str(Path(address)))
    except OSError:
        found.close()
        raise
    return found


def _asked(clamd: socket.socket, file: IO[bytes]) -> str:
    try:
        clamd.sendall(b"zINSTREAM\0")
        for chunk in _chunks(file):
            clamd.sendall(struct.pack(">I", len(chunk)) + chunk)
        clamd.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # clamd hangs up on a file over its limit, and has said so before
    return _line(clamd)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _line(clamd: socket.socket) -> str:
    answer = b""
    while not answer.endswith(_END) and len(answer) < _LONGEST_ANSWER:
        more = clamd.recv(_LONGEST_ANSWER)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0\n").decode("ascii", errors="replace")


def _name_in(answer: str) -> str:
    return answer.removeprefix("stream: ").removesuffix(" FOUND")[:100]
