"""Figures for Prometheus come on a port of their own, with counts of requests and jobs and no address of a page."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

from tests.architecture.sources import ROOT


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def fetch(address: str) -> str:
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


def test_requests_are_counted_by_view(tmp_path):
    port, figures = free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    environment |= {
        "TRACKER_DATA_DIR": str(tmp_path), "TRACKER_PORT": str(port), "TRACKER_METRICS_PORT": str(figures),
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-c", "from tracker.cli import main; main()", "run"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        try:
            assert fetch(f"http://127.0.0.1:{port}/healthz") == "ok\n"
            told = fetch(f"http://127.0.0.1:{figures}/metrics")
        finally:
            server.terminate()
    assert 'tracker_requests_total{method="GET",status="200",view="health.show"}' in told
    assert re.search(r"^tracker_jobs_waiting \d", told, re.MULTILINE)
    assert "/healthz" not in told
