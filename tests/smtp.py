"""A small mail server on a port of this machine, for tests: takes every message and keeps it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


class Mailbox:
    """What the server took, and how it answers: ``refuse`` names a command it says no to (RCPT, MAIL)."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.commands: list[str] = []
        self.refuse = ""
        self.url = ""


class _Session(socketserver.StreamRequestHandler):
    """One conversation (RFC 5321): EHLO, MAIL, RCPT, DATA, QUIT."""

    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self._say("220 test mail server")
        while line := self.rfile.readline().decode().strip():
            command = line[:4].upper()
            box.commands.append(line)
            if command == "QUIT":
                self._say("221 bye")
                return
            if command == box.refuse:
                self._say("550 no")
            elif command == "DATA":
                self._say("354 go on")
                box.messages.append(message_from_bytes(self._text(), policy=default))  # type: ignore[arg-type]
                self._say("250 kept")
            else:
                if command == "RCPT":
                    box.receivers.append(line.partition(":")[2].strip("<> "))
                self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def _text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve on a free port as long as the block lasts."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        box = server.box = Mailbox()  # type: ignore[attr-defined]
        box.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
