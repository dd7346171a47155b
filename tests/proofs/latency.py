"""How long people wait with many denials: a list, a denial, an import of 1,000 claims, a letter as PDF."""

import tempfile
from pathlib import Path

from sqlalchemy import select

from tests.benchmarks import bench_import, bench_queue
from tests.letters.reading import text_of
from tests.proofs.found import Found, Proof
from tests.proofs.stage import app_on, sign_in, sqlite_stage
from tracker.db import transaction
from tracker.demo.volume import make_835
from tracker.letters.catalog import sample, templates
from tracker.letters.draft import draft
from tracker.letters.pdf import make_pdf
from tracker.models import Denial, User

PROOF = Proof(
    "R-10", "list p95 under 300 ms, a denial 200 ms, import of 1,000 claims 3 s, PDF 1 s", 0, 100_000, 100_000
)

_TIMES, _CLAIMS = 40, 1_000


def prove(denials: int) -> Found:
    """Measure each with so many open denials."""
    with sqlite_stage() as stage, app_on(stage) as app:
        with transaction(stage.sessions.system()) as session:
            login, _ = bench_queue.fill(session, open_denials=denials, closed=denials // 2, login="olive")
            user = session.scalars(select(User).where(User.login == login)).one()
            shown = session.scalars(select(Denial.public_id).limit(_TIMES)).all()
        client, paths = sign_in(app, user), iter([f"/denials/{one}" for one in shown])
        bench_queue.get(client, "/queue")
        waits = {
            "list p95": (_p95(lambda: bench_queue.get(client, "/queue"), _TIMES), 300.0),
            "denial p95": (_p95(lambda: bench_queue.get(client, next(paths)), len(shown)), 200.0),
        }
    waits["import of 1,000 claims"] = (_import(), 3_000.0)
    waits["PDF p95"] = (_pdf(), 1_000.0)
    measured = ", ".join(f"{name} {took:.0f} ms" for name, (took, _) in waits.items())
    slow = tuple(f"{name}: {took:.0f} ms" for name, (took, most) in waits.items() if took >= most)
    return Found(2 * _TIMES + 2, measured, slow=slow)


def _p95(work, times: int) -> float:
    """Return milliseconds."""
    return bench_queue.timed(work, times)[int(times * 0.95)]


def _import() -> float:
    with tempfile.TemporaryDirectory() as folder:
        seconds, claims = bench_import.store_once(Path(folder), make_835(_CLAIMS, seed=7))
    assert claims == _CLAIMS
    return seconds * 1000


def _pdf() -> float:
    shown, template = sample("l01_medical_necessity"), templates()["L01"]
    html = draft(template, shown.facts, shown.fields).html
    assert text_of(make_pdf(html))
    return _p95(lambda: make_pdf(html), 20)
