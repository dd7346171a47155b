"""`./dev bench [names]`: run every bench_*.py beside this file and print its figures, one table at the end."""

import importlib
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def names(wanted: list[str]) -> list[str]:
    """The benchmarks asked for (`queue` is bench_queue.py), or all."""
    there = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    unknown = set(wanted) - set(there)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(there)}.")
    return wanted or there


def main() -> None:
    table: list[tuple[str, str]] = []
    for name in names(sys.argv[1:]):
        start = time.perf_counter()
        sys.stderr.write(f"{name} ...\n")
        figures = importlib.import_module(f"tests.benchmarks.bench_{name}").run()
        table.append((f"-- {name}", f"({time.perf_counter() - start:.0f} s)"))
        table.extend(figures)
    width = max(len(name) for name, _ in table)
    sys.stdout.write(f"Python {platform.python_version()}, {platform.machine()}\n")
    for name, value in table:
        sys.stdout.write(f"{name.ljust(width)}  {value}\n")


main()
