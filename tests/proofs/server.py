"""The program itself, served in a process of its own, and browsers that speak HTTP to it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests import build
from tests.forms import fields_of
from tests.proofs.stage import Stage

_ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


class Server:
    """`tracker run` on a stage; ``ready_after`` is how many seconds it took until it answered."""

    def __init__(self, stage: Stage, **settings: str) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        own = {
            "TRACKER_DATA_DIR": str(stage.settings.data_dir), "TRACKER_DATABASE_URL": stage.settings.database_url,
            "TRACKER_FAST_HASH": "yes", "TRACKER_PORT": str(port),
        }  # fmt: skip
        started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from tracker.start import main; main()", "run"],
            cwd=_ROOT, env=os.environ | own | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait_until_ready()
        self.ready_after = time.monotonic() - started

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended with {self.process.returncode}")
            try:
                if httpx.get(f"{self.address}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise TimeoutError("The server did not become ready in two minutes")

    def kill(self) -> None:
        """End it as a power cut does (kill -9)."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(stage: Stage, **settings: str) -> Iterator[Server]:
    """Serve a stage, and stop at the end."""
    server = Server(stage, **settings)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(30)


class Browser:
    """One person's browser: signed in, it opens pages and sends their forms."""

    def __init__(self, address: str, login: str) -> None:
        no_waiting = httpx.Limits(max_keepalive_connections=0)  # a connection ends with its answer
        self._client = httpx.Client(base_url=address, timeout=120, limits=no_waiting)
        page = self.get("/login").text
        answer = self.post("/login", {"login": login, "password": build.PASSWORD, "csrf_token": token_of(page)})
        assert answer.status_code == 303, answer.text

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path)

    def post(self, path: str, fields: dict[str, Any], **more: Any) -> httpx.Response:
        return self._client.post(path, data=fields, **more)

    def send(self, page: str, action: str, **changes: Any) -> httpx.Response:
        """Open a page, fill in one of its forms and send it."""
        return self.post(action, fields_of(self.get(page).text, action) | changes)

    def upload(self, *files: tuple[str, bytes]) -> httpx.Response:
        """Choose files on the import page and send them."""
        token = token_of(self.get("/import").text)
        return self.post("/import", {"csrf_token": token}, files=[("files", file) for file in files])


def token_of(page: str) -> str:
    """Return the token of the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "no form with a token on this page"
    return found[1]
