"""Letter texts that never end or eat memory: given up in time, in a small child, while other people go on working."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from tests.letters.hostile import ENDLESS, body_of
from tests.proofs.found import Found, Proof
from tests.proofs.stage import app_on, sign_in, sqlite_stage
from tracker.letters.catalog import sample
from tracker.letters.own_template import shipped_text, tried
from tracker.letters.problems import PdfFailed, TemplateProblem

PROOF = Proof("R-7", "any hostile text: an answer in 10 s, a child under 700 MB, others' p95 under twice", 0, 1, 10)

_SECONDS, _MEGABYTES, _TIMES, _PAGES = 10, 700, 2, 60


def prove(rounds: int) -> Found:
    """Try every hostile text so many times, and open pages meanwhile."""
    with sqlite_stage() as stage, app_on(stage) as app:
        client = sign_in(app, stage.cast.alice)

        def page() -> float:
            started = time.perf_counter()
            assert client.get("/queue").status_code == 200
            return time.perf_counter() - started

        _try("<p>warm</p>")
        quiet = _p95([page() for _ in range(_PAGES)])
        others: list[float] = []
        with _watched() as memory, _meanwhile(lambda: others.append(page())):
            took = {name: _try(text) for _ in range(rounds) for name, text in ENDLESS.items()}
    busy = _p95(others)
    longest = max(took, key=lambda name: took[name])
    slow = [f"{longest}: {took[longest]:.1f} s"] if took[longest] >= _SECONDS else []
    slow += [f"others' p95: {busy * 1000:.0f} ms, alone {quiet * 1000:.0f} ms"] if busy >= _TIMES * quiet else []
    wrong = (f"a child of {memory[0]:.0f} MB",) if memory[0] >= _MEGABYTES else ()
    measured = (
        f"longest {took[longest]:.1f} s ({longest}), biggest child {memory[0]:.0f} MB, "
        f"others' p95 {busy / quiet:.2f} times that of a quiet server"
    )
    return Found(rounds * len(ENDLESS), measured, wrong, tuple(slow))


def _try(text: str) -> float:
    """Return how many seconds it took until a text was drawn or given up."""
    shown, own = sample("l12_units"), shipped_text("L12")
    started = time.perf_counter()
    with suppress(PdfFailed, TemplateProblem):
        tried(replace(own, body=body_of(text)), shown.facts, shown.fields, as_pdf=True)
    return time.perf_counter() - started


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


@contextmanager
def _meanwhile(work) -> Iterator[None]:
    """Do something again and again, ten times a second, until the end of the block."""
    end = threading.Event()

    def go_on() -> None:
        while not end.wait(0.1):
            work()

    thread = threading.Thread(target=go_on)
    thread.start()
    yield
    end.set()
    thread.join()


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Give a list whose one number is the most memory a child that draws letters ever had, in MB."""
    most = [0.0]

    def look() -> None:
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it ended meanwhile
                if b"tracker.letters.worker" in (process / "cmdline").read_bytes():
                    most[0] = max(most[0], _peak_megabytes((process / "status").read_text()))

    with _meanwhile(look):
        yield most


def _peak_megabytes(status: str) -> float:
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peaks[0]) / 1024 if peaks else 0.0
