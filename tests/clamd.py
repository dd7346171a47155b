"""A clamd on a port or socket of this machine, for tests: speaks INSTREAM, finds EICAR's test file and keeps what it got."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """What the server was sent; ``most`` is its StreamMaxLength. ``answer`` is said in place of its finding."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.most = 1_000_000
        self.answer = b""
        self.address = ""


class _Session(socketserver.StreamRequestHandler):
    clamd: Clamd

    def handle(self) -> None:
        command = bytearray()
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        assert bytes(command) == b"zINSTREAM\0", command
        got = b""
        while True:
            (size,) = struct.unpack(">I", self.rfile.read(4))
            if size == 0:
                break
            got += self.rfile.read(size)
            if len(got) > self.clamd.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.clamd.seen.append(got)
        found = b"stream: Eicar-Test-Signature FOUND" if EICAR in got else b"stream: OK"
        self.wfile.write((self.clamd.answer or found) + b"\0")


@contextmanager
def clamd(socket_file: Path | None = None) -> Iterator[Clamd]:
    """Run a clamd on a free port of 127.0.0.1, or on a socket file."""
    state = Clamd()
    handler = type("Session", (_Session,), {"clamd": state})
    if socket_file is None:
        server: socketserver.BaseServer = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        state.address = f"127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(socket_file), handler)
        state.address = str(socket_file)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
