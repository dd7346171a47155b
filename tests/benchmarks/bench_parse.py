"""How fast 835 bytes become domain objects, beside oxedi with its rows turned into Python objects by pyarrow."""

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tracker.demo.volume import make_835
from tracker.importers.x835 import read_835

ROUNDS, CLAIMS, MANY_CLAIMS = 5, 10_000, 100_000
ROOT = Path(__file__).parents[2]


def run() -> list[tuple[str, str]]:
    """Return labels and figures: claims a second of both readers, their ratio, and the memory of a streamed reading."""
    data = make_835(CLAIMS, 1)
    ours, theirs = _compare(data)
    file_mb, used_mb, base_mb = _memory()
    allowed = 2.5 * file_mb + 20
    return [
        ("835 to objects, 10,000 claims", f"{ours:,.0f} claims/s, {ours * len(data) / CLAIMS / 1e6:.1f} MB/s"),
        ("oxedi + pyarrow rows, same run", f"{theirs:,.0f} claims/s"),
        ("ratio (at least 0.9, aim 1.5)", f"{ours / theirs:.2f}"),
        (
            "memory, 100,000 claims streamed",
            f"{used_mb:.0f} MB for a file of {file_mb:.0f} MB ({base_mb:.0f} MB before)",
        ),
        ("memory allowed (2.5 x file + 20 MB)", f"{allowed:.0f} MB: {'kept' if used_mb <= allowed else 'NOT KEPT'}"),
    ]


def _compare(data: bytes) -> tuple[float, float]:
    """Measure both in turns by CPU time; return the medians in claims a second."""
    ours, theirs = [], []
    for read in (_ours, _theirs):
        read(make_835(100, 2))
    for _ in range(ROUNDS):
        ours.append(_rate(_ours, data))
        theirs.append(_rate(_theirs, data))
    return statistics.median(ours), statistics.median(theirs)


def _rate(read: Callable[[bytes], int], data: bytes) -> float:
    gc.collect()
    start = time.process_time()
    claims = read(data)
    taken = time.process_time() - start
    assert claims == CLAIMS, claims
    return claims / taken


def _ours(data: bytes) -> int:
    return sum(len(remittance.claims) for remittance in read_835(data))


def _theirs(data: bytes) -> int:
    import oxedi
    import pyarrow as pa

    tables = oxedi.parse(data).tables
    rows = {name: pa.table(tables[name]).to_pylist() for name in tables.keys()}  # noqa: SIM118  # no mapping
    return len(rows["claims"])


def _memory() -> tuple[float, float, float]:
    """Return the file's size, and the peak and first memory (RSS) of a fresh process that streams it, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.835"
        path.write_bytes(make_835(MANY_CLAIMS, 3))
        command = [sys.executable, "-m", "tests.benchmarks.bench_parse", str(path)]
        printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        used, base = printed.split()
        return path.stat().st_size / 1e6, float(used), float(base)


def _peak_mb() -> float:
    """Return this process's peak memory; ru_maxrss would count the parent's before exec too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """With a file: stream it and print the peak and first memory in MB. Without: print the figures."""
    if len(sys.argv) > 1:
        before = _peak_mb()
        for _ in read_835(Path(sys.argv[1]).read_bytes()):
            pass
        sys.stdout.write(f"{_peak_mb()} {before}")
    else:
        for label, figure in run():
            sys.stdout.write(f"{label:40} {figure}\n")


if __name__ == "__main__":
    main()
