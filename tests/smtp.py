"""A small mail server on a port of this machine, for tests: takes every message and keeps it, in the clear or by TLS."""

import base64
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Mailbox:
    """What the server took, and how it answers: ``refuse`` names a command it says no to (RCPT, MAIL).

    With ``tls`` it speaks TLS from the start, or (``starttls``) once it is asked to; then ``login`` is the name and
    password it takes. ``hang_up`` closes the connection in place of the answer to a message.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.commands: list[str] = []
        self.refuse = ""
        self.url = ""
        self.tls: ssl.SSLContext | None = None
        self.starttls = False
        self.login = ("alice", "s3cret words")
        self.hang_up = False


def throwaway_certificate(folder: Path, address: str = "127.0.0.1") -> Path:
    """Make a self-signed certificate for an IP address, good for an hour; return the file with it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{address}.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem


class _Session(socketserver.StreamRequestHandler):
    """One conversation (RFC 5321): EHLO, MAIL, RCPT, DATA, QUIT."""

    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        if box.tls and not box.starttls and not self._secure(box.tls):
            return
        self._say("220 test mail server")
        while line := self.rfile.readline().decode().strip():
            command = line[:4].upper()
            box.commands.append(line)
            if command == "QUIT":
                self._say("221 bye")
                return
            if command == box.refuse:
                self._say("550 no")
            elif command == "EHLO":
                offers = ["STARTTLS"] if box.starttls and not self._is_secure else []
                offers += ["AUTH PLAIN"] if self._is_secure else []
                self._say("\r\n".join(["250-mail.example", *(f"250-{offer}" for offer in offers), "250 SIZE 1000000"]))
            elif command == "STAR" and box.tls:
                self._say("220 go on")
                if not self._secure(box.tls):
                    return
            elif command == "AUTH":
                _, *sent = base64.b64decode(line.split()[-1]).decode().split("\0")
                self._say("235 welcome" if tuple(sent) == box.login else "535 no")
            elif command == "DATA":
                self._say("354 go on")
                box.messages.append(message_from_bytes(self._text(), policy=default))  # type: ignore[arg-type]
                if box.hang_up:
                    return
                self._say("250 kept")
            else:
                if command == "RCPT":
                    box.receivers.append(line.partition(":")[2].strip("<> "))
                self._say("250 ok")

    _is_secure = False

    def finish(self) -> None:
        super().finish()
        if self._is_secure:
            self.request.close()

    def _secure(self, context: ssl.SSLContext) -> bool:
        """Change to TLS; the client may not like the certificate."""
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except (ssl.SSLError, ConnectionError):
            return False
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self._is_secure = True
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def _text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


@contextmanager
def mail_server(certificate: Path | None = None, *, starttls: bool = False) -> Iterator[Mailbox]:
    """Serve on a free port as long as the block lasts; with a certificate by TLS, from the start or by STARTTLS."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        box = server.box = Mailbox()  # type: ignore[attr-defined]
        scheme = "smtps" if certificate and not starttls else "smtp"
        box.url, box.starttls = f"{scheme}://127.0.0.1:{server.server_address[1]}", starttls
        if certificate is not None:
            box.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            box.tls.load_cert_chain(certificate)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
