"""`./dev proof [names] [--full]`: prove the figures of trust one after the other and print them as one report."""

import importlib
import logging
import sys
import time
from pathlib import Path

from tests.postgres import NoPostgresError
from tests.proofs.found import Found, Proof

HERE = Path(__file__).parent


def names() -> list[str]:
    """The proofs there are: the modules beside this file that say which figure they prove."""
    return sorted(path.stem for path in HERE.glob("[a-z]*.py") if "\nPROOF = " in path.read_text())


def chosen(wanted: list[str]) -> list[str]:
    """The proofs asked for, by their name or their figure (`R-6`), or all in the order of the figures."""
    figures = {name: proof_of(name).figure for name in names()}
    unknown = set(wanted) - set(figures) - set(figures.values())
    if unknown:
        there = ", ".join(f"{name} ({figure})" for name, figure in figures.items())
        sys.exit(f"There is no proof {', '.join(sorted(unknown))}. There are: {there}.")
    found = [name for name, figure in figures.items() if not wanted or name in wanted or figure in wanted]
    return sorted(found, key=lambda name: (int(figures[name].removeprefix("R-")), name))


def proof_of(name: str) -> Proof:
    proof: Proof = importlib.import_module(f"tests.proofs.{name}").PROOF
    return proof


def run(name: str, *, full: bool) -> Found:
    """Run one proof; an error in it is a proof that does not hold, and one that cannot run says why."""
    module = importlib.import_module(f"tests.proofs.{name}")
    try:
        found: Found = module.prove(module.PROOF.full if full else module.PROOF.usual)
    except NoPostgresError as problem:
        found = Found(0, "", (str(problem),), ran=False)
    except Exception as problem:  # noqa: BLE001  # the other proofs go on
        found = Found(0, "it broke off", (f"{type(problem).__name__}: {problem}",))
    return found


def show(name: str, found: Found, seconds: float) -> None:
    """Print a row of the report, at once."""
    proof = proof_of(name)
    answer = "holds" if found.holds else "DOES NOT" if found.ran else "NOT RUN"
    sys.stdout.write(f"{proof.figure:6}  {answer:8}  {found.tries:7,}  {seconds:5.0f}s  {proof.goal}\n")
    for words in (found.measured, *found.wrong, *found.slow):
        if words:
            sys.stdout.write(f"{'':34}{words}\n")
    sys.stdout.flush()


def main() -> None:
    words = sys.argv[1:]
    logging.disable(logging.CRITICAL)  # what the proofs provoke is logged as errors
    wanted = chosen([word for word in words if word != "--full"])
    began, not_held = time.perf_counter(), list[str]()
    sys.stdout.write(f"{'figure':6}  {'holds':8}  {'tries':>7}  {'time':>6}  what\n")
    for number, name in enumerate(wanted):
        started = time.perf_counter()
        try:
            found = run(name, full="--full" in words)
        except KeyboardInterrupt:
            sys.stdout.write(f"Interrupted; not proved: {', '.join(wanted[number:])}.\n")
            sys.exit(130)
        show(name, found, time.perf_counter() - started)
        not_held += [] if found.holds else [f"{proof_of(name).figure} ({name})"]
    minutes = (time.perf_counter() - began) / 60
    end = f"{', '.join(not_held)} not proved" if not_held else "all hold"
    sys.stdout.write(f"{len(wanted)} proofs in {minutes:.1f} minutes: {end}.\n")
    sys.exit(1 if not_held else 0)


if __name__ == "__main__":
    main()
